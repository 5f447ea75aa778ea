// Numbers over the last minutes: a small chart of lines with the newest values, or the same numbers as a table.
import { Box, Group, ScrollArea, Stack, Table, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";

export interface Line {
  name: string;
  values: readonly (number | null)[];
}

const COLOURS = ["var(--mantine-color-blue-filled)", "var(--mantine-color-orange-filled)"];
const HIGH = 30;
const WIDE = 100;

/** The points of a line; a value that nobody knows leaves a gap. */
function paths(values: readonly (number | null)[], most: number): string[] {
  const step = WIDE / Math.max(1, values.length - 1);
  const parts: string[][] = [[]];
  for (const [place, value] of values.entries()) {
    if (value === null) parts.push([]);
    else parts.at(-1)?.push(`${(place * step).toFixed(2)},${(HIGH - (value / most) * (HIGH - 1)).toFixed(2)}`);
  }
  return parts.filter((part) => part.length > 0).map((part) => part.join(" "));
}

export function Trend({
  label,
  lines,
  times,
  write,
  table,
}: {
  label: string;
  lines: readonly Line[];
  /** When the values were measured, in milliseconds since 1970. */
  times: readonly number[];
  /** How a value is shown. */
  write: (value: number) => string;
  table: boolean;
}) {
  const shown = (value: number | null | undefined) => (value === null || value === undefined ? "–" : write(value));
  const newest = lines.map((line) => `${line.name}: ${shown(line.values.at(-1))}`).join(", ");
  return (
    <Stack gap="xs">
      <Title order={2}>{label}</Title>
      {table ? (
        <Numbers label={label} lines={lines} times={times} shown={shown} />
      ) : (
        <>
          <Group gap="lg">
            {lines.map((line, place) => (
              <div key={line.name}>
                <Group gap={6}>
                  <Box w={10} h={3} bg={COLOURS[place] ?? "gray"} aria-hidden />
                  <Text size="xs" c="dimmed">
                    {line.name}
                  </Text>
                </Group>
                <Text fz={24} fw={700}>
                  {shown(line.values.at(-1))}
                </Text>
              </div>
            ))}
          </Group>
          <Lines label={`${label}. ${newest}`} lines={lines} />
        </>
      )}
    </Stack>
  );
}

function Lines({ label, lines }: { label: string; lines: readonly Line[] }) {
  const most = Math.max(1e-9, ...lines.flatMap((line) => line.values.map((value) => value ?? 0)));
  return (
    <Box
      component="svg"
      viewBox={`0 0 ${WIDE} ${HIGH}`}
      preserveAspectRatio="none"
      h={64}
      w="100%"
      role="img"
      aria-label={label}
    >
      {lines.map((line, place) =>
        paths(line.values, most).map((points) => (
          <polyline
            key={`${line.name} ${points.slice(0, 12)}`}
            points={points}
            fill="none"
            stroke={COLOURS[place] ?? "gray"}
            strokeWidth={2}
            strokeLinejoin="round"
            vectorEffect="non-scaling-stroke"
          />
        )),
      )}
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
