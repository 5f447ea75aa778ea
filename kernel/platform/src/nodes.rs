//! The processes of a deployment: each gives a sign of life every few seconds, with what it has counted.
//!
//! A sign of life is a row that everybody can read, and a signal that every node hears, so that whoever watches sees all
//! processes live. A process that stops takes its row away; one that dies is seen by its silence, and its row is forgotten
//! later.

mod beat;
mod figures;
mod measured;
pub mod process;
mod table;
mod unwritten;

use std::time::Duration;

use openim_contracts::Node;
use openim_core::Timestamp;

pub use beat::{Duties, Heart, Identity};
pub use figures::{Figures, OpenSocket, SocketKind};
pub use measured::Backlog;
pub use table::{all, keep};

/// The time between two signs of life.
pub const BEAT: Duration = Duration::from_secs(3);

/// Whoever was silent for longer is not healthy: three signs of life, and what clocks may differ by.
pub const SILENCE: Duration = Duration::from_secs(10);

/// For how long a silent process is remembered.
pub const REMEMBERED: Duration = Duration::from_secs(15 * 60);

/// Tells whether a process lives, as far as is known now.
pub fn is_healthy(node: &Node, now: Timestamp) -> bool {
    now <= node.seen_at.plus(SILENCE)
}
