import { expect, test } from "vitest";
import { exampleBody } from "./example";
import { matches, readDescription } from "./routes";

const API = {
  paths: {
    "/user/user_register": {
      post: {
        summary: "Creates users.",
        parameters: [{ name: "operationID", in: "header" }],
        requestBody: { content: { "application/json": { schema: { $ref: "#/components/schemas/Register" } } } },
        "x-graphql":
          'mutation Register($users: [NewUserInput!]! @item(name: "id")) { registerUsers(input: { users: $users }) { users { id } } }',
        "x-caller": "administrator" as const,
        "x-rules": ["users present", "users[].level in 1..3", "page.pageNumber >= 1", "n != 0"],
      },
    },
    "/friend/get_friend_list": {
      post: {
        summary: "Pages through friends.",
        "x-graphql": "query Friends($userID: ID!) { viewer(as: $userID) @flatten { friends { totalCount } } }",
      },
    },
    "/object/{name}": {
      get: {
        summary: "Leads to a file.",
        parameters: [{ name: "name", in: "path" }],
        "x-graphql": "query Object($name: String!) { fileAccess(name: $name) { url } }",
      },
    },
  },
  components: {
    schemas: {
      Register: {
        type: "object",
        properties: {
          users: { type: "array", items: { $ref: "#/components/schemas/User" } },
          page: { $ref: "#/components/schemas/Page" },
          n: { type: "integer" },
          silent: { type: "boolean" },
          extra: { type: ["string", "null"] },
        },
      },
      User: {
        type: "object",
        properties: {
          userID: { type: "string" },
          nickname: { type: "string" },
          level: { type: "integer" },
          friend: { $ref: "#/components/schemas/User" },
        },
      },
      Page: { type: "object", properties: { pageNumber: { type: "integer" }, showNumber: { type: "integer" } } },
    },
  },
};

const description = readDescription(API);
const route = (path: string) => {
  const found = description.routes.find((known) => known.path === path);
  if (!found) throw new Error(path);
  return found;
};

test("a route is told with the fields of the graph that answer it", () => {
  expect(description.routes.map((known) => [known.path, known.kind, known.fields])).toEqual([
    ["/friend/get_friend_list", "query", ["viewer.friends"]],
    ["/object/{name}", "query", ["fileAccess"]],
    ["/user/user_register", "mutation", ["registerUsers"]],
  ]);
  expect(route("/object/{name}")).toMatchObject({ method: "GET", parameters: ["name"], body: null });
  expect(route("/user/user_register")).toMatchObject({ method: "POST", parameters: [], caller: "administrator" });
});

test("a route is found by words of its address, its summary and the graph", () => {
  expect(matches(route("/user/user_register"), "USER create")).toBe(true);
  expect(matches(route("/user/user_register"), "registerusers")).toBe(true);
  expect(matches(route("/user/user_register"), "friends")).toBe(false);
});

test("the body to begin with follows the types and the rules, and ends where a type holds itself", () => {
  expect(exampleBody(route("/user/user_register"), description, "ann")).toEqual({
    users: [{ userID: "ann", nickname: "", level: 1, friend: {} }],
    page: { pageNumber: 1, showNumber: 20 },
    n: 1,
    silent: false,
  });
  expect(exampleBody(route("/object/{name}"), description, "ann")).toEqual({});
});
