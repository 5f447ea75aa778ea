import { expect, test } from "vitest";
import { searchFilter } from "./filter";

test("a search is narrowed to what the address names", () => {
  expect(searchFilter({})).toEqual({});
  expect(searchFilter({ sender: "user1", conversation: "sg_1" })).toEqual({
    senderIds: ["user1"],
    conversationIds: ["sg_1"],
  });
});

test("days are whole days of the reader, and what is no day is left out", () => {
  const { since, until } = searchFilter({ since: "2026-03-01", until: "2026-03-01" });
  expect(new Date(until ?? "").getTime() - new Date(since ?? "").getTime()).toBe(24 * 3600 * 1000);
  expect(searchFilter({ since: "yesterday", until: "2026-1-1" })).toEqual({});
});
