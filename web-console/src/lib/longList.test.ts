import { expect, test } from "vitest";
import { LongList, type Place, STRETCH } from "./longList";

/** A list of numbers, and what was asked of it. */
function numbers(total: number) {
  const asked: Place[] = [];
  const state = { total, failing: false };
  const list = new LongList<number, string>(async (place) => {
    asked.push(place);
    if (state.failing) return { problem: "away" };
    const start = place.after === null ? (place.offset ?? 0) : Number(place.after) + 1;
    const rows = Array.from({ length: Math.min(place.first, state.total - start) }, (_, n) => start + n);
    return { stretch: { rows, total: state.total, end: rows.length ? String(rows.at(-1)) : null } };
  });
  return { list, asked, state };
}

const settled = () => new Promise((resolve) => setTimeout(resolve));

test("rows that follow come by cursor, a jump goes to its place", async () => {
  const { list, asked } = numbers(100_000);
  list.show(0, 30);
  await settled();
  expect(list.row(30)).toBe(30);
  expect(list.known).toEqual({ total: 100_000, problem: undefined, busy: false });
  list.show(80, 130);
  await settled();
  expect(list.row(130)).toBe(130);
  list.show(99_950, 99_999);
  await settled();
  expect(list.row(99_999)).toBe(99_999);
  expect(asked).toEqual([
    { first: STRETCH, after: null, offset: null },
    { first: STRETCH, after: "99", offset: null },
    { first: STRETCH, after: null, offset: 99_900 },
  ]);
});

test("nothing is asked twice, and nothing beyond the end", async () => {
  const { list, asked } = numbers(150);
  list.show(0, 20);
  list.show(5, 25);
  await settled();
  list.show(100, 400);
  await settled();
  expect(asked).toHaveLength(2);
  expect(list.row(149)).toBe(149);
  expect(list.row(150)).toBeUndefined();
});

test("what was shown stays until it came again, and the list may have become shorter", async () => {
  const { list, state } = numbers(50);
  list.show(0, 49);
  await settled();
  state.total = 49;
  list.refresh();
  expect(list.row(48)).toBe(48);
  await settled();
  expect(list.known.total).toBe(49);
});

test("after a failure nothing is asked until somebody wants it", async () => {
  const { list, asked, state } = numbers(50);
  state.failing = true;
  list.show(0, 20);
  await settled();
  expect(list.known.problem).toBe("away");
  list.show(0, 30);
  await settled();
  expect(asked).toHaveLength(1);
  state.failing = false;
  list.refresh();
  await settled();
  expect(list.known.problem).toBeUndefined();
  expect(list.row(20)).toBe(20);
});

test("a way from the top to the end goes by cursors, and little is kept of it", async () => {
  const { list, asked } = numbers(20_000);
  const kept = () => Array.from({ length: 200 }, (_, n) => list.row(n * STRETCH)).filter((row) => row !== undefined);
  for (let first = 0; first < 20_000; first += 50) {
    list.show(first, Math.min(19_999, first + 20));
    await settled();
  }
  expect(list.row(19_999)).toBe(19_999);
  expect(list.known.busy).toBe(false);
  expect(asked).toHaveLength(200);
  expect(asked.slice(1).every((place) => place.offset === null)).toBe(true);
  expect(kept().length).toBeLessThan(30);
  list.show(0, 20);
  await settled();
  expect([list.row(0), asked.length]).toEqual([0, 201]);
});
