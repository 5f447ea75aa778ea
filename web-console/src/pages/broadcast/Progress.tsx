// How far a broadcast is, and whom it did not reach.
import { Badge, Progress as Bar, Button, Group, Paper, Stack, Text, Title } from "@mantine/core";
import type { CombinedError } from "@urql/core";
import { useTranslation } from "react-i18next";
import { toldOf } from "~/app/errors";
import { LongRows } from "~/components/LongRows";
import { Failed } from "~/components/States";
import { useFixedList } from "~/components/useLongList";
import type { Broadcast, Failure, Progress as How } from "./broadcast";
import { begin } from "./running";

const COLOURS = { running: "blue", done: "green", cancelled: "gray", stopped: "red" } as const;

export function Progress({
  broadcast,
  progress,
}: {
  broadcast: Broadcast<CombinedError>;
  progress: How<CombinedError>;
}) {
  const { t, i18n } = useTranslation();
  const { phase, done, total, sent, failures, problem } = progress;
  const number = new Intl.NumberFormat(i18n.language);
  const percent = total ? Math.round((Math.min(done, total) / total) * 100) : 0;
  return (
    <Paper withBorder p="md">
      <Stack gap="sm">
        <Group justify="space-between">
          <Title order={2}>{t("broadcast.progress")}</Title>
          <Badge color={COLOURS[phase]} variant="dot" role="status">
            {t(`broadcast.phases.${phase}`)}
          </Badge>
        </Group>
        <Bar value={percent} aria-label={t("broadcast.progress")} color={COLOURS[phase]} />
        <Text size="sm">
          {t("broadcast.sofar", {
            sent: number.format(sent),
            failed: number.format(failures.length),
            done: number.format(done),
            total: total === undefined ? "…" : number.format(total),
          })}
        </Text>
        {problem && <Failed error={problem} />}
        <Group>
          {phase === "running" && (
            <Button color="red" variant="outline" onClick={() => broadcast.cancel()}>
              {t("broadcast.cancel")}
            </Button>
          )}
          {(phase === "cancelled" || phase === "stopped") && (
            <Button onClick={() => broadcast.run()}>{t("broadcast.goOn")}</Button>
          )}
          {phase !== "running" && (
            <Button variant="default" onClick={() => begin(null)}>
              {t("acts.close")}
            </Button>
          )}
        </Group>
        {failures.length > 0 && <Failures failures={failures} />}
      </Stack>
    </Paper>
  );
}

function Failures({ failures }: { failures: readonly Failure[] }) {
  const { t, i18n } = useTranslation();
  return (
    <>
      <Title order={3}>{t("broadcast.failures")}</Title>
      <LongRows
        label={t("broadcast.failures")}
        listed={useFixedList(failures)}
        none=""
        columns={[
          { head: t("broadcast.receiver"), cell: (failure) => failure.receiverId },
          {
            head: t("broadcast.why"),
            cell: (failure) =>
              i18n.exists(`errors.${failure.code}`) ? t(toldOf(failure.code, i18n)) : failure.message,
          },
        ]}
        offset={0}
        go={() => undefined}
      />
    </>
  );
}
