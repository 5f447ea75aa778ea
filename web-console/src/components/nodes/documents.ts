// What is asked of the processes of the deployment, at once and then live.
import { graphql, type ResultOf } from "~/graphql";

export const ShownNode = graphql(`
  fragment ShownNode on Node @_unmask {
    id
    roles
    version
    host
    pid
    address
    metricsAddress
    startedAt
    lastSeenAt
    healthy
    stopping
    parts { name ready }
    figures {
      messagesStored
      messagesPerSecond
      deliveriesPerSecond
      deliveryLatency { p50 p99 }
      sockets { graphql sdk }
      onlineUsers
      outboxLag { waiting oldestSeconds }
      queueDepth
      webhookBacklog
      memoryBytes
      cpuSeconds
    }
  }
`);

export const Reports = graphql(
  `
    subscription NodeReports {
      nodeReports { ended node { ...ShownNode } }
    }
  `,
  [ShownNode],
);

export type ShownNode = ResultOf<typeof ShownNode>;
