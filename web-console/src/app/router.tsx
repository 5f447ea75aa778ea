// The addresses of the console. Pages are loaded when they are opened; filters and places stand in the address.
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { NotFound } from "~/components/States";
import { STATUSES, type Status } from "~/pages/groups/status";
import { Root } from "~/shell/Root";
import { Shell } from "~/shell/Shell";
import { session } from "./session";

const root = createRootRoute({ component: Root, notFoundComponent: NotFound });

const login = createRoute({
  getParentRoute: () => root,
  path: "/login",
  validateSearch: (search): { next?: string } => (typeof search.next === "string" ? { next: search.next } : {}),
  component: lazyRouteComponent(() => import("~/pages/login/LoginPage"), "LoginPage"),
});

const inside = createRoute({
  getParentRoute: () => root,
  id: "inside",
  component: Shell,
  beforeLoad: ({ location }) => {
    if (!session()) throw redirect({ to: "/login", search: { next: location.href } });
  },
});

const overview = createRoute({
  getParentRoute: () => inside,
  path: "/",
  component: lazyRouteComponent(() => import("~/pages/overview/OverviewPage"), "OverviewPage"),
});

interface ListSearch {
  search?: string;
  offset?: number;
}

function listSearch(search: Record<string, unknown>): ListSearch {
  const offset = Number(search.offset);
  return {
    ...(typeof search.search === "string" && search.search !== "" ? { search: search.search } : {}),
    ...(Number.isInteger(offset) && offset > 0 ? { offset } : {}),
  };
}

const users = createRoute({
  getParentRoute: () => inside,
  path: "/users",
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import("~/pages/users/UsersPage"), "UsersPage"),
});

const user = createRoute({
  getParentRoute: () => inside,
  path: "/users/$id",
  component: lazyRouteComponent(() => import("~/pages/users/UserPage"), "UserPage"),
});

const groups = createRoute({
  getParentRoute: () => inside,
  path: "/groups",
  validateSearch: (search): ListSearch & { status?: Status } => {
    const status = STATUSES.find((known) => known === search.status);
    return { ...listSearch(search), ...(status && { status }) };
  },
  component: lazyRouteComponent(() => import("~/pages/groups/GroupsPage"), "GroupsPage"),
});

const group = createRoute({
  getParentRoute: () => inside,
  path: "/groups/$id",
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import("~/pages/groups/GroupPage"), "GroupPage"),
});

const chat = createRoute({
  getParentRoute: () => inside,
  path: "/chat",
  validateSearch: (search): { id?: string; to?: string } => ({
    ...(typeof search.id === "string" && { id: search.id }),
    ...(typeof search.to === "string" && { to: search.to }),
  }),
  component: lazyRouteComponent(() => import("~/pages/chat/ChatPage"), "ChatPage"),
});

const messages = createRoute({
  getParentRoute: () => inside,
  path: "/messages",
  validateSearch: (search): { search?: string; sender?: string; after?: string } => ({
    ...(typeof search.search === "string" && search.search !== "" && { search: search.search }),
    ...(typeof search.sender === "string" && search.sender !== "" && { sender: search.sender }),
    ...(typeof search.after === "string" && search.after !== "" && { after: search.after }),
  }),
  component: lazyRouteComponent(() => import("~/pages/messages/MessagesPage"), "MessagesPage"),
});

const files = createRoute({
  getParentRoute: () => inside,
  path: "/files",
  validateSearch: (search): { owner?: string; cause?: string; offset?: number } => {
    const { offset } = listSearch(search);
    return {
      ...(typeof search.owner === "string" && search.owner !== "" && { owner: search.owner }),
      ...(typeof search.cause === "string" && search.cause !== "" && { cause: search.cause }),
      ...(offset && { offset }),
    };
  },
  component: lazyRouteComponent(() => import("~/pages/files/FilesPage"), "FilesPage"),
});

const webhooks = createRoute({
  getParentRoute: () => inside,
  path: "/webhooks",
  validateSearch: (search): ListSearch & { outcome?: "PENDING" | "DELIVERED" | "FAILED"; open?: string } => {
    const outcome = (["PENDING", "DELIVERED", "FAILED"] as const).find((known) => known === search.outcome);
    return {
      ...listSearch(search),
      ...(outcome && { outcome }),
      ...(typeof search.open === "string" && { open: search.open }),
    };
  },
  component: lazyRouteComponent(() => import("~/pages/webhooks/WebhooksPage"), "WebhooksPage"),
});

const explorer = createRoute({
  getParentRoute: () => inside,
  path: "/explorer",
  component: lazyRouteComponent(() => import("~/pages/explorer/ExplorerPage"), "ExplorerPage"),
});

export const router = createRouter({
  routeTree: root.addChildren([
    login,
    inside.addChildren([overview, users, user, groups, group, messages, chat, files, webhooks, explorer]),
  ]),
  basepath: "/console",
  defaultPreload: "intent",
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
