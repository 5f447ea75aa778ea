//! Changing a group's data.

use openim_core::{Ctx, GroupId, Result};

use super::{Service, alive, lock, write_group};
use crate::hooks;
use crate::model::{Group, UpdateGroup};
use crate::notifications::{AnnouncementSetTips, InfoSetTips, NameSetTips, News, content_type};
use crate::policy;

impl Service {
    /// Changes a group's data. Asking for nothing changes and tells nothing; neither does what is so already.
    pub(crate) async fn update(&self, ctx: &Ctx, command: UpdateGroup) -> Result<Group> {
        let id = GroupId::parse(command.group.as_str())?;
        let command = command.tidy();
        policy::signed_in(ctx)?;
        self.refuse_dismissed(&id).await?;
        self.standing(self.store.read(), ctx, &id).await?.as_present_manager()?;
        policy::check_update(&command)?;
        let command = hooks::before_update(&self.webhooks, ctx, command).await?;
        policy::check_update(&command)?;
        self.living(&id).await?;
        let people = self.people([ctx.principal()?.user_id.clone()]).await?;

        let tx = self.store.begin().await?;
        let before = alive(lock(&tx, &id).await?)?;
        let standing = self.standing(tx.connection(), ctx, &id).await?;
        standing.as_present_manager()?;
        let mut after = applied(&before, &command);
        if after == before {
            return Ok(before);
        }
        let announced = after.notification != before.notification;
        if announced {
            after.announced_at = ctx.now();
            after.announced_by = Some(standing.user.clone());
        }
        let version = write_group(ctx, &tx, &after, announced).await?;
        let news = News::new(ctx, &tx, &people, &standing);
        let (op_user, group) = (news.operator(&id), (&after).into());
        let info = InfoSetTips { op_user, mute_time: 0, group, after: version.into() };
        if announced {
            let tips = AnnouncementSetTips { op_user: info.op_user.clone(), group: info.group.clone(), after: info.after.clone() };
            news.to_group(&id, content_type::ANNOUNCEMENT_SET, &tips, Some(!after.notification.is_empty())).await?;
        }
        if after.name != before.name {
            let tips = NameSetTips { op_user: info.op_user.clone(), group: info.group.clone(), after: info.after.clone() };
            news.to_group(&id, content_type::NAME_SET, &tips, None).await?;
        }
        if changes_else(&before, &after) {
            news.to_group(&id, content_type::INFO_SET, &info, None).await?;
        }
        hooks::after_update(&self.webhooks, ctx, &tx, &command).await?;
        tx.commit().await?;
        self.forget(&id, &[]).await;
        Ok(after)
    }
}

/// Returns what a group becomes.
fn applied(group: &Group, update: &UpdateGroup) -> Group {
    let keep = |new: &Option<String>, old: &String| new.as_ref().unwrap_or(old).clone();
    Group {
        name: keep(&update.name, &group.name),
        notification: keep(&update.notification, &group.notification),
        introduction: keep(&update.introduction, &group.introduction),
        face_url: keep(&update.face_url, &group.face_url),
        ex: keep(&update.ex, &group.ex),
        verification: update.verification.unwrap_or(group.verification),
        look_member_info: update.look_member_info.unwrap_or(group.look_member_info),
        apply_member_friend: update.apply_member_friend.unwrap_or(group.apply_member_friend),
        ..group.clone()
    }
}

/// Tells whether anything but name and announcement changes.
fn changes_else(before: &Group, after: &Group) -> bool {
    let rest = Group {
        name: before.name.clone(),
        notification: before.notification.clone(),
        announced_at: before.announced_at,
        announced_by: before.announced_by.clone(),
        ..after.clone()
    };
    rest != *before
}
