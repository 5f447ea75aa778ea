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
  const of = (year: number) => formatTime(new Date(year, 2, 1, 14, 30).toISOString(), "en-GB", "minute", now);
  expect(of(2026)).toBe("1 Mar, 14:30");
  expect(of(2025)).toBe("1 Mar 2025, 14:30");
});

test("times are as exact as they are needed", () => {
  const now = new Date(2026, 10, 22);
  const time = new Date(2026, 2, 1, 14, 30, 5).toISOString();
  expect(formatTime(time, "en-GB", "second", now)).toBe("1 Mar, 14:30:05");
  expect(formatTime(time, "en-GB", "zone", now)).toMatch(/^1 Mar, 14:30:05 \S+$/);
});
