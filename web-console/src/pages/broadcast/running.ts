// The broadcast under way. It belongs to the tab, not to the page: whoever looks elsewhere does not stop it.
import type { CombinedError } from "@urql/core";
import { useSyncExternalStore } from "react";
import type { Broadcast, Progress } from "./broadcast";

type Running = Broadcast<CombinedError>;

let current: Running | null = null;
const listeners = new Set<() => void>();

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The browser asks before it closes a tab that still sends. */
function keep(event: BeforeUnloadEvent) {
  if (current?.progress.phase === "running") event.preventDefault();
}

export function begin(broadcast: Running | null) {
  current = broadcast;
  window.removeEventListener("beforeunload", keep);
  if (broadcast) {
    window.addEventListener("beforeunload", keep);
    broadcast.subscribe(() => {
      for (const listener of listeners) listener();
    });
    void broadcast.run();
  }
  for (const listener of listeners) listener();
}

export function useBroadcast(): { broadcast: Running; progress: Progress<CombinedError> } | null {
  const progress = useSyncExternalStore(subscribe, () => current?.progress ?? null);
  return current && progress ? { broadcast: current, progress } : null;
}
