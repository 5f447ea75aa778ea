// Which part of a log is shown, as the address says. The cursor of a message is its seq.

const SIZE = 50;

export function stretch(at: { before?: string | undefined; after?: string | undefined; seq?: number | undefined }) {
  const none = { first: null, last: null, after: null, before: null };
  if (at.before !== undefined) return { ...none, last: SIZE, before: at.before };
  if (at.after !== undefined) return { ...none, first: SIZE, after: at.after };
  // A message that is looked for stands in the middle.
  if (at.seq !== undefined) return { ...none, first: SIZE, after: String(Math.max(0, at.seq - SIZE / 2)) };
  return { ...none, last: SIZE };
}
