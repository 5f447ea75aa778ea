// The one socket of the console: subscriptions, and whether they are live, held still or on their way back.
import { useDebouncedCallback } from "@mantine/hooks";
import { type Client, createClient } from "graphql-ws";
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
      closed: (event) => become(event instanceof CloseEvent && event.wasClean ? "idle" : "reconnecting"),
    },
  });
}
