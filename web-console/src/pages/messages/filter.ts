// What a search for messages is narrowed to, as the address says and as the graph takes it.

export interface Filters {
  sender?: string;
  conversation?: string;
  /** Days, such as 2026-01-31, in the reader's zone; the last one is included. */
  since?: string;
  until?: string;
}

function day(text: string | undefined, later: number): string | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text ?? "");
  if (!match) return undefined;
  const moment = new Date(Number(match[1]), Number(match[2]) - 1, Number(match[3]) + later);
  return Number.isNaN(moment.getTime()) ? undefined : moment.toISOString();
}

export function searchFilter({ sender, conversation, since, until }: Filters) {
  const from = day(since, 0);
  const to = day(until, 1);
  return {
    ...(sender && { senderIds: [sender] }),
    ...(conversation && { conversationIds: [conversation] }),
    ...(from && { since: from }),
    ...(to && { until: to }),
  };
}
