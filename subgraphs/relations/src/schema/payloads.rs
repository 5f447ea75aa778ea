//! What mutations answer: the changed things, and the outcomes that a client branches on.

use async_graphql::dataloader::DataLoader;
use async_graphql::{ComplexObject, Context, Enum, Result, SimpleObject};
use openim_core::UserId;
use openim_graphql::loader_error;

use super::block::BlockEntry;
use super::friendship::Friendship;
use super::loaders::Friends;
use super::request::FriendRequest;
use super::user::User;
use crate::model::{self, Answered, Changed, RequestState, Sent};

/// What became of asking somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum SendFriendRequestStatus {
    /// The request waits for an answer.
    Sent,
    /// Both have each other as friends already; nothing was asked.
    AlreadyFriends,
}

/// What became of asking somebody.
#[derive(SimpleObject)]
pub(crate) struct SendFriendRequestPayload {
    /// The outcome.
    status: SendFriendRequestStatus,
    /// The request; null when nothing was asked.
    request: Option<FriendRequest>,
}

impl From<Sent> for SendFriendRequestPayload {
    fn from(sent: Sent) -> Self {
        match sent {
            Sent::Sent(request) => Self { status: SendFriendRequestStatus::Sent, request: Some(FriendRequest(request)) },
            Sent::AlreadyFriends => Self { status: SendFriendRequestStatus::AlreadyFriends, request: None },
        }
    }
}

/// What became of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum RespondToFriendRequestStatus {
    /// Both are friends now.
    Accepted,
    /// The request is refused now.
    Refused,
    /// It was answered before and cannot be accepted any more; nothing changed.
    TooLateToAccept,
    /// It was answered before and cannot be refused any more; nothing changed.
    TooLateToRefuse,
}

/// What became of an answer.
#[derive(SimpleObject)]
#[graphql(complex)]
pub(crate) struct RespondToFriendRequestPayload {
    /// The outcome.
    status: RespondToFriendRequestStatus,
    /// The request as it stands now.
    request: FriendRequest,
}

#[ComplexObject]
impl RespondToFriendRequestPayload {
    /// The new friend in the list of the one who was asked; null when the request is not accepted.
    async fn friendship(&self, ctx: &Context<'_>) -> Result<Option<Friendship>> {
        let request = &self.request.0;
        if request.state != RequestState::Accepted {
            return Ok(None);
        }
        let key = (request.to.clone(), request.from.clone());
        Ok(ctx.data::<DataLoader<Friends>>()?.load_one(key).await.map_err(loader_error)?.map(Friendship))
    }
}

impl RespondToFriendRequestPayload {
    pub(super) fn new(accept: bool, answered: Answered) -> Self {
        use RespondToFriendRequestStatus::{Accepted, Refused, TooLateToAccept, TooLateToRefuse};
        let (request, status) = match (answered, accept) {
            (Answered::Done(request), true) => (request, Accepted),
            (Answered::Done(request), false) => (request, Refused),
            (Answered::TooLate(request), true) => (request, TooLateToAccept),
            (Answered::TooLate(request), false) => (request, TooLateToRefuse),
        };
        Self { status, request: FriendRequest(request) }
    }
}

/// The imported friends.
#[derive(SimpleObject)]
pub(crate) struct ImportFriendsPayload {
    /// The entries in the owner's list, in the order given; also those that were there before.
    friendships: Vec<Friendship>,
}

/// The changed friends.
#[derive(SimpleObject)]
pub(crate) struct UpdateFriendsPayload {
    /// The entries as they are now, in the order asked; who is no friend is left out.
    friendships: Vec<Friendship>,
}

impl From<Vec<model::Friendship>> for ImportFriendsPayload {
    fn from(rows: Vec<model::Friendship>) -> Self {
        Self { friendships: rows.into_iter().map(Friendship).collect() }
    }
}

impl From<Vec<model::Friendship>> for UpdateFriendsPayload {
    fn from(rows: Vec<model::Friendship>) -> Self {
        Self { friendships: rows.into_iter().map(Friendship).collect() }
    }
}

/// The friend with the new name.
#[derive(SimpleObject)]
pub(crate) struct SetFriendRemarkPayload {
    /// The entry as it is now.
    friendship: Friendship,
}

impl From<model::Friendship> for SetFriendRemarkPayload {
    fn from(row: model::Friendship) -> Self {
        Self { friendship: Friendship(row) }
    }
}

/// What became of removing a friend.
#[derive(SimpleObject)]
pub(crate) struct RemoveFriendPayload {
    /// Who is no friend now.
    user: Option<User>,
    /// Whether the list changed; false when the user was no friend before.
    changed: bool,
}

impl From<Changed<UserId>> for RemoveFriendPayload {
    fn from(changed: Changed<UserId>) -> Self {
        let (user, changed) = parts(changed);
        Self { user: Some(User(user)), changed }
    }
}

/// What became of blocking a user.
#[derive(SimpleObject)]
pub(crate) struct BlockUserPayload {
    /// The entry of the black list.
    entry: BlockEntry,
    /// Whether the list changed; false when the user was blocked before.
    changed: bool,
}

impl From<Changed<model::BlockEntry>> for BlockUserPayload {
    fn from(changed: Changed<model::BlockEntry>) -> Self {
        let (entry, changed) = parts(changed);
        Self { entry: BlockEntry(entry), changed }
    }
}

/// What became of unblocking a user.
#[derive(SimpleObject)]
pub(crate) struct UnblockUserPayload {
    /// Who is not blocked now.
    user: Option<User>,
    /// Whether the list changed; false when the user was not blocked before.
    changed: bool,
}

impl From<Changed<UserId>> for UnblockUserPayload {
    fn from(changed: Changed<UserId>) -> Self {
        let (user, changed) = parts(changed);
        Self { user: Some(User(user)), changed }
    }
}

fn parts<T>(changed: Changed<T>) -> (T, bool) {
    match changed {
        Changed::Now(thing) => (thing, true),
        Changed::Before(thing) => (thing, false),
    }
}
