// How the deployment is: each process, what waits, and whether the services behind it answer.
import { Anchor, Badge, Drawer, Group, Paper, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useQuery } from "urql";
import { problemOf } from "~/app/errors";
import { useSession } from "~/app/session";
import { GivenUp } from "~/components/GivenUp";
import { ShownNode } from "~/components/nodes/documents";
import { NodeTable } from "~/components/nodes/NodeTable";
import { useNodes } from "~/components/nodes/useNodes";
import { Page } from "~/components/Page";
import { Failed, Loading } from "~/components/States";
import { useGivenUp } from "~/components/useGivenUp";
import { graphql } from "~/graphql";
import { together } from "~/lib/figures";
import { formatTime } from "~/lib/format";
import { safeUrl } from "~/lib/links";
import { NodeFacts } from "./NodeFacts";
import { signsOf } from "./signs";

const HealthOf = graphql(
  `
    query Health($me: ID!) {
      serverTime
      dashboardUrl
      user(id: $me) { id presence { online } }
      admin { nodes { ...ShownNode } }
    }
  `,
  [ShownNode],
);

const COLOURS = { good: "green", slow: "yellow", bad: "red", unknown: "gray" } as const;

export function HealthPage() {
  const { t, i18n } = useTranslation();
  const { node: opened } = useSearch({ from: "/inside/health" });
  const navigate = useNavigate({ from: "/health" });
  const me = useSession()?.userId ?? "";
  const [{ data, error, fetching }, again] = useQuery({
    query: HealthOf,
    variables: { me },
    requestPolicy: "cache-and-network",
  });
  const { nodes } = useNodes(data?.admin?.nodes);
  const healthy = nodes.filter((node) => node.healthy).length;
  const chosen = nodes.find((node) => node.id === opened);
  const dashboard = safeUrl(data?.dashboardUrl);
  const givenUp = useGivenUp();
  const signs = signsOf({
    // Processes are rows of the database.
    database: data?.admin ? "answers" : error ? problemOf(error).code : null,
    // Whether somebody is online is null when nobody can tell; it is the answer that counts.
    presence: data?.user ? (data.user.presence ? "answers" : "UNAVAILABLE") : null,
    nodes,
    now: together(nodes, 0),
    givenUp,
  });
  return (
    <Page
      title={t("places.health")}
      acts={
        dashboard && (
          <Anchor href={dashboard} target="_blank" rel="noreferrer noopener">
            {t("health.dashboards")}
          </Anchor>
        )
      }
    >
      {error && <Failed error={error} retry={() => again({ requestPolicy: "network-only" })} />}
      {!data && fetching && <Loading />}
      {nodes.length > 0 && (
        <Stack>
          <SimpleGrid cols={{ base: 2, sm: 4 }}>
            <Sign
              name={t("health.processes")}
              state={healthy === nodes.length ? "good" : "bad"}
              words={t("health.healthyOf", { healthy, all: nodes.length })}
            />
            {signs.map(({ name, state, value }) => (
              <Sign
                key={name}
                name={t(`health.signs.${name}`)}
                state={state}
                words={t(`health.words.${name}`, {
                  context: value !== null || state === "slow" ? "value" : state,
                  value: new Intl.NumberFormat(i18n.language, { maximumFractionDigits: 1 }).format(value ?? 0),
                })}
                more={name === "webhooks" && <GivenUp count={givenUp} />}
              />
            ))}
          </SimpleGrid>
          <Paper withBorder p="md">
            <Stack gap="xs">
              <Title order={2}>{t("health.processes")}</Title>
              <NodeTable nodes={nodes} open={(node) => navigate({ search: { node: node.id } })} />
              {data && (
                <Text size="sm" c="dimmed">
                  {t("health.serverTime", { time: formatTime(data.serverTime, i18n.language, "zone") })}
                </Text>
              )}
            </Stack>
          </Paper>
        </Stack>
      )}
      <Drawer
        opened={chosen !== undefined}
        onClose={() => navigate({ search: {} })}
        position="right"
        size="lg"
        title={chosen && `${chosen.host}:${chosen.pid}`}
        closeButtonProps={{ "aria-label": t("acts.close") }}
      >
        {chosen && <NodeFacts node={chosen} />}
      </Drawer>
    </Page>
  );
}

function Sign({
  name,
  state,
  words,
  more,
}: {
  name: string;
  state: keyof typeof COLOURS;
  words: string;
  more?: ReactNode;
}) {
  const { t } = useTranslation();
  return (
    <Paper withBorder p="sm">
      <Text size="xs" c="dimmed">
        {name}
      </Text>
      <Group gap="xs" mt={4}>
        <Badge color={COLOURS[state]} variant="dot">
          {t(`health.signStates.${state}`)}
        </Badge>
      </Group>
      <Text size="sm" mt={4}>
        {words}
      </Text>
      {more}
    </Paper>
  );
}
