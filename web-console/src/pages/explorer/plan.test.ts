import { parse } from "graphql";
import { expect, test } from "vitest";
import { EXAMPLES, variablesOf } from "./examples";
import { type Fetch, type Plan, timingsOf } from "./plan";

const fetch = (subgraph: string, query: string): Fetch => ({
  kind: "fetch",
  subgraph,
  query,
  variables: [],
  paths: [],
  entities: false,
});

test("the time of a fetch is found by where it went and what it asked, equal ones one after the other", () => {
  const [a, b, again] = [fetch("users", "{ a }"), fetch("groups", "{ b }"), fetch("users", "{ a }")];
  const timing = (subgraph: string, query: string, microseconds: number) => ({
    subgraph,
    query,
    entities: 0,
    microseconds,
  });
  const plan: Plan = {
    kind: "query",
    cost: 3,
    parts: [{ source: null, step: { kind: "sequence", steps: [a, { kind: "parallel", steps: [b, again] }] } }],
    fetches: [timing("groups", "{ b }", 20), timing("users", "{ a }", 10), timing("users", "{ a }", 30)],
  };
  const times = timingsOf(plan);
  expect([a, b, again].map((step) => times.get(step)?.microseconds)).toEqual([10, 20, 30]);
  expect(timingsOf({ ...plan, fetches: [] }).size).toBe(0);
});

test("every saved example is an operation, and gets the variables that it needs", () => {
  expect(EXAMPLES.length).toBeGreaterThan(30);
  for (const example of EXAMPLES) {
    expect(() => parse(example.text), example.name).not.toThrow();
    const variables = variablesOf(example.text);
    if (variables !== "") expect(() => JSON.parse(variables), example.name).not.toThrow();
  }
  expect(JSON.parse(variablesOf("query A($id: ID!, $n: [Int!]!, $more: Int, $on: Boolean! = true) { a }"))).toEqual({
    id: "",
    n: [],
  });
});
