// One conversation through the eyes of one who is in it: its log in both directions, and what an administrator may do with it.
import { Badge, Box, Group, Paper, Stack, Text } from "@mantine/core";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { Fragment, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useQuery } from "urql";
import { Confirm, type Question } from "~/components/Confirm";
import { LinkButton } from "~/components/links";
import { ShownMessage } from "~/components/message/documents";
import { MessageActs } from "~/components/message/MessageActs";
import { MessageItem } from "~/components/message/MessageItem";
import { Page } from "~/components/Page";
import { Empty, Failed, Loading } from "~/components/States";
import { Whose } from "~/components/Whose";
import { graphql, type ResultOf } from "~/graphql";
import { formatTime } from "~/lib/format";
import { Insiders } from "./Insiders";
import { stretch } from "./stretch";

const OpenConversation = graphql(
  `
    query OpenConversation($user: ID!, $id: ID!, $first: Int, $last: Int, $after: String, $before: String) {
      viewer(as: $user) {
        id
        conversation(id: $id) {
          id
          ownerId
          kind
          peer { id nickname faceUrl }
          group { id name faceUrl }
          pinned
          receiveOption
          privateChat
          burnDuration
          unreadCount
          readSeq
          minSeq
          maxSeq
          createdAt
          pinnedMessages { message { ...ShownMessage } pinnedAt }
          messages(first: $first, last: $last, after: $after, before: $before) {
            totalCount
            pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
            edges { node { ...ShownMessage } }
          }
        }
      }
    }
  `,
  [ShownMessage],
);

/** Up to how many messages are seen together with what stands above them. */
const FEW = 8;

type Viewer = NonNullable<ResultOf<typeof OpenConversation>["viewer"]>;
type Conversation = NonNullable<Viewer["conversation"]>;

export function ConversationPage() {
  const { t } = useTranslation();
  const { id } = useParams({ from: "/inside/conversations/$id" });
  const { user = "", before, after, seq } = useSearch({ from: "/inside/conversations/$id" });
  const navigate = useNavigate({ from: "/conversations/$id" });
  const [{ data, error, fetching, stale }, again] = useQuery({
    query: OpenConversation,
    variables: { user, id, ...stretch({ before, after, seq }) },
    pause: user === "",
    requestPolicy: "cache-and-network",
  });
  const refresh = () => again({ requestPolicy: "network-only" });
  const [question, setQuestion] = useState<Question | null>(null);
  const conversation = user === "" ? null : data?.viewer?.conversation;
  const name = conversation?.group?.name || conversation?.peer?.nickname || conversation?.peer?.id || id;
  return (
    <Page title={name}>
      <Whose user={user} choose={(next) => navigate({ search: next ? { user: next } : {} })} />
      {error && <Failed error={error} retry={refresh} />}
      {!data && fetching && <Loading />}
      {user === "" && (
        <Insiders
          key={id}
          id={id}
          choose={(user) => navigate({ search: ({ offset: _, ...before }) => ({ ...before, user }) })}
        />
      )}
      {data && user !== "" && !conversation && !fetching && <Empty text={t("conversations.unknown", { id, user })} />}
      {conversation && (
        <Stack aria-busy={stale}>
          <About conversation={conversation} />
          <Log conversation={conversation} seq={seq} ask={setQuestion} />
        </Stack>
      )}
      <Confirm question={question} close={() => setQuestion(null)} done={refresh} />
    </Page>
  );
}

function About({ conversation }: { conversation: Conversation }) {
  const { t, i18n } = useTranslation();
  const facts = [
    ["id", conversation.id],
    ["kind", t(`conversations.kinds.${conversation.kind}`)],
    ["stored", conversation.messages.totalCount],
    ["unread", conversation.unreadCount],
    ["readSeq", `${conversation.readSeq} / ${conversation.maxSeq}`],
    ["receive", t(`receive.${conversation.receiveOption}`)],
    ["createdAt", formatTime(conversation.createdAt, i18n.language)],
  ] as const;
  return (
    <Paper withBorder p="md">
      <Group gap="lg">
        {facts.map(([name, value]) => (
          <div key={name}>
            <Text size="xs" c="dimmed">
              {t(`conversations.${name}`)}
            </Text>
            <Text size="sm" style={{ overflowWrap: "anywhere" }}>
              {value}
            </Text>
          </div>
        ))}
        {conversation.pinned && <Badge variant="light">{t("conversations.pinned")}</Badge>}
        {conversation.privateChat && (
          <Badge variant="light">{t("conversations.burning", { seconds: conversation.burnDuration })}</Badge>
        )}
      </Group>
      {conversation.pinnedMessages.length > 0 && (
        <Stack gap={4} mt="sm" component="section" aria-label={t("conversations.pinnedMessages")}>
          {conversation.pinnedMessages.map(({ message }) => (
            <MessageItem key={message.seq} message={message} where={t("conversations.pinnedMessage")} />
          ))}
        </Stack>
      )}
    </Paper>
  );
}

function Log({
  conversation: { ownerId, maxSeq, messages },
  seq,
  ask,
}: {
  conversation: Conversation;
  seq: number | undefined;
  ask: (question: Question) => void;
}) {
  const { t } = useTranslation();
  const wanted = useRef<HTMLDivElement>(null);
  const { pageInfo, edges } = messages;
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each message that is looked for
  useEffect(() => wanted.current?.scrollIntoView({ block: "center" }), [seq, edges.length > 0]);
  if (edges.length === 0) return <Empty text={t("conversations.noMessages")} />;
  const turn = (
    <Group justify="space-between">
      {pageInfo.hasPreviousPage && pageInfo.startCursor ? (
        <Turn search={{ before: pageInfo.startCursor }} text={t("conversations.older")} />
      ) : (
        <Text size="sm" c="dimmed">
          {t("conversations.start")}
        </Text>
      )}
      {pageInfo.hasNextPage && pageInfo.endCursor ? (
        <Group gap="xs">
          <Turn search={{ after: pageInfo.endCursor }} text={t("conversations.newer")} />
          <Turn search={{}} text={t("conversations.toNewest")} />
        </Group>
      ) : (
        <Text size="sm" c="dimmed">
          {t("conversations.end")}
        </Text>
      )}
    </Group>
  );
  return (
    <Stack gap="xs">
      {turn}
      <Paper withBorder p="sm" component="section" aria-label={t("conversations.log")}>
        {edges.map(({ node }, place) => (
          <Fragment key={node.seq}>
            <Gone count={node.seq - 1 - (edges[place - 1]?.node.seq ?? node.seq - 1)} />
            <Box p={4} bdrs="md" {...(node.seq === seq && { ref: wanted, "aria-current": true, bd: "2px solid blue" })}>
              <MessageItem
                message={node}
                own={node.senderId === ownerId}
                acts={<MessageActs message={node} ask={ask} />}
              />
            </Box>
          </Fragment>
        ))}
        {!pageInfo.hasNextPage && <Gone count={maxSeq - (edges.at(-1)?.node.seq ?? maxSeq)} />}
      </Paper>
      {edges.length > FEW && turn}
    </Stack>
  );
}

/** Places of the log whose messages were deleted. */
function Gone({ count }: { count: number }) {
  const { t } = useTranslation();
  if (count <= 0) return null;
  return (
    <Text size="sm" c="dimmed" fs="italic">
      {t("conversations.gone", { count })}
    </Text>
  );
}

function Turn({ search, text }: { search: { before?: string; after?: string }; text: string }) {
  const { id } = useParams({ from: "/inside/conversations/$id" });
  const { user = "" } = useSearch({ from: "/inside/conversations/$id" });
  return (
    <LinkButton to="/conversations/$id" params={{ id }} search={{ user, ...search }} size="xs" variant="default">
      {text}
    </LinkButton>
  );
}
