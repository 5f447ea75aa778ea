//! Keeping a group, or one member, from writing.

use std::time::Duration;

use openim_contracts::GroupUpdated;
use openim_core::{Ctx, GroupId, Result, Timestamp, UserId};
use openim_platform::store::Tx;
use openim_platform::versions::{Change, Version};

use super::{Service, alive, lock, record, write_group};
use crate::error::GroupError;
use crate::model::{Group, GroupStatus, Member, MemberView, MuteMember};
use crate::notifications::{GroupMutedTips, MemberUnmutedTips, MutedTips, News, content_type, members_changed};
use crate::people::People;
use crate::policy;
use crate::repository::members;

impl Service {
    /// Lets only owner and administrators write, or everybody again. Repeating it is fine.
    pub(crate) async fn mute(&self, ctx: &Ctx, group: &str, muted: bool) -> Result<Group> {
        let id = GroupId::parse(group)?;
        policy::signed_in(ctx)?;
        self.refuse_dismissed(&id).await?;
        self.standing(self.store.read(), ctx, &id).await?.as_manager()?;
        self.living(&id).await?;
        let people = self.people([ctx.principal()?.user_id.clone()]).await?;

        let tx = self.store.begin().await?;
        let mut group = alive(lock(&tx, &id).await?)?;
        let standing = self.standing(tx.connection(), ctx, &id).await?;
        standing.as_manager()?;
        group.status = if muted { GroupStatus::Muted } else { GroupStatus::Normal };
        let version = write_group(ctx, &tx, &group, false).await?;
        let news = News::new(ctx, &tx, &people, &standing);
        let tips = GroupMutedTips { group: (&group).into(), op_user: news.operator(&id), operation_time: 0, after: version.into() };
        let kind = if muted { content_type::MUTED } else { content_type::UNMUTED };
        news.to_group(&id, kind, &tips, None).await?;
        tx.commit().await?;
        self.forget(&id, &[]).await;
        Ok(group)
    }

    /// Keeps a member from writing for some seconds, or lets the member write again.
    pub(crate) async fn mute_member(&self, ctx: &Ctx, command: MuteMember) -> Result<MemberView> {
        policy::signed_in(ctx)?;
        if command.seconds == Some(0) {
            return Err(GroupError::BadValue("seconds must be from 1 to 4294967295").into());
        }
        let (id, user) = (GroupId::parse(command.group)?, UserId::parse(command.user)?);
        let caller = ctx.principal()?.user_id.clone();
        self.refuse_dismissed(&id).await?;
        let target = members::find_one(self.store.read(), &id, &user).await?.ok_or(GroupError::NoSuchMember)?;
        self.standing(self.store.read(), ctx, &id).await?.may_mute(&target)?;
        let people = self.people([caller, user.clone()]).await?;

        let tx = self.store.begin().await?;
        let group = alive(lock(&tx, &id).await?)?;
        let mut target = members::find_one(tx.connection(), &id, &user).await?.ok_or(GroupError::NoSuchMember)?;
        let standing = self.standing(tx.connection(), ctx, &id).await?;
        standing.may_mute(&target)?;
        let seconds = command.seconds.unwrap_or(0);
        target.muted_until = match command.seconds {
            Some(seconds) => ctx.now().plus(Duration::from_secs(seconds.into())),
            None => Timestamp(0),
        };
        let version = write_member(ctx, &tx, &people, &target).await?;
        let news = News::new(ctx, &tx, &people, &standing);
        let view = people.view(target);
        let (shown, op_user, muted_user) = ((&group).into(), news.operator(&id), (&view).into());
        if command.seconds.is_some() {
            let tips = MutedTips { group: shown, op_user, operation_time: 0, muted_user, muted_seconds: seconds, after: version.into() };
            news.to_group(&id, content_type::MEMBER_MUTED, &tips, None).await?;
        } else {
            let tips = MemberUnmutedTips { group: shown, op_user, operation_time: 0, muted_user, after: version.into() };
            news.to_group(&id, content_type::MEMBER_UNMUTED, &tips, None).await?;
        }
        tx.commit().await?;
        self.forget(&id, std::slice::from_ref(&user)).await;
        Ok(view)
    }
}

/// Writes one changed member of a locked group, and what others must know of it.
pub(super) async fn write_member(ctx: &Ctx, tx: &Tx, people: &People, member: &Member) -> Result<Version> {
    members::update(tx.connection(), member, &people.shown_name(member)).await?;
    let version = record(ctx, tx, &member.group, &[Change::Updated(member.user.as_str())]).await?;
    let user_ids = vec![member.user.clone()];
    members_changed(tx, &member.group, &user_ids);
    tx.append(ctx, &GroupUpdated { group_id: member.group.clone(), user_ids, announcement_changed: false }).await?;
    Ok(version)
}
