import { expect, test } from "vitest";
import en from "./en.json";
import zh from "./zh.json";

/** The keys of all texts; the forms of a plural are one. */
function keys(texts: object, prefix = ""): string[] {
  return Object.entries(texts).flatMap(([name, value]) =>
    typeof value === "object" ? keys(value, `${prefix}${name}.`) : [`${prefix}${name}`.replace(/_(one|other)$/, "")],
  );
}

const unique = (texts: object) => [...new Set(keys(texts))].sort();

test("both languages have the same texts", () => {
  expect(unique(zh)).toEqual(unique(en));
});

test("no text is empty", () => {
  const values = (texts: object): string[] =>
    Object.values(texts).flatMap((value) => (typeof value === "object" ? values(value) : [value]));
  for (const text of [...values(en), ...values(zh)]) expect(text.trim()).not.toBe("");
});
