/** Reads ids that somebody wrote or pasted: each once, in the order given. */
export function readIds(text: string): string[] {
  return [...new Set(text.split(/[\s,;，；、]+/).filter((id) => id !== ""))];
}

/** Tells whether a text can be the id of a user or a group: letters and digits of any script and `_`, 64 bytes at most. */
export function canBeId(text: string): boolean {
  return /^[\p{Alphabetic}\p{N}_]+$/u.test(text) && new TextEncoder().encode(text).length <= 64;
}

/** Whom somebody means who wrote a text, if that is clear: an id that exists, the only one that was found, an id as it is. */
export function meant(text: string, found: readonly { id: string }[]): string | null {
  if (found.some(({ id }) => id === text)) return text;
  if (found.length === 1) return found[0]?.id ?? null;
  return found.length === 0 && canBeId(text) ? text : null;
}
