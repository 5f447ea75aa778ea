//! What can be asked for. Ids are checked already; texts and numbers of items are not.

use openim_core::UserId;

use super::Friendship;

/// Asks somebody to become friends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SendRequest {
    /// Who asks.
    pub(crate) from: UserId,
    /// Who is asked.
    pub(crate) to: UserId,
    /// What the asking one says.
    pub(crate) message: String,
    /// The application's data.
    pub(crate) ex: String,
}

/// Answers a friend request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AnswerRequest {
    /// Who asked.
    pub(crate) from: UserId,
    /// Who was asked and answers.
    pub(crate) to: UserId,
    /// Whether they become friends.
    pub(crate) accept: bool,
    /// What the answering one says; empty for nothing.
    pub(crate) reply: String,
}

/// Makes users friends of one user, both ways.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ImportFriends {
    /// Whose friends.
    pub(crate) owner: UserId,
    /// Who becomes one.
    pub(crate) friends: Vec<UserId>,
}

/// Gives one friend another name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SetRemark {
    /// Whose list.
    pub(crate) owner: UserId,
    /// Which friend.
    pub(crate) friend: UserId,
    /// The new name; empty for none.
    pub(crate) remark: String,
}

/// Changes what an owner keeps about some friends. `None` keeps what is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UpdateFriends {
    /// Whose list.
    pub(crate) owner: UserId,
    /// Which friends.
    pub(crate) friends: Vec<UserId>,
    /// Whether they are on top of the list.
    pub(crate) pinned: Option<bool>,
    /// The new name of each of them.
    pub(crate) remark: Option<String>,
    /// The new application data of each of them.
    pub(crate) ex: Option<String>,
}

/// Puts somebody on a black list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Block {
    /// Whose list.
    pub(crate) owner: UserId,
    /// Who is blocked.
    pub(crate) blocked: UserId,
    /// The application's data.
    pub(crate) ex: String,
}

impl UpdateFriends {
    /// Returns what a friend becomes.
    pub(crate) fn apply(&self, friend: &Friendship) -> Friendship {
        let keep = |new: &Option<String>, old: &String| new.as_ref().unwrap_or(old).clone();
        Friendship {
            pinned: self.pinned.unwrap_or(friend.pinned),
            remark: keep(&self.remark, &friend.remark),
            ex: keep(&self.ex, &friend.ex),
            ..friend.clone()
        }
    }
}
