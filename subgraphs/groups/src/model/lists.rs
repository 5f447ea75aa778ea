//! Lists, their pages and places, and the answers of use cases.

use openim_contracts::GroupRole;
use openim_core::{GroupId, Result, Timestamp, UserId};
use openim_platform::versions::{Delta, Version};

use super::{Group, GroupStatus, JoinRequest, Member, MemberView, RequestStatus};

/// Which part of a list is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Slice<P> {
    /// After which place.
    pub(crate) after: Option<P>,
    /// How many are skipped.
    pub(crate) offset: u64,
    /// How many are wanted.
    pub(crate) limit: u64,
}

impl<P: Clone> Slice<P> {
    /// Returns the slice with one item more, which tells whether more follow.
    pub(crate) fn and_one(&self) -> Self {
        Self { limit: self.limit.saturating_add(1), ..self.clone() }
    }
}

impl<P> Slice<P> {
    /// Tells whether items precede.
    pub(crate) fn has_previous(&self) -> bool {
        self.after.is_some() || self.offset > 0
    }
}

/// A place in a list of members.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MemberPlace {
    pub(crate) role: GroupRole,
    pub(crate) joined_at: Timestamp,
    pub(crate) user: UserId,
}

impl MemberPlace {
    /// Returns where a member stands.
    pub(crate) fn of(member: &Member) -> Self {
        Self { role: member.role, joined_at: member.joined_at, user: member.user.clone() }
    }
}

/// Which members a list shows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct MemberFilter {
    /// Only these roles; all when empty.
    pub(crate) roles: Vec<GroupRole>,
    /// Text anywhere in the shown name, whatever its case.
    pub(crate) search: Option<String>,
}

/// A page of members.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MemberPage {
    pub(crate) members: Vec<MemberView>,
    pub(crate) has_next: bool,
    pub(crate) has_previous: bool,
}

/// A place in the list of a user's groups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct JoinedPlace {
    pub(crate) name: String,
    pub(crate) created_at: Timestamp,
    pub(crate) id: GroupId,
}

impl JoinedPlace {
    /// Returns where a group stands.
    pub(crate) fn of(group: &Group) -> Self {
        Self { name: group.name.clone(), created_at: group.created_at, id: group.id.clone() }
    }
}

/// Which groups a list of all groups shows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct GroupFilter {
    /// Only this one, dismissed or not.
    pub(crate) id: Option<GroupId>,
    /// Text anywhere in the name, whatever its case.
    pub(crate) name: Option<String>,
    /// Only groups of this status.
    pub(crate) status: Option<GroupStatus>,
    /// Whether dismissed ones are shown.
    pub(crate) dismissed: bool,
}

impl GroupFilter {
    /// Makes the filter of a search: exactly one group, or those whose name has a text.
    ///
    /// # Errors
    /// `ARGS_ERROR` for an id that no group can have.
    pub(crate) fn search(id: Option<String>, name: Option<String>) -> Result<Self> {
        let id = id.filter(|id| !id.is_empty()).map(GroupId::parse).transpose()?;
        let name = name.filter(|text| !text.is_empty() && id.is_none());
        Ok(Self { dismissed: id.is_some(), id, name, status: None })
    }
}

/// A page of groups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct GroupPage {
    pub(crate) groups: Vec<Group>,
    pub(crate) has_next: bool,
    pub(crate) has_previous: bool,
}

/// A place in a list of requests, the newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RequestPlace {
    pub(crate) requested_at: Timestamp,
    pub(crate) group: GroupId,
    pub(crate) user: UserId,
}

impl RequestPlace {
    /// Returns where a request stands.
    pub(crate) fn of(request: &JoinRequest) -> Self {
        Self { requested_at: request.requested_at, group: request.group.clone(), user: request.user.clone() }
    }
}

/// Which requests a list shows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct RequestFilter {
    /// Only for groups that this user manages.
    pub(crate) manager: Option<UserId>,
    /// Only of this user.
    pub(crate) applicant: Option<UserId>,
    /// Only for these groups; all when empty.
    pub(crate) groups: Vec<GroupId>,
    /// Only of these users; all when empty.
    pub(crate) users: Vec<UserId>,
    /// Only with these results; all when empty.
    pub(crate) statuses: Vec<RequestStatus>,
    /// Only made after this moment.
    pub(crate) since: Option<Timestamp>,
}

/// A page of requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RequestPage {
    pub(crate) requests: Vec<JoinRequest>,
    pub(crate) has_next: bool,
    pub(crate) has_previous: bool,
}

/// What an invitation did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Invited {
    pub(crate) group: Group,
    /// Who is in now.
    pub(crate) joined: Vec<UserId>,
    /// Who was in before.
    pub(crate) present: Vec<UserId>,
    /// Whose request waits for an answer now.
    pub(crate) requested: Vec<UserId>,
}

/// What asking to enter did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Joined {
    /// The user is in.
    Entered(Group),
    /// The request waits for an answer.
    Requested(Group, JoinRequest),
}

/// Whether an insert found its key free.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Taken {
    /// The key was free; the row is in.
    No,
    /// Somebody has the key; the transaction can only be rolled back.
    Yes,
}

/// What changed among members.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MemberChanges {
    pub(crate) group_id: GroupId,
    pub(crate) delta: Delta,
    pub(crate) inserted: Vec<MemberView>,
    pub(crate) updated: Vec<MemberView>,
    /// The group, when it or any member changed.
    pub(crate) group: Option<Group>,
}

/// What changed among a user's groups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct JoinedGroupChanges {
    pub(crate) delta: Delta,
    pub(crate) inserted: Vec<Group>,
    pub(crate) updated: Vec<Group>,
}

/// All ids of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct IdHash {
    pub(crate) version: Version,
    pub(crate) hash: u64,
    /// Nothing when the caller knew the hash.
    pub(crate) ids: Option<Vec<String>>,
}

/// How many groups were made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CreationStatistics {
    pub(crate) total: u64,
    pub(crate) before: u64,
    pub(crate) days: Vec<DayCount>,
}

/// How many groups were made on one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DayCount {
    /// Midnight, UTC.
    pub(crate) day: Timestamp,
    pub(crate) count: u64,
}
