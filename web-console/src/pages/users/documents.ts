// What the page of a user asks: everything that it shows, at once.
import { graphql, type ResultOf } from "~/graphql";

export const OneUser = graphql(`
  query OneUser($id: ID!) {
    user(id: $id) {
      id
      nickname
      faceUrl
      ex
      level
      createdAt
      globalReceiveOption
      presence { online connections { id platform } }
      groups(first: 100) { totalCount edges { node { id name faceUrl memberCount } } }
    }
    admin {
      clientConfig(first: 100, userId: $id) { edges { node { key value userId } } }
    }
  }
`);

export type User = NonNullable<ResultOf<typeof OneUser>["user"]>;
