//! What is done by the clock: one timetable for all periodic work on shared data, run by one process of the deployment.
//!
//! A [`Job`] says how often it wants to run and does its work in small transactions that its [`Turn`] opens. The processes
//! that work in the background agree on a [`Leader`](crate::leader::Leader), whose timetable runs each job once an interval;
//! when a job is due next is kept beside the data, so that a change of leaders repeats nothing, and a job whose leader died
//! in the middle of it is run again. Jobs must stand being run twice all the same.

mod house;
mod rows;
mod table;
mod turn;

use std::time::Duration;

use async_trait::async_trait;
use openim_core::{Ctx, Result};

use crate::store::Tx;

pub use house::{InboxSweep, VersionLogs, WebhookLog};
pub use rows::{TimerOutcome, TimerState, all as states};
pub use table::Timetable;
pub use turn::Turn;

/// Periodic work.
#[async_trait]
pub trait Job: Send + Sync + 'static {
    /// Its name, `<domain>.<what>`: stable for ever.
    fn name(&self) -> &'static str;

    /// The time between two beginnings.
    fn every(&self) -> Duration;

    /// Does what is due and returns how much that was. It ends soon when the turn is over; what is left is done the next
    /// time.
    async fn run(&self, turn: &Turn) -> Result<u64>;
}

/// A small part of a job that is repeated until nothing is left: see [`Turn::repeat`].
#[async_trait]
pub trait Step: Send + Sync {
    /// Does some of what is due in a transaction; returns how much that was, and whether there may be more.
    async fn step(&self, ctx: &Ctx, tx: &Tx) -> Result<(u64, bool)>;
}
