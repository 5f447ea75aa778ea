// The filters of pushes as they stand in the address.
import { OUTCOMES, PROVIDERS } from "./names";

export interface PushSearch {
  user?: string;
  provider?: (typeof PROVIDERS)[number];
  outcome?: (typeof OUTCOMES)[number];
  offset?: number;
}

/** Reads the address; what makes no sense there is left out. */
export function pushSearch(search: Record<string, unknown>): PushSearch {
  const provider = PROVIDERS.find((known) => known === search.provider);
  const outcome = OUTCOMES.find((known) => known === search.outcome);
  const offset = Number(search.offset);
  return {
    ...(typeof search.user === "string" && search.user !== "" && { user: search.user }),
    ...(provider && { provider }),
    ...(outcome && { outcome }),
    ...(Number.isInteger(offset) && offset > 0 && { offset }),
  };
}
