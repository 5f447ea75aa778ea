// The processes of the deployment, live: what the page asked first, then each sign of life. What is held still stays as it is
// shown; what came meanwhile is shown at once when one follows again.
import { useEffect, useState } from "react";
import { useSubscription } from "urql";
import { useHeld } from "~/app/live";
import { kept, reported, type Sample, together } from "~/lib/figures";
import { Reports, type ShownNode } from "./documents";

interface Seen {
  nodes: readonly ShownNode[];
  samples: readonly Sample[];
}

// Whoever comes back to a page finds the last minutes still there.
let last: Seen = { nodes: [], samples: [] };

function seen(nodes: readonly ShownNode[], samples: readonly Sample[]): Seen {
  const at = Math.max(0, ...nodes.map((node) => Date.parse(node.lastSeenAt)));
  return { nodes, samples: nodes.length > 0 ? kept(samples, together(nodes, at)) : samples };
}

export function useNodes(first: readonly ShownNode[] | undefined): Seen {
  const held = useHeld();
  const [now, setNow] = useState(last);
  const [still, setStill] = useState<Seen | null>(null);

  function put(nodes: readonly ShownNode[]) {
    last = seen(nodes, last.samples);
    setNow(last);
  }

  // biome-ignore lint/correctness/useExhaustiveDependencies: when the page has asked again
  useEffect(() => {
    if (first) put(first);
  }, [first]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is shown when one begins to hold it
  useEffect(() => setStill(held ? now : null), [held]);
  useSubscription({ query: Reports }, (_, data) => {
    const { node, ended } = data.nodeReports;
    put(reported(last.nodes, node, ended));
    return data;
  });
  return still ?? now;
}
