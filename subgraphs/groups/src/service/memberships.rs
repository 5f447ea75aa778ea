//! Changing members: their names, pictures, texts and roles; and showing changed profiles.

use std::collections::{BTreeMap, HashMap};

use openim_contracts::{GroupRole, GroupUpdated};
use openim_core::{Ctx, GroupId, Result, UserId};
use openim_platform::store::Tx;
use openim_platform::versions::Change;

use super::{Service, lock, record};
use crate::error::GroupError;
use crate::hooks;
use crate::jobs::SpreadProfile;
use crate::model::{Group, Member, MemberChange, MemberView};
use crate::notifications::{MemberSetTips, News, content_type, members_changed};
use crate::people::People;
use crate::policy::{self, Standing};
use crate::repository::{groups, joined, members};

/// Groups of one step of spreading a profile: each costs some statements.
const STEP: u64 = 100;

/// A checked change with its ids.
struct Checked {
    group: GroupId,
    user: UserId,
    change: MemberChange,
}

impl Service {
    /// Changes members, all of them or none.
    pub(crate) async fn update_members(&self, ctx: &Ctx, changes: Vec<MemberChange>) -> Result<Vec<MemberView>> {
        let caller = ctx.principal()?.user_id.clone();
        policy::check_batch(changes.len())?;
        let checked = check(changes)?;
        // Before anybody is asked by a webhook, and once more when the rows are locked.
        self.check_rights(self.store.read(), ctx, &checked).await?;
        let mut asked = Vec::with_capacity(checked.len());
        for Checked { group, user, change } in checked {
            let change = hooks::before_change_member(&self.webhooks, ctx, change).await?;
            policy::check_member_change(&change)?;
            asked.push(Checked { group, user, change });
        }
        let people = self.people(asked.iter().map(|one| one.user.clone()).chain([caller])).await?;

        let tx = self.store.begin().await?;
        let mut by_group: BTreeMap<&GroupId, Vec<&Checked>> = BTreeMap::new();
        for one in &asked {
            by_group.entry(&one.group).or_default().push(one);
        }
        let mut views = HashMap::with_capacity(asked.len());
        // Groups are locked in the order of their ids, so that two calls cannot wait for each other.
        for (id, changes) in &by_group {
            let group = lock(&tx, id).await?;
            for view in self.change_in(ctx, &tx, &people, &group, changes).await? {
                views.insert((view.member.group.clone(), view.member.user.clone()), view);
            }
        }
        for one in &asked {
            hooks::after_change_member(&self.webhooks, ctx, &tx, &one.change).await?;
        }
        tx.commit().await?;
        for one in &asked {
            self.forget(&one.group, std::slice::from_ref(&one.user)).await;
        }
        Ok(asked.into_iter().filter_map(|one| views.remove(&(one.group, one.user))).collect())
    }

    async fn check_rights(&self, db: &sea_orm::DatabaseConnection, ctx: &Ctx, changes: &[Checked]) -> Result<()> {
        let keys: Vec<_> = changes.iter().map(|one| (one.group.clone(), one.user.clone())).collect();
        let targets: HashMap<_, _> =
            members::find_many(db, &keys).await?.into_iter().map(|member| ((member.group.clone(), member.user.clone()), member)).collect();
        let mut standings: HashMap<&GroupId, Standing> = HashMap::new();
        for (one, key) in changes.iter().zip(&keys) {
            if !standings.contains_key(&one.group) {
                standings.insert(&one.group, self.standing(db, ctx, &one.group).await?);
            }
            if let Some(standing) = standings.get(&one.group) {
                standing.as_member()?;
                standing.may_change(targets.get(key).ok_or(GroupError::NotMemberArgument)?, &one.change)?;
            }
        }
        Ok(())
    }

    /// Changes members of one locked group.
    async fn change_in(&self, ctx: &Ctx, tx: &Tx, people: &People, group: &Group, changes: &[&Checked]) -> Result<Vec<MemberView>> {
        let standing = self.standing(tx.connection(), ctx, &group.id).await?;
        standing.as_member()?;
        let users: Vec<UserId> = changes.iter().map(|one| one.user.clone()).collect();
        let mut targets: HashMap<UserId, Member> =
            members::find(tx.connection(), &group.id, &users).await?.into_iter().map(|member| (member.user.clone(), member)).collect();
        let news = News::new(ctx, tx, people, &standing);
        let mut views = Vec::with_capacity(changes.len());
        for one in changes {
            let before = targets.remove(&one.user).ok_or(GroupError::NotMemberArgument)?;
            standing.may_change(&before, &one.change)?;
            let after = applied(&before, &one.change);
            members::update(tx.connection(), &after, &people.shown_name(&after)).await?;
            let moved = after.role != before.role;
            let mut changes = vec![Change::Updated(one.user.as_str())];
            changes.extend(moved.then_some(Change::Sorted));
            let version = record(ctx, tx, &group.id, &changes).await?;
            let view = people.view(after);
            let tips = MemberSetTips {
                group: group.into(),
                op_user: news.operator(&group.id),
                operation_time: 0,
                changed_user: (&view).into(),
                group_sort_version: if moved { version.number } else { 0 },
                after: version.into(),
            };
            match one.change.role {
                Some(GroupRole::Admin) => news.to_group(&group.id, content_type::MADE_ADMIN, &tips, None).await?,
                Some(GroupRole::Member) => news.to_group(&group.id, content_type::MADE_ORDINARY, &tips, None).await?,
                Some(GroupRole::Owner) | None => {}
            }
            if one.change.changes_looks() {
                news.to_group(&group.id, content_type::MEMBER_SET, &tips, None).await?;
            }
            views.push(view);
        }
        tx.append(ctx, &GroupUpdated { group_id: group.id.clone(), user_ids: users.clone(), announcement_changed: false }).await?;
        members_changed(tx, &group.id, &users);
        Ok(views)
    }

    /// Shows a changed profile in the next groups where the user has no own name or picture.
    pub(crate) async fn spread_profile(&self, ctx: &Ctx, tx: &Tx, job: &SpreadProfile) -> Result<()> {
        let user = &job.user_id;
        let mut next = joined::showing_profile(tx.connection(), user, job.after.as_ref(), STEP).await?;
        let (Some(last), Some(profile)) = (next.last(), self.users.fresh(std::slice::from_ref(user)).await?.pop()) else { return Ok(()) };
        let (last, full) = (last.clone(), u64::try_from(next.len()).unwrap_or(u64::MAX) == STEP);
        let people = People::of(profile);
        // A group before its member, and groups in the order of their ids, which a database's collation may not be: nobody who
        // changes members can wait for this in a circle.
        next.sort_unstable();
        for id in &next {
            let Some(group) = groups::find_and_lock(tx.connection(), id).await? else { continue };
            let Some(member) = members::find_one(tx.connection(), id, user).await? else { continue };
            members::update(tx.connection(), &member, &people.shown_name(&member)).await?;
            let version = record(ctx, tx, id, &[Change::Updated(user.as_str())]).await?;
            let standing = Standing { user: user.clone(), app_admin: false, member: Some(member.clone()) };
            let news = News::new(ctx, tx, &people, &standing);
            let tips = MemberSetTips {
                group: (&group).into(),
                op_user: news.operator(id),
                operation_time: 0,
                changed_user: (&people.view(member)).into(),
                after: version.into(),
                group_sort_version: 0,
            };
            news.to_group(id, content_type::MEMBER_SET, &tips, None).await?;
            members_changed(tx, id, std::slice::from_ref(user));
        }
        if !full {
            return Ok(());
        }
        let job = SpreadProfile { user_id: user.clone(), after: Some(last) };
        tx.append_job(ctx, SpreadProfile::QUEUE, &job, ctx.now()).await
    }
}

/// Checks values, and that no member comes twice.
fn check(changes: Vec<MemberChange>) -> Result<Vec<Checked>> {
    let checked = changes
        .into_iter()
        .map(|change| {
            policy::check_member_change(&change)?;
            Ok(Checked { group: GroupId::parse(change.group.as_str())?, user: UserId::parse(change.user.as_str())?, change })
        })
        .collect::<Result<Vec<_>>>()?;
    policy::check_unique(checked.iter().map(|one| (&one.group, &one.user)))?;
    Ok(checked)
}

/// Returns what a member becomes.
fn applied(member: &Member, change: &MemberChange) -> Member {
    let keep = |new: &Option<String>, old: &String| new.as_ref().unwrap_or(old).clone();
    Member {
        nickname: keep(&change.nickname, &member.nickname),
        face_url: keep(&change.face_url, &member.face_url),
        ex: keep(&change.ex, &member.ex),
        role: change.role.unwrap_or(member.role),
        ..member.clone()
    }
}
