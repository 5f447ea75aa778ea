// Who is signed in. The token lives as long as the tab; nothing is kept on disk.
import { useSyncExternalStore } from "react";

export interface Session {
  token: string;
  userId: string;
  /** When the token ends, RFC 3339; null for one without an end. */
  expiresAt: string | null;
}

/** Why nobody is signed in any more, as a key of the texts. */
export type Ending = "signedOut" | "expired" | "revoked";

const KEY = "openim.session";
const listeners = new Set<() => void>();
let current = read();
let ending: Ending | null = null;

function read(): Session | null {
  try {
    const stored: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
    return isSession(stored) ? stored : null;
  } catch {
    return null;
  }
}

function isSession(value: unknown): value is Session {
  return typeof value === "object" && value !== null && "token" in value && "userId" in value;
}

function tell() {
  for (const listener of listeners) listener();
}

export function signIn(session: Session) {
  current = session;
  ending = null;
  sessionStorage.setItem(KEY, JSON.stringify(session));
  tell();
}

export function signOut(why: Ending) {
  if (current === null) return;
  current = null;
  ending = why;
  sessionStorage.removeItem(KEY);
  tell();
}

export const session = () => current;

/** The headers of a request in somebody's name. */
export function authorization(of: Session | null): Record<string, string> {
  return of ? { authorization: `Bearer ${of.token}` } : {};
}

/** Returns why the last session ended, once. */
export function lastEnding(): Ending | null {
  return ending;
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useSession(): Session | null {
  return useSyncExternalStore(subscribe, session);
}
