// The states of a group, in the order of OpenIM's numbers, and how they are shown.
export const STATUSES = ["NORMAL", "BANNED", "DISMISSED", "MUTED"] as const;
export type Status = (typeof STATUSES)[number];

export const STATUS_COLOURS: Record<Status, string> = {
  NORMAL: "green",
  BANNED: "red",
  DISMISSED: "gray",
  MUTED: "yellow",
};
