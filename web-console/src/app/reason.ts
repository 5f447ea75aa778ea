// Why something is done: what an operator writes in the dialog travels with the request into the audit log.
import type { OperationContext } from "@urql/core";
import { authorization, session } from "./session";

/** How much of a reason the server keeps, in characters. */
export const REASON_LENGTH = 300;

/** Writes a reason as a header can carry it; empty for none. */
export function reasonHeader(reason: string): string {
  const kept = Array.from(reason.trim()).slice(0, REASON_LENGTH).join("");
  // Half a pair of surrogates, as a cut paste leaves it, has no percent-encoding.
  return encodeURIComponent(new TextDecoder().decode(new TextEncoder().encode(kept)));
}

/** The context of an operation that is done for a reason. */
export function because(reason: string): Partial<OperationContext> {
  const header = reasonHeader(reason);
  return {
    fetchOptions: () => ({ headers: { ...authorization(session()), ...(header && { "audit-reason": header }) } }),
  };
}
