import type { Client, Sink } from "graphql-ws";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { follow, isPassing, stateOf } from "./live";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("what is held still says so, unless nothing could follow anyway", () => {
  expect(stateOf("live", false)).toBe("live");
  expect(stateOf("live", true)).toBe("paused");
  expect(stateOf("reconnecting", true)).toBe("reconnecting");
  expect(stateOf("idle", true)).toBe("idle");
});

/** A client whose streams are ended by the test. */
function streams() {
  const sinks: Sink<never>[] = [];
  const stopped = vi.fn();
  const subscribe = (_: unknown, sink: Sink<never>) => {
    sinks.push(sink);
    return stopped;
  };
  return { client: { subscribe } as unknown as Client, sinks, stopped };
}

const passing = [{ message: "this node stops", extensions: { code: "UNAVAILABLE", retryable: true } }];
const fault = [{ message: "no", extensions: { code: "NO_PERMISSION", retryable: false } }];

test("a stream that the server ends for no fault of ours is asked for again", () => {
  const { client, sinks } = streams();
  const sink = { next: vi.fn(), error: vi.fn(), complete: vi.fn() };
  follow(client, { query: "" }, sink);
  sinks[0]?.next({ data: {}, errors: passing } as never);
  sinks[0]?.complete();
  expect(sink.complete).not.toHaveBeenCalled();
  vi.advanceTimersByTime(2_000);
  expect(sinks).toHaveLength(2);
  sinks[1]?.error(passing);
  vi.advanceTimersByTime(2_000);
  sinks[2]?.next({ data: { at: 1 } } as never);
  expect(sink.next).toHaveBeenCalledExactlyOnceWith({ data: { at: 1 } });
  expect(sink.error).not.toHaveBeenCalled();
});

test("a fault is told, and nothing is asked for after the end", () => {
  const { client, sinks, stopped } = streams();
  const sink = { next: vi.fn(), error: vi.fn(), complete: vi.fn() };
  const end = follow(client, { query: "" }, sink);
  sinks[0]?.error(passing);
  end();
  vi.advanceTimersByTime(10_000);
  expect(sinks).toHaveLength(1);
  expect(stopped).toHaveBeenCalled();
  follow(client, { query: "" }, sink);
  sinks[1]?.error(fault);
  expect(sink.error).toHaveBeenCalledWith(fault);
  expect(isPassing(new CloseEventLike())).toBe(false);
});

class CloseEventLike {
  code = 4403;
}
