// The filters of the audit log as they stand in the address.
import { momentOf } from "~/lib/moments";

export const OUTCOMES = ["DONE", "REFUSED", "FAILED"] as const;
export type Outcome = (typeof OUTCOMES)[number];

const TEXTS = ["actor", "operation", "target", "since", "until"] as const;

export interface AuditSearch {
  actor?: string;
  operation?: string;
  target?: string;
  /** Moments as the fields of the page write them: local time to the minute. */
  since?: string;
  until?: string;
  outcome?: Outcome;
  offset?: number;
  /** The entry that is looked at. */
  open?: string;
}

/** Reads the address; what makes no sense there is left out. */
export function auditSearch(search: Record<string, unknown>): AuditSearch {
  const found: AuditSearch = {};
  for (const name of TEXTS) {
    const value = search[name];
    if (typeof value !== "string" && typeof value !== "number") continue;
    const text = String(value);
    const moment = name === "since" || name === "until";
    if (text !== "" && (!moment || momentOf(text) !== null)) found[name] = text;
  }
  const outcome = OUTCOMES.find((known) => known === search.outcome);
  const offset = Number(search.offset);
  return {
    ...found,
    ...(outcome && { outcome }),
    ...(Number.isInteger(offset) && offset > 0 && { offset }),
    ...(typeof search.open === "string" && { open: search.open }),
  };
}
