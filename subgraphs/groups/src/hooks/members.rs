//! Hooks about members and those who would be.

use std::collections::HashMap;

use openim_contracts::GroupRole;
use openim_core::{Ctx, GroupId, Result, Timestamp, UserId};
use openim_platform::store::Tx;
use openim_platform::webhooks::commands::{
    AFTER_JOIN_GROUP, AFTER_KICK_GROUP_MEMBER, AFTER_QUIT_GROUP, AFTER_SET_GROUP_MEMBER_INFO, BEFORE_APPLY_JOIN_GROUP,
    BEFORE_INVITE_USER_TO_GROUP, BEFORE_MEMBER_JOIN_GROUP, BEFORE_SET_GROUP_MEMBER_INFO,
};
use openim_platform::webhooks::{Accepted, Webhooks};
use serde::{Deserialize, Serialize};

use super::{WORKING_CHARACTER, known, listed};
use crate::model::{Group, JoinRequest, Member, MemberChange};

/// Those who are about to enter.
#[derive(Serialize)]
struct Entry<'a> {
    #[serde(rename = "groupID")]
    group_id: &'a str,
    #[serde(rename = "memberList")]
    members: Option<Vec<Entering<'a>>>,
    #[serde(rename = "groupEx")]
    group_ex: &'a str,
}

#[derive(Serialize)]
struct Entering<'a> {
    #[serde(rename = "userID")]
    user_id: &'a str,
    ex: &'a str,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ChangedEntry {
    #[serde(rename = "memberCallbackList")]
    members: Option<Vec<ChangedMember>>,
}

/// What a receiver puts in place of a member's values.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ChangedMember {
    #[serde(rename = "userID")]
    user_id: Option<String>,
    nickname: Option<String>,
    #[serde(rename = "faceURL")]
    face_url: Option<String>,
    #[serde(rename = "roleLevel")]
    role: Option<i32>,
    #[serde(rename = "muteEndTime")]
    muted_until: Option<i64>,
    ex: Option<String>,
}

/// Asks before users become members; returns them as they enter. The answer cannot make or unmake an owner.
pub(crate) async fn before_enter(webhooks: &Webhooks, ctx: &Ctx, group: &Group, members: Vec<Member>) -> Result<Vec<Member>> {
    if !webhooks.enabled(&BEFORE_MEMBER_JOIN_GROUP) {
        return Ok(members);
    }
    let entering = members.iter().map(|member| Entering { user_id: member.user.as_str(), ex: &member.ex }).collect();
    let body = Entry { group_id: group.id.as_str(), members: listed(entering), group_ex: &group.ex };
    let answer: Option<ChangedEntry> = webhooks.before(ctx, &BEFORE_MEMBER_JOIN_GROUP, &body).await?;
    let changes = answer.and_then(|answer| answer.members).unwrap_or_default();
    let mut by_user: HashMap<String, ChangedMember> =
        changes.into_iter().filter_map(|change| Some((change.user_id.clone()?, change))).collect();
    members
        .into_iter()
        .map(|member| match by_user.remove(member.user.as_str()) {
            Some(change) => changed(member, change),
            None => Ok(member),
        })
        .collect()
}

fn changed(member: Member, change: ChangedMember) -> Result<Member> {
    let role = known(change.role, GroupRole::from_number)?.filter(|role| *role != GroupRole::Owner && member.role != GroupRole::Owner);
    let looks = MemberChange { nickname: change.nickname, face_url: change.face_url, ex: change.ex, ..MemberChange::default() };
    crate::policy::check_member_change(&looks)?;
    Ok(Member {
        nickname: looks.nickname.unwrap_or(member.nickname),
        face_url: looks.face_url.unwrap_or(member.face_url),
        ex: looks.ex.unwrap_or(member.ex),
        role: role.unwrap_or(member.role),
        muted_until: change.muted_until.map_or(member.muted_until, Timestamp),
        ..member
    })
}

#[derive(Serialize)]
struct Invitation<'a> {
    #[serde(rename = "groupID")]
    group_id: &'a str,
    reason: &'a str,
    #[serde(rename = "invitedUserIDs")]
    users: Option<Vec<&'a str>>,
}

/// Asks before users are invited.
pub(crate) async fn before_invite(webhooks: &Webhooks, ctx: &Ctx, group: &GroupId, reason: &str, users: &[UserId]) -> Result<()> {
    let body = Invitation { group_id: group.as_str(), reason, users: listed(users.iter().map(UserId::as_str).collect()) };
    let _: Option<Accepted> = webhooks.before(ctx, &BEFORE_INVITE_USER_TO_GROUP, &body).await?;
    Ok(())
}

#[derive(Serialize)]
struct Application<'a> {
    #[serde(rename = "groupID")]
    group_id: &'a str,
    #[serde(rename = "groupType")]
    kind: &'a str,
    #[serde(rename = "applyID")]
    user: &'a str,
    #[serde(rename = "reqMessage")]
    message: &'a str,
    ex: &'a str,
}

/// Asks before somebody enters or asks to.
pub(crate) async fn before_join(webhooks: &Webhooks, ctx: &Ctx, group: &GroupId, user: &UserId, message: &str, ex: &str) -> Result<()> {
    let body = Application { group_id: group.as_str(), kind: WORKING_CHARACTER, user: user.as_str(), message, ex };
    let _: Option<Accepted> = webhooks.before(ctx, &BEFORE_APPLY_JOIN_GROUP, &body).await?;
    Ok(())
}

#[derive(Serialize)]
struct Arrival<'a> {
    #[serde(rename = "groupID")]
    group_id: &'a str,
    #[serde(rename = "reqMessage")]
    message: &'a str,
    #[serde(rename = "joinSource")]
    source: i32,
    /// OpenIM's name for who entered.
    #[serde(rename = "inviterUserID")]
    user: &'a str,
}

/// Tells that somebody entered without being asked.
pub(crate) async fn after_join(webhooks: &Webhooks, ctx: &Ctx, tx: &Tx, request: &JoinRequest) -> Result<()> {
    let (group_id, user) = (request.group.as_str(), request.user.as_str());
    let body = Arrival { group_id, message: &request.message, source: request.source.number(), user };
    webhooks.after(ctx, tx, &AFTER_JOIN_GROUP, &body).await
}

#[derive(Serialize)]
struct Departure<'a> {
    #[serde(rename = "groupID")]
    group_id: &'a str,
    #[serde(rename = "userID")]
    user: &'a str,
}

/// Tells that somebody left.
pub(crate) async fn after_leave(webhooks: &Webhooks, ctx: &Ctx, tx: &Tx, group: &GroupId, user: &UserId) -> Result<()> {
    webhooks.after(ctx, tx, &AFTER_QUIT_GROUP, &Departure { group_id: group.as_str(), user: user.as_str() }).await
}

#[derive(Serialize)]
struct Removal<'a> {
    #[serde(rename = "groupID")]
    group_id: &'a str,
    #[serde(rename = "kickedUserIDs")]
    users: Option<Vec<&'a str>>,
    reason: &'a str,
}

/// Tells that members were removed.
pub(crate) async fn after_remove(webhooks: &Webhooks, ctx: &Ctx, tx: &Tx, group: &GroupId, users: &[UserId], reason: &str) -> Result<()> {
    let body = Removal { group_id: group.as_str(), users: listed(users.iter().map(UserId::as_str).collect()), reason };
    webhooks.after(ctx, tx, &AFTER_KICK_GROUP_MEMBER, &body).await
}

/// A change of a member.
#[derive(Serialize)]
struct Change<'a> {
    #[serde(rename = "groupID")]
    group_id: &'a str,
    #[serde(rename = "userID")]
    user: &'a str,
    #[serde(rename = "nickName")]
    nickname: Option<&'a str>,
    #[serde(rename = "faceURL")]
    face_url: Option<&'a str>,
    #[serde(rename = "roleLevel")]
    role: Option<i32>,
    ex: Option<&'a str>,
}

impl<'a> Change<'a> {
    fn of(change: &'a MemberChange) -> Self {
        Self {
            group_id: &change.group,
            user: &change.user,
            nickname: change.nickname.as_deref(),
            face_url: change.face_url.as_deref(),
            role: change.role.map(GroupRole::number),
            ex: change.ex.as_deref(),
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ChangedChange {
    #[serde(rename = "nickName")]
    nickname: Option<String>,
    #[serde(rename = "faceURL")]
    face_url: Option<String>,
    #[serde(rename = "roleLevel")]
    role: Option<i32>,
    ex: Option<String>,
}

/// Asks before a member is changed; returns the change to make. Rights are checked again afterwards.
pub(crate) async fn before_change_member(webhooks: &Webhooks, ctx: &Ctx, change: MemberChange) -> Result<MemberChange> {
    let answer: Option<ChangedChange> = webhooks.before(ctx, &BEFORE_SET_GROUP_MEMBER_INFO, &Change::of(&change)).await?;
    let Some(answer) = answer else { return Ok(change) };
    Ok(MemberChange {
        nickname: answer.nickname.or(change.nickname),
        face_url: answer.face_url.or(change.face_url),
        ex: answer.ex.or(change.ex),
        role: known(answer.role, GroupRole::from_number)?.or(change.role),
        ..change
    })
}

/// Tells that a member was changed.
pub(crate) async fn after_change_member(webhooks: &Webhooks, ctx: &Ctx, tx: &Tx, change: &MemberChange) -> Result<()> {
    webhooks.after(ctx, tx, &AFTER_SET_GROUP_MEMBER_INFO, &Change::of(change)).await
}
