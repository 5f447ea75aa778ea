//! What mutations take and give. Ids are checked here, the rest by the use case.

mod marking;
mod removing;
mod settings;

use async_graphql::ID;
use openim_core::{ConversationId, Ctx, Result, UserId};

pub(crate) use marking::{
    MarkConversationReadInput, MarkConversationReadPayload, MarkMessagesReadInput, MarkMessagesReadPayload, SetReadPositionInput,
    SetReadPositionPayload,
};
pub(crate) use removing::{ClearConversationsInput, ClearConversationsPayload, DeleteConversationsInput, DeleteConversationsPayload};
pub(crate) use settings::{
    UpdateConversationInput, UpdateConversationPayload, UpdateConversationsAboutUserInput, UpdateConversationsAboutUserPayload,
    UpdateConversationsInput, UpdateConversationsPayload,
};

use super::conversation::parse_id;
use crate::error::{argument, not_found};

/// The most conversations of one call.
const MAX_IDS: usize = 1_000;

/// Returns whose conversations are meant: the caller's when nobody is named.
fn owner(caller: &Ctx, id: Option<ID>) -> Result<UserId> {
    match id {
        Some(id) => UserId::parse(id.0),
        None => Ok(caller.principal()?.user_id.clone()),
    }
}

fn conversation(id: &ID) -> Result<ConversationId> {
    parse_id(id).ok_or_else(not_found)
}

/// Impossible ids name no conversation and are left out.
fn conversations(ids: &[ID]) -> Result<Vec<ConversationId>> {
    if ids.len() > MAX_IDS {
        return Err(argument("at most 1000 ids at a time"));
    }
    Ok(ids.iter().filter_map(parse_id).collect())
}

fn texts(ids: Vec<ConversationId>) -> Vec<ID> {
    ids.into_iter().map(|id| ID(id.into())).collect()
}
