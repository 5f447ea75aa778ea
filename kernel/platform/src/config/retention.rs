//! `[audit]`, `[client_logs]`, `[timers]`: what is kept for how long, and when it is looked for.

use serde::Deserialize;

/// `[audit]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Audit {
    /// Mutations that are not noted.
    pub leave_out: Vec<String>,
    /// Whether destructive mutations of administrators need a reason.
    pub require_reason: bool,
    /// 0 means for ever.
    pub keep_days: u64,
}

/// `[client_logs]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClientLogs {
    /// 0 means for ever.
    pub keep_days: u64,
    /// The most logs of one user.
    pub max_per_user: u64,
}

/// `[timers]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Timers {
    /// How often is looked for what was kept long enough.
    pub retention_minutes: u64,
    /// How often is looked for what is over: tokens, uploads, views that are to vanish.
    pub cleanup_seconds: u64,
    /// Changes of a list that are kept for clients that synchronise.
    pub keep_changes: u64,
}
