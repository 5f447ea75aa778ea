//! What a process of the deployment tells operators of itself.

use openim_core::Timestamp;
use serde::{Deserialize, Serialize};

/// A process, as it described itself last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Node {
    /// Its name among the others; a process that starts again has another one.
    pub id: String,
    /// The words of its roles.
    pub roles: Vec<String>,
    /// The version of the binary.
    pub version: String,
    /// The machine's name.
    pub host: String,
    /// The process's number on that machine.
    pub pid: u32,
    /// Where others reach its doors, `host:port`.
    pub address: String,
    /// Where others read its metrics, `host:port`; `None` when it shows none.
    pub metrics_address: Option<String>,
    /// When it started.
    pub started_at: Timestamp,
    /// When it gave its last sign of life.
    pub seen_at: Timestamp,
    /// Whether it was asked to stop.
    pub stopping: bool,
    /// What it counted.
    pub figures: NodeFigures,
}

/// Something that a process stands on, as it found it at its last sign of life.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodePart {
    /// The word of the part.
    pub name: String,
    /// Whether it gave a sign of life.
    pub ready: bool,
}

/// What a process counted until its last sign of life.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct NodeFigures {
    /// What it stands on.
    pub parts: Vec<NodePart>,
    /// How long the last interval was, in milliseconds: from the sign of life before the last one to the last.
    pub interval_ms: u64,
    /// Messages that it stored since its start.
    pub messages_stored: u64,
    /// Messages that it stored in the last interval.
    pub messages_lately: u64,
    /// Messages that it handed to sockets in the last interval.
    pub deliveries_lately: u64,
    /// What half of those took at most from their commit to the socket, in milliseconds.
    pub delivery_p50_ms: Option<u64>,
    /// What 99 of 100 of those took at most.
    pub delivery_p99_ms: Option<u64>,
    /// Open WebSockets of the GraphQL door.
    pub graphql_sockets: u64,
    /// Open WebSockets of official SDKs.
    pub sdk_sockets: u64,
    /// Users with a stream or socket at this process.
    pub online_users: u64,
    /// Events that wait in the shared outbox; `None` of a process that carries none.
    pub outbox_waiting: Option<u64>,
    /// For how long the oldest of them waits, in milliseconds.
    pub outbox_lag_ms: Option<u64>,
    /// Events that wait for their handlers; `None` of a process that handles none.
    pub queue_depth: Option<u64>,
    /// Webhooks that wait for their receiver; `None` of a process that delivers none.
    pub webhook_backlog: Option<u64>,
    /// Memory in use, in bytes; `None` where the system does not tell.
    pub memory_bytes: Option<u64>,
    /// Time on the processor since the start, in milliseconds.
    pub cpu_ms: Option<u64>,
}
