//! The roots for taking messages back and away.

use std::time::Duration;

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use openim_contracts::GroupRole;
use openim_core::{ConversationId, ConversationKind};
use openim_graphql::{DateTime, Long, caller, viewer_id};

use super::conversation::Conversation;
use super::enums::{DeleteForValue, RevokerRole};
use super::message::MessageNode;
use super::service;
use super::stubs::User;
use crate::model::{DeleteMessages, PurgeOlder, Revocation, Target};
use crate::policy::Reader;

/// That a message was taken back.
#[derive(SimpleObject)]
pub(super) struct MessageRevocation {
    /// Who took it back, as the account is now.
    by: User,
    /// As whom.
    role: RevokerRole,
    /// The revoker's name at that time.
    nickname: String,
    /// When.
    at: DateTime,
}

impl MessageRevocation {
    pub(super) fn new(revocation: &Revocation, kind: ConversationKind) -> Self {
        let role = match GroupRole::from_number(revocation.role) {
            _ if revocation.app_admin => RevokerRole::AppAdmin,
            Some(GroupRole::Owner) if kind == ConversationKind::Group => RevokerRole::Owner,
            Some(GroupRole::Admin) if kind == ConversationKind::Group => RevokerRole::Admin,
            _ if kind == ConversationKind::Group => RevokerRole::Member,
            _ => RevokerRole::Participant,
        };
        Self { by: User::from(&revocation.by), role, nickname: revocation.nickname.clone(), at: revocation.at.into() }
    }
}

/// A message to take back.
#[derive(InputObject)]
pub(super) struct RevokeMessageInput {
    /// The conversation.
    conversation_id: ID,
    /// The place in its log.
    seq: Long,
    /// In whose name; the caller's when left out. Only app administrators may name somebody else.
    #[graphql(name = "as")]
    as_user: Option<ID>,
}

/// Messages to delete.
#[derive(InputObject)]
pub(super) struct DeleteMessagesInput {
    /// The conversation.
    conversation_id: ID,
    /// The places in its log, at most 1,000. Places where nothing is left to delete are passed over.
    seqs: Vec<Long>,
    /// For whom.
    #[graphql(name = "for")]
    whom: DeleteForValue,
    /// When deleted for oneself: whether OpenIM's clients on the own other devices are told by a notification (2102). Streams
    /// of events are told either way.
    #[graphql(default)]
    tell_own_devices: bool,
    /// In whose name; the caller's when left out. Only app administrators may name somebody else.
    #[graphql(name = "as")]
    as_user: Option<ID>,
}

/// Messages to delete for good.
#[derive(InputObject)]
pub(super) struct PurgeMessagesInput {
    /// The conversation.
    conversation_id: ID,
    /// The places in its log, at most 1,000.
    seqs: Vec<Long>,
}

/// Old messages to delete for good.
#[derive(InputObject)]
pub(super) struct PurgeOlderMessagesInput {
    /// Only in these conversations, at most 1,000; in all when left out or empty.
    conversation_ids: Option<Vec<ID>>,
    /// How long ago a message must have been stored, in seconds, more than 0.
    older_than_seconds: Long,
}

/// A message that was taken back.
#[derive(SimpleObject)]
pub(super) struct RevokeMessagePayload {
    /// What stands in its place now.
    message: MessageNode,
}

/// Messages that were deleted.
#[derive(SimpleObject)]
pub(super) struct DeleteMessagesPayload {
    /// The places that are empty now.
    deleted_seqs: Vec<Long>,
    /// The conversation as it is for whom the messages were deleted.
    conversation: Conversation,
}

/// Messages that were deleted for good.
#[derive(SimpleObject)]
pub(super) struct PurgeMessagesPayload {
    /// The places that are empty now.
    deleted_seqs: Vec<Long>,
}

/// Old messages that were deleted for good.
#[derive(SimpleObject)]
pub(super) struct PurgeOlderMessagesPayload {
    /// How many.
    deleted_count: Long,
    /// Whether that was all; otherwise the deadline came first, or a conversation could not be purged. The same call goes on.
    complete: bool,
}

/// The roots for taking messages back and away.
pub(super) struct Changing;

/// Taking messages back and away.
#[Object]
impl Changing {
    /// Takes a message back: everybody sees in its place who did that. In a conversation of two its sender may; in a group
    /// its sender, the owner, and administrators for ordinary members and who has left; app administrators everywhere.
    async fn revoke_message(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The message.")] input: RevokeMessageInput,
    ) -> Result<RevokeMessagePayload> {
        let caller = caller(ctx)?;
        let user = viewer_id(caller, input.as_user)?;
        let command = Target { user, conversation_id: ConversationId::parse(input.conversation_id.0)?, seq: input.seq.0 };
        let message = service(ctx)?.revoke(caller, command).await?;
        Ok(RevokeMessagePayload { message: MessageNode::new(message, Reader::of(caller)?) })
    }

    /// Deletes messages, for oneself or for everybody. For everybody may who may revoke all of them; nothing is deleted
    /// otherwise. The places stay, with `status: DELETED`.
    async fn delete_messages(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The messages.")] input: DeleteMessagesInput,
    ) -> Result<DeleteMessagesPayload> {
        let caller = caller(ctx)?;
        let user = viewer_id(caller, input.as_user)?;
        let conversation_id = ConversationId::parse(input.conversation_id.0)?;
        let command = DeleteMessages {
            user: user.clone(),
            conversation_id: conversation_id.clone(),
            seqs: numbers(input.seqs),
            whom: input.whom.into(),
            tell_own_devices: input.tell_own_devices,
        };
        let deleted = service(ctx)?.delete(caller, command).await?;
        Ok(DeleteMessagesPayload { deleted_seqs: longs(deleted), conversation: Conversation::new(user, conversation_id) })
    }

    /// Deletes messages for good, without OpenIM's clients being told. App administrators may.
    #[graphql(directive = openim_graphql::admin_only::apply())]
    async fn purge_messages(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The messages.")] input: PurgeMessagesInput,
    ) -> Result<PurgeMessagesPayload> {
        let caller = caller(ctx)?;
        caller.require_admin()?;
        let deleted = service(ctx)?.purge(caller, &ConversationId::parse(input.conversation_id.0)?, numbers(input.seqs)).await?;
        Ok(PurgeMessagesPayload { deleted_seqs: longs(deleted) })
    }

    /// Deletes old messages for good: the logs begin behind them. App administrators may.
    #[graphql(directive = openim_graphql::admin_only::apply())]
    async fn purge_older_messages(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: PurgeOlderMessagesInput,
    ) -> Result<PurgeOlderMessagesPayload> {
        let caller = caller(ctx)?;
        caller.require_admin()?;
        // An id that is none names no conversation; but none must not become all.
        let conversation_ids = match input.conversation_ids {
            Some(ids) => ids.into_iter().map(|id| ConversationId::parse(id.0)).collect::<openim_core::Result<_>>()?,
            None => Vec::new(),
        };
        let age = Duration::from_secs(u64::try_from(input.older_than_seconds.0).unwrap_or(0));
        let purged = service(ctx)?.purge_older(caller, &PurgeOlder { conversation_ids, age }).await?;
        Ok(PurgeOlderMessagesPayload { deleted_count: Long(purged.messages), complete: purged.complete })
    }
}

fn numbers(seqs: Vec<Long>) -> Vec<i64> {
    seqs.into_iter().map(|seq| seq.0).collect()
}

fn longs(seqs: Vec<i64>) -> Vec<Long> {
    seqs.into_iter().map(Long).collect()
}
