// A body to begin with, made from the types and rules of a route's contract.
import type { Description, Route, Schema } from "./routes";

/** Values that say more than a zero would, by the end of a field's name. */
const KNOWN: Record<string, unknown> = {
  pageNumber: 1,
  showNumber: 20,
  count: 20,
  limit: 20,
  platformID: 5,
  platform: 5,
  senderPlatformID: 5,
  contentType: 101,
  sessionType: 1,
};

/** Makes a body whose ids name `me`. What may be absent is left out. */
export function exampleBody(route: Route, { types }: Description, me: string): unknown {
  const rules = new Map(
    route.rules.map((rule) => {
      const [field = "", ...check] = rule.split(" ");
      return [`${field} ${check[0]}`, check.slice(1).join(" ")] as const;
    }),
  );

  function number(place: string, name: string): number {
    const least = rules.get(`${place} >=`);
    const range = rules.get(`${place} in`)?.split("..")[0];
    const known = KNOWN[name];
    if (typeof known === "number") return known;
    if (range !== undefined) return Math.max(Number(range), rules.has(`${place} !=`) ? 1 : Number(range));
    if (least !== undefined) return Number(least);
    return rules.has(`${place} !=`) ? 1 : 0;
  }

  function value(schema: Schema, place: string, seen: readonly string[]): unknown {
    const name = place.split(".").at(-1)?.replace("[]", "") ?? "";
    if (schema.$ref) {
      const type = schema.$ref.split("/").at(-1) ?? "";
      const target = types[type];
      return target && !seen.includes(type) ? value(target, place, [...seen, type]) : {};
    }
    switch (schema.type) {
      case "array":
        return schema.items ? [value(schema.items, `${place}[]`, seen)] : [];
      case "integer":
      case "number":
        return number(place, name);
      case "boolean":
        return false;
      case "string":
        return text(name, me);
    }
    const fields = Object.entries(schema.properties ?? {}).filter(([, field]) => !mayBeAbsent(field));
    return Object.fromEntries(fields.map(([key, field]) => [key, value(field, place ? `${place}.${key}` : key, seen)]));
  }

  return route.body ? value(route.body, "", []) : {};
}

function mayBeAbsent(schema: Schema): boolean {
  return Array.isArray(schema.type) && schema.type.includes("null");
}

/** A text for a field: ids of users are one's own, everything else waits to be written. */
function text(name: string, me: string): string {
  return /(userids?|sendid|ownerid|fromid)$/i.test(name) ? me : "";
}
