import { expect, test } from "vitest";
import { ground, mostOf, stretches, windowOf } from "./lines";

test("a chart shows a minute at least, and ends with the newest value", () => {
  expect(windowOf([100_000, 110_000])).toEqual({ from: 50_000, until: 110_000 });
  expect(windowOf([0, 300_000])).toEqual({ from: 0, until: 300_000 });
});

test("values lie where their time is, and the greatest one at the top", () => {
  const [line] = stretches([0, 10], [30_000, 60_000], 10);
  expect(line?.points).toBe(`50.00,${ground(0).toFixed(2)} 100.00,${ground(1).toFixed(2)}`);
});

test("what nobody knows leaves a gap, and nothing is no line", () => {
  expect(stretches([1, null, 1], [0, 30_000, 60_000], 1)).toHaveLength(2);
  expect(stretches([null, null], [0, 60_000], 0)).toEqual([]);
  expect(mostOf([[null], []])).toBe(0);
  expect(stretches([0], [60_000], 0)[0]?.points).toBe(`100.00,${ground(0).toFixed(2)}`);
});
