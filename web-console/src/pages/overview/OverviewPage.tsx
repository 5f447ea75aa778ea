// What there is at a glance: accounts and groups, and how they grew in the last month.
import { Paper, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useQuery } from "urql";
import { Days } from "~/components/Days";
import { Page } from "~/components/Page";
import { Failed, Loading } from "~/components/States";
import { graphql } from "~/graphql";

const Overview = graphql(`
  query Overview($from: DateTime!, $until: DateTime!) {
    serverTime
    admin {
      registrationStatistics(from: $from, to: $until) { total days { day count } }
      groupCreationStatistics(from: $from, until: $until) { total days { day: date count } }
    }
  }
`);

const MONTH = 30 * 24 * 3600 * 1000;

export function OverviewPage() {
  const { t, i18n } = useTranslation();
  const variables = useMemo(() => {
    const now = Date.now();
    return { from: new Date(now - MONTH).toISOString(), until: new Date(now).toISOString() };
  }, []);
  const [{ data, error, fetching }, again] = useQuery({ query: Overview, variables });
  const number = new Intl.NumberFormat(i18n.language);
  if (error) return <Failed error={error} retry={() => again({ requestPolicy: "network-only" })} />;
  if (fetching || !data?.admin) return <Loading />;
  const parts = [
    { key: "users", ...data.admin.registrationStatistics },
    { key: "groups", ...data.admin.groupCreationStatistics },
  ];
  return (
    <Page title={t("places.overview")}>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        {parts.map((part) => (
          <Paper key={part.key} withBorder p="md">
            <Stack gap="xs">
              <Title order={2}>{t(`overview.${part.key}`)}</Title>
              <Text fz={32} fw={700}>
                {number.format(part.total)}
              </Text>
              <Days label={t(`overview.${part.key}PerDay`)} days={part.days} />
            </Stack>
          </Paper>
        ))}
      </SimpleGrid>
    </Page>
  );
}
