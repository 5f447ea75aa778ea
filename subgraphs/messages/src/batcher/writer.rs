//! One writer: commits batches, forms the next one meanwhile, and retries what may be retried.

use std::time::Duration;

use openim_core::{Error, ErrorCode, Result};
use openim_platform::store::is_duplicate;
use sea_orm::DbErr;
use tokio_util::sync::CancellationToken;

use super::Commits;
use super::answers::Answers;
use super::commit::Commit;
use super::intake::{Batch, Intake, refuse};
use crate::meters;

/// For how many commits repeats are looked up before inserting, after a start and after a repeat came. Otherwise the
/// unique index alone finds them: looking costs a third of a commit, and repeats come in swarms or not at all.
const WARY_COMMITS: u32 = 64;
/// How long a writer keeps trying while senders wait.
const ATTEMPTS: u32 = 40;
const FIRST_PAUSE: Duration = Duration::from_millis(5);
const LONGEST_PAUSE: Duration = Duration::from_millis(500);

pub(super) struct Writer {
    intake: Intake,
    /// What comes while a batch is being committed.
    next: Batch,
    commits: Commits,
    answers: Answers,
    wary: u32,
}

impl Writer {
    pub(super) fn new(intake: Intake, commits: Commits, answers: Answers) -> Self {
        Self { intake, next: Batch::default(), commits, answers, wary: WARY_COMMITS }
    }

    /// Works until cancelled, then until the queue is empty.
    pub(super) async fn run(mut self, cancel: CancellationToken) {
        while self.intake.next(&mut self.next, &cancel).await {
            self.intake.fill(&mut self.next).await;
            let batch = std::mem::take(&mut self.next);
            self.store(batch).await;
        }
    }

    /// Stores a batch; when it cannot be stored as a whole, each message alone, so that a bad one fails only itself.
    async fn store(&mut self, mut batch: Batch) {
        match self.commit(&mut batch).await {
            Ok(commit) => self.answers.give(batch.sends, commit).await,
            Err(failure) if batch.sends.len() == 1 || failure.code() == ErrorCode::Unavailable => refuse(batch.sends, &failure),
            Err(failure) => {
                tracing::warn!(
                    error = &failure as &dyn std::error::Error,
                    messages = batch.sends.len(),
                    "a batch was not stored, its messages are tried one by one"
                );
                for send in batch.sends {
                    let mut alone = Batch::alone(send);
                    match self.commit(&mut alone).await {
                        Ok(commit) => self.answers.give(alone.sends, commit).await,
                        Err(failure) => refuse(alone.sends, &failure),
                    }
                }
            }
        }
    }

    /// Commits, again and again while that can help and somebody waits. The outcome of a failed commit is unknown, but
    /// a message that did get in is found again by its client id.
    async fn commit(&mut self, batch: &mut Batch) -> Result<Commit> {
        let mut pause = FIRST_PAUSE;
        let mut attempt = 1;
        loop {
            let meanwhile = self.intake.fill(&mut self.next);
            let result = Commit::run(&self.commits, &batch.sends, batch.plan.take(), self.wary > 0, meanwhile).await;
            let failure = match result {
                Ok(commit) => {
                    self.wary = if commit.found_repeats() { WARY_COMMITS } else { self.wary.saturating_sub(1) };
                    meters::committed(batch.sends.len());
                    return Ok(commit);
                }
                Err(failure) => failure,
            };
            let repeated = cause(&failure).is_some_and(is_duplicate) && self.wary == 0;
            let retryable = repeated || cause(&failure).is_some_and(is_duplicate) || failure.code() == ErrorCode::Unavailable;
            self.wary = WARY_COMMITS;
            if !retryable || attempt >= ATTEMPTS || batch.sends.iter().all(|send| send.reply.is_closed()) {
                meters::not_committed();
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
}

fn cause(failure: &Error) -> Option<&DbErr> {
    std::error::Error::source(failure)?.downcast_ref()
}
