//! What owners set in their views.

use async_graphql::{ID, InputObject, SimpleObject};
use openim_core::{ConversationId, Ctx, GroupId, Result, UserId};
use openim_graphql::{ConversationKind, Long, ReceiveOption};

use super::{conversation, owner};
use crate::model::{Named, PreferencesChange, Update, Updated};
use crate::schema::conversation::{Conversation, GroupAtType};

/// The settings of one view. What is left out or null stays as it is.
#[derive(Debug, InputObject)]
pub(crate) struct UpdateConversationInput {
    /// The conversation. One that is not in the list yet enters it: a chat with a registered user, a group of the owner's.
    conversation_id: ID,
    /// Whose view: the caller's when left out; another user's for app administrators only.
    owner_id: Option<ID>,
    /// Whether the owner keeps it on top.
    pinned: Option<bool>,
    /// What the owner wants to receive of it.
    receive_option: Option<ReceiveOption>,
    /// Whether clients delete messages after they were read. In a chat of two it holds for both; groups have none of it.
    private_chat: Option<bool>,
    /// After how many seconds they do, at most ten years.
    burn_duration: Option<i32>,
    /// The mark of a group; `NONE` takes it away. Chats of two have none.
    group_at_type: Option<GroupAtType>,
    /// The client's own text about it, at most 64 KiB.
    attached_info: Option<String>,
    /// The app's own text about it, at most 64 KiB.
    ex: Option<String>,
    /// Whether old messages vanish from the owner's view.
    is_destructing: Option<bool>,
    /// After how many seconds they do, at most ten years; 0 is never.
    destruct_after: Option<Long>,
}

impl UpdateConversationInput {
    /// Checks the form of the input.
    pub(crate) fn command(self, caller: &Ctx) -> Result<(UserId, ConversationId, PreferencesChange)> {
        let change = PreferencesChange {
            receive_option: self.receive_option.map(ReceiveOption::number),
            pinned: self.pinned,
            private_chat: self.private_chat,
            burn_duration: self.burn_duration,
            group_at_type: self.group_at_type.map(GroupAtType::number),
            attached_info: self.attached_info,
            ex: self.ex,
            destructing: self.is_destructing,
            destruct_after: self.destruct_after.map(|after| after.0),
        };
        Ok((owner(caller, self.owner_id)?, conversation(&self.conversation_id)?, change))
    }
}

/// The view afterwards.
#[derive(Debug, SimpleObject)]
pub(crate) struct UpdateConversationPayload {
    /// The owner's view.
    conversation: Option<Conversation>,
    /// Whether anything changed.
    changed: bool,
}

impl From<Updated> for UpdateConversationPayload {
    fn from(updated: Updated) -> Self {
        Self { changed: !updated.changed.is_empty(), conversation: updated.rows.into_iter().next().map(Conversation::from) }
    }
}

/// The settings of several owners in one conversation. What is left out or null stays as it is.
#[derive(Debug, InputObject)]
pub(crate) struct UpdateConversationsInput {
    /// Whose views, 1 to 1,000: the caller's own; others for app administrators only.
    owner_ids: Vec<ID>,
    /// What kind of conversation it is.
    kind: ConversationKind,
    /// The other one of two people.
    peer_id: Option<ID>,
    /// The group. Owners who have no view of it yet must be members.
    group_id: Option<ID>,
    /// The conversation; when it is given, it must be the one of the owner and who is named.
    conversation_id: Option<ID>,
    /// Whether the owner keeps it on top.
    pinned: Option<bool>,
    /// What the owner wants to receive of it.
    receive_option: Option<ReceiveOption>,
    /// Whether clients delete messages after they were read. In a chat of two it holds for both; groups have none of it.
    private_chat: Option<bool>,
    /// After how many seconds they do, at most ten years.
    burn_duration: Option<i32>,
    /// The mark of a group; `NONE` takes it away. Chats of two have none.
    group_at_type: Option<GroupAtType>,
    /// The client's own text about it, at most 64 KiB.
    attached_info: Option<String>,
    /// The app's own text about it, at most 64 KiB.
    ex: Option<String>,
    /// Whether old messages vanish from the owner's view.
    is_destructing: Option<bool>,
    /// After how many seconds they do, at most ten years; 0 is never.
    destruct_after: Option<Long>,
}

impl UpdateConversationsInput {
    /// Checks the form of the input.
    pub(crate) fn command(self) -> Result<Update> {
        let change = PreferencesChange {
            receive_option: self.receive_option.map(ReceiveOption::number),
            pinned: self.pinned,
            private_chat: self.private_chat,
            burn_duration: self.burn_duration,
            group_at_type: self.group_at_type.map(GroupAtType::number),
            attached_info: self.attached_info,
            ex: self.ex,
            destructing: self.is_destructing,
            destruct_after: self.destruct_after.map(|after| after.0),
        };
        let conversation = Named {
            id: self.conversation_id.map(|id| conversation(&id)).transpose()?,
            kind: self.kind.into(),
            peer: self.peer_id.map(|id| UserId::parse(id.0)).transpose()?,
            group: self.group_id.map(|id| GroupId::parse(id.0)).transpose()?,
        };
        let owners = self.owner_ids.into_iter().map(|id| UserId::parse(id.0)).collect::<Result<_>>()?;
        Ok(Update { owners, conversation, change })
    }
}

/// The views afterwards.
#[derive(Debug, SimpleObject)]
pub(crate) struct UpdateConversationsPayload {
    /// The owners' views, in the order of the owners.
    conversations: Vec<Conversation>,
    /// Whose views were made or changed; the other one of a chat that became private is among them.
    changed_owner_ids: Vec<ID>,
}

impl From<Updated> for UpdateConversationsPayload {
    fn from(updated: Updated) -> Self {
        Self {
            conversations: updated.rows.into_iter().map(Conversation::from).collect(),
            changed_owner_ids: updated.changed.into_iter().map(|owner| ID(owner.to_string())).collect(),
        }
    }
}

/// What other people keep about a user.
#[derive(Debug, InputObject)]
pub(crate) struct UpdateConversationsAboutUserInput {
    /// The user: the caller when left out; another one for app administrators only.
    user_id: Option<ID>,
    /// The text that is written into the `ex` of everybody's view of the chat with the user, at most 64 KiB; nothing is done
    /// when it is left out.
    ex: Option<String>,
}

impl UpdateConversationsAboutUserInput {
    /// Checks the form of the input.
    pub(crate) fn command(self, caller: &Ctx) -> Result<(UserId, Option<String>)> {
        Ok((owner(caller, self.user_id)?, self.ex))
    }
}

/// What became of it.
#[derive(Debug, SimpleObject)]
pub(crate) struct UpdateConversationsAboutUserPayload {
    /// Whether there was anything to do; it is done in the background.
    pub(crate) accepted: bool,
}
