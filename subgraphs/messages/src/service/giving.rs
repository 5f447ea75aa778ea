//! Notifications that an administrator or an application sends as a message. Their switches say what becomes of them:
//! stored in the stream beside the conversation or only told, and also a line of the chat or not.

use std::sync::Arc;

use openim_contracts::{Signal, SignalKind};
use openim_core::{ClientMessageId, ConversationId, ConversationKind, Ctx, Result, Seq, UserId};

use super::Service;
use crate::error;
use crate::model::numbers::{self, option};
use crate::model::{
    Draft, Envelope, LogKey, Message, OfflinePush, Parties, Recipient, SendMessage, Sent, State, Stored, audience, switched,
};
use crate::pushes;
use crate::repository::announced;

/// What the application tells its clients, beside the chat.
#[derive(Debug, Clone)]
pub(crate) struct BusinessNotification {
    /// In whose name.
    pub(crate) sender: UserId,
    /// To whom.
    pub(crate) recipient: Recipient,
    /// The key that makes it repeatable; made by the server when left out.
    pub(crate) client_id: Option<ClientMessageId>,
    /// What it is about.
    pub(crate) key: String,
    /// The application's data.
    pub(crate) data: String,
    /// Whether who is offline gets it later.
    pub(crate) stored: bool,
    /// Whether it is also a line of the chat.
    pub(crate) as_message: bool,
}

impl Service {
    /// Sends a business notification.
    ///
    /// # Errors
    /// `NO_PERMISSION` for all but administrators; otherwise as any send.
    pub(crate) async fn send_business_notification(&self, ctx: &Ctx, command: BusinessNotification) -> Result<Sent> {
        ctx.require_admin()?;
        let detail = serde_json::json!({ "key": command.key, "data": command.data }).to_string();
        let switches = [
            (option::IS_NOT_NOTIFICATION, false),
            (option::IS_SEND_MSG, command.as_message),
            (option::HISTORY, command.stored),
            (option::PERSISTENT, command.stored),
            (option::OFFLINE_PUSH, false),
            (option::UNREAD_COUNT, false),
            (option::CONVERSATION_UPDATE, false),
            (option::NOT_PRIVATE, false),
            (option::SENDER_CONVERSATION_UPDATE, false),
            (option::REACTION_FROM_CACHE, false),
        ];
        let message = SendMessage {
            sender: Some(command.sender),
            nickname: Some(String::new()),
            face_url: Some(String::new()),
            platform: Some(0),
            recipient: command.recipient,
            client_id: command.client_id,
            content_type: numbers::BUSINESS,
            content: serde_json::json!({ "detail": detail }).to_string(),
            sent_at: None,
            created_at: None,
            source: Some(numbers::FROM_SYSTEM),
            at_user_ids: None,
            attached_info: String::new(),
            ex: String::new(),
            options: switches.into_iter().map(|(key, on)| (key.to_owned(), on)).collect(),
            offline_push: Some(OfflinePush::default()),
            reply_to: None,
        };
        self.deliver(ctx, message).await
    }

    /// Stores and tells what the switches of a notification ask for. `draft` names the chat.
    ///
    /// # Errors
    /// `ARGS_ERROR` when an id belongs to others; as any statement.
    pub(super) async fn give(&self, ctx: &Ctx, draft: Draft) -> Result<Stored> {
        let Draft { log: chat, envelope, .. } = draft;
        let line = switched(&envelope.options, option::IS_SEND_MSG);
        let kept = switched(&envelope.options, option::HISTORY) && switched(&envelope.options, option::PERSISTENT);
        let stream = LogKey { id: chat.id.notification_twin(), kind: ConversationKind::Notification, parties: chat.parties.clone() };
        let notice = Draft { log: stream, envelope: Arc::new(notice(&envelope, line)?), reply_to: None };
        let mut drafts = Vec::new();
        if line {
            drafts.push(Draft { log: chat.clone(), envelope: Arc::new(clone(&envelope)), reply_to: None });
        }
        if kept {
            drafts.push(notice.clone());
        }
        let tx = self.store.begin().await?;
        let stored = if drafts.is_empty() { Vec::new() } else { self.batcher.within(ctx, &tx, drafts).await? };
        let mut stored = stored.into_iter().map(|one| one.ok_or_else(error::ambiguous)).collect::<Result<Vec<_>>>()?.into_iter();
        let first = if line { stored.next() } else { None };
        let is_kept = stored.len() > 0;
        let told = match stored.next() {
            Some(kept) => kept,
            None => {
                announced::mark(tx.connection(), &marked(&chat), envelope.content_type, ctx.now()).await?;
                let message = Message {
                    conversation_id: notice.log.id.clone(),
                    seq: Seq(0),
                    stored_at: ctx.now(),
                    envelope: notice.envelope,
                    state: State::default(),
                };
                Stored { message: Arc::new(message), duplicate: false }
            }
        };
        let data = Arc::new(told.message.data(Some(ctx.operation_id())));
        if self.settings.get().push && !is_kept && pushes::wanted(&data.envelope) {
            pushes::of_passing(ctx, &tx, vec![data.clone()]).await?;
        }
        tx.signal(Signal { audience: audience(&chat), kind: SignalKind::Notified { message: data } });
        tx.commit().await?;
        Ok(first.unwrap_or(told))
    }
}

/// Makes the line of the chat: an ordinary message, of whose switches only push and unread count are taken over.
fn clone(envelope: &Envelope) -> Envelope {
    let taken = [option::OFFLINE_PUSH, option::UNREAD_COUNT];
    let options = envelope.options.iter().filter(|(key, _)| taken.contains(&key.as_str())).cloned().collect();
    Envelope { options, ..envelope.clone() }
}

/// Makes the notification. The line of the chat, if there is one, has the client id for itself and is what counts as
/// unread and is pushed.
fn notice(envelope: &Envelope, line: bool) -> Result<Envelope> {
    if !line {
        return Ok(envelope.clone());
    }
    let mut options = envelope.options.clone();
    for key in [option::OFFLINE_PUSH, option::UNREAD_COUNT] {
        options.retain(|(name, _)| name != key);
        options.push((key.to_owned(), false));
    }
    Ok(Envelope { options, client_id: ClientMessageId::parse(format!("{}.n", envelope.client_id))?, ..envelope.clone() })
}

/// Returns the streams under which it is remembered that something was told and not kept.
fn marked(chat: &LogKey) -> Vec<ConversationId> {
    let own = ConversationId::own_notifications;
    match &chat.parties {
        Parties::Group(group) => vec![ConversationId::group(group)],
        Parties::Pair(a, b) if a == b => vec![own(a)],
        Parties::Pair(a, b) => vec![own(a), own(b)],
    }
}
