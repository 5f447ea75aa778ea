// Everything that a process tells of itself.
import { Group, Stack } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Facts } from "~/components/Facts";
import { Moment } from "~/components/Moment";
import type { ShownNode } from "~/components/nodes/documents";
import { Health } from "~/components/nodes/NodeTable";
import { formatBytes } from "~/lib/format";

export function NodeFacts({ node }: { node: ShownNode }) {
  const { t, i18n } = useTranslation();
  const number = new Intl.NumberFormat(i18n.language, { maximumFractionDigits: 1 });
  const write = (value: number | null | undefined) =>
    value === null || value === undefined ? "–" : number.format(value);
  const standing = (part: string, ready: boolean) => (ready ? part : t("health.partAway", { part }));
  const { figures } = node;
  const facts = [
    ["id", node.id],
    ["roles", node.roles.map((role) => t(`health.roleNames.${role}`)).join(", ")],
    ["version", node.version],
    ["address", node.address],
    ["parts", node.parts.map(({ name, ready }) => standing(t(`health.partNames.${name}`), ready)).join(", ")],
    ["metricsAddress", node.metricsAddress ?? "–"],
    ["startedAt", <Moment key="startedAt" at={node.startedAt} to="zone" />],
    ["lastSeenAt", <Moment key="lastSeenAt" at={node.lastSeenAt} to="zone" />],
    ["messagesStored", write(figures.messagesStored)],
    ["messagesPerSecond", write(figures.messagesPerSecond)],
    ["deliveriesPerSecond", write(figures.deliveriesPerSecond)],
    ["latency", `${write(figures.deliveryLatency?.p50)} / ${write(figures.deliveryLatency?.p99)}`],
    ["sockets", `${write(figures.sockets.graphql)} / ${write(figures.sockets.sdk)}`],
    ["onlineUsers", write(figures.onlineUsers)],
    ["outboxWaiting", write(figures.outboxLag?.waiting)],
    ["outboxOldest", write(figures.outboxLag?.oldestSeconds)],
    ["queueDepth", write(figures.queueDepth)],
    ["webhookBacklog", write(figures.webhookBacklog)],
    ["memory", figures.memoryBytes === null ? "–" : formatBytes(figures.memoryBytes, i18n.language)],
    ["cpuSeconds", write(figures.cpuSeconds)],
  ] as const;
  return (
    <Stack gap="xs">
      <Group>
        <Health node={node} />
      </Group>
      <Facts facts={facts.map(([name, value]) => [t(`health.${name}`), value])} />
    </Stack>
  );
}
