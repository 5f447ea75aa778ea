import { expect, test } from "vitest";
import { differs, draftOf, type Field, problemsOf, sentValue, shown } from "./drafts";

const field = (type: Field["type"], value: unknown, secret = false): Field => ({ key: "a.b", type, value, secret });

test("a field shows the value, and gives it back as it was", () => {
  for (const [type, value] of [
    ["INTEGER", 5],
    ["NUMBER", 0.5],
    ["SWITCH", false],
    ["TEXT", "5"],
    ["LIST", ["a", "b"]],
  ] as const) {
    expect(sentValue(field(type, value), draftOf(field(type, value)))).toEqual(value);
    expect(differs(field(type, value), draftOf(field(type, value)))).toBe(false);
  }
});

test("a secret is not shown, and unchanged while nothing is written", () => {
  const secret = field("TEXT", "(hidden)", true);
  expect(draftOf(secret)).toBe("");
  expect(differs(secret, "")).toBe(false);
  expect(differs(secret, "new")).toBe(true);
});

test("what is no number goes to the server, which says what is right", () => {
  expect(sentValue(field("INTEGER", 5), "many")).toBe("many");
  expect(sentValue(field("INTEGER", 5), " 12 ")).toBe(12);
  expect(sentValue(field("INTEGER", 5), "")).toBe("");
});

test("a refusal is told beside the fields that it names", () => {
  const keys = ["limits.user_per_minute", "push.fcm_key"];
  const text = "limits.user_per_minute: must be at least 1; got 0; push.fcm_key: cannot be stored: it is a secret";
  expect(problemsOf(text, keys)).toEqual({
    byKey: {
      "limits.user_per_minute": "must be at least 1; got 0",
      "push.fcm_key": "cannot be stored: it is a secret",
    },
    rest: "",
  });
  expect(problemsOf("stored settings do not count now", keys)).toEqual({
    byKey: {},
    rest: "stored settings do not count now",
  });
});

test("values are shown as people write them", () => {
  expect([shown("a"), shown(5), shown(["a"]), shown(null)]).toEqual(["a", "5", '["a"]', ""]);
});
