// The one socket of the console: subscriptions, and whether they are live, paused or on their way back.
import { type Client, createClient } from "graphql-ws";
import { useSyncExternalStore } from "react";
import { session } from "./session";

export type LiveState = "idle" | "connecting" | "live" | "reconnecting" | "paused";

let state: LiveState = "idle";
const listeners = new Set<() => void>();

function become(next: LiveState) {
  state = next;
  for (const listener of listeners) listener();
}

export function useLiveState(): LiveState {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => state,
  );
}

let paused = false;

/** Holds what comes in, or lets it through again. */
export function pause(on: boolean) {
  paused = on;
  become(on ? "paused" : "live");
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
      connected: () => become(paused ? "paused" : "live"),
      closed: (event) => become(event instanceof CloseEvent && event.wasClean ? "idle" : "reconnecting"),
    },
  });
}
