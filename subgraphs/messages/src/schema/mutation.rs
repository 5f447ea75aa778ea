//! The roots for sending.

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use openim_core::ErrorCode;
use openim_graphql::{Long, caller};

use super::inputs::{SendMessageBatchInput, SendMessageInput};
use super::message::MessageNode;
use super::sending::{SendBusinessNotificationInput, SendMessagePayload, SendSimpleMessageInput};
use super::service;
use crate::policy::Reader;

/// The roots for sending.
pub(super) struct Sending;

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

/// Sending.
#[Object]
impl Sending {
    /// Sends a message to a user or a group and returns it once it is stored for good. Sending again with the same
    /// `clientMessageId` returns the first message. What is not to be stored (typing, `onlineOnly`) passes the same checks,
    /// goes to who is online, and has the seq 0. The sender and app administrators may.
    async fn send_message(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The message.")] input: SendMessageInput,
    ) -> Result<SendMessagePayload> {
        let caller = caller(ctx)?;
        let sent = service(ctx)?.send(caller, input.command()?).await?;
        Ok(SendMessagePayload::new(sent, Reader::of(caller)?))
    }

    /// Answers in the conversation of a webhook that told of a message, with a text in Markdown. Who answers is the receiver
    /// of that message, or in a group `senderId`; the sender and app administrators may, and every rule of sending holds.
    async fn send_simple_message(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The answer.")] input: SendSimpleMessageInput,
    ) -> Result<SendMessagePayload> {
        let caller = caller(ctx)?;
        let sent = service(ctx)?.send_simple_message(caller, input.command()?).await?;
        Ok(SendMessagePayload::new(sent, Reader::of(caller)?))
    }

    /// Tells a user's or a group's clients something beside the chat (OpenIM's business notification, content type 2001).
    /// App administrators may.
    #[graphql(directive = openim_graphql::admin_only::apply())]
    async fn send_business_notification(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The notification.")] input: SendBusinessNotificationInput,
    ) -> Result<SendMessagePayload> {
        let caller = caller(ctx)?;
        caller.require_admin()?;
        let sent = service(ctx)?.send_business_notification(caller, input.command()?).await?;
        Ok(SendMessagePayload::new(sent, Reader::of(caller)?))
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
