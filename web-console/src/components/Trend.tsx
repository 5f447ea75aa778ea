// Numbers over the last minutes: the newest values above a small chart of lines, or the same numbers as a table.
import { Box, Group, ScrollArea, Stack, Table, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { ground, HIGH, mostOf, stretches, WIDE, windowOf } from "~/lib/lines";

export interface Line {
  name: string;
  values: readonly (number | null)[];
}

const COLOURS = ["var(--mantine-color-blue-filled)", "var(--mantine-color-orange-filled)"];

export function Trend({
  label,
  lines,
  times,
  write,
  table,
  more,
}: {
  label: string;
  lines: readonly Line[];
  /** When the values were measured, in milliseconds since 1970. */
  times: readonly number[];
  /** How a value is shown. */
  write: (value: number) => string;
  table: boolean;
  /** Where there is more about it. */
  more?: ReactNode;
}) {
  const shown = (value: number | null | undefined) => (value === null || value === undefined ? "–" : write(value));
  const newest = lines.map((line) => `${line.name}: ${shown(line.values.at(-1))}`).join(", ");
  return (
    <Stack gap="xs">
      <Group justify="space-between" wrap="nowrap">
        <Title order={2}>{label}</Title>
        {more}
      </Group>
      {table ? (
        <Numbers label={label} lines={lines} times={times} shown={shown} />
      ) : (
        <>
          <Group gap="xl">
            {lines.map((line, place) => (
              <div key={line.name}>
                <Text fz={24} lh={1.2} fw={700}>
                  {shown(line.values.at(-1))}
                </Text>
                <Group gap={6}>
                  <Box w={10} h={3} bg={COLOURS[place] ?? "gray"} aria-hidden />
                  <Text size="xs" c="dimmed">
                    {line.name}
                  </Text>
                </Group>
              </div>
            ))}
          </Group>
          <Lines label={`${label}. ${newest}`} lines={lines} times={times} write={write} />
        </>
      )}
    </Stack>
  );
}

function Lines({
  label,
  lines,
  times,
  write,
}: {
  label: string;
  lines: readonly Line[];
  times: readonly number[];
  write: (value: number) => string;
}) {
  const { i18n } = useTranslation();
  const most = mostOf(lines.map((line) => line.values));
  const { from, until } = windowOf(times);
  const ago = new Intl.RelativeTimeFormat(i18n.language, { style: "narrow", numeric: "auto" });
  return (
    <Box role="img" aria-label={label}>
      <Box pos="relative">
        <Box component="svg" viewBox={`0 0 ${WIDE} ${HIGH}`} preserveAspectRatio="none" h={64} w="100%" display="block">
          {[0, 0.5, 1].map((share) => (
            <line
              key={share}
              x1={0}
              x2={WIDE}
              y1={ground(share)}
              y2={ground(share)}
              stroke="var(--line)"
              vectorEffect="non-scaling-stroke"
              {...(share > 0 && { strokeDasharray: "2 4" })}
            />
          ))}
          {lines.map((line, place) =>
            stretches(line.values, times, most).map(({ points, area }) => (
              <g key={`${line.name} ${points.slice(0, 16)}`}>
                {lines.length === 1 && <polygon points={area} fill={COLOURS[place] ?? "gray"} opacity={0.12} />}
                <polyline
                  points={points}
                  fill="none"
                  stroke={COLOURS[place] ?? "gray"}
                  strokeWidth={2}
                  strokeLinejoin="round"
                  strokeLinecap="round"
                  vectorEffect="non-scaling-stroke"
                />
              </g>
            )),
          )}
        </Box>
        {most > 0 && (
          <Text className="scale" fz={11} c="dimmed" pos="absolute" top={-2} right={0} px={4}>
            {write(most)}
          </Text>
        )}
      </Box>
      <Group justify="space-between" mt={2}>
        <Text fz={11} c="dimmed">
          {ago.format(-Math.round((until - from) / 60_000), "minute")}
        </Text>
        <Text fz={11} c="dimmed">
          {ago.format(0, "second")}
        </Text>
      </Group>
    </Box>
  );
}

function Numbers({
  label,
  lines,
  times,
  shown,
}: {
  label: string;
  lines: readonly Line[];
  times: readonly number[];
  shown: (value: number | null | undefined) => string;
}) {
  const { t, i18n } = useTranslation();
  const clock = new Intl.DateTimeFormat(i18n.language, { timeStyle: "medium" });
  return (
    <ScrollArea.Autosize mah={200} viewportProps={{ tabIndex: 0, role: "region", "aria-label": label }}>
      <Table aria-label={label}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("trend.time")}</Table.Th>
            {lines.map((line) => (
              <Table.Th key={line.name}>{line.name}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {times
            .map((time, place) => ({ time, place }))
            .reverse()
            .map(({ time, place }) => (
              <Table.Tr key={time}>
                <Table.Td>{clock.format(time)}</Table.Td>
                {lines.map((line) => (
                  <Table.Td key={line.name}>{shown(line.values[place])}</Table.Td>
                ))}
              </Table.Tr>
            ))}
        </Table.Tbody>
      </Table>
    </ScrollArea.Autosize>
  );
}
