// A table of any length: only the rows that are seen exist, and they come while one scrolls. Where one is stands in the address.
import { Box, Table, Text } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useNavigate } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import type { CombinedError } from "@urql/core";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { LongList } from "~/lib/longList";
import { Cells, type Column, Head, opening } from "./Rows";
import { Empty, Failed, Loading } from "./States";
import type { Listed } from "./useLongList";

/** How high a row is until it is measured, in pixels. */
const HEIGHT = 51;

interface Props<Row> {
  label: string;
  columns: readonly Column<Row>[];
  open?: (row: Row) => void;
  /** The row to begin with, of the address. */
  offset: number;
  /** Hears of the first row that is seen; without it that is written into the address, unless it is the first of all. */
  go?: (offset: number) => void;
}

/** The table with its states: loading, nothing there, something failed. */
export function LongRows<Row, Data>({
  listed,
  none,
  go,
  ...props
}: Props<Row> & { listed: Listed<Row, Data>; none: string }) {
  const { t, i18n } = useTranslation();
  const navigate = useNavigate();
  const write = (offset: number) =>
    navigate({
      to: ".",
      search: ({ offset: _, ...before }) => ({ ...before, ...(offset && { offset }) }),
      replace: true,
      resetScroll: false,
    });
  const { total, problem, busy, list, refresh } = listed;
  return (
    <>
      {problem && <Failed error={problem} retry={refresh} />}
      {total === undefined && !problem && <Loading />}
      {total === 0 && <Empty text={none} />}
      {total !== undefined && total > 0 && (
        <div aria-busy={busy}>
          <Scrolled {...props} go={go ?? write} list={list} total={total} />
          <Text size="sm" c="dimmed" role="status" mt="sm">
            {t("pages.total", { count: total, shown: new Intl.NumberFormat(i18n.language).format(total) })}
          </Text>
        </div>
      )}
    </>
  );
}

function Scrolled<Row>({
  label,
  columns,
  open,
  offset,
  go,
  list,
  total,
}: Required<Pick<Props<Row>, "go">> & Props<Row> & { list: LongList<Row, CombinedError>; total: number }) {
  const frame = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualizer({
    count: total,
    getScrollElement: () => frame.current,
    estimateSize: () => HEIGHT,
    overscan: 8,
    initialOffset: offset * HEIGHT,
    useFlushSync: false,
  });
  const seen = virtualizer.getVirtualItems();
  const first = seen[0]?.index ?? 0;
  const last = seen.at(-1)?.index ?? 0;
  // Who drags the bar passes many rows that nobody looks at.
  const show = useDebouncedCallback((from: number, to: number) => list.show(from, to), 60);
  useEffect(() => show(first, last), [show, first, last]);
  const write = useDebouncedCallback(() => {
    const top = virtualizer.getVirtualItemForOffset(virtualizer.scrollOffset ?? 0)?.index ?? 0;
    if (top !== offset) go(top);
  }, 300);
  // Another list, such as the answer to other words, begins at its top.
  const before = useRef(list);
  useEffect(() => {
    if (before.current === list) return;
    before.current = list;
    virtualizer.scrollToOffset(0);
  }, [list, virtualizer]);
  const above = seen[0]?.start ?? 0;
  const below = virtualizer.getTotalSize() - (seen.at(-1)?.end ?? 0);
  return (
    <Box
      ref={frame}
      className="framed scrolled"
      role="region"
      aria-label={label}
      tabIndex={0}
      mah="calc(100dvh - 230px)"
      mih={240}
      onScroll={write}
    >
      <Table
        className="rows"
        aria-label={label}
        aria-rowcount={total + 1}
        layout="fixed"
        highlightOnHover
        stickyHeader
        verticalSpacing={6}
      >
        <Table.Thead>
          <Head columns={columns} />
        </Table.Thead>
        <Table.Tbody>
          <Gap height={above} />
          {seen.map(({ index }) => {
            const row = list.row(index);
            return (
              <Table.Tr
                key={index}
                ref={virtualizer.measureElement}
                data-index={index}
                aria-rowindex={index + 2}
                // As high as it was taken for until it comes: what is looked at stays where it is.
                {...(row === undefined && { h: HEIGHT })}
                {...(open && row !== undefined && opening(() => open(row)))}
              >
                <Cells columns={columns} row={row} />
              </Table.Tr>
            );
          })}
          <Gap height={below} />
        </Table.Tbody>
      </Table>
    </Box>
  );
}

function Gap({ height }: { height: number }) {
  if (height <= 0) return null;
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: nothing in it can have the focus
    <tr aria-hidden="true">
      <td style={{ height, padding: 0, border: 0 }} />
    </tr>
  );
}
