// OpenIM's routes as the server describes them: `/openapi.json`, made from the tables and documents that serve the calls.
import { CombinedError } from "@urql/core";
import { type FieldNode, type OperationDefinitionNode, parse } from "graphql";
import { useEffect, useState } from "react";

/** As much of JSON Schema as the description uses. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  properties?: Record<string, Schema>;
  items?: Schema;
  additionalProperties?: Schema;
}

export type Caller = "anybody" | "user" | "administrator";

export interface Route {
  path: string;
  method: "GET" | "POST";
  summary: string;
  /** The document as it stands in the repository, with the directives of the REST door. */
  document: string;
  kind: "query" | "mutation";
  /** The graph's fields that answer, such as `viewer.friends`. */
  fields: string[];
  caller: Caller;
  /** What the body must satisfy beyond its type, as `field check`. */
  rules: string[];
  /** Parameters of the URL. */
  parameters: string[];
  body: Schema | null;
}

export interface Description {
  routes: Route[];
  types: Record<string, Schema>;
}

interface Operation {
  summary?: string;
  parameters?: { name: string; in: string }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  "x-graphql": string;
  "x-caller"?: Caller;
  "x-rules"?: string[];
}

interface OpenApi {
  paths: Record<string, { get?: Operation; post?: Operation }>;
  components?: { schemas?: Record<string, Schema> };
}

/** Fields that only say whose things follow. */
const DOORS = new Set(["viewer", "admin"]);

/** Reads the description, in the order of the addresses. */
export function readDescription(api: OpenApi): Description {
  const routes = Object.entries(api.paths).flatMap(([path, { get, post }]) => [
    ...(get ? [readRoute(path, "GET", get)] : []),
    ...(post ? [readRoute(path, "POST", post)] : []),
  ]);
  return { routes: routes.sort((a, b) => a.path.localeCompare(b.path)), types: api.components?.schemas ?? {} };
}

function readRoute(path: string, method: Route["method"], operation: Operation): Route {
  const definition = parse(operation["x-graphql"], { noLocation: true }).definitions.find(
    (found): found is OperationDefinitionNode => found.kind === "OperationDefinition",
  );
  return {
    path,
    method,
    summary: operation.summary ?? "",
    document: operation["x-graphql"],
    kind: definition?.operation === "mutation" ? "mutation" : "query",
    fields: definition ? [...new Set(fieldsOf(definition))] : [],
    caller: operation["x-caller"] ?? "anybody",
    rules: operation["x-rules"] ?? [],
    parameters: (operation.parameters ?? [])
      .filter((one) => one.in === "query" || one.in === "path")
      .map((one) => one.name),
    body: operation.requestBody?.content["application/json"]?.schema ?? null,
  };
}

function fieldsOf(operation: OperationDefinitionNode): string[] {
  const fields = (selections: readonly { kind: string }[]) =>
    selections.filter((selection): selection is FieldNode => selection.kind === "Field");
  return fields(operation.selectionSet.selections).flatMap((root) => {
    const name = root.name.value;
    if (!DOORS.has(name) || !root.selectionSet) return [name];
    return fields(root.selectionSet.selections).map((inner) => `${name}.${inner.name.value}`);
  });
}

/** Tells whether a route has every word of the text in its address, its summary or the graph's names. */
export function matches(route: Route, text: string): boolean {
  const all = `${route.path} ${route.summary} ${route.fields.join(" ")}`.toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => all.includes(word));
}

let description: Promise<Description> | null = null;

async function load(): Promise<Description> {
  const response = await fetch("/openapi.json");
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  return readDescription(await response.json());
}

type Loaded = { description: Description | null; error: CombinedError | null };

/** Returns the routes, asked for once as long as the tab lives. */
export function useRoutes(): Loaded & { again: () => void } {
  const [loaded, setLoaded] = useState<Loaded>({ description: null, error: null });
  const [attempt, setAttempt] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt asks again
  useEffect(() => {
    let gone = false;
    description ??= load();
    description.then(
      (description) => gone || setLoaded({ description, error: null }),
      (error: Error) => {
        description = null;
        if (!gone) setLoaded({ description: null, error: new CombinedError({ networkError: error }) });
      },
    );
    return () => {
      gone = true;
    };
  }, [attempt]);
  return { ...loaded, again: () => setAttempt((before) => before + 1) };
}
