//! Processes of the deployment: listed by one subgraph, told live by another, and the same in both.

use async_graphql::{Enum, ID, SimpleObject};
use openim_contracts::{Node as Described, NodeFigures as Counted, NodePart as Found};

use crate::{DateTime, Long, admin_only};

/// What a process does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum NodeRole {
    /// All doors: GraphQL, streams, REST, official SDKs.
    Gateway,
    /// The subgraph of users.
    Users,
    /// The subgraph of relations.
    Relations,
    /// The subgraph of groups.
    Groups,
    /// The subgraph of messages.
    Messages,
    /// The subgraph of conversations.
    Conversations,
    /// The subgraph of files, push, webhooks and operation.
    Third,
    /// Handlers of events and periodic work.
    Worker,
}

impl NodeRole {
    /// Returns the role of a word of the configuration; another version may have others.
    pub fn of(word: &str) -> Option<Self> {
        Some(match word {
            "gateway" => Self::Gateway,
            "users" => Self::Users,
            "relations" => Self::Relations,
            "groups" => Self::Groups,
            "messages" => Self::Messages,
            "conversations" => Self::Conversations,
            "third" => Self::Third,
            "worker" => Self::Worker,
            _ => return None,
        })
    }
}

/// What a process stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum NodePartName {
    /// The database: SQLite or PostgreSQL.
    Database,
    /// Cache, presence and limits: Redis, or the process's memory.
    Cache,
    /// The way of signals to the other processes: RabbitMQ, or the process's memory.
    Fanout,
    /// The way of events to their handlers: RabbitMQ, or the outbox alone; of a process that carries events.
    Events,
    /// Where files lie: a folder, or a service with the S3 API; of a process with the role third.
    Objects,
}

impl NodePartName {
    /// Returns the part of a word; another version may have others.
    fn of(word: &str) -> Option<Self> {
        Some(match word {
            "database" => Self::Database,
            "cache" => Self::Cache,
            "fanout" => Self::Fanout,
            "events" => Self::Events,
            "objects" => Self::Objects,
            _ => return None,
        })
    }
}

/// Something that a process stands on, as it found it at its last sign of life.
#[derive(Debug, SimpleObject)]
#[graphql(shareable)]
pub struct NodePart {
    /// What it is.
    name: NodePartName,
    /// Whether it answered within two seconds.
    ready: bool,
}

impl NodePart {
    fn new(found: &Found) -> Option<Self> {
        Some(Self { name: NodePartName::of(&found.name)?, ready: found.ready })
    }
}

/// A process of the deployment, as it described itself last.
#[derive(Debug, SimpleObject)]
#[graphql(shareable, directive = admin_only::apply())]
pub struct Node {
    /// Its name among the others; a process that starts again has another one.
    id: ID,
    /// What it does.
    roles: Vec<NodeRole>,
    /// The version of the binary.
    version: String,
    /// The machine's name.
    host: String,
    /// The process's number on that machine.
    pid: i32,
    /// Where others reach its doors, `host:port`.
    address: String,
    /// Where its metrics are read at `/metrics`, `host:port`; null when it shows none.
    metrics_address: Option<String>,
    /// When it started.
    started_at: DateTime,
    /// When it gave its last sign of life; there is one every three seconds.
    last_seen_at: DateTime,
    /// Whether the last sign of life is younger than ten seconds.
    healthy: bool,
    /// Whether it was asked to stop.
    stopping: bool,
    /// What it stands on, and whether that answered at the last sign of life. `/readyz` of the process asks the same anew.
    parts: Vec<NodePart>,
    /// What it has counted.
    figures: NodeFigures,
}

/// What a process had counted at its last sign of life. What is said of services that all processes share, each process says
/// that looks after them: take the greatest, not the sum.
#[derive(Debug, SimpleObject)]
#[graphql(shareable)]
pub struct NodeFigures {
    /// Messages that it stored since its start.
    messages_stored: Long,
    /// Messages that it stored in a second, on average between the last two signs of life.
    messages_per_second: f64,
    /// Messages that it handed to sockets in a second, on average between the last two signs of life.
    deliveries_per_second: f64,
    /// How long those took from their commit to the socket; null when there were none.
    delivery_latency: Option<DeliveryLatency>,
    /// Open WebSockets.
    sockets: SocketCounts,
    /// Users with an event stream or an SDK socket at this process.
    online_users: i32,
    /// What waits in the outbox that all processes share; null of a process that carries no events.
    outbox_lag: Option<OutboxLag>,
    /// Events that wait for their handlers, in the queues that all processes share; null of a process that handles none.
    queue_depth: Option<Long>,
    /// Webhooks that wait for their receiver; null of a process that delivers none.
    webhook_backlog: Option<Long>,
    /// Memory in use, in bytes; null where the operating system does not tell.
    memory_bytes: Option<Long>,
    /// Time on the processor since the start, in seconds; null where the operating system does not tell.
    cpu_seconds: Option<f64>,
}

/// How long messages took from their commit to the socket, in milliseconds, at most an eighth too long.
#[derive(Debug, SimpleObject)]
#[graphql(shareable)]
pub struct DeliveryLatency {
    /// Half of them took at most this.
    p50: Long,
    /// 99 of 100 took at most this.
    p99: Long,
}

/// Open WebSockets of a process by door.
#[derive(Debug, SimpleObject)]
#[graphql(shareable)]
pub struct SocketCounts {
    /// Of the GraphQL door.
    graphql: i32,
    /// Of official SDKs.
    sdk: i32,
}

/// What waits in the outbox.
#[derive(Debug, SimpleObject)]
#[graphql(shareable)]
pub struct OutboxLag {
    /// How many events are due and wait.
    waiting: Long,
    /// For how long the oldest of them does, in seconds.
    oldest_seconds: f64,
}

impl Node {
    /// Shows a process that is healthy or not.
    pub fn new(node: &Described, healthy: bool) -> Self {
        Self {
            id: ID(node.id.clone()),
            roles: node.roles.iter().filter_map(|word| NodeRole::of(word)).collect(),
            version: node.version.clone(),
            host: node.host.clone(),
            pid: i32::try_from(node.pid).unwrap_or(i32::MAX),
            address: node.address.clone(),
            metrics_address: node.metrics_address.clone(),
            started_at: DateTime(node.started_at),
            last_seen_at: DateTime(node.seen_at),
            healthy,
            stopping: node.stopping,
            parts: node.figures.parts.iter().filter_map(NodePart::new).collect(),
            figures: NodeFigures::from(&node.figures),
        }
    }
}

impl From<&Counted> for NodeFigures {
    fn from(counted: &Counted) -> Self {
        let per_second = |count: u64| if counted.interval_ms == 0 { 0.0 } else { float(count) * 1000.0 / float(counted.interval_ms) };
        let latency = counted.delivery_p50_ms.zip(counted.delivery_p99_ms);
        let outbox = counted.outbox_waiting.zip(counted.outbox_lag_ms);
        Self {
            messages_stored: long(counted.messages_stored),
            messages_per_second: per_second(counted.messages_lately),
            deliveries_per_second: per_second(counted.deliveries_lately),
            delivery_latency: latency.map(|(p50, p99)| DeliveryLatency { p50: long(p50), p99: long(p99) }),
            sockets: SocketCounts { graphql: int(counted.graphql_sockets), sdk: int(counted.sdk_sockets) },
            online_users: int(counted.online_users),
            outbox_lag: outbox.map(|(waiting, lag)| OutboxLag { waiting: long(waiting), oldest_seconds: float(lag) / 1000.0 }),
            queue_depth: counted.queue_depth.map(long),
            webhook_backlog: counted.webhook_backlog.map(long),
            memory_bytes: counted.memory_bytes.map(long),
            cpu_seconds: counted.cpu_ms.map(|milliseconds| float(milliseconds) / 1000.0),
        }
    }
}

fn long(number: u64) -> Long {
    Long(i64::try_from(number).unwrap_or(i64::MAX))
}

fn int(number: u64) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

#[expect(clippy::cast_precision_loss, reason = "figures for people")]
fn float(number: u64) -> f64 {
    number as f64
}
