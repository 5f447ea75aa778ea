// The figures of the last minutes, each as a chart or a table.
import { Paper, SimpleGrid } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { GivenUp } from "~/components/GivenUp";
import { TextLink } from "~/components/links";
import { Trend } from "~/components/Trend";
import { useGivenUp } from "~/components/useGivenUp";
import type { Sample } from "~/lib/figures";
import type en from "~/locales/en.json";

export function Live({ samples, table }: { samples: readonly Sample[]; table: boolean }) {
  const { t, i18n } = useTranslation();
  const givenUp = useGivenUp();
  const number = new Intl.NumberFormat(i18n.language, { maximumFractionDigits: 1 });
  const unit = (unit: string) =>
    new Intl.NumberFormat(i18n.language, { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: 1 });
  const milliseconds = unit("millisecond");
  const seconds = unit("second");
  const line = (name: keyof (typeof en)["overview"]["lines"], value: (sample: Sample) => number | null) => ({
    name: t(`overview.lines.${name}`),
    values: samples.map(value),
  });
  const charts = [
    {
      key: "messages",
      write: number.format,
      lines: [line("stored", (sample) => sample.messages), line("delivered", (sample) => sample.deliveries)],
    },
    {
      key: "latency",
      write: milliseconds.format,
      lines: [line("p50", (sample) => sample.p50), line("p99", (sample) => sample.p99)],
    },
    {
      key: "sockets",
      write: number.format,
      lines: [line("graphql", (sample) => sample.graphql), line("sdk", (sample) => sample.sdk)],
    },
    {
      key: "online",
      write: number.format,
      lines: [line("users", (sample) => sample.online)],
      more: (
        <TextLink to="/users" search={{ view: "online" }} size="sm">
          {t("overview.whoIsOnline")}
        </TextLink>
      ),
    },
    {
      key: "queue",
      write: number.format,
      lines: [line("events", (sample) => sample.queue), line("webhooks", (sample) => sample.webhooks)],
      more: <GivenUp count={givenUp} />,
    },
    { key: "outbox", write: seconds.format, lines: [line("oldest", (sample) => sample.oldest)] },
  ] as const;
  return (
    <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
      {charts.map(({ key, lines, write, ...chart }) => (
        <Paper key={key} withBorder p="md">
          <Trend
            label={t(`overview.${key}`)}
            lines={lines}
            times={samples.map((sample) => sample.at)}
            write={write}
            table={table}
            {...("more" in chart && { more: chart.more })}
          />
        </Paper>
      ))}
    </SimpleGrid>
  );
}
