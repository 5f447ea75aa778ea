import { expect, test } from "vitest";
import { momentOf } from "~/lib/moments";
import { auditSearch } from "./search";

test("the address keeps the filters that make sense", () => {
  expect(auditSearch({ actor: "imAdmin", outcome: "REFUSED", since: "2026-11-22T07:00", offset: "50" })).toEqual({
    actor: "imAdmin",
    outcome: "REFUSED",
    since: "2026-11-22T07:00",
    offset: 50,
  });
  expect(auditSearch({ actor: "", outcome: "WHATEVER", since: "soon", offset: -1, open: 3 })).toEqual({});
  expect(auditSearch({ target: 12345 })).toEqual({ target: "12345" });
});

test("a moment is told to the graph in universal time", () => {
  expect(momentOf("2026-11-22T07:00:00Z")).toBe("2026-11-22T07:00:00.000Z");
  expect(momentOf("never")).toBeNull();
  expect(momentOf(undefined)).toBeNull();
});
