import { expect, test } from "vitest";
import { inTheHourBefore } from "./useGivenUp";

test("only what was given up in the last hour counts", () => {
  const moments = ["2026-11-22T11:59:59.000Z", "2026-11-22T11:00:01.000Z", "2026-11-22T11:00:00.000Z"];
  expect(inTheHourBefore("2026-11-22T12:00:00.000Z", moments)).toBe(2);
  expect(inTheHourBefore("2026-11-22T12:00:00.000Z", [])).toBe(0);
});
