import { expect, test } from "vitest";
import { type Counting, kept, reported, together } from "./figures";

const figures = {
  messagesPerSecond: 10,
  deliveriesPerSecond: 30,
  deliveryLatency: { p50: 4, p99: 20 },
  sockets: { graphql: 2, sdk: 3 },
  onlineUsers: 4,
  outboxLag: { waiting: 7, oldestSeconds: 1.5 },
  queueDepth: 5,
  webhookBacklog: null,
};
const node = (id: string, more: Partial<Counting["figures"]> = {}, healthy = true): Counting => ({
  id,
  healthy,
  figures: { ...figures, ...more },
});

test("what each process counts is added up, what they share is not", () => {
  const other = node("b", { deliveryLatency: null, outboxLag: null, queueDepth: 6 });
  expect(together([node("a"), other], 1000)).toEqual({
    at: 1000,
    messages: 20,
    deliveries: 60,
    p50: 4,
    p99: 20,
    graphql: 4,
    sdk: 6,
    online: 8,
    waiting: 7,
    oldest: 1.5,
    queue: 6,
    webhooks: null,
  });
});

test("whoever is silent counts nothing", () => {
  expect(together([node("a"), node("b", {}, false)], 0).online).toBe(4);
  expect(together([], 0)).toMatchObject({ messages: 0, p99: null, queue: null });
});

test("only the last minutes are kept", () => {
  const sample = (at: number) => together([], at);
  const samples = [0, 100_000, 200_000].map(sample);
  expect(kept(samples, sample(350_000)).map(({ at }) => at)).toEqual([100_000, 200_000, 350_000]);
  expect(kept([sample(5)], sample(5))).toHaveLength(1);
});

test("a report takes the place of the one before; whoever ended is gone", () => {
  const a = { id: "a", startedAt: "2026-01-01T00:00:00.000Z" };
  const b = { id: "b", startedAt: "2026-01-02T00:00:00.000Z" };
  expect(reported([b], a, false)).toEqual([a, b]);
  expect(reported([a, b], { ...a }, false)).toHaveLength(2);
  expect(reported([a, b], a, true)).toEqual([b]);
});
