import { expect, test } from "vitest";
import { stretch } from "./stretch";

test("a log is read from its end, in both directions, and around a message", () => {
  expect(stretch({})).toEqual({ first: null, last: 50, after: null, before: null });
  expect(stretch({ before: "80" })).toEqual({ first: null, last: 50, after: null, before: "80" });
  expect(stretch({ after: "80", seq: 3 })).toEqual({ first: 50, last: null, after: "80", before: null });
  expect(stretch({ seq: 100 })).toEqual({ first: 50, last: null, after: "75", before: null });
  expect(stretch({ seq: 3 })).toEqual({ first: 50, last: null, after: "0", before: null });
});
