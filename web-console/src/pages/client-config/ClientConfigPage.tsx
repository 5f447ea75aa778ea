// What the clients of everybody are configured with; a user's own values stand on the user's page.
import { useTranslation } from "react-i18next";
import { useQuery } from "urql";
import { Page } from "~/components/Page";
import { Failed, Loading } from "~/components/States";
import { graphql } from "~/graphql";
import { ClientConfig } from "./ClientConfig";

const Values = graphql(`
  query ClientConfigOfEverybody {
    admin { clientConfig(first: 100) { edges { node { key value userId } } } }
  }
`);

export function ClientConfigPage() {
  const { t } = useTranslation();
  const [{ data, error, fetching }, again] = useQuery({ query: Values, requestPolicy: "cache-and-network" });
  const refresh = () => again({ requestPolicy: "network-only" });
  // Everybody's values come first, in order of their names.
  const entries = data?.admin?.clientConfig.edges.filter((edge) => edge.node.userId === null) ?? [];
  return (
    <Page title={t("clientConfig.title")}>
      {error && <Failed error={error} retry={refresh} />}
      {!data && fetching && <Loading />}
      {data && <ClientConfig userId={null} entries={entries} changed={refresh} />}
    </Page>
  );
}
