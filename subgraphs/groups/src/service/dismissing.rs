//! Ending a group. Its members are cleared in bounded steps: the first one with the end itself, the others by jobs.

use openim_contracts::GroupWasDismissed;
use openim_core::{Ctx, GroupId, Result, UserId};
use openim_platform::store::Tx;
use openim_platform::versions::{self, Change, VersionedList};

use super::entering::record_joined;
use super::{Service, lock, record};
use crate::error::{GroupError, MAX_IDS};
use crate::hooks;
use crate::jobs::ClearMembers;
use crate::model::{Dismiss, Group, GroupStatus};
use crate::notifications::{DismissedTips, News, content_type, group_changed, joined_changed};
use crate::policy;
use crate::repository::{groups, members};

impl Service {
    /// Ends a group and clears its members. Silently, it can be repeated.
    pub(crate) async fn dismiss(&self, ctx: &Ctx, command: Dismiss) -> Result<Group> {
        policy::signed_in(ctx)?;
        let id = GroupId::parse(command.group)?;
        self.existing(&id).await?;
        let people = self.people([ctx.principal()?.user_id.clone()]).await?;

        let tx = self.store.begin().await?;
        let mut group = lock(&tx, &id).await?;
        let standing = self.standing(tx.connection(), ctx, &id).await?;
        // The owner of a group whose members are cleared already is still known.
        if group.owner != standing.user {
            standing.as_owner()?;
        }
        let again = group.is_dismissed();
        if again && !command.silently {
            return Err(GroupError::Dismissed.into());
        }
        group.status = GroupStatus::Dismissed;
        if !again {
            groups::update(tx.connection(), &group).await?;
            record(ctx, &tx, &id, &[Change::Owner]).await?;
            tx.append(ctx, &GroupWasDismissed { group_id: id.clone(), at: ctx.now() }).await?;
            group_changed(&tx, &id);
        }
        if !command.silently {
            let news = News::new(ctx, &tx, &people, &standing);
            let tips = DismissedTips { group: (&group).into(), op_user: news.operator(&id), operation_time: 0 };
            news.to_group(&id, content_type::DISMISSED, &tips, command.as_message).await?;
        }
        let first = members::ids_by_id(tx.connection(), &id, None, step()).await?;
        hooks::after_dismiss(&self.webhooks, ctx, &tx, &group, &first).await?;
        clear_some(ctx, &tx, &mut group, first).await?;
        tx.commit().await?;
        self.caches.forget_all_of(&id).await;
        Ok(group)
    }

    /// Clears the next members of a dismissed group.
    pub(crate) async fn clear_members(&self, ctx: &Ctx, tx: &Tx, job: &ClearMembers) -> Result<()> {
        let Some(mut group) = groups::find_and_lock(tx.connection(), &job.group_id).await? else { return Ok(()) };
        if !group.is_dismissed() {
            return Ok(());
        }
        let next = members::ids_by_id(tx.connection(), &group.id, None, step()).await?;
        clear_some(ctx, tx, &mut group, next).await?;
        self.caches.forget_all_of(&group.id).await;
        Ok(())
    }
}

/// Removes these members of a locked, dismissed group from it and it from their lists. Nobody is told that they left: who was
/// a member to the end keeps all of the conversation.
async fn clear_some(ctx: &Ctx, tx: &Tx, group: &mut Group, users: Vec<UserId>) -> Result<()> {
    if !users.is_empty() {
        let removed = members::delete(tx.connection(), &group.id, &users).await?;
        group.member_count = (group.member_count - i64::try_from(removed).unwrap_or(0)).max(0);
        groups::update(tx.connection(), group).await?;
        record_joined(ctx, tx, &users, Change::Deleted(group.id.as_str())).await?;
        joined_changed(tx, &group.id, &users);
    }
    if users.len() == MAX_IDS {
        return tx.append_job(ctx, ClearMembers::QUEUE, &ClearMembers { group_id: group.id.clone() }, ctx.now()).await;
    }
    versions::forget(tx.connection(), VersionedList::GroupMembers, group.id.as_str()).await
}

/// How many members one transaction clears.
fn step() -> u64 {
    u64::try_from(MAX_IDS).unwrap_or(u64::MAX)
}
