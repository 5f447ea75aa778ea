import { expect, test } from "vitest";
import { formatBytes } from "./format";

test("sizes are written in the unit that fits", () => {
  expect(formatBytes(0, "en")).toBe("0 byte");
  expect(formatBytes(999, "en")).toBe("999 byte");
  expect(formatBytes(1_500, "en")).toBe("1.5 kB");
  expect(formatBytes(2_000_000_000, "en")).toBe("2 GB");
});
