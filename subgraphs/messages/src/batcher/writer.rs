//! One writer: forms batches, commits them, retries what may be retried, and answers each sender.

use std::time::Duration;

use openim_core::{Error, ErrorCode, Result};
use openim_platform::store::is_duplicate;
use sea_orm::DbErr;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::commit::{Commit, Placed};
use super::publisher::Publisher;
use super::{Commits, Pending};
use crate::error;
use crate::settings::MessagesSettings;

/// For how many commits repeats are looked up before inserting, after a start and after a repeat came. Otherwise the
/// unique index alone finds them: looking costs a third of a commit, and repeats come in swarms or not at all.
const WARY_COMMITS: u32 = 64;
/// How long a writer keeps trying while senders wait.
const ATTEMPTS: u32 = 40;
const FIRST_PAUSE: Duration = Duration::from_millis(5);
const LONGEST_PAUSE: Duration = Duration::from_millis(500);

pub(super) struct Writer {
    queue: mpsc::Receiver<Pending>,
    commits: Commits,
    publisher: Publisher,
    settings: MessagesSettings,
    wary: u32,
}

impl Writer {
    pub(super) fn new(queue: mpsc::Receiver<Pending>, commits: Commits, publisher: Publisher, settings: MessagesSettings) -> Self {
        Self { queue, commits, publisher, settings, wary: WARY_COMMITS }
    }

    /// Works until cancelled, then until the queue is empty.
    pub(super) async fn run(mut self, cancel: CancellationToken) {
        loop {
            let first = tokio::select! {
                biased;
                () = cancel.cancelled() => break,
                first = self.queue.recv() => first,
            };
            match first {
                Some(first) => self.batch(first).await,
                None => return,
            }
        }
        self.queue.close();
        while let Some(first) = self.queue.recv().await {
            self.batch(first).await;
        }
    }

    /// Takes what has come meanwhile and stores it.
    async fn batch(&mut self, first: Pending) {
        let mut bytes = first.draft.envelope.content.len();
        let mut batch = vec![first];
        while batch.len() < self.settings.batch_messages && bytes < self.settings.batch_bytes {
            let Ok(next) = self.queue.try_recv() else { break };
            bytes += next.draft.envelope.content.len();
            batch.push(next);
        }
        // Who does not wait any more will ask again with the same client id, or never.
        batch.retain(|pending| !pending.reply.is_closed());
        if !batch.is_empty() {
            self.store(batch).await;
        }
    }

    /// Stores a batch; when it cannot be stored as a whole, each message alone, so that a bad one fails only itself.
    async fn store(&mut self, batch: Vec<Pending>) {
        match self.commit(&batch).await {
            Ok(placed) => self.answer(batch, placed).await,
            Err(failure) if batch.len() == 1 || failure.code() == ErrorCode::Unavailable => refuse(batch, &failure),
            Err(failure) => {
                tracing::warn!(
                    error = &failure as &dyn std::error::Error,
                    messages = batch.len(),
                    "a batch was not stored, its messages are tried one by one"
                );
                for pending in batch {
                    let alone = vec![pending];
                    match self.commit(&alone).await {
                        Ok(placed) => self.answer(alone, placed).await,
                        Err(failure) => refuse(alone, &failure),
                    }
                }
            }
        }
    }

    /// Commits, again and again while that can help and somebody waits. The outcome of a failed commit is unknown, but
    /// a message that did get in is found again by its client id.
    async fn commit(&mut self, batch: &[Pending]) -> Result<Commit> {
        let mut pause = FIRST_PAUSE;
        let mut attempt = 1;
        loop {
            let result = Commit::run(&self.commits, batch, self.wary > 0).await;
            let failure = match result {
                Ok(commit) => {
                    self.wary = if commit.found_repeats() { WARY_COMMITS } else { self.wary.saturating_sub(1) };
                    return Ok(commit);
                }
                Err(failure) => failure,
            };
            let repeated = cause(&failure).is_some_and(is_duplicate) && self.wary == 0;
            let retryable = repeated || cause(&failure).is_some_and(is_duplicate) || failure.code() == ErrorCode::Unavailable;
            self.wary = WARY_COMMITS;
            if !retryable || attempt >= ATTEMPTS || batch.iter().all(|pending| pending.reply.is_closed()) {
                return Err(failure);
            }
            if !repeated {
                tracing::debug!(error = &failure as &dyn std::error::Error, attempt, "a commit is tried again");
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
            attempt += 1;
        }
    }

    /// After the commit: acknowledge, then publish.
    async fn answer(&self, batch: Vec<Pending>, commit: Commit) {
        let Commit { placed, appended, repeated } = commit;
        for grown in &appended {
            for message in &grown.messages {
                self.commits.caches.keep_message(grown.log.no, message).await;
            }
        }
        for (pending, placed) in batch.into_iter().zip(placed) {
            let reply = match placed {
                Placed::Stored(stored) => Ok(stored),
                Placed::Ambiguous => Err(error::ambiguous()),
            };
            // A sender that went away has its message stored; a repeat will find it.
            let _ = pending.reply.send(reply);
        }
        self.publisher.publish(&appended, &repeated);
        for grown in &appended {
            self.commits.read_positions.note_all(&grown.messages);
        }
    }
}

/// Tells each sender; the cause is logged once.
fn refuse(batch: Vec<Pending>, failure: &Error) {
    tracing::error!(error = failure as &dyn std::error::Error, cause = ?std::error::Error::source(failure), messages = batch.len(), "messages were not stored");
    for pending in batch {
        let _ = pending.reply.send(Err(Error::new(failure.code(), failure.message().to_owned())));
    }
}

fn cause(failure: &Error) -> Option<&DbErr> {
    std::error::Error::source(failure)?.downcast_ref()
}
