// The graph as the console asks it: one operation a page, the token of the session, its end noticed in one place.
import { Client, cacheExchange, fetchExchange, mapExchange, subscriptionExchange } from "@urql/core";
import { endsSession, problemOf } from "./errors";
import { follow, liveClient } from "./live";
import { authorization, type Session, signOut } from "./session";

export function makeClient(of: Session | null): Client {
  const live = liveClient();
  return new Client({
    url: "/graphql",
    preferGetMethod: false,
    fetchOptions: () => ({ headers: authorization(of) }),
    exchanges: [
      cacheExchange,
      mapExchange({
        onError(error) {
          const why = of ? endsSession(problemOf(error).code) : null;
          if (why) signOut(why);
        },
      }),
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query, variables, operationName }) => ({
          subscribe: (sink) => ({
            unsubscribe: follow(
              live,
              { query: query ?? "", variables: variables ?? {}, operationName: operationName ?? null },
              sink as never,
            ),
          }),
        }),
      }),
    ],
  });
}
