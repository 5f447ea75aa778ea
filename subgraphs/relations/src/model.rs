//! What the domain is about: friends, friend requests and black lists, each seen from one side.

mod commands;
mod lists;

use openim_core::{Timestamp, UserId};

pub(crate) use commands::{AnswerRequest, Block, ImportFriends, SendRequest, SetRemark, UpdateFriends};
pub(crate) use lists::{BlockDelta, BlockPlace, Direction, FriendDelta, FriendPlace, IdsAt, Listed, RequestFilter, RequestPlace, Slice};

/// A row's key: whose list and who is in it, or who asks and who is asked.
pub(crate) type Pair = (UserId, UserId);

/// How two users became friends (OpenIM `addSource`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FriendSource {
    /// An administrator imported it.
    Import,
    /// One asked and the other agreed.
    Request,
}

impl FriendSource {
    /// Returns OpenIM's number.
    pub(crate) fn number(self) -> i32 {
        match self {
            Self::Import => 1,
            Self::Request => 2,
        }
    }

    /// Returns the source of a stored number; an unknown one reads as asked for, which is the usual way.
    pub(crate) fn from_number(number: i32) -> Self {
        if number == 1 { Self::Import } else { Self::Request }
    }
}

/// One friend in one user's list. The other direction is a row of its own and may be missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Friendship {
    /// Whose list.
    pub(crate) owner: UserId,
    /// Who is in it.
    pub(crate) friend: UserId,
    /// The owner's own name for the friend.
    pub(crate) remark: String,
    /// When they became friends.
    pub(crate) created_at: Timestamp,
    /// How they did.
    pub(crate) source: FriendSource,
    /// Who caused it.
    pub(crate) operator: UserId,
    /// The application's data.
    pub(crate) ex: String,
    /// Whether the owner keeps the friend on top of the list.
    pub(crate) pinned: bool,
}

impl Friendship {
    /// Returns the row's key.
    pub(crate) fn key(&self) -> Pair {
        (self.owner.clone(), self.friend.clone())
    }
}

/// How a friend request stands (OpenIM `handleResult`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RequestState {
    /// Nobody has answered.
    Open,
    /// The one who was asked has agreed.
    Accepted,
    /// The one who was asked has refused.
    Refused,
}

impl RequestState {
    /// Returns OpenIM's number.
    pub(crate) fn number(self) -> i32 {
        match self {
            Self::Open => 0,
            Self::Accepted => 1,
            Self::Refused => -1,
        }
    }

    /// Returns the state of a stored number; an unknown one reads as refused, so that nobody can agree to it.
    pub(crate) fn from_number(number: i32) -> Self {
        match number {
            0 => Self::Open,
            1 => Self::Accepted,
            _ => Self::Refused,
        }
    }
}

/// What one user has asked another. There is one for each ordered pair, used again by each application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FriendRequest {
    /// Who asks.
    pub(crate) from: UserId,
    /// Who is asked.
    pub(crate) to: UserId,
    /// How it stands.
    pub(crate) state: RequestState,
    /// What the asking one says.
    pub(crate) message: String,
    /// The application's data.
    pub(crate) ex: String,
    /// When it was asked last.
    pub(crate) created_at: Timestamp,
    /// Who answered last.
    pub(crate) handler: Option<UserId>,
    /// What was answered.
    pub(crate) reply: String,
    /// When it was answered last.
    pub(crate) handled_at: Option<Timestamp>,
}

impl FriendRequest {
    /// Returns the row's key.
    pub(crate) fn key(&self) -> Pair {
        (self.from.clone(), self.to.clone())
    }
}

/// One user on another's black list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BlockEntry {
    /// Whose list.
    pub(crate) owner: UserId,
    /// Who is on it.
    pub(crate) blocked: UserId,
    /// Since when.
    pub(crate) created_at: Timestamp,
    /// Who put it there.
    pub(crate) operator: UserId,
    /// The application's data.
    pub(crate) ex: String,
}

impl BlockEntry {
    /// Returns the row's key.
    pub(crate) fn key(&self) -> Pair {
        (self.owner.clone(), self.blocked.clone())
    }
}

/// How two users stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mutuality {
    /// The second one is in the first one's list.
    pub(crate) in_first: bool,
    /// The first one is in the second one's list.
    pub(crate) in_second: bool,
}

/// Everything that an owner has about one existing user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Contact {
    /// The user.
    pub(crate) user: UserId,
    /// The friend, if it is one.
    pub(crate) friendship: Option<Friendship>,
    /// The entry of the black list, if there is one.
    pub(crate) block: Option<BlockEntry>,
}

/// What became of an application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Sent {
    /// It waits for an answer.
    Sent(FriendRequest),
    /// Both have each other in their lists already.
    AlreadyFriends,
}

/// What became of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answered {
    /// The request is answered now.
    Done(FriendRequest),
    /// It was answered before; nothing changed.
    TooLate(FriendRequest),
}

/// What became of a change of a list that may have been made before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Changed<T> {
    /// The list changed.
    Now(T),
    /// It was so before; nothing changed and nobody was told.
    Before(T),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_openims() {
        for number in [1, 2] {
            assert_eq!(FriendSource::from_number(number).number(), number);
        }
        for number in [-1, 0, 1] {
            assert_eq!(RequestState::from_number(number).number(), number);
        }
    }
}
