//! Deleting conversations from a list, and clearing what is in them.

use async_graphql::{ID, InputObject, SimpleObject};
use openim_core::{ConversationId, Ctx, Result};

use super::{conversations, owner, texts};
use crate::error::argument;
use crate::model::{Clear, Delete, Which};

/// Which conversations leave a list. Exactly one of `conversationIds` and `olderThanDays`.
#[derive(Debug, InputObject)]
pub(crate) struct DeleteConversationsInput {
    /// Whose list: the caller's when left out; another user's for app administrators only.
    owner_id: Option<ID>,
    /// These, at most 1,000; unknown ones are left out.
    conversation_ids: Option<Vec<ID>>,
    /// Those whose newest message is older than so many days, 1 or more; one without any message stays.
    older_than_days: Option<i32>,
}

impl DeleteConversationsInput {
    /// Checks the form of the input.
    pub(crate) fn command(self, caller: &Ctx) -> Result<Delete> {
        Ok(Delete {
            owner: owner(caller, self.owner_id)?,
            ids: self.conversation_ids.map(|ids| conversations(&ids)).transpose()?,
            quiet_days: self.older_than_days.map(i64::from),
        })
    }
}

/// What was deleted.
#[derive(Debug, SimpleObject)]
pub(crate) struct DeleteConversationsPayload {
    /// The conversations that left the list. Their messages stay; with the next message they are there again.
    deleted_ids: Vec<ID>,
}

impl From<Vec<ConversationId>> for DeleteConversationsPayload {
    fn from(ids: Vec<ConversationId>) -> Self {
        Self { deleted_ids: texts(ids) }
    }
}

/// Which conversations are cleared, and for whom. Exactly one of `conversationIds` and `all: true`.
#[derive(Debug, InputObject)]
pub(crate) struct ClearConversationsInput {
    /// Whose conversations: the caller's when left out; another user's for app administrators only.
    owner_id: Option<ID>,
    /// These, at most 1,000; unknown ones are left out.
    conversation_ids: Option<Vec<ID>>,
    /// All of the owner's conversations.
    #[graphql(default)]
    all: bool,
    /// For everybody instead of the owner alone: allowed to both people of a chat, to the owner and the administrators of a
    /// group, to app administrators. With `all` the conversations where that is not allowed are cleared for the owner.
    #[graphql(default)]
    for_everybody: bool,
    /// Whether the owner's other devices are told to clear their copies.
    #[graphql(default)]
    tell_own_devices: bool,
}

impl ClearConversationsInput {
    /// Checks the form of the input.
    pub(crate) fn command(self, caller: &Ctx) -> Result<Clear> {
        let which = match (self.conversation_ids, self.all) {
            (Some(ids), false) => Which::Ids(conversations(&ids)?),
            (None, true) => Which::All,
            _ => return Err(argument("give either conversationIds or all")),
        };
        let owner = owner(caller, self.owner_id)?;
        Ok(Clear { owner, which, for_everybody: self.for_everybody, tell_own_devices: self.tell_own_devices })
    }
}

/// What was cleared.
#[derive(Debug, SimpleObject)]
pub(crate) struct ClearConversationsPayload {
    /// The conversations in which nothing is to be seen now; those without a message are left out.
    cleared_ids: Vec<ID>,
}

impl From<Vec<ConversationId>> for ClearConversationsPayload {
    fn from(ids: Vec<ConversationId>) -> Self {
        Self { cleared_ids: texts(ids) }
    }
}
