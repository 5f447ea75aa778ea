import { expect, test } from "vitest";
import { signsOf } from "./signs";

const states = (facts: Parameters<typeof signsOf>[0]) =>
  Object.fromEntries(signsOf(facts).map((sign) => [sign.name, sign.state]));

test("what answers is good, what does not is bad, and nothing is claimed of what nobody knows", () => {
  expect(
    states({ database: "answers", presence: "UNAVAILABLE", now: { oldest: 0, queue: 3, webhooks: null } }),
  ).toEqual({
    database: "good",
    presence: "bad",
    outbox: "good",
    queue: "good",
    webhooks: "unknown",
  });
  expect(states({ database: null, presence: null, now: { oldest: null, queue: null, webhooks: null } })).toEqual({
    database: "unknown",
    presence: "unknown",
    outbox: "unknown",
    queue: "unknown",
    webhooks: "unknown",
  });
});

test("events that wait for long are slow, then stuck", () => {
  const outbox = (oldest: number) =>
    states({ database: "answers", presence: "answers", now: { oldest, queue: 20_000, webhooks: 0 } });
  expect(outbox(6)).toMatchObject({ outbox: "slow", queue: "slow" });
  expect(outbox(61).outbox).toBe("bad");
});
