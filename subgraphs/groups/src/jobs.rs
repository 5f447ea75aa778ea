//! Work that is done in bounded steps, each in a transaction of its own; a step that must go on appends the next one.

use openim_contracts::DomainEvent;
use openim_core::{GroupId, UserId};
use serde::{Deserialize, Serialize};

/// Clears the members of a dismissed group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ClearMembers {
    /// The group.
    pub(crate) group_id: GroupId,
}

impl ClearMembers {
    /// The job's queue.
    pub(crate) const QUEUE: &'static str = "groups.clear_members";
}

impl DomainEvent for ClearMembers {
    const TOPIC: &'static str = "job.groups.clear_members";
}

/// Shows a changed profile in the groups where the user has no own name or picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SpreadProfile {
    /// Whose profile.
    pub(crate) user_id: UserId,
    /// The last group that was done, in id order.
    pub(crate) after: Option<GroupId>,
}

impl SpreadProfile {
    /// The job's queue.
    pub(crate) const QUEUE: &'static str = "groups.spread_profile";
}

impl DomainEvent for SpreadProfile {
    const TOPIC: &'static str = "job.groups.spread_profile";
}
