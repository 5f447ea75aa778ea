import { expect, test } from "vitest";
import { signsOf } from "./signs";

const states = (facts: Parameters<typeof signsOf>[0]) =>
  Object.fromEntries(signsOf(facts).map((sign) => [sign.name, sign.state]));

const node = (healthy: boolean, ...away: string[]) => ({
  healthy,
  parts: ["DATABASE", "CACHE", "FANOUT", "EVENTS", "OBJECTS"].map((name) => ({ name, ready: !away.includes(name) })),
});

test("what answers is good, what does not is bad, and nothing is claimed of what nobody knows", () => {
  expect(
    states({
      database: "answers",
      presence: "UNAVAILABLE",
      nodes: [node(true, "EVENTS")],
      now: { oldest: 0, queue: 3, webhooks: null },
      givenUp: null,
    }),
  ).toEqual({
    database: "good",
    presence: "bad",
    broker: "bad",
    objects: "good",
    outbox: "good",
    queue: "good",
    webhooks: "unknown",
  });
  const nothing = { oldest: null, queue: null, webhooks: null };
  expect(states({ database: null, presence: null, nodes: [], now: nothing, givenUp: null })).toEqual({
    database: "unknown",
    presence: "unknown",
    broker: "unknown",
    objects: "unknown",
    outbox: "unknown",
    queue: "unknown",
    webhooks: "unknown",
  });
});

test("a part is good when every living process finds it ready", () => {
  const all = { database: "answers", presence: "answers", now: { oldest: 0, queue: 0, webhooks: 0 }, givenUp: 0 };
  expect(states({ ...all, nodes: [node(true), node(true, "OBJECTS")] })).toMatchObject({
    objects: "bad",
    broker: "good",
  });
  expect(states({ ...all, nodes: [node(true), node(true, "CACHE")] })).toMatchObject({ presence: "bad" });
  expect(states({ ...all, nodes: [node(true), node(false, "OBJECTS")] })).toMatchObject({ objects: "good" });
});

test("events that wait for long are slow, then stuck", () => {
  const outbox = (oldest: number) =>
    states({
      database: "answers",
      presence: "answers",
      nodes: [],
      now: { oldest, queue: 20_000, webhooks: 0 },
      givenUp: 0,
    });
  expect(outbox(6)).toMatchObject({ outbox: "slow", queue: "slow" });
  expect(outbox(61).outbox).toBe("bad");
});

test("webhooks that were given up are bad, though none waits", () => {
  const webhooks = (givenUp: number | null) =>
    states({ database: null, presence: null, nodes: [], now: { oldest: 0, queue: 0, webhooks: 0 }, givenUp }).webhooks;
  expect(webhooks(1)).toBe("bad");
  expect(webhooks(0)).toBe("good");
  expect(webhooks(null)).toBe("good");
});
