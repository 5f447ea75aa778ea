// The addresses of the console. Pages are loaded when they are opened; filters and places stand in the address.
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { NotFound } from "~/components/States";
import { momentOf } from "~/lib/moments";
import { auditSearch } from "~/pages/audit/search";
import { BROADCAST_TABS, type BroadcastTab } from "~/pages/broadcast/tabs";
import {
  GROUP_TABS,
  type GroupTab,
  REQUEST_STATUSES,
  type RequestStatus,
  ROLES,
  type Role,
  STATUSES,
  type Status,
} from "~/pages/groups/status";
import { pushSearch } from "~/pages/push/search";
import { RELATION_TABS, type RelationTab } from "~/pages/relations/tabs";
import { Root } from "~/shell/Root";
import { Shell } from "~/shell/Shell";
import { session } from "./session";

const root = createRootRoute({ component: Root });

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
  validateSearch: (search): { view?: "table" } => (search.view === "table" ? { view: "table" } : {}),
  component: lazyRouteComponent(() => import("~/pages/overview/OverviewPage"), "OverviewPage"),
});

/** The texts of an address that are not empty, by their names. */
function texts<Name extends string>(search: Record<string, unknown>, ...names: Name[]): { [name in Name]?: string } {
  const given = names.filter((name) => typeof search[name] === "string" && search[name] !== "");
  return Object.fromEntries(given.map((name) => [name, search[name]])) as { [name in Name]?: string };
}

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
  validateSearch: (search): ListSearch & { view?: "online" } => ({
    ...listSearch(search),
    ...(search.view === "online" && { view: "online" as const }),
  }),
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
  validateSearch: (search): ListSearch & { tab?: GroupTab; role?: Role; status?: RequestStatus } => {
    const tab = GROUP_TABS.find((known) => known === search.tab);
    const role = ROLES.find((known) => known === search.role);
    const status = REQUEST_STATUSES.find((known) => known === search.status);
    return { ...listSearch(search), ...(tab && { tab }), ...(role && { role }), ...(status && { status }) };
  },
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

const clientConfig = createRoute({
  getParentRoute: () => inside,
  path: "/client-config",
  component: lazyRouteComponent(() => import("~/pages/client-config/ClientConfigPage"), "ClientConfigPage"),
});

const relations = createRoute({
  getParentRoute: () => inside,
  path: "/relations",
  validateSearch: (search): ListSearch & { user?: string; tab?: RelationTab } => {
    const tab = RELATION_TABS.find((known) => known === search.tab);
    return { ...listSearch(search), ...texts(search, "user"), ...(tab && { tab }) };
  },
  component: lazyRouteComponent(() => import("~/pages/relations/RelationsPage"), "RelationsPage"),
});

const conversations = createRoute({
  getParentRoute: () => inside,
  path: "/conversations",
  validateSearch: (search): { user?: string; offset?: number } => {
    const { offset } = listSearch(search);
    return { ...texts(search, "user"), ...(offset && { offset }) };
  },
  component: lazyRouteComponent(() => import("~/pages/conversations/ConversationsPage"), "ConversationsPage"),
});

const conversation = createRoute({
  getParentRoute: () => inside,
  path: "/conversations/$id",
  validateSearch: (search): { user?: string; before?: string; after?: string; seq?: number; offset?: number } => {
    const seq = Number(search.seq);
    const { offset } = listSearch(search);
    return {
      ...texts(search, "user", "before", "after"),
      ...(Number.isSafeInteger(seq) && seq > 0 && { seq }),
      ...(offset && { offset }),
    };
  },
  component: lazyRouteComponent(() => import("~/pages/conversations/ConversationPage"), "ConversationPage"),
});

const messages = createRoute({
  getParentRoute: () => inside,
  path: "/messages",
  validateSearch: (search) => texts(search, "search", "sender", "conversation", "since", "until", "after"),
  component: lazyRouteComponent(() => import("~/pages/messages/MessagesPage"), "MessagesPage"),
});

const broadcast = createRoute({
  getParentRoute: () => inside,
  path: "/broadcast",
  validateSearch: (search): ListSearch & { tab?: BroadcastTab } => {
    const tab = BROADCAST_TABS.find((known) => known === search.tab);
    return { ...listSearch(search), ...(tab && { tab }) };
  },
  component: lazyRouteComponent(() => import("~/pages/broadcast/BroadcastPage"), "BroadcastPage"),
});

const health = createRoute({
  getParentRoute: () => inside,
  path: "/health",
  validateSearch: (search) => texts(search, "node"),
  component: lazyRouteComponent(() => import("~/pages/health/HealthPage"), "HealthPage"),
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

interface WebhookSearch extends ListSearch {
  outcome?: "PENDING" | "DELIVERED" | "FAILED";
  /** The delivery that is looked at. */
  open?: string;
  view?: "hooks";
}

const webhooks = createRoute({
  getParentRoute: () => inside,
  path: "/webhooks",
  validateSearch: (search): WebhookSearch => {
    const outcome = (["PENDING", "DELIVERED", "FAILED"] as const).find((known) => known === search.outcome);
    return {
      ...listSearch(search),
      ...(outcome && { outcome }),
      ...(typeof search.open === "string" && { open: search.open }),
      ...(search.view === "hooks" && { view: "hooks" as const }),
    };
  },
  component: lazyRouteComponent(() => import("~/pages/webhooks/WebhooksPage"), "WebhooksPage"),
});

const audit = createRoute({
  getParentRoute: () => inside,
  path: "/audit",
  validateSearch: auditSearch,
  component: lazyRouteComponent(() => import("~/pages/audit/AuditPage"), "AuditPage"),
});

const logs = createRoute({
  getParentRoute: () => inside,
  path: "/logs",
  validateSearch: (search): ListSearch & { since?: string; until?: string } => ({
    ...listSearch(search),
    ...(typeof search.since === "string" && momentOf(search.since) && { since: search.since }),
    ...(typeof search.until === "string" && momentOf(search.until) && { until: search.until }),
  }),
  component: lazyRouteComponent(() => import("~/pages/logs/LogsPage"), "LogsPage"),
});

const configuration = createRoute({
  getParentRoute: () => inside,
  path: "/configuration",
  validateSearch: (search): ListSearch & { section?: string; view?: "history" } => ({
    ...listSearch(search),
    ...(typeof search.section === "string" && { section: search.section }),
    ...(search.view === "history" && { view: "history" as const }),
  }),
  component: lazyRouteComponent(() => import("~/pages/configuration/ConfigurationPage"), "ConfigurationPage"),
});

const push = createRoute({
  getParentRoute: () => inside,
  path: "/push",
  validateSearch: pushSearch,
  component: lazyRouteComponent(() => import("~/pages/push/PushPage"), "PushPage"),
});

const access = createRoute({
  getParentRoute: () => inside,
  path: "/access",
  component: lazyRouteComponent(() => import("~/pages/access/AccessPage"), "AccessPage"),
});

const rest = createRoute({
  getParentRoute: () => inside,
  path: "/rest",
  validateSearch: (search): { search?: string } =>
    typeof search.search === "string" && search.search !== "" ? { search: search.search } : {},
  component: lazyRouteComponent(() => import("~/pages/rest/RestPage"), "RestPage"),
});

const restRoute = createRoute({
  getParentRoute: () => inside,
  path: "/rest/route/$",
  component: lazyRouteComponent(() => import("~/pages/rest/RoutePage"), "RoutePage"),
});

const explorer = createRoute({
  getParentRoute: () => inside,
  path: "/explorer",
  validateSearch: (search): { query?: string; variables?: string; example?: string } => ({
    ...(typeof search.query === "string" && { query: search.query }),
    ...(search.variables !== undefined && {
      variables: typeof search.variables === "string" ? search.variables : JSON.stringify(search.variables),
    }),
    ...(typeof search.example === "string" && { example: search.example }),
  }),
  component: lazyRouteComponent(() => import("~/pages/explorer/ExplorerPage"), "ExplorerPage"),
});

/** Whatever has no page. */
const nothing = createRoute({ getParentRoute: () => inside, path: "$", component: NotFound });

/** Addresses carry plain text: an id of digits is no number. */
const parseSearch = (search: string) => Object.fromEntries(new URLSearchParams(search));

function stringifySearch(search: Record<string, unknown>): string {
  const given = Object.entries(search).filter(([, value]) => value !== undefined && value !== null);
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return text && `?${text}`;
}

export const router = createRouter({
  parseSearch,
  stringifySearch,
  routeTree: root.addChildren([
    login,
    inside.addChildren([
      overview,
      users,
      user,
      clientConfig,
      relations,
      groups,
      group,
      conversations,
      conversation,
      messages,
      chat,
      broadcast,
      health,
      files,
      webhooks,
      access,
      push,
      configuration,
      logs,
      audit,
      rest,
      restRoute,
      explorer,
      nothing,
    ]),
  ]),
  basepath: "/console",
  defaultPreload: "intent",
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
