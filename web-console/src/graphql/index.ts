// The typed `graphql` tag: documents are checked against the graph's schema when the console is compiled.
import { initGraphQLTada } from "gql.tada";
import type { introspection } from "./env";

export const graphql = initGraphQLTada<{
  introspection: introspection;
  scalars: {
    ID: string;
    Date: string;
    DateTime: string;
    Long: number;
    ULong: number;
    JSON: unknown;
    EventCursor: string;
    Upload: File;
  };
}>();

export type { ResultOf, VariablesOf } from "gql.tada";
