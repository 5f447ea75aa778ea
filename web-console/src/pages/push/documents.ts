// What the page asks: how the providers do, and what was pushed to whom.
import { graphql, type ResultOf } from "~/graphql";

export const Pushes = graphql(`
  query Pushes(
    $first: Int!, $after: String, $offset: Int, $userId: ID, $provider: PushProviderName, $outcome: PushOutcome
  ) {
    admin {
      pushProviders { name enabled configured sent failed lastSuccessAt lastError lastErrorAt }
      pushDeliveries(
        first: $first, after: $after, offset: $offset, userId: $userId, provider: $provider, outcome: $outcome
      ) {
        totalCount
        pageInfo { endCursor }
        edges {
          node {
            id userId user { nickname } platform provider title body outcome attempts error reference operationId
            createdAt attemptedAt nextAttemptAt messageRef { conversationId seq }
          }
        }
      }
    }
  }
`);

export const SendTest = graphql(`
  mutation SendTestPush($userId: ID!, $title: String!, $body: String!) {
    sendTestPush(input: { userId: $userId, title: $title, body: $body }) { deliveries { id } }
  }
`);

export const Retry = graphql(`
  mutation RetryPush($id: ID!) { retryPushDelivery(input: { id: $id }) { delivery { id outcome } } }
`);

type Admin = NonNullable<ResultOf<typeof Pushes>["admin"]>;
export type Provider = Admin["pushProviders"][number];
export type Row = Admin["pushDeliveries"]["edges"][number]["node"];
