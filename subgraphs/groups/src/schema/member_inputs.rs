//! What clients send about members and requests.

use async_graphql::{ID, InputObject};

use super::enums::{GroupRequestStatus, GroupRole, JoinSource};
use super::group::texts;
use crate::model;

/// Whom to bring into a group.
#[derive(InputObject)]
pub(crate) struct InviteToGroupInput {
    /// The group.
    group_id: ID,
    /// The users, 1 to 1,000, none repeated.
    user_ids: Vec<ID>,
    /// Why, at most 4 KiB; kept with a request that has to wait.
    #[graphql(default)]
    reason: String,
    /// Whether the news are also a line of the chat; absent for what the server's policy says.
    as_message: Option<bool>,
}

impl From<InviteToGroupInput> for model::Invite {
    fn from(input: InviteToGroupInput) -> Self {
        Self { group: input.group_id.0, users: texts(input.user_ids), reason: input.reason, as_message: input.as_message }
    }
}

/// A group to enter.
#[derive(InputObject)]
pub(crate) struct JoinGroupInput {
    /// The group.
    group_id: ID,
    /// Who enters: oneself, or anybody for an app administrator. The caller when absent.
    user_id: Option<ID>,
    /// What to say with the request, at most 4 KiB.
    #[graphql(default)]
    message: String,
    /// How one came to the group; not `UNKNOWN`.
    source: JoinSource,
    /// The application's own text, at most 64 KiB.
    #[graphql(default)]
    ex: String,
}

impl From<JoinGroupInput> for model::Join {
    fn from(input: JoinGroupInput) -> Self {
        Self {
            group: input.group_id.0,
            user: input.user_id.map(|id| id.0).filter(|id| !id.is_empty()),
            message: input.message,
            source: input.source.into(),
            ex: input.ex,
        }
    }
}

/// The answer to a request to enter a group.
#[derive(InputObject)]
pub(crate) struct RespondToGroupRequestInput {
    /// The group.
    group_id: ID,
    /// Whose request.
    user_id: ID,
    /// `ACCEPTED` or `REFUSED`.
    status: GroupRequestStatus,
    /// What to answer, at most 4 KiB.
    #[graphql(default)]
    answer: String,
}

impl From<RespondToGroupRequestInput> for model::AnswerRequest {
    fn from(input: RespondToGroupRequestInput) -> Self {
        Self { group: input.group_id.0, user: input.user_id.0, status: input.status.into(), answer: input.answer }
    }
}

/// A group to leave.
#[derive(InputObject)]
pub(crate) struct LeaveGroupInput {
    /// The group.
    group_id: ID,
    /// Who leaves: oneself, or anybody for an app administrator. The caller when absent.
    user_id: Option<ID>,
}

impl From<LeaveGroupInput> for model::Leave {
    fn from(input: LeaveGroupInput) -> Self {
        Self { group: input.group_id.0, user: input.user_id.map(|id| id.0).filter(|id| !id.is_empty()) }
    }
}

/// Whom to remove from a group.
#[derive(InputObject)]
pub(crate) struct RemoveGroupMembersInput {
    /// The group.
    group_id: ID,
    /// The members, 1 to 1,000, none repeated, neither the owner nor oneself.
    user_ids: Vec<ID>,
    /// Why, at most 4 KiB; only webhooks hear of it.
    #[graphql(default)]
    reason: String,
    /// Whether the news are also a line of the chat; absent for what the server's policy says.
    as_message: Option<bool>,
}

impl From<RemoveGroupMembersInput> for model::RemoveMembers {
    fn from(input: RemoveGroupMembersInput) -> Self {
        Self { group: input.group_id.0, users: texts(input.user_ids), reason: input.reason, as_message: input.as_message }
    }
}

/// A member who may not write for a time.
#[derive(InputObject)]
pub(crate) struct MuteGroupMemberInput {
    /// The group.
    pub(crate) group_id: ID,
    /// The member.
    pub(crate) user_id: ID,
    /// For how many seconds, 1 to 4,294,967,295.
    pub(crate) seconds: openim_graphql::Long,
}

/// A member who may write again.
#[derive(InputObject)]
pub(crate) struct UnmuteGroupMemberInput {
    /// The group.
    pub(crate) group_id: ID,
    /// The member.
    pub(crate) user_id: ID,
}

/// Members to change: all of them or none.
#[derive(InputObject)]
pub(crate) struct UpdateGroupMembersInput {
    /// What to change, 1 to 1,000 members, also of several groups, none repeated.
    pub(crate) members: Vec<GroupMemberChangeInput>,
}

/// What to change of a member. A field that is absent or null keeps what is stored; an empty text clears it.
#[derive(InputObject)]
pub(crate) struct GroupMemberChangeInput {
    /// The group.
    group_id: ID,
    /// The member.
    user_id: ID,
    /// The member's own name in the group, at most 255 bytes; empty for the profile's.
    nickname: Option<String>,
    /// The member's own picture in the group, at most 2 KiB; empty for the profile's.
    face_url: Option<String>,
    /// The new role, `ADMIN` or `MEMBER`; a group gets another owner by `transferGroup` only.
    role: Option<GroupRole>,
    /// The application's own text, at most 64 KiB.
    ex: Option<String>,
}

impl From<GroupMemberChangeInput> for model::MemberChange {
    fn from(input: GroupMemberChangeInput) -> Self {
        Self {
            group: input.group_id.0,
            user: input.user_id.0,
            nickname: input.nickname,
            face_url: input.face_url,
            role: input.role.map(Into::into),
            ex: input.ex,
        }
    }
}
