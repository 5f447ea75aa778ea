// What the page asks: deliveries by hook and outcome, the one that is open, and the hooks that are switched on.
import { graphql, type ResultOf } from "~/graphql";

export const Deliveries = graphql(`
  query Deliveries($first: Int!, $offset: Int!, $outcome: WebhookOutcome, $command: String, $open: ID!, $opened: Boolean!) {
    admin {
      webhooks { name command kind host timeoutMilliseconds continueOnFailure deniedTypes attentionIds }
      webhookDelivery(id: $open) @include(if: $opened) {
        id name command kind outcome status host error answer body attempts durationMilliseconds createdAt nextAttemptAt operationId
      }
      webhookDeliveries(first: $first, offset: $offset, outcome: $outcome, command: $command) {
        totalCount
        edges { node { id name command outcome error attempts createdAt } }
      }
    }
  }
`);

export const Again = graphql(
  `mutation Redeliver($id: ID!) { redeliverWebhook(input: { id: $id }) { delivery { id outcome } } }`,
);

type Admin = NonNullable<ResultOf<typeof Deliveries>["admin"]>;
export type Hook = Admin["webhooks"][number];
export type Row = Admin["webhookDeliveries"]["edges"][number]["node"];
export type Opened = NonNullable<Admin["webhookDelivery"]>;
