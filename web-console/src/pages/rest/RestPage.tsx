// OpenIM's REST routes, each with the fields of the graph that answer it: what a call is in GraphQL is one look away.
import { Badge, Code, Group, Text, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Fragment } from "react";
import { useTranslation } from "react-i18next";
import { Page } from "~/components/Page";
import { type Column, Rows } from "~/components/Rows";
import { Empty, Failed, Loading } from "~/components/States";
import { matches, type Route, useRoutes } from "./routes";

export function RestPage() {
  const { t } = useTranslation();
  const navigate = useNavigate({ from: "/rest" });
  const { search } = useSearch({ from: "/inside/rest" });
  const { description, error, again } = useRoutes();
  const look = useDebouncedCallback(
    (text: string) => navigate({ search: text ? { search: text } : {}, replace: true }),
    200,
  );
  const columns: Column<Route>[] = [
    {
      head: t("rest.route"),
      width: "30%",
      cell: (route) => (
        <Text size="sm" ff="monospace" style={{ overflowWrap: "anywhere" }}>
          <Path path={route.path} />
        </Text>
      ),
    },
    {
      head: t("rest.graphql"),
      width: "28%",
      cell: (route) => (
        <Group gap={6}>
          <Kind kind={route.kind} />
          <Code style={{ overflowWrap: "anywhere" }}>{route.fields.join(", ")}</Code>
        </Group>
      ),
      below: true,
    },
    { head: t("rest.summary"), cell: (route) => <Text size="sm">{route.summary}</Text>, wide: true },
  ];
  const routes = description?.routes.filter((route) => !search || matches(route, search));
  return (
    <Page title={t("places.rest")}>
      <TextInput
        aria-label={t("rest.search")}
        placeholder={t("rest.search")}
        leftSection={<IconSearch size={16} />}
        defaultValue={search ?? ""}
        onChange={(event) => look(event.currentTarget.value)}
        mb="sm"
      />
      {error && <Failed error={error} retry={again} />}
      {!routes && !error && <Loading />}
      {routes?.length === 0 && <Empty text={t("rest.none")} />}
      {routes && routes.length > 0 && (
        <>
          <Rows
            label={t("places.rest")}
            columns={columns}
            rows={routes}
            id={(route) => `${route.method} ${route.path}`}
            open={(route) => navigate({ to: "/rest/route/$", params: { _splat: route.path.slice(1) } })}
          />
          <Text size="sm" c="dimmed" mt="sm" role="status">
            {t("rest.count", { count: routes.length })}
          </Text>
        </>
      )}
    </Page>
  );
}

/** A path that is broken between its words. */
function Path({ path }: { path: string }) {
  return path.split(/(?<=[/_])/).map((word, place) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the words of a path have no other name
    <Fragment key={place}>
      {word}
      <wbr />
    </Fragment>
  ));
}

export function Kind({ kind }: { kind: Route["kind"] }) {
  const { t } = useTranslation();
  return (
    <Badge variant="dot" color={kind === "mutation" ? "orange" : "blue"} size="sm">
      {t(`rest.kinds.${kind}`)}
    </Badge>
  );
}
