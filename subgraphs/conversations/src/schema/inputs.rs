//! What mutations take and give.

use async_graphql::{ID, InputObject, Result, SimpleObject};
use openim_core::{Ctx, UserId};
use openim_graphql::Long;

use super::conversation::{Conversation, parse_id};
use crate::error::not_found;
use crate::model::MarkRead;

/// What was read, by whom.
#[derive(Debug, InputObject)]
pub(crate) struct MarkConversationReadInput {
    /// The conversation.
    conversation_id: ID,
    /// Everything up to here was read: 1 or more. Beyond the end of the log it means the end.
    read_seq: Long,
    /// Single messages that were read, 1 or more each. They are checked and kept for compatibility: `readSeq` decides.
    seqs: Option<Vec<Long>>,
    /// Who has read it: the caller when left out; another user for app administrators only.
    owner_id: Option<ID>,
}

impl MarkConversationReadInput {
    /// Checks the form of the input.
    pub(crate) fn command(self, caller: &Ctx) -> Result<MarkRead> {
        let owner = match self.owner_id {
            Some(id) => UserId::parse(id.0)?,
            None => caller.principal()?.user_id.clone(),
        };
        let id = parse_id(&self.conversation_id).ok_or_else(not_found)?;
        let seqs = self.seqs.unwrap_or_default().into_iter().map(|seq| seq.0).collect();
        Ok(MarkRead { owner, id, read_seq: self.read_seq.0, seqs })
    }
}

/// The conversation afterwards.
#[derive(Debug, SimpleObject)]
pub(crate) struct MarkConversationReadPayload {
    /// The owner's view with its new position and count.
    pub(crate) conversation: Conversation,
}
