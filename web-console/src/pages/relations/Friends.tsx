// The friends of a user: found by name or remark, removed from the list, or brought in from elsewhere.
import { Badge, Button, Group, TextInput } from "@mantine/core";
import { useDebouncedCallback, useDisclosure } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useMutation } from "urql";
import { because } from "~/app/reason";
import type { Question } from "~/components/Confirm";
import { Ids } from "~/components/Ids";
import { LongRows } from "~/components/LongRows";
import { Person } from "~/components/Person";
import type { Column } from "~/components/Rows";
import { useLongList } from "~/components/useLongList";
import { graphql, type ResultOf } from "~/graphql";
import { formatTime } from "~/lib/format";

const FriendsOf = graphql(`
  query Friends($user: ID!, $first: Int!, $after: String, $offset: Int, $search: String) {
    user(id: $user) { id }
    viewer(as: $user) {
      id
      friends(first: $first, after: $after, offset: $offset, search: $search) {
        totalCount
        pageInfo { endCursor }
        edges { node { friendId remark pinned source createdAt user { id nickname faceUrl } } }
      }
    }
  }
`);
const Remove = graphql(`
  mutation RemoveFriend($user: ID!, $friend: ID!) {
    removeFriend(input: { ownerId: $user, friendId: $friend }) { changed }
  }
`);
const Import = graphql(`
  mutation ImportFriends($user: ID!, $friends: [ID!]!) {
    importFriends(input: { ownerId: $user, friendIds: $friends }) { friendships { friendId } }
  }
`);

type Viewer = NonNullable<ResultOf<typeof FriendsOf>["viewer"]>;
type Friend = Viewer["friends"]["edges"][number]["node"];

export function Friends({
  user,
  ask,
  told,
}: {
  user: string;
  ask: (question: Question, then: () => void) => void;
  told: (then: () => void) => void;
}) {
  const { t, i18n } = useTranslation();
  const navigate = useNavigate({ from: "/relations" });
  const { search, offset = 0 } = useSearch({ from: "/inside/relations" });
  const [importing, { open, close }] = useDisclosure();
  const [, remove] = useMutation(Remove);
  const [, bring] = useMutation(Import);
  const friends = useLongList(FriendsOf, {
    variables: (place) => ({ ...place, user, search: search ?? null }),
    read: (data) => data.viewer?.friends,
    offset,
  });
  const look = useDebouncedCallback(
    (text: string) => navigate({ search: { user, ...(text && { search: text }) }, replace: true }),
    250,
  );
  const columns: Column<Friend>[] = [
    {
      head: t("relations.friend"),
      cell: (friend) => (
        <Person id={friend.friendId} nickname={friend.user?.nickname ?? ""} faceUrl={friend.user?.faceUrl ?? ""} />
      ),
      width: "35%",
    },
    {
      head: t("relations.remark"),
      cell: (friend) => (
        <>
          {friend.remark} {friend.pinned && <Badge size="sm">{t("conversations.pinned")}</Badge>}
        </>
      ),
      wide: true,
    },
    { head: t("relations.source"), cell: (friend) => t(`relations.sources.${friend.source}`), wide: true },
    { head: t("relations.since"), cell: (friend) => formatTime(friend.createdAt, i18n.language), wide: true },
    {
      head: t("acts.acts"),
      cell: ({ friendId }) => (
        <Button
          size="compact-xs"
          variant="default"
          aria-label={t("relations.removeOne", { id: friendId })}
          onClick={() =>
            ask(
              {
                title: t("relations.remove"),
                text: t("relations.removeSure", { id: friendId, user }),
                act: t("relations.remove"),
                sure: (reason) => remove({ user, friend: friendId }, because(reason)),
              },
              friends.refresh,
            )
          }
        >
          {t("relations.remove")}
        </Button>
      ),
    },
  ];
  return (
    <>
      <Group mb="sm">
        <TextInput
          flex={1}
          aria-label={t("relations.search")}
          placeholder={t("relations.search")}
          leftSection={<IconSearch size={16} />}
          defaultValue={search ?? ""}
          onChange={(event) => look(event.currentTarget.value)}
        />
        <Button variant="default" onClick={open}>
          {t("relations.import")}
        </Button>
      </Group>
      <LongRows
        label={t("relations.tabs.friends")}
        listed={friends}
        none={
          friends.data && !friends.data.user
            ? t("users.unknown", { id: user })
            : t(search ? "relations.noneFound" : "relations.none.friends")
        }
        columns={columns}
        open={(friend) => navigate({ to: "/users/$id", params: { id: friend.friendId } })}
        offset={offset}
      />
      <Ids
        opened={importing}
        close={close}
        title={t("relations.importInto", { user })}
        act={t("relations.import")}
        run={(ids) => bring({ user, friends: ids })}
        done={() => told(friends.refresh)}
      />
    </>
  );
}
