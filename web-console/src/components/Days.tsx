// Counts by day: a small chart, or the same numbers as a table; whoever cannot see the chart has the table anyway.
import { Box, ScrollArea, Table, VisuallyHidden } from "@mantine/core";
import { useTranslation } from "react-i18next";

export interface Day {
  day: string;
  count: number;
}

export function Days({ label, days, table }: { label: string; days: readonly Day[]; table?: boolean }) {
  const most = Math.max(1, ...days.map((day) => day.count));
  const width = 100 / Math.max(1, days.length);
  if (table) {
    return (
      <ScrollArea.Autosize mah={200} viewportProps={{ tabIndex: 0, role: "region", "aria-label": label }}>
        <Numbers label={label} days={days} />
      </ScrollArea.Autosize>
    );
  }
  return (
    <>
      <Box component="svg" viewBox="0 0 100 24" preserveAspectRatio="none" h={72} w="100%" aria-hidden="true">
        {days.map((day, place) => {
          const height = (day.count / most) * 24;
          return (
            <rect
              key={day.day}
              x={place * width}
              y={24 - height}
              width={width * 0.8}
              height={height}
              fill="var(--mantine-primary-color-filled)"
            >
              <title>{`${day.day}: ${day.count}`}</title>
            </rect>
          );
        })}
      </Box>
      <VisuallyHidden>
        <Numbers label={label} days={days} />
      </VisuallyHidden>
    </>
  );
}

function Numbers({ label, days }: { label: string; days: readonly Day[] }) {
  const { t } = useTranslation();
  return (
    <Table aria-label={label}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t("days.day")}</Table.Th>
          <Table.Th>{t("days.count")}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {days.map((day) => (
          <Table.Tr key={day.day}>
            <Table.Td>{day.day}</Table.Td>
            <Table.Td>{day.count}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
