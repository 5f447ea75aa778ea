// GraphiQL over the server's own schema, signed in as the console is, with saved examples and the plan of an operation.
import "graphiql/style.css";
import "./explorer.css";
import { createGraphiQLFetcher } from "@graphiql/toolkit";
import { Box, Button, Drawer, Select, useComputedColorScheme } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconRoute } from "@tabler/icons-react";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { GraphiQL } from "graphiql";
import "graphiql/setup-workers/vite";
import { useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import { socketUrl } from "~/app/live";
import { authorization, useSession } from "~/app/session";
import { Page } from "~/components/Page";
import { EXAMPLES, variablesOf } from "./examples";
import { PlanView } from "./PlanView";
import type { Asked } from "./plan";

const BEGINNING = "{\n  serverTime\n}\n";

/** What GraphiQL keeps as long as the tab lives. */
function kept(): Asked {
  const read = (name: string) => sessionStorage.getItem(`graphiql:${name}`);
  return { query: read("query") || BEGINNING, variables: read("variables") ?? "", operationName: null };
}

export function ExplorerPage() {
  const { t } = useTranslation();
  const session = useSession();
  const scheme = useComputedColorScheme("light");
  const navigate = useNavigate({ from: "/explorer" });
  const search = useSearch({ from: "/inside/explorer" });
  const example = EXAMPLES.find((known) => known.name === search.example);
  const query = example?.text ?? search.query;
  const variables = example ? variablesOf(example.text) : search.variables;
  // What stands in the editors; it begins anew when the address names another operation.
  const begin = query === undefined ? kept() : { query, variables: variables ?? "", operationName: null };
  const key = query === undefined ? "" : `${query} ${variables}`;
  const asked = useRef<{ key: string; now: Asked }>({ key, now: begin });
  if (asked.current.key !== key) asked.current = { key, now: begin };
  const note = (part: Partial<Asked>) => {
    asked.current.now = { ...asked.current.now, ...part };
  };
  const [planning, plan] = useDisclosure();
  const fetcher = useMemo(
    () =>
      createGraphiQLFetcher({
        url: new URL("/graphql", window.location.href).href,
        subscriptionUrl: socketUrl(window.location),
        wsConnectionParams: { token: session?.token },
        headers: authorization(session),
      }),
    [session],
  );
  const groups = [...new Set(EXAMPLES.map((known) => known.group))];
  return (
    <Page
      title={t("places.explorer")}
      acts={
        <>
          <Select
            aria-label={t("explorer.examples")}
            placeholder={t("explorer.examples")}
            searchable
            value={example?.name ?? null}
            data={groups.map((group) => ({
              group,
              items: EXAMPLES.filter((known) => known.group === group).map((known) => known.name),
            }))}
            onChange={(name) => navigate({ search: name ? { example: name } : {} })}
            nothingFoundMessage={t("explorer.noExample")}
          />
          <Button variant="default" leftSection={<IconRoute size={16} aria-hidden />} onClick={plan.open}>
            {t("explorer.plan")}
          </Button>
        </>
      }
    >
      <Box
        className="framed explorer"
        h={{ base: "max(560px, calc(100dvh - 84px))", sm: "calc(100dvh - 150px)" }}
        style={{ overflow: "hidden" }}
      >
        <GraphiQL
          key={key}
          fetcher={fetcher}
          forcedTheme={scheme}
          defaultQuery={BEGINNING}
          {...(query !== undefined && { initialQuery: query, initialVariables: variables ?? "" })}
          storage={sessionStorage}
          onTabChange={({ tabs, activeTabIndex }) => {
            const tab = tabs[activeTabIndex];
            if (!tab) return;
            note({ query: tab.query ?? "", variables: tab.variables ?? "", operationName: tab.operationName });
          }}
          onEditQuery={(query) => note({ query })}
          onEditVariables={(variables) => note({ variables })}
          onEditOperationName={(name) => note({ operationName: name || null })}
        />
      </Box>
      <Drawer
        opened={planning}
        onClose={plan.close}
        position="right"
        size="lg"
        title={t("explorer.plan")}
        closeButtonProps={{ "aria-label": t("acts.close") }}
      >
        <PlanView asked={asked.current.now} />
      </Drawer>
    </Page>
  );
}
