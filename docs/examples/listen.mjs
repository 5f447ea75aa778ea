// Follows a user's events over graphql-transport-ws and resumes after a reconnect.
//
//   npm install graphql-ws@6 ws@8
//   TOKEN=... node listen.mjs [ws://127.0.0.1:10002/graphql]
import { createClient } from "graphql-ws";
import WebSocket from "ws";

const query = /* GraphQL */ `
  subscription Live($after: EventCursor) {
    events(after: $after) {
      __typename
      cursor
      ... on MessageAdded {
        message { seq sender { nickname } content { ... on TextContent { text } } }
        conversation { id unreadCount }
      }
      ... on ConversationRead { readerId readSeq }
      ... on Reset { reason }
    }
  }
`;

const client = createClient({
  url: process.argv[2] ?? "ws://127.0.0.1:10002/graphql",
  webSocketImpl: WebSocket,
  connectionParams: { token: process.env.TOKEN },
  // We resume by ourselves: a stream that ends is opened again after the newest cursor.
  retryAttempts: 0,
});

let after = null;
for (;;) {
  try {
    for await (const result of client.iterate({ query, variables: { after } })) {
      if (result.errors) throw new Error(result.errors[0].message);
      const event = result.data.events;
      after = event.cursor;
      console.log(event.__typename, JSON.stringify(event.message ?? event));
    }
  } catch (error) {
    console.error(`the stream ended: ${error.reason ?? error.message ?? error}; resuming`);
  }
  await new Promise((done) => setTimeout(done, 1000));
}
