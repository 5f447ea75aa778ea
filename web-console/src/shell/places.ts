// The pages in the order of the navigation.
import {
  type Icon,
  IconApi,
  IconBellRinging,
  IconFiles,
  IconFileText,
  IconHeartbeat,
  IconHeartHandshake,
  IconHistory,
  IconKey,
  IconLayoutDashboard,
  IconMessage2,
  IconMessageSearch,
  IconMessages,
  IconPlugConnected,
  IconSettings,
  IconSpeakerphone,
  IconUsers,
  IconUsersGroup,
  IconWebhook,
} from "@tabler/icons-react";
import type en from "~/locales/en.json";

interface Place {
  to:
    | "/"
    | "/users"
    | "/relations"
    | "/groups"
    | "/conversations"
    | "/messages"
    | "/chat"
    | "/broadcast"
    | "/health"
    | "/files"
    | "/webhooks"
    | "/audit"
    | "/logs"
    | "/configuration"
    | "/push"
    | "/access"
    | "/rest"
    | "/explorer";
  /** The key of its name under `places`. */
  name: keyof (typeof en)["places"];
  icon: Icon;
}

/** Places that belong together, under a key of `sections`; the first ones need no name. */
interface Section {
  name: keyof (typeof en)["sections"] | null;
  places: readonly Place[];
}

export const SECTIONS: readonly Section[] = [
  {
    name: null,
    places: [
      { to: "/", name: "overview", icon: IconLayoutDashboard },
      { to: "/health", name: "health", icon: IconHeartbeat },
    ],
  },
  {
    name: "people",
    places: [
      { to: "/users", name: "users", icon: IconUsers },
      { to: "/relations", name: "relations", icon: IconHeartHandshake },
      { to: "/groups", name: "groups", icon: IconUsersGroup },
    ],
  },
  {
    name: "talk",
    places: [
      { to: "/conversations", name: "conversations", icon: IconMessage2 },
      { to: "/messages", name: "messages", icon: IconMessageSearch },
      { to: "/chat", name: "chat", icon: IconMessages },
      { to: "/broadcast", name: "broadcast", icon: IconSpeakerphone },
      { to: "/files", name: "files", icon: IconFiles },
    ],
  },
  {
    name: "delivery",
    places: [
      { to: "/webhooks", name: "webhooks", icon: IconWebhook },
      { to: "/push", name: "push", icon: IconBellRinging },
    ],
  },
  {
    name: "system",
    places: [
      { to: "/configuration", name: "configuration", icon: IconSettings },
      { to: "/access", name: "access", icon: IconKey },
      { to: "/audit", name: "audit", icon: IconHistory },
      { to: "/logs", name: "logs", icon: IconFileText },
    ],
  },
  {
    name: "developers",
    places: [
      { to: "/rest", name: "rest", icon: IconPlugConnected },
      { to: "/explorer", name: "explorer", icon: IconApi },
    ],
  },
];
