/** Reads ids that somebody wrote or pasted: each once, in the order given. */
export function readIds(text: string): string[] {
  return [...new Set(text.split(/[\s,;，；、]+/).filter((id) => id !== ""))];
}
