// What all processes together count, and how it went in the last minutes.

/** What a process had counted at its last sign of life. */
export interface Figures {
  messagesPerSecond: number;
  deliveriesPerSecond: number;
  deliveryLatency: { p50: number; p99: number } | null;
  sockets: { graphql: number; sdk: number };
  onlineUsers: number;
  outboxLag: { waiting: number; oldestSeconds: number } | null;
  queueDepth: number | null;
  webhookBacklog: number | null;
}

export interface Counting {
  id: string;
  healthy: boolean;
  figures: Figures;
}

/** What they count together at a moment; null where nobody knows. */
export interface Sample {
  /** Milliseconds since 1970. */
  at: number;
  messages: number;
  deliveries: number;
  p50: number | null;
  p99: number | null;
  graphql: number;
  sdk: number;
  online: number;
  waiting: number | null;
  oldest: number | null;
  queue: number | null;
  webhooks: number | null;
}

/** For how long samples are kept, in milliseconds. */
const KEPT = 5 * 60 * 1000;

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** The greatest of what is known. */
function most(values: readonly (number | null | undefined)[]): number | null {
  const known = values.filter((value) => value !== null && value !== undefined);
  return known.length > 0 ? Math.max(...known) : null;
}

/** Adds up what each process counts by itself; of what all of them share, it takes the greatest. */
export function together(nodes: readonly Counting[], at: number): Sample {
  const all = nodes.filter((node) => node.healthy).map((node) => node.figures);
  return {
    at,
    messages: sum(all.map((figures) => figures.messagesPerSecond)),
    deliveries: sum(all.map((figures) => figures.deliveriesPerSecond)),
    p50: most(all.map((figures) => figures.deliveryLatency?.p50)),
    p99: most(all.map((figures) => figures.deliveryLatency?.p99)),
    graphql: sum(all.map((figures) => figures.sockets.graphql)),
    sdk: sum(all.map((figures) => figures.sockets.sdk)),
    online: sum(all.map((figures) => figures.onlineUsers)),
    waiting: most(all.map((figures) => figures.outboxLag?.waiting)),
    oldest: most(all.map((figures) => figures.outboxLag?.oldestSeconds)),
    queue: most(all.map((figures) => figures.queueDepth)),
    webhooks: most(all.map((figures) => figures.webhookBacklog)),
  };
}

/** Adds a sample to those of the last minutes. */
export function kept(samples: readonly Sample[], next: Sample): Sample[] {
  return [...samples.filter((sample) => sample.at > next.at - KEPT && sample.at < next.at), next];
}

/** Returns the processes after a report of one of them, in the order they started. */
export function reported<Node extends { id: string; startedAt: string }>(
  nodes: readonly Node[],
  node: Node,
  ended: boolean,
): Node[] {
  const others = nodes.filter((other) => other.id !== node.id);
  const all = ended ? others : [...others, node];
  return all.sort((one, other) => one.startedAt.localeCompare(other.startedAt) || one.id.localeCompare(other.id));
}
