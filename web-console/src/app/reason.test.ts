import { expect, test } from "vitest";
import { REASON_LENGTH, reasonHeader } from "./reason";

test("a reason fits into a header, whatever it is written in", () => {
  expect(reasonHeader("spam & more")).toBe("spam%20%26%20more");
  expect(decodeURIComponent(reasonHeader("违反规定"))).toBe("违反规定");
  expect(reasonHeader("line\r\nevil: header")).toBe("line%0D%0Aevil%3A%20header");
});

test("a reason is cut between characters, and half a character does no harm", () => {
  const long = decodeURIComponent(reasonHeader("😀".repeat(400)));
  expect(Array.from(long)).toHaveLength(REASON_LENGTH);
  expect(() => reasonHeader("\ud83d")).not.toThrow();
  expect(reasonHeader("   ")).toBe("");
});
