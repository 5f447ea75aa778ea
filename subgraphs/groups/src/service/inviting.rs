//! Bringing others into a group.

use std::collections::HashSet;

use openim_core::{Ctx, GroupId, Result, Timestamp, UserId};
use openim_platform::store::Tx;

use super::entering::{enter, named, record_entry};
use super::{Service, alive, lock};
use crate::error::GroupError;
use crate::hooks;
use crate::model::{Group, Invite, Invited, JoinRequest, JoinSource, Member, RequestStatus, Verification};
use crate::notifications::{InvitedTips, MAX_NAMED, News, RequestShape, RequestTips, content_type, request_changed};
use crate::people::People;
use crate::policy::{self, Standing};
use crate::repository::{groups, members, requests};

/// The most notifications that one invitation may cause.
const MAX_TOLD: usize = 10_000;

impl Service {
    /// Brings users in, or asks for them where an ordinary member may not decide. Who is in already is left alone.
    pub(crate) async fn invite(&self, ctx: &Ctx, command: Invite) -> Result<Invited> {
        policy::signed_in(ctx)?;
        policy::check_batch(command.users.len())?;
        policy::check_unique(&command.users)?;
        policy::check_message(&command.reason)?;
        let (id, users) = (GroupId::parse(command.group.as_str())?, policy::user_ids(&command.users)?);
        let group = self.living(&id).await?;
        let standing = self.standing(self.store.read(), ctx, &id).await?;
        standing.as_member()?;
        let people = self.people(users.iter().cloned().chain([standing.user.clone()])).await?;
        if users.iter().any(|user| !people.knows(user)) {
            return Err(GroupError::NoUser.into());
        }
        hooks::before_invite(&self.webhooks, ctx, &id, &command.reason, &users).await?;
        if must_ask(&group, &standing) {
            return self.request_for(ctx, &id, users, &command.reason, &people).await;
        }
        let new = users.iter().map(|user| invited(ctx, &id, user.clone(), &standing.user)).collect();
        let new = hooks::before_enter(&self.webhooks, ctx, &group, new).await?;
        let visible_from = self.visible_from(&id).await?;

        let tx = self.store.begin().await?;
        let mut group = alive(lock(&tx, &id).await?)?;
        let standing = self.standing(tx.connection(), ctx, &id).await?;
        standing.as_member()?;
        let present = present(&tx, &id, &users).await?;
        let new: Vec<Member> = new.into_iter().filter(|member| !present.contains(&member.user)).collect();
        if !new.is_empty() {
            enter(ctx, &tx, &mut group, &people, &new, visible_from).await?;
            let news = News::new(ctx, &tx, &people, &standing);
            for chunk in new.chunks(MAX_NAMED) {
                let version = record_entry(ctx, &tx, &id, chunk).await?;
                let operator = news.operator(&id);
                let tips = InvitedTips {
                    group: (&group).into(),
                    op_user: operator.clone(),
                    invited_user_list: named(&people, chunk),
                    operation_time: 0,
                    after: version.into(),
                    inviter_user: operator,
                };
                news.to_group(&id, content_type::INVITED, &tips, command.as_message).await?;
            }
        }
        tx.commit().await?;
        let (present, joined): (Vec<_>, Vec<_>) = users.into_iter().partition(|user| present.contains(user));
        self.forget(&id, &joined).await;
        Ok(Invited { group, joined, present, requested: Vec::new() })
    }

    /// Stores a request for each user who is not in yet, and tells owner, administrators and the caller.
    async fn request_for(&self, ctx: &Ctx, id: &GroupId, users: Vec<UserId>, reason: &str, people: &People) -> Result<Invited> {
        let tx = self.store.begin().await?;
        let group = alive(lock(&tx, id).await?)?;
        let standing = self.standing(tx.connection(), ctx, id).await?;
        standing.as_member()?;
        let present = present(&tx, id, &users).await?;
        let (present, requested): (Vec<_>, Vec<_>) = users.into_iter().partition(|user| present.contains(user));
        let open: Vec<JoinRequest> = requested.iter().map(|user| request(ctx, id, user.clone(), reason, standing.user.clone())).collect();
        requests::replace(tx.connection(), &open).await?;
        let mut told = members::managers(tx.connection(), id).await?;
        if !told.contains(&standing.user) {
            told.push(standing.user.clone());
        }
        if told.len() * open.len() > MAX_TOLD {
            return Err(GroupError::TooMany.into());
        }
        let news = News::new(ctx, &tx, people, &standing);
        for request in &open {
            let tips = RequestTips {
                group: (&group).into(),
                applicant: people.public(&standing.user),
                req_msg: request.message.clone(),
                uuid: ctx.ids().hex32(),
                request: RequestShape::new(request, &group, people.public(&request.user)),
            };
            for receiver in &told {
                news.to_user(receiver, content_type::REQUESTED, &tips).await?;
            }
            let concerned = told.iter().cloned().chain([request.user.clone()]).collect();
            request_changed(&tx, id, &request.user, concerned);
        }
        tx.commit().await?;
        let group = groups::find_one(self.store.read(), id).await?.unwrap_or(group);
        Ok(Invited { group, joined: Vec::new(), present, requested })
    }
}

/// Tells whether an invitation of this caller has to wait for an answer.
fn must_ask(group: &Group, caller: &Standing) -> bool {
    group.verification == Verification::Everybody && !caller.manages()
}

/// Returns who of these users is a member.
async fn present(tx: &Tx, group: &GroupId, users: &[UserId]) -> Result<HashSet<UserId>> {
    Ok(members::find(tx.connection(), group, users).await?.into_iter().map(|member| member.user).collect())
}

fn invited(ctx: &Ctx, group: &GroupId, user: UserId, inviter: &UserId) -> Member {
    Member {
        source: JoinSource::Invitation,
        inviter: Some(inviter.clone()),
        operator: Some(inviter.clone()),
        ..Member::new(group.clone(), user, ctx.now())
    }
}

fn request(ctx: &Ctx, group: &GroupId, user: UserId, reason: &str, inviter: UserId) -> JoinRequest {
    JoinRequest {
        group: group.clone(),
        user,
        status: RequestStatus::Open,
        message: reason.to_owned(),
        answer: String::new(),
        requested_at: ctx.now(),
        handled_by: None,
        handled_at: Timestamp(0),
        source: JoinSource::Invitation,
        inviter: Some(inviter),
        ex: String::new(),
    }
}
