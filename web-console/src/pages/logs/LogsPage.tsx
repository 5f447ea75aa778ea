// The logs that apps uploaded: found by who, what and when, opened where they lie, forgotten when nobody needs them.
import { Anchor, Button, Checkbox, SimpleGrid, Text, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { IconSearch } from "@tabler/icons-react";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMutation } from "urql";
import { because } from "~/app/reason";
import { Confirm, type Question } from "~/components/Confirm";
import { LongRows } from "~/components/LongRows";
import { Moment } from "~/components/Moment";
import { Page } from "~/components/Page";
import { Person } from "~/components/Person";
import type { Column } from "~/components/Rows";
import { useLongList } from "~/components/useLongList";
import { graphql, type ResultOf } from "~/graphql";
import { safeUrl } from "~/lib/links";
import { momentOf } from "~/lib/moments";

const Logs = graphql(`
  query ClientLogs($first: Int!, $after: String, $offset: Int, $search: String, $since: DateTime, $until: DateTime) {
    admin {
      clientLogs(first: $first, after: $after, offset: $offset, search: $search, since: $since, until: $until) {
        totalCount
        pageInfo { endCursor }
        edges { node { id userId user { nickname } platform fileName url systemType appFramework version ex createdAt } }
      }
    }
  }
`);

const Delete = graphql(`
  mutation DeleteClientLogs($ids: [ID!]!) { deleteClientLogs(input: { ids: $ids }) { deleted } }
`);

type Row = NonNullable<ResultOf<typeof Logs>["admin"]>["clientLogs"]["edges"][number]["node"];

const MOMENTS = ["since", "until"] as const;

export function LogsPage() {
  const { t } = useTranslation();
  const navigate = useNavigate({ from: "/logs" });
  const filters = useSearch({ from: "/inside/logs" });
  const { search, since, until, offset = 0 } = filters;
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [question, setQuestion] = useState<Question | null>(null);
  const [, remove] = useMutation(Delete);
  const logs = useLongList(Logs, {
    variables: (place) => ({ ...place, search: search ?? null, since: momentOf(since), until: momentOf(until) }),
    read: (data) => data.admin?.clientLogs,
    offset,
  });
  const look = useDebouncedCallback(
    (next: { search?: string; since?: string; until?: string }) =>
      navigate({
        search: ({ offset: _, ...before }) => {
          const { search, since, until } = { ...before, ...next };
          return { ...(search && { search }), ...(since && { since }), ...(until && { until }) };
        },
        replace: true,
      }),
    300,
  );

  function choose(id: string, on: boolean) {
    setChosen((before) => {
      const next = new Set(before);
      if (on) next.add(id);
      else next.delete(id);
      return next;
    });
  }

  const columns: Column<Row>[] = [
    {
      head: t("logs.choose"),
      width: "84px",
      cell: (log) => (
        <Checkbox
          aria-label={t("logs.chooseOne", { name: log.fileName, id: log.userId })}
          checked={chosen.has(log.id)}
          onChange={(event) => choose(log.id, event.currentTarget.checked)}
        />
      ),
    },
    { head: t("users.user"), cell: (log) => <Person id={log.userId} nickname={log.user?.nickname ?? null} /> },
    {
      head: t("logs.file"),
      cell: (log) => {
        const url = safeUrl(log.url);
        return url ? (
          <Anchor href={url} target="_blank" rel="noreferrer noopener" size="sm" style={{ overflowWrap: "anywhere" }}>
            {log.fileName}
          </Anchor>
        ) : (
          <Text size="sm" style={{ overflowWrap: "anywhere" }}>
            {log.fileName}
          </Text>
        );
      },
    },
    {
      head: t("logs.app"),
      cell: (log) => (
        <Text size="sm" lineClamp={2}>
          {[log.platform && t(`platforms.${log.platform}`), log.systemType, log.appFramework, log.version, log.ex]
            .filter(Boolean)
            .join(" · ")}
        </Text>
      ),
      wide: true,
    },
    { head: t("logs.createdAt"), cell: (log) => <Moment at={log.createdAt} />, wide: true },
  ];
  return (
    <Page
      title={t("places.logs")}
      acts={
        chosen.size > 0 && (
          <Button
            color="red"
            variant="outline"
            onClick={() =>
              setQuestion({
                title: t("logs.delete"),
                text: t("logs.deleteSure", { count: chosen.size }),
                act: t("logs.delete"),
                sure: (reason) => remove({ ids: [...chosen] }, because(reason)),
              })
            }
          >
            {t("logs.deleteSome", { count: chosen.size })}
          </Button>
        )
      }
    >
      <SimpleGrid cols={{ base: 1, sm: 3 }} mb="sm" spacing="xs">
        <TextInput
          label={t("logs.search")}
          placeholder={t("logs.searchHelp")}
          leftSection={<IconSearch size={16} />}
          defaultValue={search ?? ""}
          onChange={(event) => look({ search: event.currentTarget.value })}
        />
        {MOMENTS.map((name) => (
          <TextInput
            key={name}
            type="datetime-local"
            label={t(`logs.${name}`)}
            defaultValue={filters[name] ?? ""}
            onChange={(event) => look({ [name]: event.currentTarget.value })}
          />
        ))}
      </SimpleGrid>
      <LongRows label={t("places.logs")} listed={logs} none={t("logs.none")} columns={columns} offset={offset} />
      <Confirm
        question={question}
        close={() => setQuestion(null)}
        done={() => {
          notifications.show({ message: t("logs.deleted") });
          setChosen(new Set());
          logs.refresh();
        }}
      />
    </Page>
  );
}
