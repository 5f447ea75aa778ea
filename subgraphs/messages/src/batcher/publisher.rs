//! One publisher beside each writer: what was committed goes to the fan-out in the order of the commits, while the next
//! commit is already under way. A fan-out that is slow or away holds up nobody who sends: what does not fit is left
//! with the note that its commit wrote, where the sweeper finds it.

use std::sync::Arc;

use openim_contracts::Signal;
use tokio::sync::mpsc;

use super::Commits;
use super::commit::Appended;
use crate::events;
use crate::model::{Log, Message};

/// How many commits may wait to be published.
const WAITING: usize = 256;

/// What one commit has to tell.
struct Batch {
    signals: Vec<Signal>,
    /// The note that says so in the database.
    note: Option<i64>,
}

/// The way to a publisher. It works until this is dropped and everything was published.
pub(super) struct Publisher(mpsc::Sender<Batch>);

impl Publisher {
    /// Makes a publisher and the task that must run for it.
    pub(super) fn new(commits: Commits) -> (Self, impl Future<Output = ()> + Send + 'static) {
        let (sender, batches) = mpsc::channel(WAITING);
        (Self(sender), run(batches, commits))
    }

    /// Publishes what a commit did, soon.
    pub(super) fn publish(&self, note: Option<i64>, appended: &[Appended], repeated: &[(Arc<Log>, Arc<Message>)]) {
        let signals = events::signals(appended, repeated);
        if signals.is_empty() {
            return;
        }
        if self.0.try_send(Batch { signals, note }).is_err() {
            tracing::warn!("the fan-out is too slow, messages will be published by the sweeper");
        }
    }
}

async fn run(mut batches: mpsc::Receiver<Batch>, commits: Commits) {
    while let Some(batch) = batches.recv().await {
        let receipt = commits.store.fanout().publish(batch.signals).await;
        if let Some(note) = batch.note {
            commits.published.note(note, &receipt);
        }
    }
}
