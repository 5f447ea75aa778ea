// A query plan as boxes: what goes to which subgraph, what after what, what at the same time, and how long it took.
import { Alert, Badge, Button, Code, Group, Paper, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Asked, type Explained, explain, type Fetch, type Step, type Timing, timingsOf } from "./plan";

export function PlanView({ asked }: { asked: Asked }) {
  const { t } = useTranslation();
  const [explained, setExplained] = useState<Explained | null>(null);
  const [busy, setBusy] = useState(false);

  async function ask(run: boolean) {
    setBusy(true);
    setExplained(await explain(asked, run));
    setBusy(false);
  }

  const plan = explained && "plan" in explained ? explained.plan : null;
  const timings = plan ? timingsOf(plan) : new Map<Fetch, Timing>();
  return (
    <Stack>
      <Text size="sm">{t("explorer.planHelp")}</Text>
      <Group>
        <Button onClick={() => ask(false)} loading={busy}>
          {t("explorer.showPlan")}
        </Button>
        <Button variant="default" onClick={() => ask(true)} disabled={busy}>
          {t("explorer.runPlan")}
        </Button>
      </Group>
      {explained && "problem" in explained && (
        <Alert color="red" role="alert" title={t("explorer.noPlan")}>
          {explained.problem}
        </Alert>
      )}
      {plan && (
        <Stack gap="xs" role="status">
          <Group gap="xs">
            <Badge>{t(`explorer.kinds.${plan.kind}`)}</Badge>
            <Badge variant="default">{t("explorer.cost", { cost: plan.cost })}</Badge>
          </Group>
          {plan.parts.map((part, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a plan have no other name
            <Stack key={place} gap="xs">
              {part.source && <Box step={part.source} timings={timings} />}
              {part.step && <Box step={part.step} timings={timings} />}
            </Stack>
          ))}
        </Stack>
      )}
    </Stack>
  );
}

function Box({ step, timings }: { step: Step; timings: Map<Fetch, Timing> }) {
  const { t } = useTranslation();
  if (step.kind !== "fetch") {
    return (
      <Paper withBorder p="xs">
        <Text size="xs" c="dimmed" mb={4}>
          {t(`explorer.steps.${step.kind}`)}
        </Text>
        <Stack gap="xs">
          {step.steps.map((inner, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the steps of a plan have no other name
            <Box key={place} step={inner} timings={timings} />
          ))}
        </Stack>
      </Paper>
    );
  }
  const timing = timings.get(step);
  return (
    <Paper withBorder p="xs">
      <Group gap="xs" mb={4}>
        <Badge variant="light">{step.subgraph}</Badge>
        {step.paths.length > 0 && <Code>{step.paths.join(", ")}</Code>}
        {timing && (
          <Text size="sm" fw={600}>
            {t("explorer.took", { milliseconds: (timing.microseconds / 1000).toFixed(1) })}
          </Text>
        )}
        {timing && step.entities && <Text size="sm">{t("explorer.entities", { count: timing.entities })}</Text>}
      </Group>
      <Code block tabIndex={0} style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
        {step.query}
      </Code>
    </Paper>
  );
}
