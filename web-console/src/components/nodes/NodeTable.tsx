// The processes of the deployment, and how they are.
import { Badge, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { type Column, Rows } from "~/components/Rows";
import { formatBytes, formatTime } from "~/lib/format";
import type { ShownNode } from "./documents";

export function Health({ node }: { node: ShownNode }) {
  const { t } = useTranslation();
  const state = node.stopping ? "stopping" : node.healthy ? "healthy" : "silent";
  const colour = { stopping: "yellow", healthy: "green", silent: "red" }[state];
  return (
    <Badge color={colour} variant="dot">
      {t(`health.states.${state}`)}
    </Badge>
  );
}

export function NodeTable({
  nodes,
  open,
  short,
}: {
  nodes: readonly ShownNode[];
  open?: (node: ShownNode) => void;
  /** Without what only whoever looks after a single process wants to know. */
  short?: boolean;
}) {
  const { t, i18n } = useTranslation();
  const number = new Intl.NumberFormat(i18n.language, { maximumFractionDigits: 1 });
  const columns: Column<ShownNode>[] = [
    {
      head: t("health.process"),
      cell: (node) => (
        <div>
          <Text size="sm" fw={600}>
            {node.host}:{node.pid}
          </Text>
          <Text size="xs" c="dimmed" truncate maw={180} title={node.id}>
            {node.id}
          </Text>
        </div>
      ),
    },
    { head: t("health.state"), cell: (node) => <Health node={node} /> },
    {
      head: t("health.roles"),
      cell: (node) => <Text size="sm">{node.roles.map((role) => t(`health.roleNames.${role}`)).join(", ")}</Text>,
      wide: true,
    },
    { head: t("overview.messages"), cell: (node) => number.format(node.figures.messagesPerSecond), wide: true },
    {
      head: t("overview.sockets"),
      cell: (node) => number.format(node.figures.sockets.graphql + node.figures.sockets.sdk),
      wide: true,
    },
    {
      head: t("health.memory"),
      cell: (node) => (
        <Text size="sm" style={{ whiteSpace: "nowrap" }}>
          {node.figures.memoryBytes === null ? "–" : formatBytes(node.figures.memoryBytes, i18n.language)}
        </Text>
      ),
      wide: true,
    },
  ];
  const more: Column<ShownNode>[] = [
    { head: t("health.version"), cell: (node) => node.version, wide: true },
    { head: t("health.startedAt"), cell: (node) => formatTime(node.startedAt, i18n.language), wide: true },
  ];
  return (
    <Rows
      label={t("health.processes")}
      columns={short ? columns : [...columns, ...more]}
      rows={nodes}
      id={(node) => node.id}
      {...(open && { open })}
    />
  );
}
