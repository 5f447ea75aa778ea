//! What callers give, decoded into commands.

use async_graphql::{ID, InputObject, OneofObject};
use openim_core::{ClientMessageId, GroupId, Result, UserId};
use openim_graphql::{DateTime, Long, Platform};

use super::content::MessageContentInput;
use super::enums::MessageSource;
use crate::error;
use crate::model::numbers::option;
use crate::model::{BatchReceivers, BatchSend, OfflinePush, Recipient, SendMessage};

/// To whom: exactly one.
#[derive(OneofObject)]
pub(super) enum RecipientInput {
    /// To one user.
    UserId(ID),
    /// To a group.
    GroupId(ID),
}

/// A switch of a message.
#[derive(InputObject)]
pub(super) struct MessageOptionInput {
    /// OpenIM's name of the switch, such as `offlinePush` or `unreadCount`.
    key: String,
    /// Its position. A switch that is not given counts as true.
    value: bool,
}

/// What to show when the message is pushed to a device that is offline.
#[derive(InputObject)]
pub(super) struct OfflinePushInput {
    /// The headline; empty for the content type's own.
    #[graphql(default)]
    title: String,
    /// The text; empty for the headline.
    #[graphql(default)]
    description: String,
    /// The application's data.
    #[graphql(default)]
    ex: String,
    /// The sound on iOS.
    #[graphql(default)]
    ios_sound: String,
    /// Whether iOS counts the badge up.
    #[graphql(default)]
    ios_badge_count: bool,
    /// Call signalling data.
    #[graphql(default)]
    signal_info: String,
}

/// What both ways of sending share.
#[derive(InputObject)]
pub(super) struct OutgoingInput {
    /// In whose name; the caller's when left out. Only app administrators may name somebody else.
    sender_id: Option<ID>,
    /// The sender's name to show; the account's own when left out.
    sender_nickname: Option<String>,
    /// The address of the sender's picture to show; the account's own when left out.
    sender_face_url: Option<String>,
    /// The sender's device class; that of the token when left out.
    sender_platform: Option<Platform>,
    /// The content: exactly one of its forms.
    content: MessageContentInput,
    /// When it was sent; now when left out. App administrators only.
    sent_at: Option<DateTime>,
    /// When the client made it, by the client's clock; now when left out.
    created_at: Option<DateTime>,
    /// Who made it; `USER` when left out. `SYSTEM` is for app administrators.
    source: Option<MessageSource>,
    /// The ids of the users it mentions; taken from the content of an at-text when left out.
    at_user_ids: Option<Vec<ID>>,
    /// The client's bookkeeping, kept as it is.
    #[graphql(default)]
    attached_info: String,
    /// The application's data, kept as it is.
    #[graphql(default)]
    ex: String,
    /// Switches; one that is not given counts as true.
    #[graphql(default)]
    options: Vec<MessageOptionInput>,
    /// What to show when it is pushed to a device that is offline.
    offline_push: Option<OfflinePushInput>,
    /// Only for who is online, not stored: the same as switching `history`, `persistent`, `senderSync` and
    /// `conversationUpdate` off.
    #[graphql(default)]
    online_only: bool,
    /// Not pushed to devices that are offline.
    #[graphql(default)]
    not_offline_push: bool,
}

/// A message to send.
#[derive(InputObject)]
pub(super) struct SendMessageInput {
    /// To whom: exactly one.
    recipient: RecipientInput,
    /// The id that the client made for this message, unique for its sender: sending again with the same id never makes a
    /// second message. App administrators may leave it out; the server makes one then.
    client_message_id: Option<ID>,
    /// The seq of the message that it answers, in the same conversation: see `Message.replies`. OpenIM's clients show it as
    /// any other message.
    reply_to: Option<Long>,
    /// The message.
    #[graphql(flatten)]
    message: OutgoingInput,
}

/// A message to send to many users.
#[derive(InputObject)]
pub(super) struct SendMessageBatchInput {
    /// The receivers, at most 1,000. Give these or `all`.
    receiver_ids: Option<Vec<ID>>,
    /// To all users, in the order of their ids.
    #[graphql(default)]
    all: bool,
    /// With `all`: only to users behind this id. See `continueAfter`.
    after: Option<ID>,
    /// The id of the batch, at most 60 bytes: each copy's client message id is made of it and of the receiver's id, so that
    /// a repeated batch sends nothing twice. Without it each copy gets a fresh one.
    client_message_id: Option<ID>,
    /// The message.
    #[graphql(flatten)]
    message: OutgoingInput,
}

impl RecipientInput {
    pub(super) fn decode(self) -> Result<Recipient> {
        Ok(match self {
            Self::UserId(id) => Recipient::User(UserId::parse(id.0)?),
            Self::GroupId(id) => Recipient::Group(GroupId::parse(id.0)?),
        })
    }
}

impl SendMessageInput {
    pub(super) fn command(self) -> Result<SendMessage> {
        let command = self.message.command(self.recipient.decode()?, self.client_message_id)?;
        Ok(SendMessage { reply_to: self.reply_to.map(|seq| seq.0), ..command })
    }
}

impl SendMessageBatchInput {
    pub(super) fn command(self) -> Result<BatchSend> {
        let receivers = match (self.receiver_ids, self.all) {
            (Some(ids), false) if self.after.is_none() => {
                BatchReceivers::These(ids.into_iter().map(|id| UserId::parse(id.0)).collect::<Result<_>>()?)
            }
            (None, true) => BatchReceivers::Everybody(self.after.map(|id| UserId::parse(id.0)).transpose()?),
            _ => return Err(error::args("give either receiverIds or all; after belongs to all")),
        };
        // The recipient is replaced by each receiver.
        let placeholder = Recipient::User(UserId::parse("everybody")?);
        Ok(BatchSend { message: self.message.command(placeholder, self.client_message_id)?, receivers })
    }
}

impl OutgoingInput {
    fn command(self, recipient: Recipient, client_id: Option<ID>) -> Result<SendMessage> {
        let (content_type, content) = self.content.encode()?;
        let mut options: Vec<(String, bool)> = self.options.into_iter().map(|option| (option.key, option.value)).collect();
        let mut off = |keys: &[&str]| options.extend(keys.iter().map(|key| ((*key).to_owned(), false)));
        if self.online_only {
            off(&[option::HISTORY, option::PERSISTENT, option::SENDER_SYNC, option::CONVERSATION_UPDATE]);
        }
        if self.not_offline_push {
            off(&[option::OFFLINE_PUSH]);
        }
        Ok(SendMessage {
            sender: self.sender_id.map(|id| UserId::parse(id.0)).transpose()?,
            nickname: self.sender_nickname,
            face_url: self.sender_face_url,
            platform: self.sender_platform.map(|platform| platform.to_core().map(openim_core::Platform::number)).transpose()?,
            recipient,
            client_id: client_id.map(|id| ClientMessageId::parse(id.0)).transpose()?,
            content_type,
            content,
            sent_at: self.sent_at.map(|time| time.0),
            created_at: self.created_at.map(|time| time.0),
            source: self.source.map(MessageSource::number),
            at_user_ids: self.at_user_ids.map(|ids| ids.into_iter().map(|id| id.0).collect()),
            attached_info: self.attached_info,
            ex: self.ex,
            options,
            offline_push: self.offline_push.map(Into::into),
            reply_to: None,
        })
    }
}

impl From<OfflinePushInput> for OfflinePush {
    fn from(input: OfflinePushInput) -> Self {
        Self {
            title: input.title,
            description: input.description,
            ex: input.ex,
            ios_sound: input.ios_sound,
            ios_badge_count: input.ios_badge_count,
            signal_info: input.signal_info,
        }
    }
}
