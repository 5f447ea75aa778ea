// What the application's server was told, and what became of it; one that failed is sent again from here.
import { Badge, Button, Code, Drawer, Group, Select, Stack, Text, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useMutation, useQuery } from "urql";
import { Page } from "~/components/Page";
import { type Column, Pages, Rows } from "~/components/Rows";
import { Empty, Failed, Loading } from "~/components/States";
import { graphql, type ResultOf } from "~/graphql";
import { formatTime } from "~/lib/format";

const SIZE = 50;
const OUTCOMES = ["PENDING", "DELIVERED", "FAILED"] as const;
const COLOURS = { PENDING: "yellow", DELIVERED: "green", FAILED: "red" } as const;

const Deliveries = graphql(`
  query Deliveries($first: Int!, $offset: Int!, $outcome: WebhookOutcome, $command: String) {
    admin {
      webhookDeliveries(first: $first, offset: $offset, outcome: $outcome, command: $command) {
        totalCount
        edges {
          node { id name command kind outcome status host error answer body attempts durationMilliseconds createdAt nextAttemptAt operationId }
        }
      }
    }
  }
`);

const Again = graphql(
  `mutation Redeliver($id: ID!) { redeliverWebhook(input: { id: $id }) { delivery { id outcome } } }`,
);

type Row = NonNullable<ResultOf<typeof Deliveries>["admin"]>["webhookDeliveries"]["edges"][number]["node"];

export function WebhooksPage() {
  const { t, i18n } = useTranslation();
  const navigate = useNavigate({ from: "/webhooks" });
  const { search, outcome, offset = 0, open } = useSearch({ from: "/inside/webhooks" });
  const [{ data, error, fetching, stale }, again] = useQuery({
    query: Deliveries,
    variables: { first: SIZE, offset, outcome: outcome ?? null, command: search ?? null },
    requestPolicy: "cache-and-network",
  });
  const look = useDebouncedCallback(
    (text: string) =>
      navigate({ search: { ...(text && { search: text }), ...(outcome && { outcome }) }, replace: true }),
    400,
  );
  const columns: Column<Row>[] = [
    { head: t("webhooks.hook"), cell: (row) => <Text size="sm">{row.name ?? row.command}</Text> },
    {
      head: t("webhooks.outcome"),
      cell: (row) => (
        <Badge variant="dot" color={COLOURS[row.outcome]}>
          {t(`webhooks.outcomes.${row.outcome}`)}
        </Badge>
      ),
    },
    {
      head: t("webhooks.why"),
      cell: (row) => (
        <Text size="sm" lineClamp={1}>
          {row.error ?? ""}
        </Text>
      ),
      wide: true,
    },
    { head: t("webhooks.attempts"), cell: (row) => row.attempts, wide: true },
    { head: t("webhooks.createdAt"), cell: (row) => formatTime(row.createdAt, i18n.language) },
  ];
  const list = data?.admin?.webhookDeliveries;
  const rows = list?.edges.map((edge) => edge.node) ?? [];
  const opened = rows.find((row) => row.id === open);
  return (
    <Page title={t("places.webhooks")}>
      <Group mb="sm" grow preventGrowOverflow={false}>
        <TextInput
          aria-label={t("webhooks.search")}
          placeholder={t("webhooks.search")}
          defaultValue={search ?? ""}
          onChange={(event) => look(event.currentTarget.value)}
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
      {error && <Failed error={error} retry={() => again({ requestPolicy: "network-only" })} />}
      {!list && fetching && <Loading />}
      {list && rows.length === 0 && <Empty text={t("webhooks.none")} />}
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
      <Drawer
        opened={opened !== undefined}
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

function Delivery({ row, sent }: { row: Row; sent: () => void }) {
  const { t } = useTranslation();
  const [{ fetching, error }, redeliver] = useMutation(Again);
  const facts: [string, string | number | null][] = [
    ["host", row.host],
    ["status", row.status],
    ["why", row.error],
    ["attempts", row.attempts],
    ["milliseconds", row.durationMilliseconds],
    ["operation", row.operationId],
  ];

  async function send() {
    const result = await redeliver({ id: row.id });
    if (!result.data) return;
    notifications.show({ message: t("webhooks.queued") });
    sent();
  }

  return (
    <Stack>
      {facts.map(([name, value]) => (
        <div key={name}>
          <Text size="xs" c="dimmed">
            {t(`webhooks.${name}`)}
          </Text>
          <Text size="sm">{value ?? "–"}</Text>
        </div>
      ))}
      <Text size="xs" c="dimmed">
        {t("webhooks.body")}
      </Text>
      <Code block tabIndex={0}>
        {row.body}
      </Code>
      {row.answer && (
        <>
          <Text size="xs" c="dimmed">
            {t("webhooks.answer")}
          </Text>
          <Code block tabIndex={0}>
            {row.answer}
          </Code>
        </>
      )}
      {error && <Failed error={error} />}
      {row.kind === "AFTER" && (
        <Group justify="flex-end">
          <Button loading={fetching} onClick={send}>
            {t("webhooks.again")}
          </Button>
        </Group>
      )}
    </Stack>
  );
}
