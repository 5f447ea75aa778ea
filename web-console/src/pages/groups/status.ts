// The states of a group and its members, in the order of OpenIM's numbers, and how they are shown.
export const STATUSES = ["NORMAL", "BANNED", "DISMISSED", "MUTED"] as const;
export type Status = (typeof STATUSES)[number];

export const STATUS_COLOURS: Record<Status, string> = {
  NORMAL: "green",
  BANNED: "red",
  DISMISSED: "gray",
  MUTED: "yellow",
};

export const ROLES = ["OWNER", "ADMIN", "MEMBER"] as const;
export type Role = (typeof ROLES)[number];

export const REQUEST_STATUSES = ["OPEN", "ACCEPTED", "REFUSED"] as const;
export type RequestStatus = (typeof REQUEST_STATUSES)[number];

/** The parts of a group's page. */
export const GROUP_TABS = ["members", "requests", "settings"] as const;
export type GroupTab = (typeof GROUP_TABS)[number];
