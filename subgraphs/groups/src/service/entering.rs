//! What happens whenever somebody becomes a member or stops being one.

use openim_contracts::{GroupMembersJoined, GroupMembersLeft};
use openim_core::{Ctx, GroupId, Result, UserId};
use openim_platform::store::Tx;
use openim_platform::versions::{self, Change, Version, VersionedList};

use super::{Service, record};
use crate::error::MAX_IDS;
use crate::model::{Group, Member, MemberView};
use crate::notifications::{MAX_NAMED, MemberShape, joined_changed, members_changed};
use crate::people::People;
use crate::repository::{groups, members};

impl Service {
    /// Returns the first message that new members may see; 0 for all.
    pub(super) async fn visible_from(&self, group: &GroupId) -> Result<i64> {
        if self.settings.get().history_for_new_members { Ok(0) } else { Ok(self.log_end(group).await? + 1) }
    }

    /// Forgets what was remembered of a group and some of its members, after the commit.
    pub(super) async fn forget(&self, group: &GroupId, users: &[UserId]) {
        self.caches.forget(group, users).await;
    }
}

/// Adds members to a locked group, in their own lists too, and tells the other domains. The members' version is the caller's
/// to record, because it decides which members are told together.
pub(super) async fn enter(ctx: &Ctx, tx: &Tx, group: &mut Group, people: &People, new: &[Member], visible_from: i64) -> Result<()> {
    members::insert(tx.connection(), new, |member| people.shown_name(member)).await?;
    group.member_count += i64::try_from(new.len()).unwrap_or(i64::MAX);
    groups::update(tx.connection(), group).await?;
    let users: Vec<UserId> = new.iter().map(|member| member.user.clone()).collect();
    record_joined(ctx, tx, &users, Change::Inserted(group.id.as_str())).await?;
    for chunk in users.chunks(MAX_IDS) {
        let joined = GroupMembersJoined { group_id: group.id.clone(), user_ids: chunk.to_vec(), visible_from, at: ctx.now() };
        tx.append(ctx, &joined).await?;
    }
    members_changed(tx, &group.id, &users);
    joined_changed(tx, &group.id, &users);
    Ok(())
}

/// Removes members from a locked group and its lists, and tells the other domains.
pub(super) async fn leave(ctx: &Ctx, tx: &Tx, group: &mut Group, users: &[UserId], visible_until: i64) -> Result<Version> {
    let removed = members::delete(tx.connection(), &group.id, users).await?;
    group.member_count = (group.member_count - i64::try_from(removed).unwrap_or(0)).max(0);
    groups::update(tx.connection(), group).await?;
    let changes: Vec<Change<'_>> = users.iter().map(|user| Change::Deleted(user.as_str())).collect();
    let version = record(ctx, tx, &group.id, &changes).await?;
    record_joined(ctx, tx, users, Change::Deleted(group.id.as_str())).await?;
    let left = GroupMembersLeft { group_id: group.id.clone(), user_ids: users.to_vec(), visible_until, at: ctx.now() };
    tx.append(ctx, &left).await?;
    members_changed(tx, &group.id, users);
    joined_changed(tx, &group.id, users);
    Ok(version)
}

/// Records a change of one group in the lists of many users.
pub(super) async fn record_joined(ctx: &Ctx, tx: &Tx, users: &[UserId], change: Change<'_>) -> Result<()> {
    let owners: Vec<&str> = users.iter().map(UserId::as_str).collect();
    versions::record_for_each(tx.connection(), ctx, VersionedList::JoinedGroups, &owners, change).await
}

/// Records that members entered, as one version.
pub(super) async fn record_entry(ctx: &Ctx, tx: &Tx, group: &GroupId, new: &[Member]) -> Result<Version> {
    let changes: Vec<Change<'_>> = new.iter().map(|member| Change::Inserted(member.user.as_str())).collect();
    record(ctx, tx, group, &changes).await
}

/// Returns members as a notification shows them, as many as it names.
pub(super) fn named(people: &People, members: &[Member]) -> Vec<MemberShape> {
    members.iter().take(MAX_NAMED).map(|member| shape(&people.view(member.clone()))).collect()
}

/// Returns a member as a notification shows it.
pub(super) fn shape(view: &MemberView) -> MemberShape {
    view.into()
}
