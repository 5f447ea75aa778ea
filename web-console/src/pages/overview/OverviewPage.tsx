// What goes on, live: messages, deliveries, sockets, people, what waits, how the processes are; and how accounts and groups
// grew in the last month.
import { Paper, SegmentedControl, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useQuery } from "urql";
import { Days } from "~/components/Days";
import { ShownNode } from "~/components/nodes/documents";
import { NodeTable } from "~/components/nodes/NodeTable";
import { useNodes } from "~/components/nodes/useNodes";
import { Page } from "~/components/Page";
import { Failed, Loading } from "~/components/States";
import { graphql } from "~/graphql";
import { Live } from "./Live";

const Overview = graphql(
  `
    query Overview($from: DateTime!, $until: DateTime!) {
      admin {
        nodes { ...ShownNode }
        registrationStatistics(from: $from, to: $until) { total days { day: date count } }
        groupCreationStatistics(from: $from, until: $until) { total days { day: date count } }
      }
    }
  `,
  [ShownNode],
);

const MONTH = 30 * 24 * 3600 * 1000;

export function OverviewPage() {
  const { t, i18n } = useTranslation();
  const { view } = useSearch({ from: "/inside/" });
  const navigate = useNavigate({ from: "/" });
  const table = view === "table";
  const variables = useMemo(() => {
    const now = Date.now();
    return { from: new Date(now - MONTH).toISOString(), until: new Date(now).toISOString() };
  }, []);
  const [{ data, error, fetching }, again] = useQuery({ query: Overview, variables });
  const { nodes, samples } = useNodes(data?.admin?.nodes);
  const number = new Intl.NumberFormat(i18n.language);
  const parts = data?.admin
    ? [
        { key: "users" as const, ...data.admin.registrationStatistics },
        { key: "groups" as const, ...data.admin.groupCreationStatistics },
      ]
    : [];
  return (
    <Page
      title={t("places.overview")}
      acts={
        <SegmentedControl
          aria-label={t("overview.view")}
          value={table ? "table" : "charts"}
          data={[
            { value: "charts", label: t("overview.charts") },
            { value: "table", label: t("overview.tables") },
          ]}
          onChange={(value) => navigate({ search: value === "table" ? { view: "table" } : {} })}
        />
      }
    >
      {error && <Failed error={error} retry={() => again({ requestPolicy: "network-only" })} />}
      {!data && fetching && <Loading />}
      <Stack>
        {nodes.length > 0 && (
          <>
            <Live samples={samples} table={table} />
            <Paper withBorder p="md">
              <Stack gap="xs">
                <Title order={2}>{t("health.processes")}</Title>
                <NodeTable
                  nodes={nodes}
                  short
                  open={(node) => navigate({ to: "/health", search: { node: node.id } })}
                />
              </Stack>
            </Paper>
          </>
        )}
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          {parts.map((part) => (
            <Paper key={part.key} withBorder p="md">
              <Stack gap="xs">
                <Title order={2}>{t(`overview.${part.key}`)}</Title>
                <Text fz={32} fw={700}>
                  {number.format(part.total)}
                </Text>
                <Days label={t(`overview.${part.key}PerDay`)} days={part.days} table={table} />
              </Stack>
            </Paper>
          ))}
        </SimpleGrid>
      </Stack>
    </Page>
  );
}
