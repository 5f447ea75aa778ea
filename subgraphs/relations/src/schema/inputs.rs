//! What clients send. Ids are checked here, the rest by the use case.

use async_graphql::{Enum, ID, InputObject};
use openim_core::{Ctx, Result, UserId};

use crate::model;

/// Whom somebody wants as a friend.
#[derive(InputObject)]
pub(crate) struct SendFriendRequestInput {
    /// Who asks; the caller when left out, anybody for app administrators.
    from_id: Option<ID>,
    /// Who is asked.
    to_id: ID,
    /// What the asking one says, at most 4 KiB.
    #[graphql(default)]
    message: String,
    /// Whatever the application keeps with the request, at most 64 KiB.
    #[graphql(default)]
    ex: String,
}

impl SendFriendRequestInput {
    pub(super) fn command(self, ctx: &Ctx) -> Result<model::SendRequest> {
        Ok(model::SendRequest { from: owner(ctx, self.from_id)?, to: UserId::parse(self.to_id.0)?, message: self.message, ex: self.ex })
    }
}

/// How a friend request is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum FriendRequestAnswer {
    /// Become friends, both ways (OpenIM 1).
    Accept,
    /// Do not (OpenIM -1).
    Refuse,
}

/// The answer to a friend request.
#[derive(InputObject)]
pub(crate) struct RespondToFriendRequestInput {
    /// Who asked.
    from_id: ID,
    /// Who was asked; the caller when left out, anybody for app administrators.
    to_id: Option<ID>,
    /// The answer.
    answer: FriendRequestAnswer,
    /// What the answering one says, at most 4 KiB.
    #[graphql(default)]
    reply: String,
}

impl RespondToFriendRequestInput {
    pub(super) fn command(self, ctx: &Ctx) -> Result<model::AnswerRequest> {
        Ok(model::AnswerRequest {
            from: UserId::parse(self.from_id.0)?,
            to: owner(ctx, self.to_id)?,
            accept: self.answer == FriendRequestAnswer::Accept,
            reply: self.reply,
        })
    }
}

/// Who become friends without being asked.
#[derive(InputObject)]
pub(crate) struct ImportFriendsInput {
    /// Whose friends.
    owner_id: ID,
    /// Who becomes one: at most 1,000 ids, none repeated.
    friend_ids: Vec<ID>,
}

impl ImportFriendsInput {
    pub(super) fn command(self) -> Result<model::ImportFriends> {
        Ok(model::ImportFriends { owner: UserId::parse(self.owner_id.0)?, friends: users(self.friend_ids)? })
    }
}

/// Who is no longer a friend.
#[derive(InputObject)]
pub(crate) struct RemoveFriendInput {
    /// Whose list; the caller's when left out, anybody's for app administrators.
    owner_id: Option<ID>,
    /// Who is removed from it.
    friend_id: ID,
}

impl RemoveFriendInput {
    pub(super) fn pair(self, ctx: &Ctx) -> Result<model::Pair> {
        Ok((owner(ctx, self.owner_id)?, UserId::parse(self.friend_id.0)?))
    }
}

/// Another name for a friend.
#[derive(InputObject)]
pub(crate) struct SetFriendRemarkInput {
    /// Whose list; the caller's when left out, anybody's for app administrators.
    owner_id: Option<ID>,
    /// Which friend.
    friend_id: ID,
    /// The new name, at most 255 bytes; empty for none.
    remark: String,
}

impl SetFriendRemarkInput {
    pub(super) fn command(self, ctx: &Ctx) -> Result<model::SetRemark> {
        Ok(model::SetRemark { owner: owner(ctx, self.owner_id)?, friend: UserId::parse(self.friend_id.0)?, remark: self.remark })
    }
}

/// What to change of some friends. A field that is absent or null keeps what is stored; an empty text clears it.
#[derive(InputObject)]
pub(crate) struct UpdateFriendsInput {
    /// Whose list; the caller's when left out, anybody's for app administrators.
    owner_id: Option<ID>,
    /// Which friends: 1 to 1,000 ids, none repeated. Who is no friend is left out.
    friend_ids: Vec<ID>,
    /// Whether they are on top of the list.
    pinned: Option<bool>,
    /// The new name of each of them, at most 255 bytes.
    remark: Option<String>,
    /// The new application data of each of them, at most 64 KiB.
    ex: Option<String>,
}

impl UpdateFriendsInput {
    pub(super) fn command(self, ctx: &Ctx) -> Result<model::UpdateFriends> {
        Ok(model::UpdateFriends {
            owner: owner(ctx, self.owner_id)?,
            friends: users(self.friend_ids)?,
            pinned: self.pinned,
            remark: self.remark,
            ex: self.ex,
        })
    }
}

/// Whom somebody does not want to hear of.
#[derive(InputObject)]
pub(crate) struct BlockUserInput {
    /// Whose black list; the caller's when left out, anybody's for app administrators.
    owner_id: Option<ID>,
    /// Who is blocked.
    blocked_id: ID,
    /// Whatever the application keeps with the entry, at most 64 KiB.
    #[graphql(default)]
    ex: String,
}

impl BlockUserInput {
    pub(super) fn command(self, ctx: &Ctx) -> Result<model::Block> {
        Ok(model::Block { owner: owner(ctx, self.owner_id)?, blocked: UserId::parse(self.blocked_id.0)?, ex: self.ex })
    }
}

/// Who is no longer blocked.
#[derive(InputObject)]
pub(crate) struct UnblockUserInput {
    /// Whose black list; the caller's when left out, anybody's for app administrators.
    owner_id: Option<ID>,
    /// Who is taken off it.
    blocked_id: ID,
}

impl UnblockUserInput {
    pub(super) fn pair(self, ctx: &Ctx) -> Result<model::Pair> {
        Ok((owner(ctx, self.owner_id)?, UserId::parse(self.blocked_id.0)?))
    }
}

/// Returns whose things are changed; whether the caller may is for the use case to say.
fn owner(ctx: &Ctx, given: Option<ID>) -> Result<UserId> {
    match given {
        Some(id) => UserId::parse(id.0),
        None => Ok(ctx.principal()?.user_id.clone()),
    }
}

fn users(ids: Vec<ID>) -> Result<Vec<UserId>> {
    ids.into_iter().map(|id| UserId::parse(id.0)).collect()
}
