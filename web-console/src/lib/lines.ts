// Where the points of a chart lie. The newest values are at its right edge, and time passes evenly.

export const WIDE = 100;
export const HIGH = 30;
/** What is left free above and below, so that no line is cut off. */
const ROOM = 1.5;
/** The shortest time that a chart shows, in milliseconds. */
const SHORTEST = 60_000;

/** The stretch of time that a chart shows. */
export function windowOf(times: readonly number[]): { from: number; until: number } {
  const until = times.at(-1) ?? 0;
  return { from: Math.min(times[0] ?? until, until - SHORTEST), until };
}

/** The greatest of all values; 0 when there is none. */
export function mostOf(lines: readonly (readonly (number | null)[])[]): number {
  return Math.max(0, ...lines.flatMap((values) => values.map((value) => value ?? 0)));
}

/** How far down a share of the greatest value lies. */
export function ground(share: number): number {
  return HIGH - ROOM - share * (HIGH - 2 * ROOM);
}

/** The stretches of a line between the values that nobody knows, as points, and the area below them. */
export function stretches(
  values: readonly (number | null)[],
  times: readonly number[],
  most: number,
): { points: string; area: string }[] {
  const { from, until } = windowOf(times);
  const parts: [number, number][][] = [[]];
  for (const [place, value] of values.entries()) {
    if (value === null) parts.push([]);
    else {
      const x = (((times[place] ?? until) - from) / (until - from)) * WIDE;
      parts.at(-1)?.push([x, ground(most > 0 ? value / most : 0)]);
    }
  }
  const write = (points: readonly [number, number][]) =>
    points.map(([x, y]) => `${x.toFixed(2)},${y.toFixed(2)}`).join(" ");
  return parts.flatMap((part) => {
    const [first, last] = [part[0], part.at(-1)];
    if (!first || !last) return [];
    return [{ points: write(part), area: write([[first[0], ground(0)], ...part, [last[0], ground(0)]]) }];
  });
}
