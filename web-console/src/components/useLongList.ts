// A connection of the graph as a long list: what is looked at is asked for, whatever the length.
import type { AnyVariables, CombinedError, TypedDocumentNode } from "@urql/core";
import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { useClient } from "urql";
import { type Known, LongList, type Place, START } from "~/lib/longList";

interface Connection<Row> {
  totalCount: number;
  pageInfo: { endCursor: string | null };
  edges: readonly { node: Row }[];
}

export interface Listed<Row, Data> extends Known<CombinedError> {
  list: LongList<Row, CombinedError>;
  /** The newest answer, for what the page shows beside the list. */
  data: Data | undefined;
  refresh: () => void;
}

export function useLongList<Data, Variables extends AnyVariables, Row>(
  query: TypedDocumentNode<Data, Variables>,
  how: {
    variables: (place: Place) => Variables;
    read: (data: Data) => Connection<Row> | null | undefined;
    /** The row to begin with. */
    offset?: number;
    /** Whether nothing is asked for now. */
    pause?: boolean;
  },
): Listed<Row, Data> {
  const client = useClient();
  const key = JSON.stringify(how.variables(START));
  const latest = useRef(how);
  latest.current = how;
  const [answer, setAnswer] = useState<{ key: string; data: Data }>();
  const list = useMemo(
    () =>
      new LongList<Row, CombinedError>(async (place) => {
        const { variables, read } = latest.current;
        const result = await client.query(query, variables(place), { requestPolicy: "network-only" });
        // What is there beside an error can be shown; nothing is not an empty list.
        const found = result.data && read(result.data);
        if (result.error && !found) return { problem: result.error };
        if (result.data) setAnswer({ key, data: result.data });
        return {
          stretch: {
            rows: found?.edges.map((edge) => edge.node) ?? [],
            total: found?.totalCount ?? 0,
            end: found?.pageInfo.endCursor ?? null,
          },
        };
      }),
    [client, query, key],
  );
  const known = useSyncExternalStore(list.subscribe, () => list.known);
  const { offset = 0, pause = false } = how;
  // biome-ignore lint/correctness/useExhaustiveDependencies: later the table says what is looked at
  useEffect(() => {
    if (!pause) list.show(offset, offset);
  }, [list, pause]);
  return { ...known, list, data: answer?.key === key ? answer.data : undefined, refresh: list.refresh };
}

/** Rows that are all there already. */
export function useFixedList<Row>(rows: readonly Row[]): Listed<Row, undefined> {
  const list = useMemo(() => {
    const list = new LongList<Row, CombinedError>(async ({ first, offset, after }) => {
      const start = offset ?? (after === null ? 0 : Number(after));
      const found = rows.slice(start, start + first);
      return { stretch: { rows: found, total: rows.length, end: String(start + found.length) } };
    });
    list.show(0, 0);
    return list;
  }, [rows]);
  const known = useSyncExternalStore(list.subscribe, () => list.known);
  return { ...known, list, data: undefined, refresh: list.refresh };
}
