// Who is in a conversation, as far as its id tells.
import { canBeId } from "~/lib/ids";

/** Kinds of conversations of two, by how their ids begin. */
const PAIRS = ["si", "sn", "n"];

/** The group whose conversation an id names; null for other conversations. */
export function groupOf(id: string): string | null {
  return id.startsWith("sg_") ? id.slice(3) : null;
}

/** All pairs that the id of a conversation of two can name: the ids of users may have `_` in them as well. */
export function pairsOf(id: string): [string, string][] {
  const [kind = "", ...parts] = id.split("_");
  if (!PAIRS.includes(kind)) return [];
  return parts
    .slice(1)
    .map((_, place): [string, string] => [parts.slice(0, place + 1).join("_"), parts.slice(place + 1).join("_")])
    .filter((pair) => pair.every(canBeId));
}

/** The people of the pair that exists: of both, or else of one. */
export function peopleOf<Person extends { id: string }>(id: string, found: readonly Person[]): Person[] {
  const known = new Map(found.map((person) => [person.id, person]));
  const existing = pairsOf(id).map((pair) => [...new Set(pair)].flatMap((one) => known.get(one) ?? []));
  return existing.sort((one, other) => other.length - one.length)[0] ?? [];
}
