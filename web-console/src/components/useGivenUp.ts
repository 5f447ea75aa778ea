// How many webhooks were given up in the last hour, asked again and again while it is looked at.
import { useInterval } from "@mantine/hooks";
import { useQuery } from "urql";
import { useHeld } from "~/app/live";
import { graphql } from "~/graphql";

const GivenUp = graphql(`
  query WebhooksGivenUp {
    serverTime
    admin { webhookDeliveries(first: 100, outcome: FAILED) { edges { node { createdAt attemptedAt } } } }
  }
`);

/** How many are counted; where there are as many, there may be more. */
export const COUNTED = 100;

/** How often it is asked, in milliseconds. */
const OFTEN = 30_000;
const HOUR = 3_600_000;

/** How many of these moments lie in the hour before another one. */
export function inTheHourBefore(now: string, moments: readonly string[]): number {
  return moments.filter((at) => Date.parse(at) > Date.parse(now) - HOUR).length;
}

/** Returns the number; null while nobody knows. */
export function useGivenUp(): number | null {
  const held = useHeld();
  const [{ data }, again] = useQuery({ query: GivenUp, requestPolicy: "cache-and-network" });
  useInterval(() => !held && again({ requestPolicy: "network-only" }), OFTEN, { autoInvoke: true });
  if (!data?.admin) return null;
  const moments = data.admin.webhookDeliveries.edges.map(({ node }) => node.attemptedAt ?? node.createdAt);
  return inTheHourBefore(data.serverTime, moments);
}
