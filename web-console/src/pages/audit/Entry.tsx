// One act: who, from where, with which arguments, why, and what became of it.
import { Code, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useQuery } from "urql";
import { Facts } from "~/components/Facts";
import { Moment } from "~/components/Moment";
import { Empty, Failed, Loading } from "~/components/States";
import { Became } from "./AuditPage";
import { AuditEntry } from "./documents";

export function Entry({ id }: { id: string }) {
  const { t } = useTranslation();
  const [{ data, error, fetching }, again] = useQuery({ query: AuditEntry, variables: { id } });
  if (error) return <Failed error={error} retry={() => again({ requestPolicy: "network-only" })} />;
  if (fetching && !data) return <Loading />;
  const entry = data?.admin?.auditEntry;
  if (!entry) return <Empty text={t("audit.gone")} />;
  const name = entry.actor?.nickname ? `${entry.actor.nickname} (${entry.actorId})` : entry.actorId;
  const facts: [string, ReactNode][] = [
    [t("audit.at"), <Moment key="at" at={entry.at} to="zone" />],
    [t("audit.actor"), entry.platform ? `${name} · ${t(`platforms.${entry.platform}`)}` : name],
    [t("audit.address"), entry.address],
    [t("audit.operation"), `${entry.operation} (${entry.subgraph})`],
    [t("audit.target"), entry.target],
    [t("acts.reason"), entry.reason],
    [t("audit.code"), entry.code],
    [t("audit.operationId"), entry.operationId],
  ];
  return (
    <Stack>
      <Became outcome={entry.outcome} />
      <Facts facts={facts} />
      <Text size="xs" c="dimmed">
        {t("audit.arguments")}
      </Text>
      <Code block tabIndex={0}>
        {JSON.stringify(entry.arguments, null, 2)}
      </Code>
    </Stack>
  );
}
