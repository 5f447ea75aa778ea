//! What can be changed.

use async_graphql::{Context, Object, Result};
use openim_graphql::{admin_only, caller};

use super::inputs::{
    BlockUserInput, ImportFriendsInput, RemoveFriendInput, RespondToFriendRequestInput, SendFriendRequestInput, SetFriendRemarkInput,
    UnblockUserInput, UpdateFriendsInput,
};
use super::payloads::{
    BlockUserPayload, ImportFriendsPayload, RemoveFriendPayload, RespondToFriendRequestPayload, SendFriendRequestPayload,
    SetFriendRemarkPayload, UnblockUserPayload, UpdateFriendsPayload,
};
use super::service;

pub(crate) struct Mutation;

/// What can be changed.
#[Object]
impl Mutation {
    /// Asks somebody to become friends. Asking again opens the request anew. Fails with `CANNOT_ADD_YOURSELF` for oneself
    /// and with `RECORD_NOT_FOUND` when one of the two is not registered.
    async fn send_friend_request(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who asks whom.")] input: SendFriendRequestInput,
    ) -> Result<SendFriendRequestPayload> {
        let caller = caller(ctx)?;
        Ok(service(ctx)?.send_request(caller, input.command(caller)?).await?.into())
    }

    /// Answers a friend request. Accepting makes both friends of each other and closes an open request of the other
    /// direction. Fails with `RECORD_NOT_FOUND` when nobody has asked.
    async fn respond_to_friend_request(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The request and the answer.")] input: RespondToFriendRequestInput,
    ) -> Result<RespondToFriendRequestPayload> {
        let caller = caller(ctx)?;
        let command = input.command(caller)?;
        let accept = command.accept;
        Ok(RespondToFriendRequestPayload::new(accept, service(ctx)?.answer_request(caller, command).await?))
    }

    /// Makes users friends of one user, both ways, without asking anybody.
    #[graphql(directive = admin_only::apply())]
    async fn import_friends(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose friends, and who.")] input: ImportFriendsInput,
    ) -> Result<ImportFriendsPayload> {
        Ok(service(ctx)?.import(caller(ctx)?, input.command()?).await?.into())
    }

    /// Removes a friend from one's own list. One stays in the other one's list.
    async fn remove_friend(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose list, and who.")] input: RemoveFriendInput,
    ) -> Result<RemoveFriendPayload> {
        let caller = caller(ctx)?;
        let (owner, friend) = input.pair(caller)?;
        Ok(service(ctx)?.remove(caller, owner, friend).await?.into())
    }

    /// Gives one friend another name, and tells only the owner's devices. Fails with `RECORD_NOT_FOUND` for somebody who is
    /// no friend.
    async fn set_friend_remark(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The friend and the name.")] input: SetFriendRemarkInput,
    ) -> Result<SetFriendRemarkPayload> {
        let caller = caller(ctx)?;
        Ok(service(ctx)?.set_remark(caller, input.command(caller)?).await?.into())
    }

    /// Pins friends, names them, or changes the application's data of them, all alike.
    async fn update_friends(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The friends and what to change.")] input: UpdateFriendsInput,
    ) -> Result<UpdateFriendsPayload> {
        let caller = caller(ctx)?;
        Ok(service(ctx)?.update(caller, input.command(caller)?).await?.into())
    }

    /// Puts a user on one's own black list: no message of that user comes any more. The user is not told, and stays a
    /// friend. Fails with `RECORD_NOT_FOUND` when one of the two is not registered.
    async fn block_user(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose list, and who.")] input: BlockUserInput,
    ) -> Result<BlockUserPayload> {
        let caller = caller(ctx)?;
        Ok(service(ctx)?.block(caller, input.command(caller)?).await?.into())
    }

    /// Takes a user off one's own black list. The user is not told.
    async fn unblock_user(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose list, and who.")] input: UnblockUserInput,
    ) -> Result<UnblockUserPayload> {
        let caller = caller(ctx)?;
        let (owner, blocked) = input.pair(caller)?;
        Ok(service(ctx)?.unblock(caller, owner, blocked).await?.into())
    }
}
