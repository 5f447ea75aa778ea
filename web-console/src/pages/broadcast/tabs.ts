/** The parts of the page for telling many. */
export const BROADCAST_TABS = ["send", "accounts", "business"] as const;
export type BroadcastTab = (typeof BROADCAST_TABS)[number];
