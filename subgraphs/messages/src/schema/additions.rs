//! What people add to messages: edits, reactions, pins, answers.

use async_graphql::{ComplexObject, Context, ID, InputObject, Object, Result, SimpleObject};
use openim_core::{ConversationId, Ctx, Error, ErrorCode};
use openim_graphql::{DateTime, Long, MAX_PAGE, PageInfo, caller, viewer_id};
use serde_json::Value;

use super::content::{self, MessageContent, MessageContentInput};
use super::conversation::Conversation;
use super::loaders::{self, ReactingUsersKey};
use super::message::MessageNode;
use super::service;
use super::stubs::User;
use crate::model::{Edit, EditMessage, Pin, Reaction, Slot, Target};
use crate::policy::Reader;
use crate::service::Answers;

/// What a message said before it was edited.
#[derive(SimpleObject)]
pub(super) struct MessageEdit {
    /// What it said.
    content: MessageContent,
    /// The same as JSON.
    raw: Value,
    /// When that was written.
    written_at: DateTime,
}

impl MessageEdit {
    pub(super) fn new(content_type: i32, edit: &Edit) -> Self {
        let Edit { content, written_at } = edit;
        Self { content: content::read(content_type, content), raw: content::raw(content), written_at: (*written_at).into() }
    }
}

/// An emoji at a message.
#[derive(SimpleObject)]
#[graphql(complex)]
pub(super) struct MessageReaction {
    /// The emoji, or another short word without blanks.
    emoji: String,
    /// How many people used it.
    count: Long,
    /// Whether the reader is one of them.
    reacted_by_viewer: bool,
    #[graphql(skip)]
    place: (ConversationId, i64),
    #[graphql(skip)]
    reader: Reader,
}

#[ComplexObject]
impl MessageReaction {
    /// The first of who used it, in the order of their ids.
    async fn users(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 10 when left out.")] first: Option<i32>,
    ) -> Result<Vec<User>> {
        let first = i64::from(page_size(first, 10)?);
        let kind = (self.place.0.clone(), self.place.1, self.emoji.clone());
        let users = loaders::load(ctx, ReactingUsersKey { reader: self.reader.clone(), kind, first }).await?.unwrap_or_default();
        Ok(users.iter().map(User::from).collect())
    }
}

impl MessageReaction {
    pub(super) fn new(reaction: Reaction, place: (ConversationId, i64), reader: Reader) -> Self {
        let Reaction { emoji, count, by_viewer } = reaction;
        Self { emoji, count: Long(count), reacted_by_viewer: by_viewer, place, reader }
    }
}

/// A pinned message.
#[derive(SimpleObject)]
pub(super) struct PinnedMessage {
    /// The message.
    message: MessageNode,
    /// Who pinned it.
    pinned_by: User,
    /// When.
    pinned_at: DateTime,
}

impl PinnedMessage {
    pub(super) fn new(message: MessageNode, pin: &Pin) -> Self {
        Self { message, pinned_by: User::from(&pin.by), pinned_at: pin.at.into() }
    }
}

/// A page of the answers to a message.
#[derive(Default, SimpleObject)]
pub(super) struct ReplyConnection {
    /// The answers, in the order of the log. Those that are gone are left out, so that a page may be shorter.
    nodes: Vec<MessageNode>,
    /// Where the page lies.
    page_info: PageInfo,
}

impl ReplyConnection {
    pub(super) fn new(answers: Answers, after: i64, reader: &Reader) -> Self {
        let first = answers.messages.first().map(|message| message.seq.to_string());
        let page_info = PageInfo {
            has_previous_page: after > 0,
            has_next_page: answers.has_next,
            start_cursor: first.or_else(|| answers.last.map(|last| last.to_string())),
            end_cursor: answers.last.map(|last| last.to_string()),
        };
        Self { nodes: answers.messages.into_iter().map(|message| MessageNode::new(message, reader.clone())).collect(), page_info }
    }
}

/// Checks the size of a page.
pub(super) fn page_size(first: Option<i32>, usual: i32) -> openim_core::Result<i32> {
    let first = first.unwrap_or(usual);
    match first {
        1..=MAX_PAGE => Ok(first),
        _ => Err(Error::new(ErrorCode::Args, format!("first must be from 1 to {MAX_PAGE}"))),
    }
}

/// A message to edit.
#[derive(InputObject)]
pub(super) struct EditMessageInput {
    /// The conversation.
    conversation_id: ID,
    /// The place in its log.
    seq: Long,
    /// What it says from now on, of the same content type: text, at, quote, advancedText or markdown. Who is mentioned stays.
    content: MessageContentInput,
    /// In whose name; the caller's when left out. Only app administrators may name somebody else.
    #[graphql(name = "as")]
    as_user: Option<ID>,
}

/// A reaction to a message.
#[derive(InputObject)]
pub(super) struct ReactionInput {
    /// The conversation.
    conversation_id: ID,
    /// The place in its log.
    seq: Long,
    /// The emoji, or another short word: no blanks, at most 64 bytes.
    emoji: String,
    /// In whose name; the caller's when left out. Only app administrators may name somebody else.
    #[graphql(name = "as")]
    as_user: Option<ID>,
}

/// A message to pin or to unpin.
#[derive(InputObject)]
pub(super) struct PinMessageInput {
    /// The conversation.
    conversation_id: ID,
    /// The place in its log.
    seq: Long,
    /// In whose name; the caller's when left out. Only app administrators may name somebody else.
    #[graphql(name = "as")]
    as_user: Option<ID>,
}

/// A message that something was added to.
#[derive(SimpleObject)]
pub(super) struct ChangeMessagePayload {
    /// The message as it is now.
    message: MessageNode,
}

/// A message that was pinned or unpinned.
#[derive(SimpleObject)]
pub(super) struct PinMessagePayload {
    /// The message.
    message: MessageNode,
    /// The conversation with its pinned messages.
    conversation: Conversation,
}

/// The roots for adding to messages.
pub(super) struct Adding;

/// Adding to messages.
#[Object]
impl Adding {
    /// Makes a message say something else. What it said before stays readable in `Message.edits`. Its sender may, for as long
    /// as the server is set to, and while allowed to write in the conversation.
    async fn edit_message(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The message.")] input: EditMessageInput,
    ) -> Result<ChangeMessagePayload> {
        let caller = caller(ctx)?;
        let target = target(caller, input.conversation_id, input.seq, input.as_user)?;
        let (content_type, content) = input.content.encode()?;
        let slot = service(ctx)?.edit(caller, EditMessage { target, content_type, content }).await?;
        payload(caller, slot)
    }

    /// Adds the caller's reaction to a message. Who takes part in the conversation may; a message has at most 50 different
    /// emojis.
    async fn add_reaction(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The reaction.")] input: ReactionInput,
    ) -> Result<ChangeMessagePayload> {
        let caller = caller(ctx)?;
        let target = target(caller, input.conversation_id, input.seq, input.as_user)?;
        payload(caller, service(ctx)?.react(caller, target, &input.emoji).await?)
    }

    /// Takes the caller's reaction away.
    async fn remove_reaction(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The reaction.")] input: ReactionInput,
    ) -> Result<ChangeMessagePayload> {
        let caller = caller(ctx)?;
        let target = target(caller, input.conversation_id, input.seq, input.as_user)?;
        payload(caller, service(ctx)?.unreact(caller, target, &input.emoji).await?)
    }

    /// Pins a message in its conversation, for everybody in it; at most 100 at a time. Both people of a chat may; in a group
    /// owner and administrators; app administrators everywhere.
    async fn pin_message(&self, ctx: &Context<'_>, #[graphql(desc = "The message.")] input: PinMessageInput) -> Result<PinMessagePayload> {
        let caller = caller(ctx)?;
        let target = target(caller, input.conversation_id, input.seq, input.as_user)?;
        let slot = service(ctx)?.pin(caller, target.clone()).await?;
        pinned(caller, slot, target)
    }

    /// Unpins a message. Who may pin may.
    async fn unpin_message(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The message.")] input: PinMessageInput,
    ) -> Result<PinMessagePayload> {
        let caller = caller(ctx)?;
        let target = target(caller, input.conversation_id, input.seq, input.as_user)?;
        let slot = service(ctx)?.unpin(caller, target.clone()).await?;
        pinned(caller, slot, target)
    }
}

fn target(caller: &Ctx, conversation_id: ID, seq: Long, as_user: Option<ID>) -> openim_core::Result<Target> {
    Ok(Target { user: viewer_id(caller, as_user)?, conversation_id: ConversationId::parse(conversation_id.0)?, seq: seq.0 })
}

fn payload(caller: &Ctx, slot: Slot) -> Result<ChangeMessagePayload> {
    Ok(ChangeMessagePayload { message: MessageNode::slot(slot, Reader::of(caller)?) })
}

fn pinned(caller: &Ctx, slot: Slot, target: Target) -> Result<PinMessagePayload> {
    let conversation = Conversation::new(target.user, target.conversation_id);
    Ok(PinMessagePayload { message: MessageNode::slot(slot, Reader::of(caller)?), conversation })
}
