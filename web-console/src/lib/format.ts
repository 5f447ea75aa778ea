// Times as people read them.

/** How exactly a moment is written: to the minute, to the second, or that and in which zone. */
export type Exactness = "minute" | "second" | "zone";

const EXACT = {
  minute: {},
  second: { second: "2-digit" },
  zone: { second: "2-digit", timeZoneName: "short" },
} as const;

/** Writes a moment in the reader's language and zone; without the year when it is this one. */
export function formatTime(time: string, language: string, to: Exactness = "minute", now = new Date()): string {
  const moment = new Date(time);
  const clock = { day: "numeric", hour: "2-digit", minute: "2-digit", month: "short", ...EXACT[to] } as const;
  const year = moment.getFullYear() === now.getFullYear() ? {} : ({ year: "numeric" } as const);
  return new Intl.DateTimeFormat(language, { ...clock, ...year }).format(moment);
}

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;

/** Writes a size in the largest unit that leaves a whole number before the point. */
export function formatBytes(bytes: number, language: string): string {
  const step = Math.min(UNITS.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  const unit = UNITS[step] ?? "byte";
  return new Intl.NumberFormat(language, {
    style: "unit",
    unit,
    unitDisplay: "short",
    maximumFractionDigits: 1,
  }).format(bytes / 1000 ** step);
}
