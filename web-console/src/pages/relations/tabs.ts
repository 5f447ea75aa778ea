/** The lists of a user's relations. */
export const RELATION_TABS = ["friends", "received", "sent", "blacks"] as const;
export type RelationTab = (typeof RELATION_TABS)[number];
