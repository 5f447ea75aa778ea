// Whether what stands behind the processes answers, as far as the graph tells.
import type { Sample } from "~/lib/figures";

export type State = "good" | "slow" | "bad" | "unknown";

export interface Sign {
  name: "database" | "presence" | "outbox" | "queue" | "webhooks";
  state: State;
  /** A number to show; null where only the state counts. */
  value: number | null;
}

/** From how many seconds on an event waits too long, and from how many something is broken. */
const SLOW = 5;
const STUCK = 60;

/** From how many on something piles up. */
const PILE = 10_000;

function answered(word: string | null): State {
  return word === null ? "unknown" : word === "answers" ? "good" : "bad";
}

export function signsOf(facts: {
  /** `answers`, a word of the code table, or null before there is an answer. */
  database: string | null;
  presence: string | null;
  now: Pick<Sample, "oldest" | "queue" | "webhooks">;
}): Sign[] {
  const { oldest, queue, webhooks } = facts.now;
  const pile = (value: number | null): State => (value === null ? "unknown" : value >= PILE ? "slow" : "good");
  const lag = oldest === null ? "unknown" : oldest >= STUCK ? "bad" : oldest >= SLOW ? "slow" : "good";
  return [
    { name: "database", state: answered(facts.database), value: null },
    { name: "presence", state: answered(facts.presence), value: null },
    { name: "outbox", state: lag, value: oldest },
    { name: "queue", state: pile(queue), value: queue },
    { name: "webhooks", state: pile(webhooks), value: webhooks },
  ];
}
