// How the gateway answers an operation: asked with the request extension `explain`, which is for administrators.
import { authorization, session } from "~/app/session";

export type Step =
  | { kind: "sequence" | "parallel"; steps: Step[] }
  | { kind: "fetch"; subgraph: string; query: string; variables: string[]; paths: string[]; entities: boolean };

export type Fetch = Extract<Step, { kind: "fetch" }>;

/** How long a fetch took, and how many entities it asked for. */
export interface Timing {
  subgraph: string;
  query: string;
  entities: number;
  microseconds: number;
}

export interface Plan {
  kind: "query" | "mutation" | "subscription";
  cost: number;
  parts: { source: Fetch | null; step: Step | null }[];
  /** Only of a query that was run. */
  fetches?: Timing[];
}

export interface Asked {
  query: string;
  /** JSON as it stands in the editor. */
  variables: string;
  operationName: string | null;
}

/** What came of asking: a plan, or why there is none. */
export type Explained = { plan: Plan } | { problem: string };

/** Asks for the plan; with `run`, a query is also answered and its fetches are measured. */
export async function explain({ query, variables, operationName }: Asked, run: boolean): Promise<Explained> {
  let values: unknown;
  try {
    values = JSON.parse(variables.trim() || "{}");
  } catch (error) {
    return { problem: String(error) };
  }
  const body = { query, variables: values, operationName, extensions: { explain: run ? "run" : "plan" } };
  try {
    const response = await fetch("/graphql", {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json", ...authorization(session()) },
      body: JSON.stringify(body),
    });
    const { errors, extensions } = await response.json();
    if (extensions?.explain) return { plan: extensions.explain };
    return { problem: errors?.[0]?.message ?? `HTTP ${response.status}` };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

/** Finds the time of each fetch: equal fetches are told in the order in which they ended. */
export function timingsOf(plan: Plan): Map<Fetch, Timing> {
  const left = [...(plan.fetches ?? [])];
  const found = new Map<Fetch, Timing>();
  const visit = (step: Step | null) => {
    if (!step) return;
    if (step.kind !== "fetch") return step.steps.forEach(visit);
    const place = left.findIndex((timing) => timing.subgraph === step.subgraph && timing.query === step.query);
    const [timing] = place < 0 ? [] : left.splice(place, 1);
    if (timing) found.set(step, timing);
  };
  for (const part of plan.parts) visit(part.step);
  return found;
}
