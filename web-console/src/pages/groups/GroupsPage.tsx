// All groups: searched by id or name, chosen by status, a page at a time.
import { Avatar, Badge, Group, Select, Text, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useQuery } from "urql";
import { Page } from "~/components/Page";
import { type Column, Pages, Rows } from "~/components/Rows";
import { Empty, Failed, Loading } from "~/components/States";
import { graphql, type ResultOf } from "~/graphql";
import { formatTime } from "~/lib/format";
import { STATUS_COLOURS, STATUSES } from "./status";

const SIZE = 50;

const Groups = graphql(`
  query Groups($first: Int!, $offset: Int!, $search: String, $status: GroupStatus) {
    admin {
      groups(first: $first, offset: $offset, search: $search, status: $status) {
        totalCount
        edges { node { id name faceUrl status memberCount createdAt owner { id nickname } } }
      }
    }
  }
`);

type Row = NonNullable<ResultOf<typeof Groups>["admin"]>["groups"]["edges"][number]["node"];

export function GroupsPage() {
  const { t, i18n } = useTranslation();
  const navigate = useNavigate({ from: "/groups" });
  const { search, status, offset = 0 } = useSearch({ from: "/inside/groups" });
  const [{ data, error, fetching, stale }, again] = useQuery({
    query: Groups,
    variables: { first: SIZE, offset, search: search ?? null, status: status ?? null },
    requestPolicy: "cache-and-network",
  });
  const look = useDebouncedCallback(
    (text: string) => navigate({ search: { ...(text && { search: text }), ...(status && { status }) }, replace: true }),
    250,
  );
  const columns: Column<Row>[] = [
    {
      head: t("groups.group"),
      cell: (group) => (
        <Group gap="xs" wrap="nowrap">
          <Avatar src={group.faceUrl || null} size="sm" alt="" name={group.name} />
          <div>
            <Text size="sm" fw={600} lineClamp={1}>
              {group.name}
            </Text>
            <Text size="xs" c="dimmed">
              {group.id}
            </Text>
          </div>
        </Group>
      ),
    },
    { head: t("groups.members"), cell: (group) => new Intl.NumberFormat(i18n.language).format(group.memberCount) },
    {
      head: t("groups.status"),
      cell: (group) => (
        <Badge variant="dot" color={STATUS_COLOURS[group.status]}>
          {t(`groups.statuses.${group.status}`)}
        </Badge>
      ),
    },
    { head: t("groups.owner"), cell: (group) => group.owner?.nickname ?? "", wide: true },
    { head: t("groups.createdAt"), cell: (group) => formatTime(group.createdAt, i18n.language), wide: true },
  ];
  const groups = data?.admin?.groups;
  return (
    <Page title={t("places.groups")}>
      <Group mb="sm" grow preventGrowOverflow={false}>
        <TextInput
          aria-label={t("groups.search")}
          placeholder={t("groups.search")}
          leftSection={<IconSearch size={16} />}
          defaultValue={search ?? ""}
          onChange={(event) => look(event.currentTarget.value)}
        />
        <Select
          aria-label={t("groups.status")}
          placeholder={t("groups.status")}
          clearable
          clearButtonProps={{ "aria-label": t("acts.clear") }}
          maw={220}
          value={status ?? null}
          data={STATUSES.map((value) => ({ value, label: t(`groups.statuses.${value}`) }))}
          onChange={(value) => {
            const chosen = STATUSES.find((known) => known === value);
            void navigate({ search: { ...(search && { search }), ...(chosen && { status: chosen }) } });
          }}
        />
      </Group>
      {error && <Failed error={error} retry={() => again({ requestPolicy: "network-only" })} />}
      {!groups && fetching && <Loading />}
      {groups && groups.edges.length === 0 && <Empty text={t(search || status ? "groups.noneFound" : "groups.none")} />}
      {groups && groups.edges.length > 0 && (
        <div aria-busy={stale}>
          <Rows
            label={t("places.groups")}
            columns={columns}
            rows={groups.edges.map((edge) => edge.node)}
            id={(group) => group.id}
            open={(group) => navigate({ to: "/groups/$id", params: { id: group.id } })}
          />
          <Pages
            total={groups.totalCount}
            size={SIZE}
            offset={offset}
            go={(next) => navigate({ search: (before) => ({ ...before, offset: next }) })}
          />
        </div>
      )}
    </Page>
  );
}
