//! Where a writer's batches come from.

use openim_core::Error;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::Pending;
use super::plan::Plan;
use crate::caches::Caches;
use crate::settings::MessagesSettings;

/// Sends that share a commit.
#[derive(Default)]
pub(super) struct Batch {
    pub(super) sends: Vec<Pending>,
    /// None once an attempt to commit has used it up.
    pub(super) plan: Option<Plan>,
    bytes: usize,
}

impl Batch {
    /// Makes a batch of one.
    pub(super) fn alone(send: Pending) -> Self {
        Self { sends: vec![send], ..Self::default() }
    }
}

/// The queue of one writer.
pub(super) struct Intake {
    queue: mpsc::Receiver<Pending>,
    caches: Caches,
    settings: MessagesSettings,
}

impl Intake {
    pub(super) fn new(queue: mpsc::Receiver<Pending>, caches: Caches, settings: MessagesSettings) -> Self {
        Self { queue, caches, settings }
    }

    /// Waits until there is something in the batch; false when there never will be. After `cancel` it takes no new sends,
    /// only those that wait already.
    pub(super) async fn next(&mut self, batch: &mut Batch, cancel: &CancellationToken) -> bool {
        while batch.sends.is_empty() {
            let send = tokio::select! {
                biased;
                () = cancel.cancelled(), if !self.queue.is_closed() => {
                    self.queue.close();
                    continue;
                }
                send = self.queue.recv() => send,
            };
            match send {
                Some(send) => self.add(batch, send).await,
                None => return false,
            }
        }
        true
    }

    /// Adds what waits, as far as there is room.
    pub(super) async fn fill(&mut self, batch: &mut Batch) {
        while batch.sends.len() < self.settings.batch_messages && batch.bytes < self.settings.batch_bytes {
            let Ok(send) = self.queue.try_recv() else { break };
            self.add(batch, send).await;
        }
    }

    async fn add(&self, batch: &mut Batch, send: Pending) {
        // Who does not wait any more will ask again with the same client id, or never.
        if send.reply.is_closed() {
            return;
        }
        match batch.plan.get_or_insert_default().add(&send, &self.caches).await {
            Ok(()) => {
                batch.bytes += send.draft.envelope.content.len();
                batch.sends.push(send);
            }
            Err(failure) => refuse(vec![send], &failure),
        }
    }
}

/// Tells each sender; the cause is logged once.
pub(super) fn refuse(sends: Vec<Pending>, failure: &Error) {
    tracing::error!(error = failure as &dyn std::error::Error, cause = ?std::error::Error::source(failure), messages = sends.len(), "messages were not stored");
    for send in sends {
        let _ = send.reply.send(Err(Error::new(failure.code(), failure.message().to_owned())));
    }
}
