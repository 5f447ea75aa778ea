// What was stored and taken back, the newest first.
import { Text } from "@mantine/core";
import { useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { LongRows } from "~/components/LongRows";
import { Moment } from "~/components/Moment";
import type { Column } from "~/components/Rows";
import { useLongList } from "~/components/useLongList";
import { type Change, History } from "./documents";
import { shown } from "./drafts";

export function HistoryList() {
  const { t } = useTranslation();
  const { offset = 0 } = useSearch({ from: "/inside/configuration" });
  const history = useLongList(History, {
    variables: (place) => place,
    read: (data) => data.admin?.configuration.history,
    offset,
  });
  const value = (of: unknown) => (
    <Text size="sm" ff="monospace" lineClamp={2}>
      {shown(of) || "–"}
    </Text>
  );
  const columns: Column<Change>[] = [
    { head: t("configuration.at"), cell: (change) => <Moment at={change.at} /> },
    {
      head: t("configuration.key"),
      cell: (change) => (
        <Text size="sm" ff="monospace" style={{ overflowWrap: "anywhere" }}>
          {change.key}
        </Text>
      ),
    },
    { head: t("configuration.before"), cell: (change) => value(change.oldValue), wide: true },
    { head: t("configuration.after"), cell: (change) => value(change.newValue) },
    { head: t("configuration.by"), cell: (change) => change.changedBy, wide: true },
  ];
  return (
    <LongRows
      label={t("configuration.history")}
      listed={history}
      none={t("configuration.noHistory")}
      columns={columns}
      offset={offset}
    />
  );
}
