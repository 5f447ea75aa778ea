// What the server says when it refuses, as keys of the texts.
import type { CombinedError } from "@urql/core";
import type { i18n } from "i18next";
import type en from "~/locales/en.json";

/** Codes that mean that the token is good no more. */
const ENDED = new Set([
  "UNAUTHENTICATED",
  "TOKEN_INVALID",
  "TOKEN_KICKED",
  "TOKEN_NOT_EXIST",
  "TOKEN_MALFORMED",
  "TOKEN_UNKNOWN",
]);

export interface Problem {
  /** The word of the code table; `NETWORK` when nobody answered. */
  code: string;
  /** The server's sentence; shown beside our own text. */
  detail: string;
}

export function problemOf(error: CombinedError): Problem {
  const first = error.graphQLErrors[0];
  if (first) return { code: String(first.extensions.code ?? "INTERNAL"), detail: first.message };
  return { code: "NETWORK", detail: error.networkError?.message ?? "" };
}

export function endsSession(code: string): "expired" | "revoked" | null {
  if (code === "TOKEN_EXPIRED") return "expired";
  return ENDED.has(code) ? "revoked" : null;
}

/** The key of what is said to a code; of something general where nothing else is known. */
export function toldOf(code: string, texts: i18n): `errors.${keyof (typeof en)["errors"]}` {
  const key = `errors.${code}`;
  return texts.exists(key) ? (key as "errors.other") : "errors.other";
}
