// GraphiQL over the server's own schema, signed in as the console is.
import "graphiql/style.css";
import { createGraphiQLFetcher } from "@graphiql/toolkit";
import { Box } from "@mantine/core";
import { GraphiQL } from "graphiql";
import "graphiql/setup-workers/vite";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { socketUrl } from "~/app/live";
import { useSession } from "~/app/session";
import { Page } from "~/components/Page";

export function ExplorerPage() {
  const { t } = useTranslation();
  const session = useSession();
  const fetcher = useMemo(
    () =>
      createGraphiQLFetcher({
        url: new URL("/graphql", window.location.href).href,
        subscriptionUrl: socketUrl(window.location),
        wsConnectionParams: { token: session?.token },
        headers: session ? { authorization: `Bearer ${session.token}` } : {},
      }),
    [session],
  );
  return (
    <Page title={t("places.explorer")}>
      <Box h="calc(100dvh - 150px)">
        <GraphiQL fetcher={fetcher} defaultQuery={"{\n  serverTime\n}\n"} />
      </Box>
    </Page>
  );
}
