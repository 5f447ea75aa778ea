//! What incremental sync tells.

use async_graphql::{ID, SimpleObject};
use openim_graphql::{IdList, Long, ULong, Version, VersionInput};
use openim_platform::versions;

use super::group::Group;
use super::member::GroupMember;
use crate::model::{self, IdHash};

/// What changed among the members of a group since a version.
#[derive(SimpleObject)]
pub(crate) struct GroupMemberChanges {
    /// Where the list stands now.
    version: Version,
    /// The client must load everything: its version is too old or not of this list. Nothing is told one by one then.
    full: bool,
    /// Members that entered.
    inserted: Vec<GroupMember>,
    /// Members that changed.
    updated: Vec<GroupMember>,
    /// The ids of members that left.
    deleted_ids: Vec<ID>,
    /// The group, when it or any member changed, and with `full`; otherwise null.
    group: Option<Group>,
    /// The version that changed the order of members; 0 when it did not change.
    sort_version: Long,
}

impl From<model::MemberChanges> for GroupMemberChanges {
    fn from(changes: model::MemberChanges) -> Self {
        Self {
            version: version(changes.delta.version),
            full: changes.delta.full,
            inserted: changes.inserted.into_iter().map(GroupMember).collect(),
            updated: changes.updated.into_iter().map(GroupMember).collect(),
            deleted_ids: changes.delta.deleted.into_iter().map(ID).collect(),
            group: changes.group.map(Group),
            sort_version: Long(changes.delta.sort_version),
        }
    }
}

/// What changed among the members of one of several groups.
#[derive(SimpleObject)]
pub(crate) struct GroupMemberChangesOfGroup {
    /// The group (OpenIM `groupID`).
    group_id: ID,
    /// What changed.
    changes: GroupMemberChanges,
}

impl From<model::MemberChanges> for GroupMemberChangesOfGroup {
    fn from(changes: model::MemberChanges) -> Self {
        Self { group_id: ID::from(changes.group_id.as_str()), changes: changes.into() }
    }
}

/// What changed among a user's groups since a version. A group whose own data changed is not told here, but by the changes
/// of its members.
#[derive(SimpleObject)]
pub(crate) struct JoinedGroupChanges {
    /// Where the list stands now.
    version: Version,
    /// The client must load everything: its version is too old or not of this list. Nothing is told one by one then.
    full: bool,
    /// Groups that the user entered.
    inserted: Vec<Group>,
    /// Groups that changed.
    updated: Vec<Group>,
    /// The ids of groups that the user is not in any more.
    deleted_ids: Vec<ID>,
    /// The version that changed the order of the list; 0 when it did not change.
    sort_version: Long,
}

impl From<model::JoinedGroupChanges> for JoinedGroupChanges {
    fn from(changes: model::JoinedGroupChanges) -> Self {
        Self {
            version: version(changes.delta.version),
            full: changes.delta.full,
            inserted: changes.inserted.into_iter().map(Group).collect(),
            updated: changes.updated.into_iter().map(Group).collect(),
            deleted_ids: changes.delta.deleted.into_iter().map(ID).collect(),
            sort_version: Long(changes.delta.sort_version),
        }
    }
}

/// Reads the version that a client named; none is as good as a foreign one.
pub(super) fn known(since: Option<VersionInput>) -> versions::Version {
    since.map_or_else(versions::Version::default, |since| versions::Version { id: since.id, number: since.number.0 })
}

pub(super) fn version(version: versions::Version) -> Version {
    Version { id: version.id, number: Long(version.number) }
}

pub(super) fn id_list(list: IdHash) -> IdList {
    IdList {
        version: version(list.version),
        hash: ULong(list.hash),
        equal: list.ids.is_none(),
        ids: list.ids.unwrap_or_default().into_iter().map(ID).collect(),
    }
}
