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

export interface Place {
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
  name: string;
  icon: Icon;
}

export const PLACES: readonly Place[] = [
  { to: "/", name: "overview", icon: IconLayoutDashboard },
  { to: "/health", name: "health", icon: IconHeartbeat },
  { to: "/users", name: "users", icon: IconUsers },
  { to: "/relations", name: "relations", icon: IconHeartHandshake },
  { to: "/groups", name: "groups", icon: IconUsersGroup },
  { to: "/conversations", name: "conversations", icon: IconMessage2 },
  { to: "/messages", name: "messages", icon: IconMessageSearch },
  { to: "/chat", name: "chat", icon: IconMessages },
  { to: "/broadcast", name: "broadcast", icon: IconSpeakerphone },
  { to: "/files", name: "files", icon: IconFiles },
  { to: "/webhooks", name: "webhooks", icon: IconWebhook },
  { to: "/audit", name: "audit", icon: IconHistory },
  { to: "/logs", name: "logs", icon: IconFileText },
  { to: "/configuration", name: "configuration", icon: IconSettings },
  { to: "/push", name: "push", icon: IconBellRinging },
  { to: "/access", name: "access", icon: IconKey },
  { to: "/rest", name: "rest", icon: IconPlugConnected },
  { to: "/explorer", name: "explorer", icon: IconApi },
];
