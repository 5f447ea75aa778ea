import { expect, test } from "vitest";
import { formatBytes, formatTime } from "./format";

test("sizes are written in the unit that fits", () => {
  expect(formatBytes(0, "en")).toBe("0 byte");
  expect(formatBytes(999, "en")).toBe("999 byte");
  expect(formatBytes(1_500, "en")).toBe("1.5 kB");
  expect(formatBytes(2_000_000_000, "en")).toBe("2 GB");
});

test("times of this year do without the year", () => {
  const now = new Date(2026, 10, 22, 9, 5);
  const of = (year: number) => formatTime(new Date(year, 2, 1, 14, 30).toISOString(), "en-GB", now);
  expect(of(2026)).toBe("1 Mar, 14:30");
  expect(of(2025)).toBe("1 Mar 2025, 14:30");
});
