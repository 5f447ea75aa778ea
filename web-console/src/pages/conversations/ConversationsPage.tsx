// The conversations of a user as the user has them, the newest activity first.
import { Badge, Text } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { LongRows } from "~/components/LongRows";
import { ShownMessage } from "~/components/message/documents";
import { preview } from "~/components/message/preview";
import { Page } from "~/components/Page";
import { Person } from "~/components/Person";
import type { Column } from "~/components/Rows";
import { Empty } from "~/components/States";
import { useLongList } from "~/components/useLongList";
import { Whose } from "~/components/Whose";
import { graphql, type ResultOf } from "~/graphql";
import { formatTime } from "~/lib/format";

const Conversations = graphql(
  `
    query Conversations($user: ID!, $first: Int!, $after: String, $offset: Int) {
      user(id: $user) { id }
      viewer(as: $user) {
        id
        conversations(first: $first, after: $after, offset: $offset) {
          totalCount
          totalUnread
          pageInfo { endCursor }
          edges {
            node {
              id
              kind
              unreadCount
              lastMessageAt
              peer { id nickname faceUrl }
              group { id name faceUrl }
              latestMessage { ...ShownMessage }
            }
          }
        }
      }
    }
  `,
  [ShownMessage],
);

type Viewer = NonNullable<ResultOf<typeof Conversations>["viewer"]>;
type Row = Viewer["conversations"]["edges"][number]["node"];

export function ConversationsPage() {
  const { t, i18n } = useTranslation();
  const navigate = useNavigate({ from: "/conversations" });
  const { user = "", offset = 0 } = useSearch({ from: "/inside/conversations" });
  const listed = useLongList(Conversations, {
    variables: (place) => ({ ...place, user }),
    read: (data) => data.viewer?.conversations,
    offset,
    pause: user === "",
  });
  const columns: Column<Row>[] = [
    {
      head: t("conversations.conversation"),
      cell: (row) => (
        <Person
          id={row.group?.id ?? row.peer?.id ?? row.id}
          nickname={row.group?.name ?? row.peer?.nickname ?? row.id}
          faceUrl={row.group?.faceUrl ?? row.peer?.faceUrl ?? ""}
        />
      ),
      width: "35%",
    },
    { head: t("conversations.kind"), cell: (row) => t(`conversations.kinds.${row.kind}`), wide: true },
    {
      head: t("conversations.newest"),
      cell: (row) => (
        <Text size="sm" lineClamp={1}>
          {row.latestMessage ? preview(row.latestMessage) || t("chat.other") : ""}
        </Text>
      ),
      wide: true,
    },
    {
      head: t("conversations.unread"),
      cell: (row) => (row.unreadCount > 0 ? <Badge>{row.unreadCount}</Badge> : "0"),
      width: "100px",
    },
    {
      head: t("conversations.lastAt"),
      cell: (row) => (row.lastMessageAt ? formatTime(row.lastMessageAt, i18n.language) : ""),
    },
  ];
  return (
    <Page title={t("places.conversations")}>
      <Whose user={user} choose={(next) => navigate({ search: next ? { user: next } : {} })} />
      {user === "" ? (
        <Empty text={t("conversations.begin")} />
      ) : (
        <LongRows
          label={t("places.conversations")}
          listed={listed}
          none={listed.data && !listed.data.user ? t("users.unknown", { id: user }) : t("conversations.none")}
          columns={columns}
          open={(row) => navigate({ to: "/conversations/$id", params: { id: row.id }, search: { user } })}
          offset={offset}
        />
      )}
    </Page>
  );
}
