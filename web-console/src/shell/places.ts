// The pages in the order of the navigation, in groups.
import { type Icon, IconApi, IconLayoutDashboard, IconUsers } from "@tabler/icons-react";

export interface Place {
  to: "/" | "/users" | "/explorer";
  /** The key of its name under `places`. */
  name: string;
  icon: Icon;
}

export const PLACES: readonly Place[] = [
  { to: "/", name: "overview", icon: IconLayoutDashboard },
  { to: "/users", name: "users", icon: IconUsers },
  { to: "/explorer", name: "explorer", icon: IconApi },
];
