//! The scenarios, one file each. Every one fills the [`crate::report::Report`] and checks what it sends.

pub(crate) mod chat;
pub(crate) mod fanout;
pub(crate) mod graph;
pub(crate) mod idle;
pub(crate) mod lists;
pub(crate) mod rest;
pub(crate) mod sdk;
pub(crate) mod store;

/// How large a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Size {
    /// Seconds; what `make bench` runs.
    Small,
    /// Minutes; for figures to publish.
    Full,
}

/// A text that no other user of this server has, from the process and a counter.
pub(crate) fn unique(prefix: &str) -> String {
    use std::sync::atomic::{AtomicU32, Ordering};
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("{prefix}_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}
