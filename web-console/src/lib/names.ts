/** A name as its initials are made of: without signs that are no letters, such as emojis; the id when nothing is left. */
export function lettersOf(name: string | null | undefined, id: string): string {
  return (name ?? "").replace(/[^\p{L}\p{N}\s]/gu, "").trim() || id;
}
