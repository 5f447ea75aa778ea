// The pages in the order of the navigation.
import {
  type Icon,
  IconApi,
  IconFiles,
  IconLayoutDashboard,
  IconMessageSearch,
  IconMessages,
  IconUsers,
  IconUsersGroup,
  IconWebhook,
} from "@tabler/icons-react";

export interface Place {
  to: "/" | "/users" | "/groups" | "/messages" | "/chat" | "/files" | "/webhooks" | "/explorer";
  /** The key of its name under `places`. */
  name: string;
  icon: Icon;
}

export const PLACES: readonly Place[] = [
  { to: "/", name: "overview", icon: IconLayoutDashboard },
  { to: "/users", name: "users", icon: IconUsers },
  { to: "/groups", name: "groups", icon: IconUsersGroup },
  { to: "/messages", name: "messages", icon: IconMessageSearch },
  { to: "/chat", name: "chat", icon: IconMessages },
  { to: "/files", name: "files", icon: IconFiles },
  { to: "/webhooks", name: "webhooks", icon: IconWebhook },
  { to: "/explorer", name: "explorer", icon: IconApi },
];
