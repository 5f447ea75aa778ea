//! Making groups.

use openim_contracts::GroupRole;
use openim_core::{Ctx, GroupId, Result, Timestamp, UserId};

use super::Service;
use super::entering::{enter, named, record_entry, shape};
use crate::error::GroupError;
use crate::hooks;
use crate::model::{CreateGroup, Group, GroupStatus, JoinSource, Member, NewGroup, Taken};
use crate::notifications::{AnnouncementSetTips, CreatedTips, News, content_type};
use crate::policy::{self, Standing};
use crate::repository::groups;

/// How many random ids are tried.
const TRIES: usize = 10;

impl Service {
    /// Makes a group with its first members.
    pub(crate) async fn create(&self, ctx: &Ctx, command: CreateGroup) -> Result<Group> {
        let caller = ctx.principal()?.user_id.clone();
        policy::check_at_most(command.members.len())?;
        policy::check_at_most(command.admins.len())?;
        if !command.group.working {
            return Err(GroupError::NotWorking.into());
        }
        let owner = command.owner.map_or_else(|| Ok(caller.clone()), UserId::parse)?;
        ctx.require_self_or_admin(&owner)?;
        policy::check_new_group(&command.group)?;
        let wanted = command.group.id.clone().map(GroupId::parse).transpose()?;
        wanted.as_ref().map_or(Ok(()), policy::check_new_id)?;
        let creator = creator(ctx, &caller, &command.group)?;
        let people_of = first_members(&owner, &command.admins, &command.members)?;
        let people = self.people(people_of.iter().map(|(user, _)| user.clone()).chain([caller.clone()])).await?;
        if people_of.iter().any(|(user, _)| !people.knows(user)) {
            return Err(GroupError::UnknownUser.into());
        }
        let draft = hooks::before_create(&self.webhooks, ctx, command.group, &owner, &people_of).await?;
        policy::check_new_group(&draft)?;
        let wanted = if draft.id == wanted.as_ref().map(ToString::to_string) {
            wanted
        } else {
            let changed = draft.id.clone().map(GroupId::parse).transpose()?;
            changed.as_ref().map_or(Ok(()), policy::check_new_id)?;
            changed
        };
        let id = self.free_id(ctx, wanted).await?;
        let mut group = new_group(ctx, id, owner, creator, draft);
        let first: Vec<Member> = people_of.into_iter().map(|(user, role)| member(ctx, &group.id, user, role, &caller)).collect();
        let first = hooks::before_enter(&self.webhooks, ctx, &group, first).await?;

        let tx = self.store.begin().await?;
        if groups::insert(tx.connection(), &group).await? == Taken::Yes {
            return Err(GroupError::GroupExists.into());
        }
        enter(ctx, &tx, &mut group, &people, &first, 0).await?;
        let version = record_entry(ctx, &tx, &group.id, &first).await?;
        let operator =
            Standing { app_admin: ctx.is_admin(), member: first.iter().find(|member| member.user == caller).cloned(), user: caller };
        let news = News::new(ctx, &tx, &people, &operator);
        let owner = first.iter().find(|member| member.role == GroupRole::Owner).map(|owner| shape(&people.view(owner.clone())));
        let tips = CreatedTips {
            group: (&group).into(),
            op_user: news.operator(&group.id),
            member_list: named(&people, &first),
            operation_time: ctx.now(),
            group_owner_user: owner.unwrap_or_default(),
            after: version.into(),
        };
        news.to_group(&group.id, content_type::CREATED, &tips, command.as_message).await?;
        if !group.notification.is_empty() {
            let tips = AnnouncementSetTips { op_user: tips.op_user, group: tips.group, after: tips.after };
            news.to_group(&group.id, content_type::ANNOUNCEMENT_SET, &tips, Some(true)).await?;
        }
        hooks::after_create(&self.webhooks, ctx, &tx, &group, &first).await?;
        tx.commit().await?;
        Ok(group)
    }

    /// Returns the wanted id when it is free, or a random number.
    async fn free_id(&self, ctx: &Ctx, wanted: Option<GroupId>) -> Result<GroupId> {
        if let Some(id) = wanted {
            return match groups::find_one(self.store.read(), &id).await? {
                Some(_) => Err(GroupError::GroupExists.into()),
                None => Ok(id),
            };
        }
        for _ in 0..TRIES {
            let mut bytes = [0_u8; 4];
            ctx.ids().fill(&mut bytes);
            let id = GroupId::parse(u32::from_be_bytes(bytes).to_string())?;
            if groups::find_one(self.store.read(), &id).await?.is_none() {
                return Ok(id);
            }
        }
        Err(GroupError::NoFreeId.into())
    }
}

/// Returns who is named as the maker: only app administrators may name somebody else.
fn creator(ctx: &Ctx, caller: &UserId, group: &NewGroup) -> Result<UserId> {
    match &group.creator {
        Some(creator) if ctx.is_admin() => UserId::parse(creator.as_str()),
        _ => Ok(caller.clone()),
    }
}

/// Returns the first members with their roles, the owner first; nobody may come twice.
fn first_members(owner: &UserId, admins: &[String], ordinary: &[String]) -> Result<Vec<(UserId, GroupRole)>> {
    let admins = policy::user_ids(admins)?.into_iter().map(|user| (user, GroupRole::Admin));
    let ordinary = policy::user_ids(ordinary)?.into_iter().map(|user| (user, GroupRole::Member));
    let all: Vec<_> = [(owner.clone(), GroupRole::Owner)].into_iter().chain(admins).chain(ordinary).collect();
    policy::check_unique(all.iter().map(|(user, _)| user))?;
    Ok(all)
}

fn member(ctx: &Ctx, group: &GroupId, user: UserId, role: GroupRole, caller: &UserId) -> Member {
    Member {
        role,
        source: JoinSource::Invitation,
        inviter: Some(caller.clone()),
        operator: Some(caller.clone()),
        ..Member::new(group.clone(), user, ctx.now())
    }
}

fn new_group(ctx: &Ctx, id: GroupId, owner: UserId, creator: UserId, draft: NewGroup) -> Group {
    let announced = !draft.notification.is_empty();
    Group {
        id,
        name: draft.name,
        notification: draft.notification,
        introduction: draft.introduction,
        face_url: draft.face_url,
        ex: draft.ex,
        status: GroupStatus::Normal,
        verification: draft.verification,
        look_member_info: draft.look_member_info,
        apply_member_friend: draft.apply_member_friend,
        created_at: ctx.now(),
        creator: creator.clone(),
        owner,
        member_count: 0,
        announced_at: if announced { ctx.now() } else { Timestamp(0) },
        announced_by: announced.then_some(creator),
    }
}
