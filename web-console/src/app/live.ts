// The one socket of the console: subscriptions, and whether they are live, held still or on their way back.
import { useDebouncedCallback } from "@mantine/hooks";
import type { ExecutionResult } from "graphql";
import { type Client, createClient, type Sink, type SubscribePayload } from "graphql-ws";
import { useEffect, useRef, useSyncExternalStore } from "react";
import { session } from "./session";

type Socket = "idle" | "connecting" | "live" | "reconnecting";
export type LiveState = Socket | "paused";

let socket: Socket = "idle";
let held = false;
const listeners = new Set<() => void>();

function tell() {
  for (const listener of listeners) listener();
}

function become(next: Socket) {
  socket = next;
  tell();
}

/** Holds what is shown still, or follows the server again. */
export function hold(on: boolean) {
  held = on;
  tell();
}

/** What to show: a lost connection is worth more than that somebody looks at a still picture. */
export function stateOf(socket: Socket, held: boolean): LiveState {
  return held && socket === "live" ? "paused" : socket;
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const useLiveState = (): LiveState => useSyncExternalStore(subscribe, () => stateOf(socket, held));
export const useHeld = (): boolean => useSyncExternalStore(subscribe, () => held);

/** A burst of news within this many milliseconds is one reload. */
const BURST = 150;

/**
 * Returns what to call when news came: it reloads soon or, while what is shown is held still, once when it follows the
 * server again.
 */
export function useNews(reload: () => void): () => void {
  const still = useHeld();
  const waiting = useRef(false);
  useEffect(() => {
    if (still || !waiting.current) return;
    waiting.current = false;
    reload();
  }, [still, reload]);
  return useDebouncedCallback(() => {
    if (held) waiting.current = true;
    else reload();
  }, BURST);
}

/** How long to wait before a stream is asked for again that the server ended, in milliseconds. */
const AGAIN = 1_500;

/** How many streams wait to be asked for again. */
let waiting = 0;

/** What the server says when it ends a stream for no fault of the client, such as that it stops. */
export function isPassing(errors: unknown): boolean {
  const all: unknown[] = Array.isArray(errors) ? errors : [];
  return all.some((error) => (error as { extensions?: { retryable?: unknown } })?.extensions?.retryable === true);
}

/** Subscribes, and again whenever the server ends the stream for no fault of the client. */
export function follow(client: Client, operation: SubscribePayload, sink: Sink<ExecutionResult>): () => void {
  let stop = () => {};
  let timer: ReturnType<typeof setTimeout> | undefined;
  let over = false;

  function later() {
    if (over || timer !== undefined) return;
    waiting += 1;
    timer = setTimeout(start, AGAIN);
    become("reconnecting");
  }

  function start() {
    if (timer !== undefined) waiting -= 1;
    timer = undefined;
    stop = client.subscribe<Record<string, unknown>>(operation, {
      next: (value) => (isPassing(value.errors) ? later() : sink.next(value as ExecutionResult)),
      error: (error) => (isPassing(error) ? later() : sink.error(error)),
      complete: () => timer === undefined && sink.complete(),
    });
  }

  start();
  return () => {
    over = true;
    if (timer !== undefined) waiting -= 1;
    clearTimeout(timer);
    stop();
  };
}

export function socketUrl(location: Location): string {
  return `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/graphql`;
}

/** Makes the socket's client; it connects with the first subscription and closes with the last. */
export function liveClient(): Client {
  return createClient({
    url: socketUrl(window.location),
    lazy: true,
    connectionParams: () => ({ token: session()?.token }),
    keepAlive: 20_000,
    retryAttempts: Number.POSITIVE_INFINITY,
    retryWait: (tries) => new Promise((resolve) => setTimeout(resolve, Math.min(1_000 * 2 ** tries, 15_000))),
    shouldRetry: (event) => !(event instanceof CloseEvent && event.code === 4403),
    on: {
      connecting: (isRetry) => become(isRetry ? "reconnecting" : "connecting"),
      connected: () => become("live"),
      closed: (event) =>
        become(event instanceof CloseEvent && event.wasClean && waiting === 0 ? "idle" : "reconnecting"),
    },
  });
}
