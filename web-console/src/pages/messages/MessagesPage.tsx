// Finds messages of all conversations by their words; each can be seen where it was said, taken back or deleted.
import { Button, Group, Mark, Paper, SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useQuery } from "urql";
import { Confirm, type Question } from "~/components/Confirm";
import { ShownMessage } from "~/components/message/documents";
import { MessageActs } from "~/components/message/MessageActs";
import { MessageItem } from "~/components/message/MessageItem";
import { Page } from "~/components/Page";
import { Empty, Failed, Loading } from "~/components/States";
import { UserPicker } from "~/components/UserPicker";
import { graphql, type ResultOf } from "~/graphql";
import { type Filters, searchFilter } from "./filter";

const SIZE = 30;

const Search = graphql(
  `
    query SearchMessages($text: String!, $filter: MessageSearchFilter, $first: Int!, $after: String) {
      admin {
        searchMessages(text: $text, filter: $filter, first: $first, after: $after) {
          pageInfo { hasNextPage endCursor }
          edges {
            excerpt { text matched }
            node {
              ...ShownMessage
              kind
              group { id name }
              receiverId
              receiver { id nickname }
            }
          }
        }
      }
    }
  `,
  [ShownMessage],
);

type Edge = NonNullable<ResultOf<typeof Search>["admin"]>["searchMessages"]["edges"][number];

export function MessagesPage() {
  const { t } = useTranslation();
  const navigate = useNavigate({ from: "/messages" });
  const { search, after, ...filters } = useSearch({ from: "/inside/messages" });
  const [{ data, error, fetching }, again] = useQuery({
    query: Search,
    variables: { text: search ?? "", filter: searchFilter(filters), first: SIZE, after: after ?? null },
    pause: !search,
    requestPolicy: "cache-and-network",
  });
  const refresh = () => again({ requestPolicy: "network-only" });
  const [question, setQuestion] = useState<Question | null>(null);
  const narrow = (next: Filters & { search?: string }) =>
    navigate({
      search: ({ after: _, ...before }) =>
        Object.fromEntries(Object.entries({ ...before, ...next }).filter(([, value]) => value !== "")),
      replace: true,
    });
  const look = useDebouncedCallback(narrow, 300);
  const filter = (name: keyof Filters, type = "text") => ({
    type,
    label: t(`messages.${name}`),
    defaultValue: filters[name] ?? "",
    onChange: (event: { currentTarget: { value: string } }) => look({ [name]: event.currentTarget.value }),
  });

  const found = search ? data?.admin?.searchMessages : undefined;
  return (
    <Page title={t("places.messages")}>
      <TextInput
        mb="xs"
        aria-label={t("messages.search")}
        placeholder={t("messages.search")}
        leftSection={<IconSearch size={16} />}
        defaultValue={search ?? ""}
        onChange={(event) => look({ search: event.currentTarget.value })}
      />
      <SimpleGrid mb="sm" cols={{ base: 1, xs: 2, md: 4 }}>
        <UserPicker label={t("messages.sender")} user={filters.sender ?? ""} choose={(sender) => narrow({ sender })} />
        <TextInput {...filter("conversation")} />
        <TextInput {...filter("since", "date")} />
        <TextInput {...filter("until", "date")} />
      </SimpleGrid>
      {error && <Failed error={error} retry={refresh} />}
      {!search && <Empty text={t("messages.begin")} />}
      {search && !found && fetching && <Loading />}
      {found && found.edges.length === 0 && <Empty text={t("messages.none")} />}
      {found && found.edges.length > 0 && (
        <Stack gap="xs">
          {found.edges.map((edge) => (
            <Found key={`${edge.node.conversationId} ${edge.node.seq}`} edge={edge} ask={setQuestion} />
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
      <Confirm question={question} close={() => setQuestion(null)} done={refresh} />
    </Page>
  );
}

function Found({ edge: { node, excerpt }, ask }: { edge: Edge; ask: (question: Question) => void }) {
  const where = node.group?.name ?? node.receiver?.nickname ?? node.conversationId;
  // A notification is in its receiver's log only.
  const reader = node.kind === "NOTIFICATION" ? node.receiverId : node.senderId;
  return (
    <Paper withBorder p="sm">
      <MessageItem message={node} where={where} acts={<MessageActs message={node} ask={ask} reader={reader} />}>
        {!node.revoked && (
          <Text style={{ overflowWrap: "anywhere" }}>
            {excerpt.map((part, place) =>
              // biome-ignore lint/suspicious/noArrayIndexKey: parts of one text have no other name
              part.matched ? <Mark key={place}>{part.text}</Mark> : <span key={place}>{part.text}</span>,
            )}
          </Text>
        )}
      </MessageItem>
    </Paper>
  );
}
