//! What others may ask of the groups domain.

use async_trait::async_trait;
use openim_core::{GroupId, Result, Timestamp, UserId};
use serde::{Deserialize, Serialize};

/// What a member may do in a group (constants.json, `group.roleLevel`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum GroupRole {
    /// OpenIM's 20.
    Member,
    /// OpenIM's 60.
    Admin,
    /// OpenIM's 100.
    Owner,
}

impl GroupRole {
    /// Returns OpenIM's `roleLevel`.
    pub fn number(self) -> i32 {
        match self {
            Self::Member => 20,
            Self::Admin => 60,
            Self::Owner => 100,
        }
    }

    /// Returns the role of OpenIM's number, `None` for an unknown one.
    pub fn from_number(number: i32) -> Option<Self> {
        [Self::Member, Self::Admin, Self::Owner].into_iter().find(|role| role.number() == number)
    }
}

/// The facts of a group that other domains decide by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupSummary {
    /// The group.
    pub group_id: GroupId,
    /// Shown name.
    pub name: String,
    /// Picture.
    pub face_url: String,
    /// Whether it was dismissed: nobody may write any more.
    pub dismissed: bool,
    /// Whether ordinary members may not write now.
    pub muted: bool,
    /// How many members it has.
    pub member_count: u64,
}

/// The facts of a member that other domains decide by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupMembership {
    /// The member.
    pub user_id: UserId,
    /// What the member may do.
    pub role: GroupRole,
    /// The member's own name in the group; empty for the profile's.
    pub nickname: String,
    /// The member's own picture in the group; empty for the profile's.
    pub face_url: String,
    /// May not write until then; the epoch for never muted.
    pub muted_until: Timestamp,
    /// When the member entered.
    pub joined_at: Timestamp,
}

/// Reads groups and members; implemented by the groups subgraph, cached, invalidated by its events. No method loads all
/// members of a group.
#[async_trait]
pub trait GroupReader: Send + Sync + 'static {
    /// Returns the groups that exist among `ids`, dismissed ones too, in the order asked, repeated ids once.
    async fn groups(&self, ids: &[GroupId]) -> Result<Vec<GroupSummary>>;

    /// Returns the membership of each user who is a member now, in no order. At most 1,000 users.
    async fn members(&self, group: &GroupId, users: &[UserId]) -> Result<Vec<GroupMembership>>;

    /// Returns the next member ids in id order after `after`, at most `limit` (1,000) of them; an empty page is the end.
    async fn member_page(&self, group: &GroupId, after: Option<&UserId>, limit: u64) -> Result<Vec<UserId>>;

    /// Returns owner and administrators, at most 1,000.
    async fn managers(&self, group: &GroupId) -> Result<Vec<UserId>>;

    /// Returns the ids of the groups a user is a member of, dismissed ones left out, in id order, at most `limit`.
    async fn joined(&self, user: &UserId, limit: u64) -> Result<Vec<GroupId>>;

    /// Returns one group.
    async fn group(&self, id: &GroupId) -> Result<Option<GroupSummary>> {
        Ok(self.groups(std::slice::from_ref(id)).await?.pop())
    }

    /// Returns one membership.
    async fn member(&self, group: &GroupId, user: &UserId) -> Result<Option<GroupMembership>> {
        Ok(self.members(group, std::slice::from_ref(user)).await?.pop())
    }
}
