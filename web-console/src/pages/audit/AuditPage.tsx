// What administrators did: found by who, what, to what, when and with which outcome; each act with its arguments and reason.
import { Badge, Drawer, Group, Select, SimpleGrid, Text, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { LongRows } from "~/components/LongRows";
import { Moment } from "~/components/Moment";
import { Page } from "~/components/Page";
import type { Column } from "~/components/Rows";
import { UserPicker } from "~/components/UserPicker";
import { useLongList } from "~/components/useLongList";
import { MUTATIONS } from "~/graphql/mutations";
import { momentOf } from "~/lib/moments";
import { AuditLog, type Row } from "./documents";
import { Entry } from "./Entry";
import { type AuditSearch, OUTCOMES, type Outcome } from "./search";

const COLOURS = { DONE: "green", REFUSED: "yellow", FAILED: "red" } as const;
const MOMENTS = ["since", "until"] as const;

export function AuditPage() {
  const { t } = useTranslation();
  const navigate = useNavigate({ from: "/audit" });
  const search = useSearch({ from: "/inside/audit" });
  const { actor, operation, target, since, until, outcome, offset = 0, open } = search;
  const log = useLongList(AuditLog, {
    variables: (place) => ({
      ...place,
      actorId: actor ?? null,
      operation: operation ?? null,
      target: target ?? null,
      since: momentOf(since),
      until: momentOf(until),
      outcome: outcome ?? null,
    }),
    read: (data) => data.admin?.auditLog,
    offset,
  });
  const change = (part: { [Name in keyof AuditSearch]?: AuditSearch[Name] | undefined }) =>
    navigate({ search: ({ offset: _, ...before }) => kept({ ...before, ...part }), replace: true });
  const look = useDebouncedCallback(change, 300);
  const columns: Column<Row>[] = [
    { head: t("audit.at"), cell: (row) => <Moment at={row.at} /> },
    { head: t("audit.actor"), cell: (row) => <Text size="sm">{row.actorId}</Text>, wide: true },
    {
      head: t("audit.operation"),
      cell: (row) => (
        <Text size="sm" className="wrapped">
          {row.operation}
        </Text>
      ),
    },
    {
      head: t("audit.target"),
      cell: (row) => (
        <Text size="sm" truncate>
          {row.target ?? ""}
        </Text>
      ),
      wide: true,
    },
    { head: t("audit.outcome"), cell: (row) => <Became outcome={row.outcome} />, below: true },
    {
      head: t("acts.reason"),
      cell: (row) => (
        <Text size="sm" lineClamp={1}>
          {row.reason ?? ""}
        </Text>
      ),
      wide: true,
    },
  ];
  const settings = log.data?.admin?.auditSettings;
  return (
    <Page title={t("places.audit")}>
      <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }} mb="sm" spacing="xs">
        <UserPicker
          label={t("audit.actor")}
          placeholder={t("audit.placeholders.actor")}
          user={actor ?? ""}
          choose={(actor) => change({ actor })}
        />
        <Select
          label={t("audit.operation")}
          placeholder={t("audit.placeholders.operation")}
          searchable
          clearable
          clearButtonProps={{ "aria-label": t("acts.clear") }}
          nothingFoundMessage={t("audit.noMutation")}
          value={operation ?? null}
          data={MUTATIONS.includes(operation ?? "") || !operation ? MUTATIONS : [operation, ...MUTATIONS]}
          onChange={(value) => change({ operation: value ?? undefined })}
        />
        <TextInput
          label={t("audit.target")}
          placeholder={t("audit.placeholders.target")}
          defaultValue={target ?? ""}
          onChange={(event) => look({ target: event.currentTarget.value })}
        />
        {MOMENTS.map((name) => (
          <TextInput
            key={name}
            type="datetime-local"
            label={t(`audit.${name}`)}
            defaultValue={search[name] ?? ""}
            onChange={(event) => look({ [name]: event.currentTarget.value })}
          />
        ))}
        <Select
          label={t("audit.outcome")}
          placeholder={t("audit.any")}
          clearable
          clearButtonProps={{ "aria-label": t("acts.clear") }}
          value={outcome ?? null}
          data={OUTCOMES.map((value) => ({ value, label: t(`audit.outcomes.${value}`) }))}
          onChange={(value) => change({ outcome: OUTCOMES.find((known) => known === value) })}
        />
      </SimpleGrid>
      {settings && (
        <Group gap="xs" mb="sm">
          <Text size="xs" c="dimmed">
            {settings.keepDays === null ? t("audit.kept") : t("audit.keptDays", { count: settings.keepDays })}{" "}
            {settings.leftOut.length > 0 && t("audit.leftOut", { names: settings.leftOut.join(", ") })}
          </Text>
          {settings.reasonRequired && <Badge variant="default">{t("audit.reasonRequired")}</Badge>}
        </Group>
      )}
      <LongRows
        label={t("places.audit")}
        listed={log}
        none={t("audit.none")}
        columns={columns}
        open={(row) => navigate({ search: (before) => ({ ...before, open: row.id }) })}
        offset={offset}
      />
      <Drawer
        opened={open !== undefined}
        onClose={() => navigate({ search: ({ open: _, ...rest }) => rest })}
        position="right"
        size="lg"
        title={t("audit.entry")}
        closeButtonProps={{ "aria-label": t("acts.close") }}
      >
        {open !== undefined && <Entry id={open} />}
      </Drawer>
    </Page>
  );
}

export function Became({ outcome }: { outcome: Outcome }) {
  const { t } = useTranslation();
  return (
    <Badge variant="dot" color={COLOURS[outcome]}>
      {t(`audit.outcomes.${outcome}`)}
    </Badge>
  );
}

/** Leaves out what is empty. */
function kept(search: { [Name in keyof AuditSearch]?: AuditSearch[Name] | undefined }): AuditSearch {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined && value !== ""));
}
