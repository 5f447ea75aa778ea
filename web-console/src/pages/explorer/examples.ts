// The ready operations of docs/examples, as they stand in the repository.
import { parse, type TypeNode } from "graphql";

const FILES = import.meta.glob<string>("../../../../docs/examples/*/*.graphql", {
  query: "?raw",
  import: "default",
  eager: true,
});

export interface Example {
  /** Folder and name, such as `messages/send`. */
  name: string;
  group: string;
  text: string;
}

export const EXAMPLES: readonly Example[] = Object.entries(FILES)
  .map(([path, text]) => {
    const [group = "", file = ""] = path.split("/").slice(-2);
    return { name: `${group}/${file.replace(/\.graphql$/, "")}`, group, text };
  })
  .sort((a, b) => a.name.localeCompare(b.name));

/** Writes variables to fill in, one for each that the operation needs. */
export function variablesOf(text: string): string {
  const definitions = parse(text, { noLocation: true }).definitions.flatMap((definition) =>
    definition.kind === "OperationDefinition" ? (definition.variableDefinitions ?? []) : [],
  );
  const needed = definitions.filter((one) => one.type.kind === "NonNullType" && !one.defaultValue);
  if (needed.length === 0) return "";
  const values = needed.map((one) => [one.variable.name.value, zero(one.type)] as const);
  return `${JSON.stringify(Object.fromEntries(values), null, 2)}\n`;
}

function zero(type: TypeNode): unknown {
  if (type.kind === "NonNullType") return zero(type.type);
  if (type.kind === "ListType") return [];
  const name = type.name.value;
  if (name === "Int" || name === "Long" || name === "Float") return 0;
  if (name === "Boolean") return false;
  return name.endsWith("Input") || name.endsWith("Filter") ? {} : "";
}
