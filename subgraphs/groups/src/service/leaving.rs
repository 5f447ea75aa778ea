//! Leaving a group, and removing others from it.

use openim_contracts::GroupRole;
use openim_core::{Ctx, GroupId, Result, UserId};

use super::entering::{leave, named, shape};
use super::{Service, lock};
use crate::error::GroupError;
use crate::hooks;
use crate::model::{Group, Leave, Member, RemoveMembers};
use crate::notifications::{MAX_NAMED, News, QuitTips, RemovedTips, content_type};
use crate::policy;
use crate::repository::members;

impl Service {
    /// Leaves a group; a dismissed one, too. The owner cannot.
    pub(crate) async fn leave(&self, ctx: &Ctx, command: Leave) -> Result<Group> {
        let caller = ctx.principal()?.user_id.clone();
        let id = GroupId::parse(command.group)?;
        let user = command.user.map_or_else(|| Ok(caller.clone()), UserId::parse)?;
        ctx.require_self_or_admin(&user)?;
        members::find_one(self.store.read(), &id, &user).await?.ok_or(GroupError::NoSuchMember)?;
        let people = self.people([caller, user.clone()]).await?;
        let visible_until = self.log_end(&id).await?;

        let tx = self.store.begin().await?;
        let mut group = lock(&tx, &id).await?;
        let member = members::find_one(tx.connection(), &id, &user).await?.ok_or(GroupError::NoSuchMember)?;
        if member.role == GroupRole::Owner {
            return Err(GroupError::OwnerStays.into());
        }
        let standing = self.standing(tx.connection(), ctx, &id).await?;
        let version = leave(ctx, &tx, &mut group, std::slice::from_ref(&user), visible_until).await?;
        let tips = QuitTips { group: (&group).into(), quit_user: shape(&people.view(member)), operation_time: 0, after: version.into() };
        News::new(ctx, &tx, &people, &standing).to_group(&id, content_type::QUIT, &tips, None).await?;
        hooks::after_leave(&self.webhooks, ctx, &tx, &id, &user).await?;
        tx.commit().await?;
        self.forget(&id, std::slice::from_ref(&user)).await;
        Ok(group)
    }

    /// Removes members, all of them or none; also from a dismissed group.
    pub(crate) async fn remove(&self, ctx: &Ctx, command: RemoveMembers) -> Result<Group> {
        let caller = ctx.principal()?.user_id.clone();
        let id = GroupId::parse(command.group)?;
        self.existing(&id).await?;
        policy::check_batch(command.users.len())?;
        policy::check_unique(&command.users)?;
        policy::check_message(&command.reason)?;
        let users = policy::user_ids(&command.users)?;
        if users.contains(&caller) {
            return Err(GroupError::BadValue("one cannot remove oneself").into());
        }
        let people = self.people(users.iter().cloned().chain([caller])).await?;
        let visible_until = self.log_end(&id).await?;

        let tx = self.store.begin().await?;
        let mut group = lock(&tx, &id).await?;
        if users.contains(&group.owner) {
            return Err(GroupError::BadValue("the owner cannot be removed").into());
        }
        let targets = members::find(tx.connection(), &id, &users).await?;
        let standing = self.standing(tx.connection(), ctx, &id).await?;
        standing.as_member()?;
        if targets.len() < users.len() {
            return Err(GroupError::NotMemberToRemove.into());
        }
        standing.may_remove(&targets)?;
        for chunk in users.chunks(MAX_NAMED) {
            let removed: Vec<Member> = targets.iter().filter(|target| chunk.contains(&target.user)).cloned().collect();
            let version = leave(ctx, &tx, &mut group, chunk, visible_until).await?;
            let news = News::new(ctx, &tx, &people, &standing);
            let tips = RemovedTips {
                group: (&group).into(),
                op_user: news.operator(&id),
                kicked_user_list: named(&people, &removed),
                operation_time: ctx.now(),
                after: version.into(),
            };
            news.to_group(&id, content_type::REMOVED, &tips, command.as_message).await?;
        }
        hooks::after_remove(&self.webhooks, ctx, &tx, &id, &users, &command.reason).await?;
        tx.commit().await?;
        self.forget(&id, &users).await;
        Ok(group)
    }
}
