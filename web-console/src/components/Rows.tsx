// A table whose rows can be opened by mouse and keyboard, with pages of a known total below it.
import { Group, Pagination, Table, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

export interface Column<Row> {
  /** The shown head. */
  head: string;
  cell: (row: Row) => ReactNode;
  /** Hidden on narrow screens. */
  wide?: boolean;
}

export function Rows<Row>({
  label,
  columns,
  rows,
  id,
  open,
}: {
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  id: (row: Row) => string;
  open?: (row: Row) => void;
}) {
  return (
    <Table.ScrollContainer minWidth={320} type="native">
      <Table className="rows" aria-label={label} highlightOnHover striped="even" verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            {columns.map((column) => (
              <Table.Th key={column.head} {...(column.wide && { visibleFrom: "sm" as const })}>
                {column.head}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr
              key={id(row)}
              {...(open && {
                "data-opens": true,
                tabIndex: 0,
                onClick: () => open(row),
                onKeyDown: (event) => event.key === "Enter" && open(row),
              })}
            >
              {columns.map((column) => (
                <Table.Td key={column.head} {...(column.wide && { visibleFrom: "sm" as const })}>
                  {column.cell(row)}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

export function Pages({
  total,
  size,
  offset,
  go,
}: {
  total: number;
  size: number;
  offset: number;
  go: (offset: number) => void;
}) {
  const { t, i18n } = useTranslation();
  const pages = Math.max(1, Math.ceil(total / size));
  return (
    <Group justify="space-between" mt="sm">
      <Text size="sm" c="dimmed" role="status">
        {t("pages.total", { count: total, shown: new Intl.NumberFormat(i18n.language).format(total) })}
      </Text>
      {pages > 1 && (
        <Pagination
          total={pages}
          value={Math.floor(offset / size) + 1}
          onChange={(page) => go((page - 1) * size)}
          getControlProps={(control) => ({ "aria-label": t(`pages.${control}`) })}
          size="sm"
        />
      )}
    </Group>
  );
}
