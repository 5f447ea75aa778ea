//! The same message to many users, each in the own conversation. What happens to one receiver is data and does not touch
//! the others.

use std::time::Duration;

use futures_util::{StreamExt, stream};
use openim_core::{ClientMessageId, Ctx, ErrorCode, Result, UserId};

use super::Service;
use crate::error;
use crate::model::{BatchOutcome, BatchReceivers, BatchSend, Recipient, SendFailure, SendMessage, Sent};

/// The most receivers that may be named.
const MOST_RECEIVERS: usize = 1_000;
/// The longest list of results; the counts go on.
const MOST_RESULTS: usize = 10_000;
/// How many users one page of everybody has.
const PAGE: u64 = 500;
/// How many sends are under way at the same time: enough to fill commits, too few to starve other senders.
const AT_ONCE: usize = 64;
/// What is left of the deadline for answering.
const RESERVE: Duration = Duration::from_secs(2);
/// The longest client id of a batch: each receiver's id is put behind it.
const LONGEST_KEY: usize = 60;

impl Service {
    /// Sends a message to each receiver and tells what became of each.
    ///
    /// # Errors
    /// `NO_PERMISSION` for all but administrators, `ARGS_ERROR` for lists and keys that are too long.
    pub(crate) async fn send_batch(&self, ctx: &Ctx, command: BatchSend) -> Result<BatchOutcome> {
        ctx.require_admin()?;
        if command.message.client_id.as_ref().is_some_and(|id| id.as_str().len() > LONGEST_KEY) {
            return Err(error::args(format!("clientMessageId of a batch must not be longer than {LONGEST_KEY} bytes")));
        }
        let mut outcome = BatchOutcome::default();
        match &command.receivers {
            BatchReceivers::These(receivers) if receivers.len() > MOST_RECEIVERS => {
                return Err(error::args(format!("at most {MOST_RECEIVERS} receivers")));
            }
            BatchReceivers::These(receivers) => self.send_to(ctx, &command.message, receivers.clone(), &mut outcome).await,
            BatchReceivers::Everybody(after) => {
                let mut after = after.clone();
                loop {
                    let page = self.users.page(after.as_ref(), PAGE).await?;
                    let Some(last) = page.last().map(|user| user.user_id.clone()) else { break };
                    if ctx.remaining() < RESERVE {
                        outcome.continue_after = after;
                        break;
                    }
                    let receivers = page.into_iter().map(|user| user.user_id).collect();
                    self.send_to(ctx, &command.message, receivers, &mut outcome).await;
                    after = Some(last);
                }
            }
        }
        Ok(outcome)
    }

    async fn send_to(&self, ctx: &Ctx, message: &SendMessage, receivers: Vec<UserId>, outcome: &mut BatchOutcome) {
        let sends = receivers.into_iter().map(|receiver| async {
            let result = self.send_one(ctx, message, &receiver).await;
            (receiver, result)
        });
        let mut results = stream::iter(sends).buffered(AT_ONCE);
        while let Some((receiver, result)) = results.next().await {
            match result {
                Ok(stored) => {
                    outcome.sent_count += 1;
                    if outcome.sent.len() < MOST_RESULTS {
                        outcome.sent.push((receiver, stored.message));
                    }
                }
                Err(failure) => {
                    outcome.failed_count += 1;
                    if failure.code() == ErrorCode::Internal {
                        tracing::error!(error = &failure as &dyn std::error::Error, user.id = %receiver, "a message of a batch failed");
                    }
                    if outcome.failed.len() < MOST_RESULTS {
                        outcome.failed.push(SendFailure { receiver, code: failure.code(), message: failure.message().to_owned() });
                    }
                }
            }
        }
    }

    /// Each copy has a client id of its own, made of the batch's and the receiver's, so that a repeated batch finds
    /// what it sent before.
    async fn send_one(&self, ctx: &Ctx, message: &SendMessage, receiver: &UserId) -> Result<Sent> {
        let mut message = message.clone();
        message.client_id = match message.client_id {
            Some(key) => Some(ClientMessageId::parse(format!("{key}:{receiver}"))?),
            None => None,
        };
        message.recipient = Recipient::User(receiver.clone());
        self.deliver(ctx, message).await
    }
}
