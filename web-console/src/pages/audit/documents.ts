// What the page asks: acts by who, what, to what, when and with which outcome; the one that is open; how acts are treated.
import { graphql, type ResultOf } from "~/graphql";

export const AuditLog = graphql(`
  query AuditLog(
    $first: Int!, $after: String, $offset: Int, $actorId: ID, $operation: String, $target: String,
    $since: DateTime, $until: DateTime, $outcome: AuditOutcome
  ) {
    admin {
      auditSettings { reasonRequired leftOut keepDays }
      auditLog(
        first: $first, after: $after, offset: $offset, actorId: $actorId, operation: $operation, target: $target,
        since: $since, until: $until, outcome: $outcome
      ) {
        totalCount
        pageInfo { endCursor }
        edges { node { id at actorId operation target outcome code reason } }
      }
    }
  }
`);

export const AuditEntry = graphql(`
  query AuditEntry($id: ID!) {
    admin {
      auditEntry(id: $id) {
        id at actorId platform address operation subgraph target arguments reason outcome code operationId
        actor { id nickname }
      }
    }
  }
`);

type Admin = NonNullable<ResultOf<typeof AuditLog>["admin"]>;
export type Row = Admin["auditLog"]["edges"][number]["node"];
export type Entry = NonNullable<NonNullable<ResultOf<typeof AuditEntry>["admin"]>["auditEntry"]>;
