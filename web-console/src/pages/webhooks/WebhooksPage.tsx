// What the application's server was told, and what became of it; one that failed is sent again from here.
import { Drawer, Group, Select, Tabs, Text } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useQuery } from "urql";
import { Moment } from "~/components/Moment";
import { Page } from "~/components/Page";
import { type Column, Pages, Rows } from "~/components/Rows";
import { Empty, Failed, Loading } from "~/components/States";
import { Became, OUTCOMES } from "./Became";
import { Delivery } from "./Delivery";
import { Deliveries, type Row } from "./documents";
import { Hooks } from "./Hooks";

const SIZE = 50;

export function WebhooksPage() {
  const { t } = useTranslation();
  const navigate = useNavigate({ from: "/webhooks" });
  const { search, outcome, offset = 0, open, view } = useSearch({ from: "/inside/webhooks" });
  const [{ data, error, fetching, stale }, again] = useQuery({
    query: Deliveries,
    variables: {
      first: SIZE,
      offset,
      outcome: outcome ?? null,
      command: search ?? null,
      open: open ?? "",
      opened: open !== undefined,
    },
    requestPolicy: "cache-and-network",
  });
  const columns: Column<Row>[] = [
    { head: t("webhooks.hook"), cell: (row) => <Text size="sm">{row.name ?? row.command}</Text> },
    {
      head: t("webhooks.outcome"),
      cell: (row) => <Became outcome={row.outcome} />,
    },
    {
      head: t("webhooks.why"),
      cell: (row) => (
        <Text size="sm" lineClamp={2}>
          {row.error ?? ""}
        </Text>
      ),
      wide: true,
    },
    { head: t("webhooks.attempts"), cell: (row) => row.attempts, wide: true },
    { head: t("webhooks.createdAt"), cell: (row) => <Moment at={row.createdAt} /> },
  ];
  const list = data?.admin?.webhookDeliveries;
  const rows = list?.edges.map((edge) => edge.node) ?? [];
  // Those that are switched on, and those that were while they were called.
  const called = [...(data?.admin?.webhooks ?? []), ...rows].map((hook) => hook.name ?? hook.command);
  const hooks = [...new Set(search ? [...called, search] : called)].sort();
  const opened = open === undefined ? null : (data?.admin?.webhookDelivery ?? null);
  return (
    <Page title={t("places.webhooks")}>
      <Tabs
        value={view ?? "deliveries"}
        onChange={(next) => navigate({ search: next === "hooks" ? { view: "hooks" } : {} })}
        keepMounted={false}
      >
        <Tabs.List mb="sm">
          <Tabs.Tab value="deliveries">{t("webhooks.deliveries")}</Tabs.Tab>
          <Tabs.Tab value="hooks">{t("webhooks.hooks")}</Tabs.Tab>
        </Tabs.List>
        {error && <Failed error={error} retry={() => again({ requestPolicy: "network-only" })} />}
        {!list && fetching && <Loading />}
        <Tabs.Panel value="hooks">{data?.admin && <Hooks hooks={data.admin.webhooks} />}</Tabs.Panel>
        <Tabs.Panel value="deliveries">
          <Group mb="sm" grow preventGrowOverflow={false}>
            <Select
              aria-label={t("webhooks.hook")}
              placeholder={t("webhooks.search")}
              searchable
              clearable
              clearButtonProps={{ "aria-label": t("acts.clear") }}
              nothingFoundMessage={t("webhooks.noHook")}
              value={search ?? null}
              data={hooks}
              onChange={(name) =>
                navigate({ search: { ...(name && { search: name }), ...(outcome && { outcome }) }, replace: true })
              }
            />
            <Select
              aria-label={t("webhooks.outcome")}
              placeholder={t("webhooks.outcome")}
              clearable
              clearButtonProps={{ "aria-label": t("acts.clear") }}
              maw={220}
              value={outcome ?? null}
              data={OUTCOMES.map((value) => ({ value, label: t(`webhooks.outcomes.${value}`) }))}
              onChange={(value) => {
                const chosen = OUTCOMES.find((known) => known === value);
                void navigate({ search: { ...(search && { search }), ...(chosen && { outcome: chosen }) } });
              }}
            />
          </Group>
          {list && rows.length === 0 && <Empty text={t(search || outcome ? "webhooks.noneFound" : "webhooks.none")} />}
          {list && rows.length > 0 && (
            <div aria-busy={stale}>
              <Rows
                label={t("places.webhooks")}
                columns={columns}
                rows={rows}
                id={(row) => row.id}
                open={(row) => navigate({ search: (before) => ({ ...before, open: row.id }) })}
              />
              <Pages
                total={list.totalCount}
                size={SIZE}
                offset={offset}
                go={(next) => navigate({ search: (before) => ({ ...before, offset: next }) })}
              />
            </div>
          )}
        </Tabs.Panel>
      </Tabs>
      <Drawer
        opened={opened !== null}
        onClose={() => navigate({ search: ({ open: _, ...rest }) => rest })}
        position="right"
        size="lg"
        title={opened?.name ?? opened?.command}
        closeButtonProps={{ "aria-label": t("acts.close") }}
      >
        {opened && <Delivery row={opened} sent={() => again({ requestPolicy: "network-only" })} />}
      </Drawer>
    </Page>
  );
}
