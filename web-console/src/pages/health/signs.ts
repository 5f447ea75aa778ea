// Whether what stands behind the processes answers, as far as the graph tells.
import type { Sample } from "~/lib/figures";

export type State = "good" | "slow" | "bad" | "unknown";

export interface Sign {
  name: "database" | "presence" | "broker" | "objects" | "outbox" | "queue" | "webhooks";
  state: State;
  /** A number to show; null where only the state counts. */
  value: number | null;
}

/** What processes say of what they stand on. */
export type Parts = readonly { healthy: boolean; parts: readonly { name: string; ready: boolean }[] }[];

/** From how many seconds on an event waits too long, and from how many something is broken. */
const SLOW = 5;
const STUCK = 60;

/** From how many on something piles up. */
const PILE = 10_000;

function answered(word: string | null): State {
  return word === null ? "unknown" : word === "answers" ? "good" : "bad";
}

/** Tells whether all living processes that stand on some parts find them ready. */
function ready(nodes: Parts, names: readonly string[]): State {
  const found = nodes.filter((node) => node.healthy).flatMap((node) => node.parts);
  const told = found.filter((part) => names.includes(part.name));
  if (told.length === 0) return "unknown";
  return told.every((part) => part.ready) ? "good" : "bad";
}

/** What two ways of knowing come to: whoever says that something is wrong is right. */
function worse(one: State, other: State): State {
  return one === "bad" || other === "unknown" ? one : other;
}

export function signsOf(facts: {
  /** `answers`, a word of the code table, or null before there is an answer. */
  database: string | null;
  presence: string | null;
  nodes: Parts;
  now: Pick<Sample, "oldest" | "queue" | "webhooks">;
  /** How many webhooks were given up a short while ago; null where nobody knows. */
  givenUp: number | null;
}): Sign[] {
  const { oldest, queue, webhooks } = facts.now;
  const pile = (value: number | null): State => (value === null ? "unknown" : value >= PILE ? "slow" : "good");
  const lag = oldest === null ? "unknown" : oldest >= STUCK ? "bad" : oldest >= SLOW ? "slow" : "good";
  return [
    { name: "database", state: worse(answered(facts.database), ready(facts.nodes, ["DATABASE"])), value: null },
    { name: "presence", state: worse(answered(facts.presence), ready(facts.nodes, ["CACHE"])), value: null },
    { name: "broker", state: ready(facts.nodes, ["FANOUT", "EVENTS"]), value: null },
    { name: "objects", state: ready(facts.nodes, ["OBJECTS"]), value: null },
    { name: "outbox", state: lag, value: oldest },
    { name: "queue", state: pile(queue), value: queue },
    { name: "webhooks", state: facts.givenUp ? "bad" : pile(webhooks), value: webhooks },
  ];
}
