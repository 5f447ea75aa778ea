//! Writing.

use async_graphql::{Context, Object, Result};
use openim_graphql::caller;

use super::inputs::{
    ClearConversationsInput, ClearConversationsPayload, DeleteConversationsInput, DeleteConversationsPayload, MarkConversationReadInput,
    MarkConversationReadPayload, MarkMessagesReadInput, MarkMessagesReadPayload, SetReadPositionInput, SetReadPositionPayload,
    UpdateConversationInput, UpdateConversationPayload, UpdateConversationsAboutUserInput, UpdateConversationsAboutUserPayload,
    UpdateConversationsInput, UpdateConversationsPayload,
};
use super::service;

pub(crate) struct Mutation;

/// Writing.
#[Object(name = "Mutation")]
impl Mutation {
    /// Marks a conversation as read up to a place. Never moves the position back; repeating it changes nothing. The
    /// owner's streams and, in chats of two, the other one's get `ConversationRead`.
    async fn mark_conversation_read(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What was read, by whom.")] input: MarkConversationReadInput,
    ) -> Result<MarkConversationReadPayload> {
        let caller = caller(ctx)?;
        let row = service(ctx)?.mark_read(caller, input.command(caller)?).await?;
        Ok(MarkConversationReadPayload { conversation: row.into() })
    }

    /// Marks single messages as read, and with the last of them everything before. Repeating it changes nothing.
    async fn mark_messages_read(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What was read, by whom.")] input: MarkMessagesReadInput,
    ) -> Result<MarkMessagesReadPayload> {
        let caller = caller(ctx)?;
        let row = service(ctx)?.mark_read(caller, input.command(caller)?).await?;
        Ok(MarkMessagesReadPayload { conversation: row.into() })
    }

    /// Moves a read position forward and tells OpenIM's clients of it on the owner's own devices only.
    async fn set_read_position(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How far, by whom.")] input: SetReadPositionInput,
    ) -> Result<SetReadPositionPayload> {
        let caller = caller(ctx)?;
        let row = service(ctx)?.mark_read(caller, input.command(caller)?).await?;
        Ok(SetReadPositionPayload { conversation: row.into() })
    }

    /// Changes the settings of one's own view of a conversation. What changes nothing is told to nobody.
    async fn update_conversation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The conversation and what is set.")] input: UpdateConversationInput,
    ) -> Result<UpdateConversationPayload> {
        let caller = caller(ctx)?;
        let (owner, id, change) = input.command(caller)?;
        Ok(service(ctx)?.update_one(caller, owner, id, change).await?.into())
    }

    /// Changes the settings of several owners in one conversation; missing views are made. What changes nothing is told to
    /// nobody.
    async fn update_conversations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The owners, the conversation, and what is set.")] input: UpdateConversationsInput,
    ) -> Result<UpdateConversationsPayload> {
        Ok(service(ctx)?.update(caller(ctx)?, input.command()?).await?.into())
    }

    /// Writes `ex` into the views that other people have of the chat with a user, in the background.
    async fn update_conversations_about_user(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The user and the text.")] input: UpdateConversationsAboutUserInput,
    ) -> Result<UpdateConversationsAboutUserPayload> {
        let caller = caller(ctx)?;
        let (user, ex) = input.command(caller)?;
        Ok(UpdateConversationsAboutUserPayload { accepted: service(ctx)?.spread_ex(caller, user, ex).await? })
    }

    /// Takes conversations off a list. Their messages stay; with the next message a conversation is there again, with the
    /// settings of a new one.
    async fn delete_conversations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, of whose list.")] input: DeleteConversationsInput,
    ) -> Result<DeleteConversationsPayload> {
        let caller = caller(ctx)?;
        Ok(service(ctx)?.delete(caller, input.command(caller)?).await?.into())
    }

    /// Clears conversations: what is in them now is not shown any more.
    async fn clear_conversations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, and for whom.")] input: ClearConversationsInput,
    ) -> Result<ClearConversationsPayload> {
        let caller = caller(ctx)?;
        Ok(service(ctx)?.clear(caller, input.command(caller)?).await?.into())
    }
}
