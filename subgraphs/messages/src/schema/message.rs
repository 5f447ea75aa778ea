//! `Message` and what hangs on it.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use openim_core::{ConversationId, Seq};
use openim_graphql::{ConversationKind, DateTime, Long, Platform};
use serde_json::Value;

use super::additions::{self, MessageEdit, MessageReaction, ReplyConnection};
use super::changing::MessageRevocation;
use super::content::{self, MessageContent};
use super::conversation::Conversation;
use super::enums::{MessageSource, MessageStatus};
use super::loaders::{self, AnswerCountKey, AnsweredKey, AnswersKey, EditsKey, MessageKey, PositionKey, ReactionsKey};
use super::stubs::{Group, User};
use crate::model::{Edited, Envelope, Message, OfflinePush, Slot, State};
use crate::policy::Reader;

/// A switch of a message.
#[derive(SimpleObject)]
pub(super) struct MessageOption {
    /// OpenIM's name of the switch, such as `offlinePush` or `unreadCount`.
    key: String,
    /// Its position. A switch that is not listed counts as true.
    value: bool,
}

/// What to show when the message is pushed to a device that is offline.
#[derive(SimpleObject)]
#[graphql(name = "OfflinePush")]
pub(super) struct OfflinePushNode {
    /// The headline; empty for the content type's own.
    title: String,
    /// The text; empty for the headline.
    description: String,
    /// The application's data.
    ex: String,
    /// The sound on iOS.
    ios_sound: String,
    /// Whether iOS counts the badge up.
    ios_badge_count: bool,
    /// Call signalling data.
    signal_info: String,
}

impl From<&OfflinePush> for OfflinePushNode {
    fn from(push: &OfflinePush) -> Self {
        Self {
            title: push.title.clone(),
            description: push.description.clone(),
            ex: push.ex.clone(),
            ios_sound: push.ios_sound.clone(),
            ios_badge_count: push.ios_badge_count,
            signal_info: push.signal_info.clone(),
        }
    }
}

/// A place of a log as a reader sees it.
pub(super) struct MessageNode {
    slot: Slot,
    reader: Reader,
}

impl MessageNode {
    pub(super) fn new(message: Arc<Message>, reader: Reader) -> Self {
        let gone = message.state.emptied;
        let slot = if gone { Slot::Hole(message.conversation_id.clone(), message.seq) } else { Slot::Message(message) };
        Self { slot, reader }
    }

    pub(super) fn slot(slot: Slot, reader: Reader) -> Self {
        Self { slot, reader }
    }

    fn envelope(&self) -> Option<&Envelope> {
        match &self.slot {
            Slot::Message(message) => Some(&message.envelope),
            Slot::Hole(..) => None,
        }
    }

    fn state(&self) -> Option<&State> {
        match &self.slot {
            Slot::Message(message) => Some(&message.state),
            Slot::Hole(..) => None,
        }
    }

    fn edited(&self) -> Option<Edited> {
        self.state().filter(|state| state.revoked.is_none())?.edited
    }

    fn key(&self) -> (ConversationId, i64) {
        let (conversation_id, seq) = self.place();
        (conversation_id.clone(), seq.0)
    }

    fn place(&self) -> (&ConversationId, Seq) {
        match &self.slot {
            Slot::Message(message) => (&message.conversation_id, message.seq),
            Slot::Hole(conversation_id, seq) => (conversation_id, *seq),
        }
    }

    fn text(&self, read: impl Fn(&Envelope) -> &str) -> String {
        self.envelope().map(|envelope| read(envelope).to_owned()).unwrap_or_default()
    }
}

/// A message in a conversation's log. Its participants and app administrators may read it. Where a list must have an entry
/// for each seq, a place whose message is gone appears with `status: DELETED` and without everything that is nullable.
#[Object(name = "Message")]
impl MessageNode {
    /// The conversation's id.
    async fn conversation_id(&self) -> ID {
        ID::from(self.place().0.as_str())
    }

    /// The place in the conversation's log: 1 is the first, none is skipped or used twice.
    async fn seq(&self) -> Long {
        Long(self.place().1.0)
    }

    /// The server's id, 32 hexadecimal digits (OpenIM `serverMsgID`).
    async fn id(&self) -> Option<ID> {
        self.envelope().map(|envelope| ID::from(&envelope.server_id))
    }

    /// The id that the sender's client made (OpenIM `clientMsgID`), unique for its sender.
    async fn client_message_id(&self) -> Option<ID> {
        self.envelope().map(|envelope| ID::from(envelope.client_id.as_str()))
    }

    /// Who sent it, as the account is now.
    async fn sender(&self) -> Option<User> {
        self.envelope().map(|envelope| User::from(&envelope.sender))
    }

    /// The id of who sent it.
    async fn sender_id(&self) -> Option<ID> {
        self.envelope().map(|envelope| ID::from(envelope.sender.as_str()))
    }

    /// The id of who it was sent to, in a conversation of two.
    async fn receiver_id(&self) -> Option<ID> {
        self.envelope().and_then(|envelope| envelope.receiver.as_ref()).map(|id| ID::from(id.as_str()))
    }

    /// The id of the group it was sent to.
    async fn group_id(&self) -> Option<ID> {
        self.envelope().and_then(|envelope| envelope.group.as_ref()).map(|id| ID::from(id.as_str()))
    }

    /// Who it was sent to, in a conversation of two, as the account is now.
    async fn receiver(&self) -> Option<User> {
        self.envelope().and_then(|envelope| envelope.receiver.as_ref()).map(User::from)
    }

    /// The group it was sent to, as it is now.
    async fn group(&self) -> Option<Group> {
        self.envelope().and_then(|envelope| envelope.group.as_ref()).map(Group::from)
    }

    /// The id of the user or the group it was sent to.
    async fn recipient_id(&self) -> Option<ID> {
        let envelope = self.envelope()?;
        let receiver = envelope.receiver.as_ref().map(|id| id.as_str());
        receiver.or(envelope.group.as_ref().map(|id| id.as_str())).map(ID::from)
    }

    /// OpenIM's `recvID`: the receiver in a conversation of two, the group in a notification to a group; null in what people
    /// write in a group.
    async fn recv_id(&self) -> Option<ID> {
        self.envelope().and_then(|envelope| envelope.recv_id()).map(ID::from)
    }

    /// The sender's device class.
    async fn sender_platform(&self) -> Option<Platform> {
        self.envelope().and_then(|envelope| Platform::from_number(envelope.platform))
    }

    /// The sender's name at the time of sending.
    async fn sender_nickname(&self) -> String {
        self.text(|envelope| &envelope.nickname)
    }

    /// The address of the sender's picture at the time of sending.
    async fn sender_face_url(&self) -> String {
        self.text(|envelope| &envelope.face_url)
    }

    /// The kind of conversation it was sent in (OpenIM `sessionType`).
    async fn kind(&self) -> Option<ConversationKind> {
        self.envelope().map(|envelope| envelope.kind().into())
    }

    /// OpenIM's content type number; 0 for a place without a message.
    async fn content_type(&self) -> i32 {
        self.envelope().map_or(0, |envelope| envelope.content_type)
    }

    /// The content, typed where the content type is known and the content fits it, `RawContent` otherwise.
    async fn content(&self) -> Option<MessageContent> {
        self.envelope().map(|envelope| content::read(envelope.content_type, &envelope.content))
    }

    /// The whole content as JSON, with everything that the typed form does not know.
    async fn raw(&self) -> Option<Value> {
        self.envelope().map(|envelope| content::raw(&envelope.content))
    }

    /// The content's text exactly as it was sent; empty for a place without a message.
    async fn raw_text(&self) -> String {
        self.text(|envelope| &envelope.content)
    }

    /// When it was sent, by the server's clock or as an administrator said.
    async fn sent_at(&self) -> Option<DateTime> {
        self.envelope().map(|envelope| envelope.sent_at.into())
    }

    /// When the sender's client made it, by the client's clock.
    async fn created_at(&self) -> Option<DateTime> {
        self.envelope().map(|envelope| envelope.created_at.into())
    }

    /// What became of it.
    async fn status(&self) -> MessageStatus {
        if self.envelope().is_some() { MessageStatus::Sent } else { MessageStatus::Deleted }
    }

    /// Who took it back, and when; null for a message that says what it said. A revoked message has `contentType` 2101 and
    /// a content that describes the same for OpenIM's clients; what it said is nobody's to read.
    async fn revoked(&self) -> Option<MessageRevocation> {
        let revocation = self.state()?.revoked.as_deref()?;
        Some(MessageRevocation::new(revocation, self.envelope()?.kind()))
    }

    /// When it was last edited; null for a message that says what was sent, and for a revoked one.
    async fn edited_at(&self) -> Option<DateTime> {
        Some(self.edited()?.at.into())
    }

    /// What it said before it was edited, oldest first; at most 100.
    async fn edits(&self, ctx: &Context<'_>) -> Result<Vec<MessageEdit>> {
        let Some(envelope) = self.envelope() else { return Ok(Vec::new()) };
        let Some(edited) = self.edited() else { return Ok(Vec::new()) };
        let edits = loaders::load(ctx, EditsKey(self.reader.clone(), self.key())).await?.unwrap_or_default();
        // What was edited later than this reader sees it, or since it was read here, is not said.
        let times = usize::try_from(edited.times).unwrap_or(0);
        Ok(edits.iter().take(times).map(|edit| MessageEdit::new(envelope.content_type, edit)).collect())
    }

    /// The emojis that people reacted with, in the order in which they were first used; at most 50.
    async fn reactions(&self, ctx: &Context<'_>) -> Result<Vec<MessageReaction>> {
        if self.envelope().is_none() {
            return Ok(Vec::new());
        }
        let caller = openim_graphql::caller(ctx)?.principal().ok().map(|principal| principal.user_id.clone());
        let viewer = self.reader.user().cloned().or(caller);
        let key = ReactionsKey { reader: self.reader.clone(), viewer, place: self.key() };
        let reactions = loaders::load(ctx, key).await?.unwrap_or_default();
        Ok(reactions.into_iter().map(|reaction| MessageReaction::new(reaction, self.key(), self.reader.clone())).collect())
    }

    /// The message that it answers, as `sendMessage(replyTo:)` said; null when it answers none, or one that the reader may
    /// not see.
    async fn reply_to(&self, ctx: &Context<'_>) -> Result<Option<MessageNode>> {
        if self.envelope().is_none() {
            return Ok(None);
        }
        let Some(seq) = loaders::load(ctx, AnsweredKey(self.reader.clone(), self.key())).await? else { return Ok(None) };
        let key = MessageKey { reader: self.reader.clone(), conversation_id: self.place().0.clone(), seq };
        let slot = loaders::load(ctx, key).await?;
        Ok(slot.map(|slot| MessageNode::slot(slot, self.reader.clone())))
    }

    /// How many answers it has, those included that the reader has deleted; for who has left the group those of before.
    async fn reply_count(&self, ctx: &Context<'_>) -> Result<Long> {
        let count = loaders::load(ctx, AnswerCountKey(self.reader.clone(), self.key())).await?;
        Ok(Long(count.unwrap_or_default()))
    }

    /// The answers to it, oldest first.
    async fn replies(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page starts: the seq of an answer.")] after: Option<String>,
    ) -> Result<ReplyConnection> {
        let first = i64::from(additions::page_size(first, 20)?);
        let after = super::conversation::cursor(after)?.unwrap_or(0);
        let part = (self.place().0.clone(), self.place().1.0, after);
        let answers = loaders::load(ctx, AnswersKey { reader: self.reader.clone(), part, first }).await?;
        Ok(answers.map(|answers| ReplyConnection::new(answers, after, &self.reader)).unwrap_or_default())
    }

    /// Who made it: a person or the server.
    async fn source(&self) -> Option<MessageSource> {
        self.envelope().map(|envelope| MessageSource::of(envelope.source))
    }

    /// The ids of the users it mentions; `AtAllTag` stands for everybody.
    async fn at_user_ids(&self) -> Vec<ID> {
        self.envelope().map(|envelope| envelope.at_user_ids.iter().map(ID::from).collect()).unwrap_or_default()
    }

    /// The clients' bookkeeping, opaque to the server.
    async fn attached_info(&self) -> String {
        self.text(|envelope| &envelope.attached_info)
    }

    /// The application's data.
    async fn ex(&self) -> String {
        self.text(|envelope| &envelope.ex)
    }

    /// Its switches; one that is not listed counts as true.
    async fn options(&self) -> Vec<MessageOption> {
        let option = |(key, value): &(String, bool)| MessageOption { key: key.clone(), value: *value };
        self.envelope().map(|envelope| envelope.options.iter().map(option).collect()).unwrap_or_default()
    }

    /// What to show when it is pushed to a device that is offline.
    async fn offline_push(&self) -> Option<OfflinePushNode> {
        self.envelope().and_then(|envelope| envelope.offline_push.as_ref()).map(OfflinePushNode::from)
    }

    /// Whether the receiver of a chat of two has read it; false in every other kind of conversation.
    async fn is_read(&self, ctx: &Context<'_>) -> Result<bool> {
        let (conversation_id, seq) = self.place();
        let Some(envelope) = self.envelope().filter(|envelope| envelope.kind() == openim_core::ConversationKind::Single) else {
            return Ok(false);
        };
        let Some(receiver) = envelope.receiver.clone() else { return Ok(false) };
        let position = loaders::load(ctx, PositionKey((receiver, conversation_id.clone()))).await?;
        Ok(position.is_some_and(|position| position >= seq.0))
    }

    /// The reader's own view of the conversation; null for an administrator who reads without being a participant.
    async fn conversation(&self, ctx: &Context<'_>) -> Result<Option<Conversation>> {
        let caller = openim_graphql::caller(ctx)?;
        let envelope = self.envelope();
        let owner = match self.reader.user() {
            Some(user) => Some(user.clone()),
            None => caller
                .principal()
                .ok()
                .map(|principal| principal.user_id.clone())
                .filter(|id| envelope.is_some_and(|envelope| &envelope.sender == id || envelope.receiver.as_ref() == Some(id))),
        };
        Ok(owner.map(|owner| Conversation::new(owner, self.place().0.clone())))
    }
}
