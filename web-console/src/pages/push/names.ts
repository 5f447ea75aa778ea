// The words of the graph that the page filters by.
export const OUTCOMES = ["PENDING", "DELIVERED", "FAILED"] as const;
export const PROVIDERS = ["FCM", "APNS", "GETUI", "JPUSH", "LOG"] as const;
