// One group: what it is, its members by page, and what an administrator may do with it.
import { Badge, Button, Group, Menu, Paper, Stack, Text, Title } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMutation, useQuery } from "urql";
import { Confirm } from "~/components/Confirm";
import { Page } from "~/components/Page";
import { type Column, Pages, Rows } from "~/components/Rows";
import { Empty, Failed, Loading } from "~/components/States";
import { graphql, type ResultOf } from "~/graphql";
import { formatTime } from "~/lib/format";
import { STATUS_COLOURS } from "./status";

const SIZE = 50;

const OneGroup = graphql(`
  query OneGroup($id: ID!, $first: Int!, $offset: Int!) {
    group(id: $id) {
      id
      name
      introduction
      notification
      status
      memberCount
      createdAt
      owner { id nickname }
      members(first: $first, offset: $offset) {
        totalCount
        edges { node { userId nickname role joinedAt mutedUntil } }
      }
    }
  }
`);

const Mute = graphql(`mutation MuteGroup($id: ID!) { muteGroup(input: { groupId: $id }) { group { id status } } }`);
const Unmute = graphql(
  `mutation UnmuteGroup($id: ID!) { unmuteGroup(input: { groupId: $id }) { group { id status } } }`,
);
const Dismiss = graphql(
  `mutation DismissGroup($id: ID!) { dismissGroup(input: { groupId: $id }) { group { id status } } }`,
);
const Remove = graphql(`
  mutation RemoveMember($id: ID!, $userId: ID!) {
    removeGroupMembers(input: { groupId: $id, userIds: [$userId] }) { group { id memberCount } }
  }
`);
const Transfer = graphql(`
  mutation TransferGroup($id: ID!, $from: ID!, $to: ID!) {
    transferGroup(input: { groupId: $id, fromId: $from, toId: $to }) { group { id ownerId } }
  }
`);

type OpenGroup = NonNullable<ResultOf<typeof OneGroup>["group"]>;
type Member = NonNullable<OpenGroup["members"]>["edges"][number]["node"];

/** What waits to be confirmed. */
type Act = { name: "dismiss" } | { name: "remove" | "transfer"; member: Member };

export function GroupPage() {
  const { t, i18n } = useTranslation();
  const { id } = useParams({ from: "/inside/groups/$id" });
  const { offset = 0 } = useSearch({ from: "/inside/groups/$id" });
  const navigate = useNavigate({ from: "/groups/$id" });
  const [{ data, error, fetching }, again] = useQuery({
    query: OneGroup,
    variables: { id, first: SIZE, offset },
    requestPolicy: "cache-and-network",
  });
  const refresh = () => again({ requestPolicy: "network-only" });
  const [act, setAct] = useState<Act | null>(null);
  // While the dialog closes it still says what it was about.
  const shown = useRef<Act>({ name: "dismiss" });
  if (act) shown.current = act;
  const [muting, mute] = useMutation(Mute);
  const [unmuting, unmute] = useMutation(Unmute);
  const [dismissing, dismiss] = useMutation(Dismiss);
  const [removing, remove] = useMutation(Remove);
  const [transferring, transfer] = useMutation(Transfer);
  if (error) return <Failed error={error} retry={refresh} />;
  if (!data && fetching) return <Loading />;
  const group = data?.group;
  if (!group) return <Empty text={t("groups.unknown", { id })} />;
  const failure = [muting, unmuting, dismissing, removing, transferring].find((state) => state.error)?.error;

  async function finish(result: { error?: unknown }) {
    setAct(null);
    if (result.error) return;
    notifications.show({ message: t("acts.saved") });
    refresh();
  }

  async function sure() {
    if (!act || !group) return;
    if (act.name === "dismiss") await finish(await dismiss({ id }));
    else if (act.name === "remove") await finish(await remove({ id, userId: act.member.userId }));
    else if (group.owner) await finish(await transfer({ id, from: group.owner.id, to: act.member.userId }));
  }

  const dismissed = group.status === "DISMISSED";
  const columns: Column<Member>[] = [
    {
      head: t("groups.member"),
      cell: (member) => (
        <div>
          <Text size="sm" fw={600}>
            {member.nickname}
          </Text>
          <Text size="xs" c="dimmed">
            {member.userId}
          </Text>
        </div>
      ),
    },
    { head: t("groups.role"), cell: (member) => t(`groups.roles.${member.role}`) },
    { head: t("groups.joinedAt"), cell: (member) => formatTime(member.joinedAt, i18n.language), wide: true },
    {
      head: t("acts.acts"),
      cell: (member) =>
        member.role !== "OWNER" &&
        !dismissed && (
          <Menu>
            <Menu.Target>
              <Button size="compact-xs" variant="default" aria-label={t("groups.actsFor", { id: member.userId })}>
                {t("acts.acts")}
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item onClick={() => setAct({ name: "transfer", member })}>{t("groups.makeOwner")}</Menu.Item>
              <Menu.Item color="red" onClick={() => setAct({ name: "remove", member })}>
                {t("groups.remove")}
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        ),
    },
  ];
  return (
    <Page
      title={group.name}
      acts={
        !dismissed && (
          <>
            <Button
              variant="default"
              loading={muting.fetching || unmuting.fetching}
              onClick={async () => finish(await (group.status === "MUTED" ? unmute : mute)({ id }))}
            >
              {t(group.status === "MUTED" ? "groups.unmute" : "groups.mute")}
            </Button>
            <Button color="red" variant="outline" onClick={() => setAct({ name: "dismiss" })}>
              {t("groups.dismiss")}
            </Button>
          </>
        )
      }
    >
      <Stack>
        {failure && <Failed error={failure} />}
        <Paper withBorder p="md">
          <Group gap="lg">
            <Badge variant="dot" color={STATUS_COLOURS[group.status]}>
              {t(`groups.statuses.${group.status}`)}
            </Badge>
            <Text size="sm">{group.id}</Text>
            <Text size="sm">
              {t("groups.owner")}: {group.owner?.nickname ?? ""}
            </Text>
            <Text size="sm">{formatTime(group.createdAt, i18n.language)}</Text>
          </Group>
          {group.introduction && <Text mt="sm">{group.introduction}</Text>}
          {group.notification && (
            <Text mt="sm" c="dimmed">
              {group.notification}
            </Text>
          )}
        </Paper>
        <Title order={2}>{t("groups.members")}</Title>
        {group.members && group.members.edges.length > 0 ? (
          <div>
            <Rows
              label={t("groups.members")}
              columns={columns}
              rows={group.members.edges.map((edge) => edge.node)}
              id={(member) => member.userId}
            />
            <Pages
              total={group.members.totalCount}
              size={SIZE}
              offset={offset}
              go={(next) => navigate({ search: next ? { offset: next } : {} })}
            />
          </div>
        ) : (
          <Empty text={t("groups.noMembers")} />
        )}
      </Stack>
      <Confirm
        opened={act !== null}
        close={() => setAct(null)}
        title={t(`groups.sure.${shown.current.name}.title`)}
        text={t(`groups.sure.${shown.current.name}.text`, {
          name: group.name,
          id: shown.current.name === "dismiss" ? "" : shown.current.member.userId,
        })}
        act={t(`groups.sure.${shown.current.name}.act`)}
        busy={dismissing.fetching || removing.fetching || transferring.fetching}
        sure={sure}
      />
    </Page>
  );
}
