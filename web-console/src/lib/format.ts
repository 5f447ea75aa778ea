// Times as people read them.

/** Writes a moment in the reader's language and zone, to the minute. */
export function formatTime(time: string, language: string): string {
  return new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" }).format(new Date(time));
}
