// Finds messages of all conversations by their words, and takes one back.
import { Button, Group, Mark, Paper, Stack, Text, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { IconSearch } from "@tabler/icons-react";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMutation, useQuery } from "urql";
import { Confirm } from "~/components/Confirm";
import { Page } from "~/components/Page";
import { Empty, Failed, Loading } from "~/components/States";
import { graphql, type ResultOf } from "~/graphql";
import { formatTime } from "~/lib/format";

const SIZE = 30;

const Search = graphql(`
  query SearchMessages($text: String!, $filter: MessageSearchFilter, $first: Int!, $after: String) {
    admin {
      searchMessages(text: $text, filter: $filter, first: $first, after: $after) {
        pageInfo { hasNextPage endCursor }
        edges {
          excerpt { text matched }
          node {
            seq
            conversationId
            senderId
            senderNickname
            sentAt
            kind
            sender { id nickname }
            group { id name }
            receiver { id nickname }
            revoked { at }
          }
        }
      }
    }
  }
`);

const Revoke = graphql(`
  mutation RevokeFound($id: ID!, $seq: Long!) {
    revokeMessage(input: { conversationId: $id, seq: $seq }) { message { seq conversationId } }
  }
`);

type Edge = NonNullable<ResultOf<typeof Search>["admin"]>["searchMessages"]["edges"][number];

export function MessagesPage() {
  const { t } = useTranslation();
  const navigate = useNavigate({ from: "/messages" });
  const { search, sender, after } = useSearch({ from: "/inside/messages" });
  const [{ data, error, fetching }, again] = useQuery({
    query: Search,
    variables: {
      text: search ?? "",
      filter: sender ? { senderIds: [sender] } : null,
      first: SIZE,
      after: after ?? null,
    },
    pause: !search,
    requestPolicy: "cache-and-network",
  });
  const [chosen, setChosen] = useState<Edge["node"] | null>(null);
  const [revoking, revoke] = useMutation(Revoke);
  const look = useDebouncedCallback(
    (next: { search?: string; sender?: string }) =>
      navigate({
        search: (before) => {
          const { search, sender } = { ...before, ...next };
          return { ...(search && { search }), ...(sender && { sender }) };
        },
        replace: true,
      }),
    300,
  );

  async function sure() {
    if (!chosen) return;
    const result = await revoke({ id: chosen.conversationId, seq: chosen.seq });
    setChosen(null);
    if (!result.data) return;
    notifications.show({ message: t("messages.revoked") });
    again({ requestPolicy: "network-only" });
  }

  const found = search ? data?.admin?.searchMessages : undefined;
  return (
    <Page title={t("places.messages")}>
      <Group mb="sm" grow preventGrowOverflow={false}>
        <TextInput
          aria-label={t("messages.search")}
          placeholder={t("messages.search")}
          leftSection={<IconSearch size={16} />}
          defaultValue={search ?? ""}
          onChange={(event) => look({ search: event.currentTarget.value })}
        />
        <TextInput
          aria-label={t("messages.sender")}
          placeholder={t("messages.sender")}
          maw={260}
          defaultValue={sender ?? ""}
          onChange={(event) => look({ sender: event.currentTarget.value })}
        />
      </Group>
      {error && <Failed error={error} retry={() => again({ requestPolicy: "network-only" })} />}
      {revoking.error && <Failed error={revoking.error} />}
      {!search && <Empty text={t("messages.begin")} />}
      {search && !found && fetching && <Loading />}
      {found && found.edges.length === 0 && <Empty text={t("messages.none")} />}
      {found && found.edges.length > 0 && (
        <Stack gap="xs">
          {found.edges.map((edge) => (
            <Found
              key={`${edge.node.conversationId} ${edge.node.seq}`}
              edge={edge}
              revoke={() => setChosen(edge.node)}
            />
          ))}
          <Group justify="space-between">
            {after ? (
              <Button variant="default" onClick={() => navigate({ search: ({ after: _, ...rest }) => rest })}>
                {t("messages.newest")}
              </Button>
            ) : (
              <span />
            )}
            {found.pageInfo.hasNextPage && found.pageInfo.endCursor && (
              <Button
                variant="default"
                onClick={() => navigate({ search: (before) => ({ ...before, after: found.pageInfo.endCursor ?? "" }) })}
              >
                {t("messages.older")}
              </Button>
            )}
          </Group>
        </Stack>
      )}
      <Confirm
        opened={chosen !== null}
        close={() => setChosen(null)}
        title={t("messages.revoke")}
        text={t("messages.revokeSure", { sender: chosen?.senderNickname ?? "" })}
        act={t("messages.revoke")}
        busy={revoking.fetching}
        sure={sure}
      />
    </Page>
  );
}

function Found({ edge: { node, excerpt }, revoke }: { edge: Edge; revoke: () => void }) {
  const { t, i18n } = useTranslation();
  const where = node.group?.name ?? node.receiver?.nickname ?? node.conversationId;
  return (
    <Paper withBorder p="sm">
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <div>
          <Text size="xs" c="dimmed">
            {node.senderNickname || node.senderId} → {where} ·{" "}
            {node.sentAt ? formatTime(node.sentAt, i18n.language) : ""}
          </Text>
          <Text style={{ overflowWrap: "anywhere" }}>
            {excerpt.map((part, place) =>
              // biome-ignore lint/suspicious/noArrayIndexKey: parts of one text have no other name
              part.matched ? <Mark key={place}>{part.text}</Mark> : <span key={place}>{part.text}</span>,
            )}
          </Text>
        </div>
        {!node.revoked && (
          <Button size="compact-xs" variant="default" onClick={revoke}>
            {t("messages.revoke")}
          </Button>
        )}
      </Group>
    </Paper>
  );
}
