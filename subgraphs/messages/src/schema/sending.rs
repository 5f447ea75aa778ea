//! What the ways of sending have in common: what they are given and what they answer.

use async_graphql::{Enum, ID, InputObject, SimpleObject};
use openim_core::{ClientMessageId, Result, UserId};
use serde_json::Value;

use super::inputs::{OfflinePushInput, RecipientInput};
use super::message::MessageNode;
use crate::model::{SendStatus, Sent};
use crate::policy::Reader;
use crate::service::{BusinessNotification, SimpleMessage};

/// A field of a message that the application's server changed before it was sent.
#[derive(SimpleObject)]
pub(super) struct MessageChange {
    /// OpenIM's name of the field, such as `content` or `ex`.
    name: String,
    /// What it is now.
    value: Value,
}

/// A sent message.
#[derive(SimpleObject)]
pub(super) struct SendMessagePayload {
    /// The message with its place, 0 when it is not stored; of a repeated send, the first one.
    message: MessageNode,
    /// Whether an earlier send with the same client message id had stored it.
    duplicate: bool,
    /// What the application's server changed in it (webhook `beforeMsgModify`).
    changes: Vec<MessageChange>,
}

impl SendMessagePayload {
    pub(super) fn new(sent: Sent, reader: Reader) -> Self {
        let change = |(name, value): (&str, Value)| MessageChange { name: name.to_owned(), value };
        let changes = sent.changes.into_iter().map(change).collect();
        Self { message: MessageNode::new(sent.message, reader), duplicate: sent.duplicate, changes }
    }
}

/// An answer to a webhook that told of a message.
#[derive(InputObject)]
pub(super) struct SendSimpleMessageInput {
    /// The key that came with the webhook: base64 of `{"sendID","recvID","groupID"}`.
    reply_key: String,
    /// Who answers. Needed in a group; otherwise it is the receiver that the key names.
    sender_id: Option<ID>,
    /// The text, in Markdown.
    text: String,
    /// The id that makes the answer repeatable; made by the server when left out.
    client_message_id: Option<ID>,
    /// The application's data, kept as it is.
    #[graphql(default)]
    ex: String,
    /// What to show when it is pushed to a device that is offline.
    offline_push: Option<OfflinePushInput>,
}

impl SendSimpleMessageInput {
    pub(super) fn command(self) -> Result<SimpleMessage> {
        Ok(SimpleMessage {
            reply_key: self.reply_key,
            sender: self.sender_id.filter(|id| !id.is_empty()).map(|id| UserId::parse(id.0)).transpose()?,
            text: self.text,
            client_id: self.client_message_id.map(|id| ClientMessageId::parse(id.0)).transpose()?,
            ex: self.ex,
            offline_push: self.offline_push.map(Into::into),
        })
    }
}

/// What the application tells its clients beside the chat.
#[derive(InputObject)]
pub(super) struct SendBusinessNotificationInput {
    /// In whose name.
    sender_id: ID,
    /// To whom: exactly one.
    recipient: RecipientInput,
    /// The id that makes it repeatable; made by the server when left out.
    client_message_id: Option<ID>,
    /// What it is about, as the application defines.
    #[graphql(default)]
    key: String,
    /// The application's data.
    #[graphql(default)]
    data: String,
    /// Whether who is offline gets it later (OpenIM's reliability level 2).
    #[graphql(default)]
    stored: bool,
    /// Whether it is also a line of the chat, stored there.
    #[graphql(default)]
    as_message: bool,
}

impl SendBusinessNotificationInput {
    pub(super) fn command(self) -> Result<BusinessNotification> {
        Ok(BusinessNotification {
            sender: UserId::parse(self.sender_id.0)?,
            recipient: self.recipient.decode()?,
            client_id: self.client_message_id.map(|id| ClientMessageId::parse(id.0)).transpose()?,
            key: self.key,
            data: self.data,
            stored: self.stored,
            as_message: self.as_message,
        })
    }
}

/// What is known of a send.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(name = "SendStatus")]
pub(super) enum SendStatusValue {
    /// Nothing, or not any more: it is remembered for a day.
    Unknown,
    /// The message was sent.
    Succeeded,
}

impl From<SendStatus> for SendStatusValue {
    fn from(status: SendStatus) -> Self {
        match status {
            SendStatus::Unknown => Self::Unknown,
            SendStatus::Succeeded => Self::Succeeded,
        }
    }
}
