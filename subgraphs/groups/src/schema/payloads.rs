//! What changes return: the changed things, so that a client's cache updates itself.

use async_graphql::{ID, SimpleObject};
use openim_core::UserId;

use super::enums::JoinGroupStatus;
use super::group::Group;
use super::member::GroupMember;
use super::request::GroupRequest;
use crate::model::{Invited, Joined};

/// The group as it is now.
#[derive(SimpleObject)]
#[graphql(name = "GroupPayload")]
pub(crate) struct GroupPayload {
    /// The group.
    pub(crate) group: Group,
}

/// The member as it is now.
#[derive(SimpleObject)]
pub(crate) struct GroupMemberPayload {
    /// The member.
    pub(crate) member: GroupMember,
}

/// The changed members.
#[derive(SimpleObject)]
pub(crate) struct UpdateGroupMembersPayload {
    /// The members as they are now, in the order given.
    pub(crate) members: Vec<GroupMember>,
}

/// What an invitation did. Each user is in exactly one of the lists.
#[derive(SimpleObject)]
pub(crate) struct InviteToGroupPayload {
    /// The group as it is now.
    group: Group,
    /// Who is a member now.
    joined_ids: Vec<ID>,
    /// Who was a member before: nothing happened to them.
    already_member_ids: Vec<ID>,
    /// Whose request waits for an answer of the owner or an administrator.
    requested_ids: Vec<ID>,
}

impl From<Invited> for InviteToGroupPayload {
    fn from(invited: Invited) -> Self {
        let ids = |users: Vec<UserId>| users.into_iter().map(|id| ID(id.into())).collect();
        Self {
            group: Group(invited.group),
            joined_ids: ids(invited.joined),
            already_member_ids: ids(invited.present),
            requested_ids: ids(invited.requested),
        }
    }
}

/// What asking to enter did.
#[derive(SimpleObject)]
pub(crate) struct JoinGroupPayload {
    /// Whether the user is in, or has to wait.
    status: JoinGroupStatus,
    /// The group as it is now.
    group: Group,
    /// The request that waits; null for who is in.
    request: Option<GroupRequest>,
}

impl From<Joined> for JoinGroupPayload {
    fn from(joined: Joined) -> Self {
        match joined {
            Joined::Entered(group) => Self { status: JoinGroupStatus::Joined, group: Group(group), request: None },
            Joined::Requested(group, request) => {
                Self { status: JoinGroupStatus::Requested, group: Group(group), request: Some(GroupRequest(request)) }
            }
        }
    }
}

/// The answered request.
#[derive(SimpleObject)]
pub(crate) struct RespondToGroupRequestPayload {
    /// The request as it is now.
    pub(crate) request: GroupRequest,
    /// The applicant's membership; null after a refusal.
    pub(crate) member: Option<GroupMember>,
}
