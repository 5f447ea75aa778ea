// What an operator writes into the fields of settings, until it is saved: texts to values and back, and whose fault an error is.

/** As much of a setting as its field needs. */
export interface Field {
  key: string;
  type: "INTEGER" | "NUMBER" | "SWITCH" | "TEXT" | "LIST";
  value: unknown;
  secret: boolean;
}

/** What stands in a field: a text, a switch, or the texts of a list. */
export type Draft = string | boolean | string[];

/** Returns what a field shows before anybody writes into it. A secret is never shown. */
export function draftOf({ type, value, secret }: Field): Draft {
  if (type === "SWITCH") return value === true;
  if (type === "LIST") return Array.isArray(value) ? value.map(String) : [];
  if (secret) return "";
  return value === null || value === undefined ? "" : String(value);
}

/** Returns the value that a field stands for; a text where a number is needed is sent as it is, the server says what is wrong. */
export function sentValue({ type }: Field, draft: Draft): unknown {
  if ((type !== "INTEGER" && type !== "NUMBER") || typeof draft !== "string") return draft;
  const text = draft.trim();
  const number = Number(text);
  return text !== "" && Number.isFinite(number) ? number : draft;
}

/** Tells whether a field says something else than the setting. */
export function differs(field: Field, draft: Draft): boolean {
  return JSON.stringify(draft) !== JSON.stringify(draftOf(field));
}

/** Finds what a refusal says about each key; what it says about none is `rest`. */
export function problemsOf(message: string, keys: readonly string[]): { byKey: Record<string, string>; rest: string } {
  const byKey: Record<string, string> = {};
  const rest: string[] = [];
  // The server names each key before what is wrong with it, one after the other.
  let last: string | null = null;
  for (const piece of message.split("; ")) {
    const key = keys.find((known) => piece.startsWith(`${known}: `));
    if (key) {
      byKey[key] = piece.slice(key.length + 2);
      last = key;
    } else if (last !== null) byKey[last] = `${byKey[last]}; ${piece}`;
    else rest.push(piece);
  }
  return { byKey, rest: rest.join("; ") };
}

/** Writes a value as the page shows it. */
export function shown(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}
