//! What an operator may tune. The defaults are what was measured to work on both databases.

use std::time::Duration;

use openim_platform::store::DatabaseKind;

use crate::notices::NotificationPolicies;

/// The limits and sizes of the messages subgraph.
#[derive(Debug, Clone)]
pub struct MessagesSettings {
    /// Whether only friends may write to somebody (OpenIM `friendVerify`): 1303 for everybody else.
    pub friend_verify: bool,
    /// Whether messages can be found by their words.
    pub search: bool,
    /// Whether somebody pushes to devices that are offline: then each commit says what they should hear of.
    pub push: bool,
    /// How notifications are treated.
    pub notifications: NotificationPolicies,
    /// The longest content, in bytes of its JSON text.
    pub max_content_bytes: usize,
    /// The longest `ex` and `attachedInfo`, in bytes each.
    pub max_extra_bytes: usize,
    /// For how long a sender may edit a message; zero for not at all.
    pub edit_within: Duration,
    /// After which time messages are deleted for good; never when it is zero.
    pub keep: Duration,
    /// How often is looked for such.
    pub retention_interval: Duration,
    /// How many writers commit at the same time; `None` for one on SQLite and four on PostgreSQL. A conversation always
    /// belongs to the same writer of a process.
    pub writers: Option<usize>,
    /// The most messages of one commit.
    pub batch_messages: usize,
    /// The most content bytes of one commit; the message that crosses the bound still goes with it.
    pub batch_bytes: usize,
    /// How many sends may wait for each writer; further ones wait for room until their deadline.
    pub queue: usize,
    /// How often read positions and published positions are written.
    pub flush_every: Duration,
    /// How often unpublished tails are looked for; one that is found twice in a row was left behind by a crash.
    pub sweep_every: Duration,
}

impl Default for MessagesSettings {
    fn default() -> Self {
        Self {
            friend_verify: false,
            search: true,
            push: false,
            notifications: NotificationPolicies::default(),
            max_content_bytes: 64 * 1024,
            max_extra_bytes: 16 * 1024,
            edit_within: Duration::from_secs(86_400),
            keep: Duration::ZERO,
            retention_interval: Duration::from_secs(3_600),
            writers: None,
            batch_messages: 500,
            batch_bytes: 4 * 1024 * 1024,
            queue: 4096,
            flush_every: Duration::from_secs(1),
            sweep_every: Duration::from_secs(5),
        }
    }
}

impl MessagesSettings {
    /// Returns how many writers to run on this kind of database. SQLite has one writer whatever is configured.
    pub(crate) fn writers_for(&self, kind: DatabaseKind) -> usize {
        match kind {
            DatabaseKind::Sqlite => 1,
            DatabaseKind::Postgres => self.writers.unwrap_or(4).clamp(1, 64),
        }
    }
}
