//! The realtime room of the gateway: every node hears all signals once and hands them to its own streams.
//!
//! `Subscription.events` is resolved here, in the gateway's process; what an event is about (the message, the
//! conversation, the user) is a key that the gateway's plan follows into the subgraphs. A stream that comes back with a
//! cursor asks the graph what it has missed, as any client could. Nothing here knows a database or a subgraph.

mod attendance;
mod cursor;
mod event;
mod feed;
mod graph;
mod hub;
mod outbox;
mod processes;
mod progress;
mod registry;
mod schema;
mod seat;
mod session;

use std::time::Duration;

pub use attendance::{Arrivals, Attendance, AttendancePorts, Pace};
pub use graph::{GraphQuery, OPERATIONS};
pub use hub::Hub;
pub use outbox::{Outbox, OutboxLimits};
pub use session::{FORMS, Push, Pushed, Session, SessionEnd};

/// What an operator may tune.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// How many signals wait for a slow stream before it is ended.
    pub queue: usize,
    /// The most events that are repeated to a stream that resumes, or after a loss; more end in `Reset`.
    pub max_missed: i64,
    /// The oldest cursor that is resumed from.
    pub max_cursor_age: Duration,
    /// What the clocks of all nodes and the delay of a signal may differ by. A stream resumes this much earlier than
    /// its cursor says.
    pub margin: Duration,
    /// The most streams of one user on one node.
    pub max_streams_per_user: usize,
    /// How many messages wait for a slow SDK socket before it is closed.
    pub session_frames: usize,
    /// The same in bytes.
    pub session_bytes: usize,
    /// The most SDK sockets of one user on one node.
    pub max_sessions_per_user: usize,
    /// The most users whose presence one stream or socket hears of.
    pub max_watched: usize,
    /// How many streams of a node ask the graph at the same time.
    pub max_asking: usize,
    /// How long the graph may take to answer one question.
    pub patience: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            queue: 512,
            max_missed: 2_000,
            max_cursor_age: Duration::from_secs(7 * 24 * 3600),
            margin: Duration::from_secs(10),
            max_streams_per_user: 64,
            session_frames: 256,
            session_bytes: 1024 * 1024,
            max_sessions_per_user: 64,
            max_watched: 2_000,
            max_asking: 64,
            patience: Duration::from_secs(10),
        }
    }
}
