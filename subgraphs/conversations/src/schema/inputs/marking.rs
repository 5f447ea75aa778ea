//! Marking as read.

use async_graphql::{ID, InputObject, SimpleObject};
use openim_core::{Ctx, Result};
use openim_graphql::Long;

use super::{conversation, owner};
use crate::model::{Mark, MarkRead};
use crate::schema::conversation::Conversation;

/// What was read, by whom.
#[derive(Debug, InputObject)]
pub(crate) struct MarkConversationReadInput {
    /// The conversation.
    conversation_id: ID,
    /// Everything up to here was read: 1 or more. Beyond the end of the log it means the end.
    read_seq: Long,
    /// Single messages that were read, 1 or more each: in a chat of two the other one is told of them. `readSeq` decides how far
    /// the owner has read.
    seqs: Option<Vec<Long>>,
    /// Who has read it: the caller when left out; another user for app administrators only.
    owner_id: Option<ID>,
}

impl MarkConversationReadInput {
    /// Checks the form of the input.
    pub(crate) fn command(self, caller: &Ctx) -> Result<MarkRead> {
        let mark = Mark::Conversation { read_seq: self.read_seq.0, seqs: numbers(self.seqs.unwrap_or_default()) };
        Ok(MarkRead { owner: owner(caller, self.owner_id)?, id: conversation(&self.conversation_id)?, mark })
    }
}

/// Which messages were read, by whom.
#[derive(Debug, InputObject)]
pub(crate) struct MarkMessagesReadInput {
    /// The conversation.
    conversation_id: ID,
    /// The seqs of the messages, 1 to 10,000 of them. With the last one everything before counts as read.
    seqs: Vec<Long>,
    /// Who has read them: the caller when left out; another user for app administrators only.
    owner_id: Option<ID>,
}

impl MarkMessagesReadInput {
    /// Checks the form of the input.
    pub(crate) fn command(self, caller: &Ctx) -> Result<MarkRead> {
        let mark = Mark::Messages(numbers(self.seqs));
        Ok(MarkRead { owner: owner(caller, self.owner_id)?, id: conversation(&self.conversation_id)?, mark })
    }
}

/// How far a conversation was read, by whom.
#[derive(Debug, InputObject)]
pub(crate) struct SetReadPositionInput {
    /// The conversation.
    conversation_id: ID,
    /// Everything up to here was read: from 1 to the end of the log. A position before the stored one is ignored.
    read_seq: Long,
    /// Who has read it: the caller when left out; another user for app administrators only.
    owner_id: Option<ID>,
}

impl SetReadPositionInput {
    /// Checks the form of the input.
    pub(crate) fn command(self, caller: &Ctx) -> Result<MarkRead> {
        let mark = Mark::Position(self.read_seq.0);
        Ok(MarkRead { owner: owner(caller, self.owner_id)?, id: conversation(&self.conversation_id)?, mark })
    }
}

/// The conversation afterwards.
#[derive(Debug, SimpleObject)]
pub(crate) struct MarkConversationReadPayload {
    /// The owner's view with its new position and count.
    pub(crate) conversation: Conversation,
}

/// The conversation afterwards.
#[derive(Debug, SimpleObject)]
pub(crate) struct MarkMessagesReadPayload {
    /// The owner's view with its new position and count.
    pub(crate) conversation: Conversation,
}

/// The conversation afterwards.
#[derive(Debug, SimpleObject)]
pub(crate) struct SetReadPositionPayload {
    /// The owner's view with its new position and count.
    pub(crate) conversation: Conversation,
}

fn numbers(seqs: Vec<Long>) -> Vec<i64> {
    seqs.into_iter().map(|seq| seq.0).collect()
}
