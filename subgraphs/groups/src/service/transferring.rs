//! Giving a group to another member.

use openim_contracts::{GroupRole, GroupUpdated};
use openim_core::{Ctx, GroupId, Result, Timestamp, UserId};
use openim_platform::versions::Change;

use super::muting::write_member;
use super::{Service, alive, lock, record};
use crate::error::GroupError;
use crate::hooks;
use crate::model::{Group, Member, Transfer};
use crate::notifications::{MemberUnmutedTips, News, TransferredTips, content_type, group_changed, members_changed};
use crate::policy::Standing;
use crate::repository::{groups, members};

impl Service {
    /// Makes another member the owner; the old one gets the role that the new one had. A muted new owner may write at once.
    pub(crate) async fn transfer(&self, ctx: &Ctx, command: Transfer) -> Result<Group> {
        let id = GroupId::parse(command.group)?;
        let caller = ctx.principal()?.user_id.clone();
        let (from, to) = (UserId::parse(command.from)?, UserId::parse(command.to)?);
        self.living(&id).await?;
        if from == to {
            return Err(GroupError::BadValue("the old and the new owner are the same").into());
        }
        let people = self.people([caller, from.clone(), to.clone()]).await?;

        let tx = self.store.begin().await?;
        let mut group = alive(lock(&tx, &id).await?)?;
        let standing = self.standing(tx.connection(), ctx, &id).await?;
        let found = members::find(tx.connection(), &id, &[from.clone(), to.clone()]).await?;
        let named = |user: &UserId| found.iter().find(|member| member.user == *user).cloned().ok_or(GroupError::NotMemberArgument);
        let (mut old, mut new) = (named(&from)?, named(&to)?);
        may_transfer(&standing, &old)?;
        let news = News::new(ctx, &tx, &people, &standing);
        if new.muted_until > ctx.now() {
            new.muted_until = Timestamp(0);
            let version = write_member(ctx, &tx, &people, &new).await?;
            let tips = MemberUnmutedTips {
                group: (&group).into(),
                op_user: news.operator(&id),
                operation_time: 0,
                muted_user: (&people.view(new.clone())).into(),
                after: version.into(),
            };
            news.to_group(&id, content_type::MEMBER_UNMUTED, &tips, None).await?;
        }
        old.role = std::mem::replace(&mut new.role, GroupRole::Owner);
        group.owner = to.clone();
        groups::update(tx.connection(), &group).await?;
        for member in [&old, &new] {
            members::update(tx.connection(), member, &people.shown_name(member)).await?;
        }
        let changes = [Change::Updated(from.as_str()), Change::Updated(to.as_str()), Change::Sorted];
        let version = record(ctx, &tx, &id, &changes).await?;
        hooks::after_transfer(&self.webhooks, ctx, &tx, &id, &from, &to).await?;
        let tips = TransferredTips {
            group: (&group).into(),
            op_user: news.operator(&id),
            new_group_owner: (&people.view(new)).into(),
            old_group_owner: String::new(),
            operation_time: 0,
            old_group_owner_info: (&people.view(old)).into(),
            after: version.into(),
        };
        news.to_group(&id, content_type::TRANSFERRED, &tips, None).await?;
        let both = vec![from, to];
        tx.append(ctx, &GroupUpdated { group_id: id.clone(), user_ids: both.clone(), announcement_changed: false }).await?;
        group_changed(&tx, &id);
        members_changed(&tx, &id, &both);
        tx.commit().await?;
        self.forget(&id, &both).await;
        Ok(group)
    }
}

/// Passes the old owner and app administrators; the old owner must really be the owner.
fn may_transfer(standing: &Standing, old: &Member) -> Result<(), GroupError> {
    if !standing.app_admin && standing.user != old.user {
        return Err(GroupError::OwnerOnly);
    }
    if old.role == GroupRole::Owner { Ok(()) } else { Err(GroupError::OwnerOnly) }
}
