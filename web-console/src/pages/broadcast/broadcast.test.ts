import { expect, test } from "vitest";
import { BATCH, Broadcast, chosen } from "./broadcast";

const people = Array.from({ length: 450 }, (_, n) => `user${n}`);

test("everybody is tried once, batch by batch, and failures are kept", async () => {
  const sizes: number[] = [];
  const broadcast = new Broadcast<string>({
    receivers: chosen(people),
    send: async (ids) => {
      sizes.push(ids.length);
      const failures = ids
        .filter((id) => id === "user7")
        .map((receiverId) => ({ receiverId, code: "X", message: "x" }));
      return { value: { sent: ids.length - failures.length, failures } };
    },
  });
  await broadcast.run();
  expect(sizes).toEqual([BATCH, BATCH, 50]);
  expect(broadcast.progress).toMatchObject({ phase: "done", done: 450, total: 450, sent: 449 });
  expect(broadcast.progress.failures.map((failure) => failure.receiverId)).toEqual(["user7"]);
  await broadcast.run();
  expect(sizes).toHaveLength(3);
});

test("one that is cancelled sends no further batch and can go on", async () => {
  const batches: (readonly string[])[] = [];
  const broadcast = new Broadcast<string>({
    receivers: chosen(people),
    send: async (ids) => {
      batches.push(ids);
      if (batches.length === 1) broadcast.cancel();
      return { value: { sent: ids.length, failures: [] } };
    },
  });
  await broadcast.run();
  expect(broadcast.progress).toMatchObject({ phase: "cancelled", done: BATCH });
  await broadcast.run();
  expect(broadcast.progress).toMatchObject({ phase: "done", done: 450 });
  expect(batches.flat()).toEqual(people);
});

test("when nobody answers it stops, and goes on with the same batch", async () => {
  const batches: (readonly string[])[] = [];
  let away = true;
  const broadcast = new Broadcast<string>({
    receivers: chosen(people.slice(0, 10)),
    send: async (ids) => {
      batches.push(ids);
      return away ? { problem: "away" } : { value: { sent: ids.length, failures: [] } };
    },
  });
  await broadcast.run();
  expect(broadcast.progress).toMatchObject({ phase: "stopped", problem: "away", done: 0 });
  away = false;
  await broadcast.run();
  expect(broadcast.progress).toMatchObject({ phase: "done", problem: undefined, sent: 10 });
  expect(batches[0]).toEqual(batches[1]);
});
