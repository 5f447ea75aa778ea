//! Hooks about groups as a whole.

use openim_contracts::GroupRole;
use openim_core::{Ctx, GroupId, Result, UserId};
use openim_platform::store::Tx;
use openim_platform::webhooks::Webhooks;
use openim_platform::webhooks::commands::{
    AFTER_CREATE_GROUP, AFTER_DISMISS_GROUP, AFTER_SET_GROUP_INFO, AFTER_SET_GROUP_INFO_EX, AFTER_TRANSFER_GROUP_OWNER,
    BEFORE_CREATE_GROUP, BEFORE_SET_GROUP_INFO, BEFORE_SET_GROUP_INFO_EX,
};
use serde::{Deserialize, Serialize};

use super::{Ranked, WORKING, WORKING_CHARACTER, known, listed};
use crate::model::{Group, GroupStatus, Member, MemberAccess, NewGroup, UpdateGroup, Verification};

/// A group with its first members.
#[derive(Serialize)]
struct Creation<'a> {
    #[serde(rename = "groupID")]
    group_id: &'a str,
    #[serde(rename = "groupName")]
    name: &'a str,
    notification: &'a str,
    introduction: &'a str,
    #[serde(rename = "faceURL")]
    face_url: &'a str,
    #[serde(rename = "ownerUserID")]
    owner: &'a str,
    #[serde(rename = "createTime")]
    created_at: i64,
    #[serde(rename = "memberCount")]
    member_count: i64,
    ex: &'a str,
    status: i32,
    #[serde(rename = "creatorUserID")]
    creator: &'a str,
    #[serde(rename = "groupType")]
    kind: i32,
    #[serde(rename = "needVerification")]
    verification: i32,
    #[serde(rename = "lookMemberInfo")]
    look_member_info: i32,
    #[serde(rename = "applyMemberFriend")]
    apply_member_friend: i32,
    #[serde(rename = "notificationUpdateTime")]
    announced_at: i64,
    #[serde(rename = "notificationUserID")]
    announced_by: &'a str,
    #[serde(rename = "initMemberList")]
    members: Option<Vec<Ranked<'a>>>,
}

/// What a receiver puts in place of a client's values.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ChangedGroup {
    #[serde(rename = "groupID")]
    group_id: Option<String>,
    #[serde(rename = "groupName")]
    name: Option<String>,
    notification: Option<String>,
    introduction: Option<String>,
    #[serde(rename = "faceURL")]
    face_url: Option<String>,
    ex: Option<String>,
    #[serde(rename = "creatorUserID")]
    creator: Option<String>,
    #[serde(rename = "needVerification")]
    verification: Option<i32>,
    #[serde(rename = "lookMemberInfo")]
    look_member_info: Option<i32>,
    #[serde(rename = "applyMemberFriend")]
    apply_member_friend: Option<i32>,
}

/// Asks before a group is made; returns the group to make.
pub(crate) async fn before_create(
    webhooks: &Webhooks,
    ctx: &Ctx,
    group: NewGroup,
    owner: &UserId,
    members: &[(UserId, GroupRole)],
) -> Result<NewGroup> {
    let ranked = members.iter().map(|(user, role)| Ranked { user_id: user.as_str(), role_level: role.number() }).collect();
    let body = Creation {
        group_id: group.id.as_deref().unwrap_or_default(),
        name: &group.name,
        notification: &group.notification,
        introduction: &group.introduction,
        face_url: &group.face_url,
        owner: owner.as_str(),
        created_at: 0,
        member_count: 0,
        ex: &group.ex,
        status: GroupStatus::Normal.number(),
        creator: group.creator.as_deref().unwrap_or_default(),
        kind: WORKING,
        verification: group.verification.number(),
        look_member_info: group.look_member_info.number(),
        apply_member_friend: group.apply_member_friend.number(),
        announced_at: 0,
        announced_by: "",
        members: listed(ranked),
    };
    let answer: Option<ChangedGroup> = webhooks.before(ctx, &BEFORE_CREATE_GROUP, &body).await?;
    let Some(answer) = answer else { return Ok(group) };
    Ok(NewGroup {
        id: answer.group_id.filter(|id| !id.is_empty()).or(group.id),
        creator: answer.creator.filter(|id| !id.is_empty()).or(group.creator),
        name: answer.name.unwrap_or(group.name),
        notification: answer.notification.unwrap_or(group.notification),
        introduction: answer.introduction.unwrap_or(group.introduction),
        face_url: answer.face_url.unwrap_or(group.face_url),
        ex: answer.ex.unwrap_or(group.ex),
        verification: known(answer.verification, Verification::from_number)?.unwrap_or(group.verification),
        look_member_info: known(answer.look_member_info, MemberAccess::from_number)?.unwrap_or(group.look_member_info),
        apply_member_friend: known(answer.apply_member_friend, MemberAccess::from_number)?.unwrap_or(group.apply_member_friend),
        ..group
    })
}

/// Tells that a group was made.
pub(crate) async fn after_create(webhooks: &Webhooks, ctx: &Ctx, tx: &Tx, group: &Group, members: &[Member]) -> Result<()> {
    if !webhooks.enabled(&AFTER_CREATE_GROUP) {
        return Ok(());
    }
    let ranked = members.iter().map(|member| Ranked { user_id: member.user.as_str(), role_level: member.role.number() }).collect();
    let body = Creation {
        group_id: group.id.as_str(),
        name: &group.name,
        notification: &group.notification,
        introduction: &group.introduction,
        face_url: &group.face_url,
        owner: group.owner.as_str(),
        created_at: group.created_at.0,
        member_count: group.member_count,
        ex: &group.ex,
        status: group.status.number(),
        creator: group.creator.as_str(),
        kind: WORKING,
        verification: group.verification.number(),
        look_member_info: group.look_member_info.number(),
        apply_member_friend: group.apply_member_friend.number(),
        announced_at: group.announced_at.0,
        announced_by: group.announced_by.as_ref().map_or("", UserId::as_str),
        members: listed(ranked),
    };
    webhooks.after(ctx, tx, &AFTER_CREATE_GROUP, &body).await
}

/// A change of a group. The older form has empty texts where the newer one has null, and zeros before the change.
#[derive(Serialize)]
struct Change<'a> {
    #[serde(rename = "groupID")]
    group_id: &'a str,
    #[serde(rename = "groupName")]
    name: Option<&'a str>,
    notification: Option<&'a str>,
    introduction: Option<&'a str>,
    #[serde(rename = "faceURL")]
    face_url: Option<&'a str>,
    ex: Option<&'a str>,
    #[serde(rename = "needVerification")]
    verification: Option<i32>,
    #[serde(rename = "lookMemberInfo")]
    look_member_info: Option<i32>,
    #[serde(rename = "applyMemberFriend")]
    apply_member_friend: Option<i32>,
}

impl<'a> Change<'a> {
    /// Describes a change; `before` it the older form has no null at all.
    fn of(update: &'a UpdateGroup, before: bool) -> Self {
        let text = update.empty_keeps.then_some("");
        let (ex, number) = if before && update.empty_keeps { (Some(""), Some(0)) } else { (None, None) };
        Self {
            group_id: &update.group,
            name: update.name.as_deref().or(text),
            notification: update.notification.as_deref().or(text),
            introduction: update.introduction.as_deref().or(text),
            face_url: update.face_url.as_deref().or(text),
            ex: update.ex.as_deref().or(ex),
            verification: update.verification.map(Verification::number).or(number),
            look_member_info: update.look_member_info.map(MemberAccess::number).or(number),
            apply_member_friend: update.apply_member_friend.map(MemberAccess::number).or(number),
        }
    }
}

/// Asks before a group is changed; returns the change to make. What the answer leaves out stays as the client sent it, and
/// the group is never another one.
pub(crate) async fn before_update(webhooks: &Webhooks, ctx: &Ctx, update: UpdateGroup) -> Result<UpdateGroup> {
    let command = if update.empty_keeps { &BEFORE_SET_GROUP_INFO } else { &BEFORE_SET_GROUP_INFO_EX };
    let answer: Option<ChangedGroup> = webhooks.before(ctx, command, &Change::of(&update, true)).await?;
    let Some(answer) = answer else { return Ok(update) };
    let changed = UpdateGroup {
        name: answer.name.or(update.name),
        introduction: answer.introduction.or(update.introduction),
        face_url: answer.face_url.or(update.face_url),
        ex: answer.ex.or(update.ex),
        verification: known(answer.verification, Verification::from_number)?.or(update.verification),
        look_member_info: known(answer.look_member_info, MemberAccess::from_number)?.or(update.look_member_info),
        apply_member_friend: known(answer.apply_member_friend, MemberAccess::from_number)?.or(update.apply_member_friend),
        ..update
    };
    Ok(changed.tidy())
}

/// Tells that a group was changed.
pub(crate) async fn after_update(webhooks: &Webhooks, ctx: &Ctx, tx: &Tx, update: &UpdateGroup) -> Result<()> {
    let command = if update.empty_keeps { &AFTER_SET_GROUP_INFO } else { &AFTER_SET_GROUP_INFO_EX };
    webhooks.after(ctx, tx, command, &Change::of(update, false)).await
}

/// The end of a group.
#[derive(Serialize)]
struct Dismissal<'a> {
    #[serde(rename = "groupID")]
    group_id: &'a str,
    #[serde(rename = "ownerID")]
    owner: &'a str,
    #[serde(rename = "groupType")]
    kind: &'a str,
    #[serde(rename = "membersID")]
    members: Option<Vec<&'a str>>,
}

/// Tells that a group was dismissed; `members` are the first thousand.
pub(crate) async fn after_dismiss(webhooks: &Webhooks, ctx: &Ctx, tx: &Tx, group: &Group, members: &[UserId]) -> Result<()> {
    let members = listed(members.iter().map(UserId::as_str).collect());
    let body = Dismissal { group_id: group.id.as_str(), owner: group.owner.as_str(), kind: WORKING_CHARACTER, members };
    webhooks.after(ctx, tx, &AFTER_DISMISS_GROUP, &body).await
}

/// A new owner.
#[derive(Serialize)]
struct Handover<'a> {
    #[serde(rename = "groupID")]
    group_id: &'a str,
    #[serde(rename = "oldOwnerUserID")]
    from: &'a str,
    #[serde(rename = "newOwnerUserID")]
    to: &'a str,
}

/// Tells that a group has a new owner.
pub(crate) async fn after_transfer(webhooks: &Webhooks, ctx: &Ctx, tx: &Tx, group: &GroupId, from: &UserId, to: &UserId) -> Result<()> {
    let body = Handover { group_id: group.as_str(), from: from.as_str(), to: to.as_str() };
    webhooks.after(ctx, tx, &AFTER_TRANSFER_GROUP_OWNER, &body).await
}
