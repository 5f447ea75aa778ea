// A table whose rows can be opened by mouse and keyboard, with pages of a known total below it.
import { Box, Group, Pagination, Table, Text } from "@mantine/core";
import type { KeyboardEvent, MouseEvent, ReactNode } from "react";
import { useTranslation } from "react-i18next";

export interface Column<Row> {
  /** The shown head. */
  head: string;
  cell: (row: Row) => ReactNode;
  /** Hidden on narrow screens. */
  wide?: boolean;
  /** On narrow screens it stands in the first column, below what that one shows. */
  below?: boolean;
  /** How much of the table's width it takes where rows come while one scrolls; the same as the others when left out. */
  width?: string;
}

function elsewhere<Row>({ wide, below }: Column<Row>) {
  return (wide || below) && { visibleFrom: "sm" as const };
}

export function Head<Row>({ columns }: { columns: readonly Column<Row>[] }) {
  return (
    <Table.Tr>
      {columns.map((column) => (
        <Table.Th
          key={column.head}
          // A share of a narrow screen is too little for most.
          {...(column.width && { w: column.width.endsWith("%") ? { sm: column.width } : column.width })}
          {...elsewhere(column)}
        >
          {column.head}
        </Table.Th>
      ))}
    </Table.Tr>
  );
}

/** The cells of a row; empty ones for a row that is still to come. */
export function Cells<Row>({ columns, row }: { columns: readonly Column<Row>[]; row: Row | undefined }) {
  const below = columns.filter((column) => column.below);
  return columns.map((column, place) => (
    <Table.Td key={column.head} {...elsewhere(column)}>
      {row === undefined ? "…" : column.cell(row)}
      {row !== undefined &&
        place === 0 &&
        below.map((column) => (
          <Box key={column.head} hiddenFrom="sm" mt={4}>
            {column.cell(row)}
          </Box>
        ))}
    </Table.Td>
  ));
}

/** What makes a row one that opens something, by mouse and keyboard. */
export function opening(open: () => void) {
  return {
    "data-opens": true,
    tabIndex: 0,
    onClick: (event: MouseEvent<HTMLElement>) => {
      // A button in a row does what it says, and no more.
      if (event.target instanceof Element && !event.target.closest("a, button")) open();
    },
    onKeyDown: (event: KeyboardEvent<HTMLElement>) => {
      if (event.target !== event.currentTarget) return;
      if (event.key === "Enter") open();
      const next = event.currentTarget[event.key === "ArrowUp" ? "previousElementSibling" : "nextElementSibling"];
      if ((event.key === "ArrowDown" || event.key === "ArrowUp") && next instanceof HTMLElement) {
        event.preventDefault();
        next.focus();
      }
    },
  };
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
    <Table.ScrollContainer className="framed" minWidth={320} type="native">
      <Table className="rows" aria-label={label} highlightOnHover verticalSpacing={6}>
        <Table.Thead>
          <Head columns={columns} />
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr key={id(row)} {...(open && opening(() => open(row)))}>
              <Cells columns={columns} row={row} />
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
