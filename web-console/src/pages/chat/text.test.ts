import { expect, test } from "vitest";
import { preview, words } from "./text";

test("contents with words are shown by them", () => {
  expect(words({ __typename: "TextContent", text: "hi" })).toBe("hi");
  expect(words({ __typename: "QuoteContent", quoteText: "as you said" })).toBe("as you said");
  expect(words({ __typename: "FaceContent" })).toBe("");
  expect(words(null)).toBe("");
});

test("a long message is cut", () => {
  const message = {
    seq: 1,
    sentAt: null,
    rawText: "",
    content: { __typename: "TextContent" as const, text: "a".repeat(100) },
  };
  expect(preview(message)).toBe(`${"a".repeat(60)}…`);
  expect(preview(null)).toBe("");
});
