import { expect, test } from "vitest";
import { stateOf } from "./live";

test("what is held still says so, unless nothing could follow anyway", () => {
  expect(stateOf("live", false)).toBe("live");
  expect(stateOf("live", true)).toBe("paused");
  expect(stateOf("reconnecting", true)).toBe("reconnecting");
  expect(stateOf("idle", true)).toBe("idle");
});
