//! A server to talk to, and what one talks with.

mod binary;
mod client;
mod clock;
mod cluster;
mod server;
mod socket;

use std::time::Duration;

pub(crate) use binary::{Binary, Process};
pub(crate) use client::{Client, Rest};
pub(crate) use clock::WrongClock;
pub(crate) use cluster::{Cluster, free_address};
pub(crate) use server::{SECRET, Server};
pub(crate) use socket::Socket;

/// The bound of everything that is waited for; a busy machine may start a server slowly.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// Waits for a future, not for ever.
pub(crate) async fn soon<T>(what: &str, future: impl Future<Output = T>) -> T {
    match tokio::time::timeout(PATIENCE, future).await {
        Ok(value) => value,
        Err(_) => panic!("waited {PATIENCE:?} in vain: {what}"),
    }
}
