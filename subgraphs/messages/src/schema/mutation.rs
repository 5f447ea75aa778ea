//! The roots for writing.

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use openim_core::ErrorCode;
use openim_graphql::{Long, caller};

use super::inputs::{SendMessageBatchInput, SendMessageInput};
use super::message::MessageNode;
use super::service;
use crate::policy::Reader;

/// The roots for writing.
pub(super) struct Mutation;

/// A sent message.
#[derive(SimpleObject)]
pub(super) struct SendMessagePayload {
    /// The message with its place; of a repeated send, the first one.
    message: MessageNode,
    /// Whether an earlier send with the same client message id had stored it.
    duplicate: bool,
}

/// What one receiver of a batch got.
#[derive(SimpleObject)]
pub(super) struct BatchResult {
    /// The receiver's id.
    receiver_id: ID,
    /// The message.
    message: MessageNode,
}

/// Why one receiver of a batch got nothing.
#[derive(SimpleObject)]
pub(super) struct BatchFailure {
    /// The receiver's id.
    receiver_id: ID,
    /// The word of the code, as in the `extensions` of errors.
    code: String,
    /// OpenIM's number of the code.
    err_code: i32,
    /// What is wrong.
    message: String,
}

/// What a batch came to.
#[derive(SimpleObject)]
pub(super) struct SendMessageBatchPayload {
    /// Who got what, the first 10,000.
    results: Vec<BatchResult>,
    /// Who got nothing, the first 10,000.
    failures: Vec<BatchFailure>,
    /// How many got it.
    sent_count: Long,
    /// How many did not.
    failed_count: Long,
    /// When the deadline came before the end of all users: the `after` to go on with. Null when everybody was served.
    continue_after: Option<ID>,
}

/// Writing.
#[Object(name = "Mutation")]
impl Mutation {
    /// Sends a message to a user or a group and returns it once it is stored for good. Sending again with the same
    /// `clientMessageId` returns the first message. The sender and app administrators may.
    async fn send_message(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The message.")] input: SendMessageInput,
    ) -> Result<SendMessagePayload> {
        let caller = caller(ctx)?;
        let stored = service(ctx)?.send(caller, input.command()?).await?;
        let message = MessageNode::new(stored.message, Reader::of(caller)?);
        Ok(SendMessagePayload { message, duplicate: stored.duplicate })
    }

    /// Sends the same message to many users, each in the own conversation. What happens to one receiver is data and does
    /// not touch the others. App administrators may.
    #[graphql(directive = openim_graphql::admin_only::apply())]
    async fn send_message_batch(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The message and its receivers.")] input: SendMessageBatchInput,
    ) -> Result<SendMessageBatchPayload> {
        let caller = caller(ctx)?;
        caller.require_admin()?;
        let outcome = service(ctx)?.send_batch(caller, input.command()?).await?;
        let reader = Reader::of(caller)?;
        let result = |(receiver, message)| BatchResult { receiver_id: receiver, message: MessageNode::new(message, reader.clone()) };
        let failure = |(receiver_id, code, message): (ID, ErrorCode, String)| BatchFailure {
            receiver_id,
            code: code.word().to_owned(),
            err_code: code.number(),
            message,
        };
        Ok(SendMessageBatchPayload {
            results: outcome.sent.into_iter().map(|(receiver, message)| (ID::from(receiver.as_str()), message)).map(result).collect(),
            failures: outcome.failed.into_iter().map(|one| (ID::from(one.receiver.as_str()), one.code, one.message)).map(failure).collect(),
            sent_count: Long(outcome.sent_count),
            failed_count: Long(outcome.failed_count),
            continue_after: outcome.continue_after.map(|id| ID::from(id.as_str())),
        })
    }
}
