//! Entering a group, and answering those who ask to.

use openim_core::{Ctx, GroupId, Result, Timestamp, UserId};
use openim_platform::store::Tx;

use super::entering::{enter, named, record_entry};
use super::{Service, alive, lock};
use crate::error::GroupError;
use crate::hooks;
use crate::model::{AnswerRequest, Group, Join, JoinRequest, JoinSource, Joined, Member, MemberView, RequestStatus, Verification};
use crate::notifications::{
    AnswerTips, EnteredTips, InvitedTips, MemberShape, News, RequestShape, RequestTips, content_type, request_changed,
};
use crate::people::People;
use crate::policy;
use crate::repository::{members, requests};

/// Whom an answer is shown to, in OpenIM's numbers.
const AS_APPLICANT: i32 = 0;
const AS_MANAGER: i32 = 1;

impl Service {
    /// Enters a group, or asks to.
    pub(crate) async fn join(&self, ctx: &Ctx, command: Join) -> Result<Joined> {
        let caller = ctx.principal()?.user_id.clone();
        if command.source == JoinSource::Unknown {
            return Err(GroupError::BadValue("the source must say how one came to the group").into());
        }
        policy::check_message(&command.message)?;
        policy::check_ex(&command.ex)?;
        let id = GroupId::parse(command.group)?;
        let user = command.user.map_or_else(|| Ok(caller.clone()), UserId::parse)?;
        ctx.require_self_or_admin(&user)?;
        let people = self.people([caller, user.clone()]).await?;
        if !people.knows(&user) {
            return Err(GroupError::NoUser.into());
        }
        let group = self.living(&id).await?;
        hooks::before_join(&self.webhooks, ctx, &id, &user, &command.message, &command.ex).await?;
        if members::find_one(self.store.read(), &id, &user).await?.is_some() {
            return Err(GroupError::AlreadyMember.into());
        }
        let request = JoinRequest {
            group: id,
            user,
            status: RequestStatus::Open,
            message: command.message,
            answer: String::new(),
            requested_at: ctx.now(),
            handled_by: None,
            handled_at: Timestamp(0),
            source: command.source,
            inviter: None,
            ex: command.ex,
        };
        match group.verification {
            Verification::Nobody => self.enter_at_once(ctx, &group, &request, &people).await.map(Joined::Entered),
            Verification::Applicants | Verification::Everybody => self.ask(ctx, request, &people).await,
        }
    }

    async fn enter_at_once(&self, ctx: &Ctx, group: &Group, request: &JoinRequest, people: &People) -> Result<Group> {
        let (id, user) = (&request.group, &request.user);
        let new = Member { source: request.source, ..Member::new(id.clone(), user.clone(), ctx.now()) };
        let new = hooks::before_enter(&self.webhooks, ctx, group, vec![new]).await?;
        let visible_from = self.visible_from(id).await?;

        let tx = self.store.begin().await?;
        let mut group = alive(lock(&tx, id).await?)?;
        if members::find_one(tx.connection(), id, user).await?.is_some() {
            return Err(GroupError::AlreadyMember.into());
        }
        let standing = self.standing(tx.connection(), ctx, id).await?;
        enter(ctx, &tx, &mut group, people, &new, visible_from).await?;
        let news = News::new(ctx, &tx, people, &standing);
        tell_entry(ctx, &news, &tx, &group, people, &new).await?;
        hooks::after_join(&self.webhooks, ctx, &tx, request).await?;
        tx.commit().await?;
        self.forget(id, std::slice::from_ref(user)).await;
        Ok(group)
    }

    async fn ask(&self, ctx: &Ctx, request: JoinRequest, people: &People) -> Result<Joined> {
        let (id, user) = (&request.group, &request.user);
        let tx = self.store.begin().await?;
        let group = alive(lock(&tx, id).await?)?;
        let standing = self.standing(tx.connection(), ctx, id).await?;
        requests::replace(tx.connection(), std::slice::from_ref(&request)).await?;
        let mut told = members::managers(tx.connection(), id).await?;
        for other in [user, &standing.user] {
            if !told.contains(other) {
                told.push(other.clone());
            }
        }
        let applicant = people.public(user);
        let tips = RequestTips {
            group: (&group).into(),
            applicant: applicant.clone(),
            req_msg: request.message.clone(),
            uuid: ctx.ids().hex32(),
            request: RequestShape::new(&request, &group, applicant),
        };
        let news = News::new(ctx, &tx, people, &standing);
        for receiver in &told {
            news.to_user(receiver, content_type::REQUESTED, &tips).await?;
        }
        request_changed(&tx, id, user, told);
        tx.commit().await?;
        Ok(Joined::Requested(group, request))
    }

    /// Answers a request to enter; who is accepted is in at once.
    pub(crate) async fn answer(&self, ctx: &Ctx, command: AnswerRequest) -> Result<(JoinRequest, Option<MemberView>)> {
        policy::signed_in(ctx)?;
        if command.status == RequestStatus::Open {
            return Err(GroupError::BadValue("the answer must be accepted or refused").into());
        }
        policy::check_message(&command.answer)?;
        let (id, user) = (GroupId::parse(command.group.as_str())?, UserId::parse(command.user.as_str())?);
        self.refuse_dismissed(&id).await?;
        let standing = self.standing(self.store.read(), ctx, &id).await?;
        standing.as_present_manager()?;
        let group = self.living(&id).await?;
        let request = requests::find_one(self.store.read(), &id, &user).await?.ok_or(GroupError::NoRequest)?;
        if request.status != RequestStatus::Open {
            return Err(GroupError::Handled.into());
        }
        let people = self.people([standing.user.clone(), user.clone()].into_iter().chain(request.inviter.clone())).await?;
        if !people.knows(&user) {
            return Err(GroupError::NoUser.into());
        }
        let accepted = command.status == RequestStatus::Accepted;
        let mut new = Vec::new();
        if accepted && members::find_one(self.store.read(), &id, &user).await?.is_none() {
            new = hooks::before_enter(&self.webhooks, ctx, &group, vec![accepted_member(ctx, &request, &standing.user)]).await?;
        }
        let visible_from = self.visible_from(&id).await?;

        let tx = self.store.begin().await?;
        let mut group = alive(lock(&tx, &id).await?)?;
        let standing = self.standing(tx.connection(), ctx, &id).await?;
        standing.as_present_manager()?;
        let open = requests::find_one(tx.connection(), &id, &user).await?.ok_or(GroupError::NoRequest)?;
        if open.status != RequestStatus::Open {
            return Err(GroupError::Handled.into());
        }
        let request = JoinRequest {
            status: command.status,
            answer: command.answer,
            handled_by: Some(standing.user.clone()),
            handled_at: ctx.now(),
            ..open
        };
        requests::replace(tx.connection(), std::slice::from_ref(&request)).await?;
        let present = members::find_one(tx.connection(), &id, &user).await?;
        if present.is_some() {
            new.clear();
        }
        if !new.is_empty() {
            enter(ctx, &tx, &mut group, &people, &new, visible_from).await?;
        }
        let news = News::new(ctx, &tx, &people, &standing);
        tell_answer(ctx, &news, &tx, &group, &people, &request).await?;
        if let (Some(inviter), false) = (&request.inviter, new.is_empty()) {
            let version = record_entry(ctx, &tx, &id, &new).await?;
            let tips = InvitedTips {
                group: (&group).into(),
                op_user: news.operator(&id),
                invited_user_list: named(&people, &new),
                operation_time: 0,
                after: version.into(),
                inviter_user: shown_inviter(&tx, &people, &id, inviter).await?,
            };
            news.to_group(&id, content_type::INVITED, &tips, None).await?;
        } else if !new.is_empty() {
            tell_entry(ctx, &news, &tx, &group, &people, &new).await?;
        }
        tx.commit().await?;
        self.forget(&id, std::slice::from_ref(&user)).await;
        let member = if accepted { present.or_else(|| new.pop()) } else { None };
        Ok((request, member.map(|member| people.view(member))))
    }
}

/// Records that somebody entered by the own wish, and tells the group.
async fn tell_entry(ctx: &Ctx, news: &News<'_>, tx: &Tx, group: &Group, people: &People, new: &[Member]) -> Result<()> {
    let version = record_entry(ctx, tx, &group.id, new).await?;
    for member in new {
        let tips = EnteredTips {
            group: group.into(),
            entrant_user: (&people.view(member.clone())).into(),
            operation_time: ctx.now(),
            after: version.clone().into(),
        };
        news.to_group(&group.id, content_type::ENTERED, &tips, None).await?;
    }
    Ok(())
}

/// Tells owner, administrators and the applicant what was answered.
async fn tell_answer(ctx: &Ctx, news: &News<'_>, tx: &Tx, group: &Group, people: &People, request: &JoinRequest) -> Result<()> {
    let kind = if request.status == RequestStatus::Accepted { content_type::ACCEPTED } else { content_type::REFUSED };
    let managers = members::managers(tx.connection(), &group.id).await?;
    let mut tips = AnswerTips {
        group: group.into(),
        op_user: news.operator(&group.id),
        handle_msg: request.answer.clone(),
        receiver_as: AS_APPLICANT,
        uuid: ctx.ids().hex32(),
        request: RequestShape::new(request, group, people.public(&request.user)),
    };
    news.to_user(&request.user, kind, &tips).await?;
    tips.receiver_as = AS_MANAGER;
    for manager in managers.iter().filter(|manager| **manager != request.user) {
        news.to_user(manager, kind, &tips).await?;
    }
    let concerned = managers.into_iter().chain([request.user.clone()]).chain(request.inviter.clone()).collect();
    request_changed(tx, &group.id, &request.user, concerned);
    Ok(())
}

fn accepted_member(ctx: &Ctx, request: &JoinRequest, operator: &UserId) -> Member {
    Member {
        source: request.source,
        inviter: request.inviter.clone(),
        operator: Some(operator.clone()),
        ..Member::new(request.group.clone(), request.user.clone(), ctx.now())
    }
}

async fn shown_inviter(tx: &Tx, people: &People, group: &GroupId, inviter: &UserId) -> Result<MemberShape> {
    let member = members::find_one(tx.connection(), group, inviter).await?;
    Ok(match member {
        Some(member) => (&people.view(member)).into(),
        None => MemberShape::of_stranger(group, &people.public(inviter)),
    })
}
