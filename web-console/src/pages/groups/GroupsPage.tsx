// All groups: searched by id or name, chosen by status, of any number.
import { Badge, Button, Group, Select, TextInput } from "@mantine/core";
import { useDebouncedCallback, useDisclosure } from "@mantine/hooks";
import { IconPlus, IconSearch } from "@tabler/icons-react";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { LongRows } from "~/components/LongRows";
import { Page } from "~/components/Page";
import { Person } from "~/components/Person";
import type { Column } from "~/components/Rows";
import { useLongList } from "~/components/useLongList";
import { graphql, type ResultOf } from "~/graphql";
import { formatTime } from "~/lib/format";
import { NewGroup } from "./NewGroup";
import { STATUS_COLOURS, STATUSES } from "./status";

const Groups = graphql(`
  query Groups($first: Int!, $after: String, $offset: Int, $search: String, $status: GroupStatus) {
    admin {
      groups(first: $first, after: $after, offset: $offset, search: $search, status: $status) {
        totalCount
        pageInfo { endCursor }
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
  const [making, { open, close }] = useDisclosure();
  const groups = useLongList(Groups, {
    variables: (place) => ({ ...place, search: search ?? null, status: status ?? null }),
    read: (data) => data.admin?.groups,
    offset,
  });
  const look = useDebouncedCallback(
    (text: string) => navigate({ search: { ...(text && { search: text }), ...(status && { status }) }, replace: true }),
    250,
  );
  const columns: Column<Row>[] = [
    {
      head: t("groups.group"),
      cell: (group) => <Person id={group.id} nickname={group.name} faceUrl={group.faceUrl} />,
      width: "40%",
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
  return (
    <Page
      title={t("places.groups")}
      acts={
        <Button leftSection={<IconPlus size={16} />} onClick={open}>
          {t("groups.new")}
        </Button>
      }
    >
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
      <LongRows
        label={t("places.groups")}
        listed={groups}
        none={t(search || status ? "groups.noneFound" : "groups.none")}
        columns={columns}
        open={(group) => navigate({ to: "/groups/$id", params: { id: group.id } })}
        offset={offset}
      />
      <NewGroup
        opened={making}
        close={close}
        made={(id) => {
          groups.refresh();
          void navigate({ to: "/groups/$id", params: { id } });
        }}
      />
    </Page>
  );
}
