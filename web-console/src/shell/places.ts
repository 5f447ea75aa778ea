// The pages in the order of the navigation.
import {
  type Icon,
  IconApi,
  IconLayoutDashboard,
  IconMessageSearch,
  IconMessages,
  IconUsers,
  IconUsersGroup,
  IconWebhook,
} from "@tabler/icons-react";

export interface Place {
  to: "/" | "/users" | "/groups" | "/messages" | "/chat" | "/webhooks" | "/explorer";
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
  { to: "/webhooks", name: "webhooks", icon: IconWebhook },
  { to: "/explorer", name: "explorer", icon: IconApi },
];
