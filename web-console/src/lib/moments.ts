// Moments as the fields of a page write them: local time to the minute.

/** Returns a local moment as the graph wants it, or null. */
export function momentOf(text: string | undefined): string | null {
  const time = text ? new Date(text) : null;
  return time && !Number.isNaN(time.getTime()) ? time.toISOString() : null;
}
