// The kinds of devices, in the order of OpenIM's numbers.
export const PLATFORMS = [
  "IOS",
  "ANDROID",
  "WINDOWS",
  "MACOS",
  "WEB",
  "MINI_WEB",
  "LINUX",
  "ANDROID_PAD",
  "IPAD",
  "ADMIN",
  "HARMONY_OS",
] as const;
export type Platform = (typeof PLATFORMS)[number];
