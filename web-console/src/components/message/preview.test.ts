import { expect, test } from "vitest";
import { preview, words } from "./preview";

test("contents with words are shown by them", () => {
  expect(words({ __typename: "TextContent", text: "hi" })).toBe("hi");
  expect(words({ __typename: "QuoteContent", quoteText: "as you said", quoted: null })).toBe("as you said");
  expect(words({ __typename: "FaceContent", index: 1, data: null })).toBe("");
  expect(words(null)).toBe("");
});

test("a long message is cut, one that was taken back says nothing", () => {
  const content = { __typename: "TextContent" as const, text: "a".repeat(100) };
  expect(preview({ content, revoked: null })).toBe(`${"a".repeat(60)}…`);
  const by = { id: "admin", nickname: "" };
  expect(preview({ content, revoked: { at: "", nickname: "", role: "APP_ADMIN", by } })).toBe("");
  expect(preview(null)).toBe("");
});
