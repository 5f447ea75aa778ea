//! The objects inside of tips, with OpenIM's keys (notifications.json). All fields are always there.

use openim_contracts::UserSummary;
use openim_core::GroupId;
use serde::Serialize;

use crate::model::{Group, JoinRequest, MemberView};

/// OpenIM's type of all groups.
const WORKING: i32 = 2;
/// What an app administrator is shown as.
const SHOWN_ROLE: i32 = 60;
const SHOWN_LEVEL: i32 = 2;

/// OpenIM's `GroupInfo`.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct GroupShape {
    #[serde(rename = "groupID")]
    group_id: String,
    group_name: String,
    notification: String,
    introduction: String,
    #[serde(rename = "faceURL")]
    face_url: String,
    #[serde(rename = "ownerUserID")]
    owner_user_id: String,
    create_time: i64,
    member_count: i64,
    ex: String,
    status: i32,
    #[serde(rename = "creatorUserID")]
    creator_user_id: String,
    group_type: i32,
    need_verification: i32,
    look_member_info: i32,
    apply_member_friend: i32,
    notification_update_time: i64,
    #[serde(rename = "notificationUserID")]
    notification_user_id: String,
}

impl From<&Group> for GroupShape {
    fn from(group: &Group) -> Self {
        Self {
            group_id: group.id.to_string(),
            group_name: group.name.clone(),
            notification: group.notification.clone(),
            introduction: group.introduction.clone(),
            face_url: group.face_url.clone(),
            owner_user_id: group.owner.to_string(),
            create_time: group.created_at.0,
            member_count: group.member_count,
            ex: group.ex.clone(),
            status: group.status.number(),
            creator_user_id: group.creator.to_string(),
            group_type: WORKING,
            need_verification: group.verification.number(),
            look_member_info: group.look_member_info.number(),
            apply_member_friend: group.apply_member_friend.number(),
            notification_update_time: group.announced_at.0,
            notification_user_id: text(group.announced_by.as_ref()),
        }
    }
}

/// OpenIM's `GroupMemberFullInfo`.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MemberShape {
    #[serde(rename = "groupID")]
    group_id: String,
    #[serde(rename = "userID")]
    user_id: String,
    role_level: i32,
    join_time: i64,
    nickname: String,
    #[serde(rename = "faceURL")]
    face_url: String,
    app_manger_level: i32,
    join_source: i32,
    #[serde(rename = "operatorUserID")]
    operator_user_id: String,
    ex: String,
    mute_end_time: i64,
    #[serde(rename = "inviterUserID")]
    inviter_user_id: String,
}

impl From<&MemberView> for MemberShape {
    fn from(view: &MemberView) -> Self {
        let member = &view.member;
        Self {
            group_id: member.group.to_string(),
            user_id: member.user.to_string(),
            role_level: member.role.number(),
            join_time: member.joined_at.0,
            nickname: view.nickname.clone(),
            face_url: view.face_url.clone(),
            app_manger_level: 0,
            join_source: member.source.number(),
            operator_user_id: text(member.operator.as_ref()),
            ex: member.ex.clone(),
            mute_end_time: member.muted_until.0,
            inviter_user_id: text(member.inviter.as_ref()),
        }
    }
}

impl MemberShape {
    /// Shows an app administrator, who need not be a member.
    pub(crate) fn of_app_admin(group: &GroupId, user: &PublicUserShape) -> Self {
        Self { role_level: SHOWN_ROLE, app_manger_level: SHOWN_LEVEL, ..Self::of_stranger(group, user) }
    }

    /// Shows somebody who is not a member.
    pub(crate) fn of_stranger(group: &GroupId, user: &PublicUserShape) -> Self {
        let PublicUserShape { user_id, nickname, face_url, .. } = user.clone();
        Self { group_id: group.to_string(), user_id, nickname, face_url, ..Self::default() }
    }
}

/// OpenIM's `PublicUserInfo`.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct PublicUserShape {
    #[serde(rename = "userID")]
    pub(super) user_id: String,
    pub(super) nickname: String,
    #[serde(rename = "faceURL")]
    pub(super) face_url: String,
    ex: String,
}

impl PublicUserShape {
    /// Shows a user; one that is not registered by the id only.
    pub(crate) fn new(id: &openim_core::UserId, user: Option<&UserSummary>) -> Self {
        let shown = |text: fn(&UserSummary) -> &String| user.map(text).cloned().unwrap_or_default();
        Self { user_id: id.to_string(), nickname: shown(|user| &user.nickname), face_url: shown(|user| &user.face_url), ex: String::new() }
    }
}

/// OpenIM's `GroupRequest`.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RequestShape {
    user_info: PublicUserShape,
    group_info: GroupShape,
    handle_result: i32,
    req_msg: String,
    handle_msg: String,
    req_time: i64,
    #[serde(rename = "handleUserID")]
    handle_user_id: String,
    handle_time: i64,
    ex: String,
    join_source: i32,
    #[serde(rename = "inviterUserID")]
    inviter_user_id: String,
}

impl RequestShape {
    /// Shows a request for a group.
    pub(crate) fn new(request: &JoinRequest, group: &Group, user: PublicUserShape) -> Self {
        Self {
            user_info: user,
            group_info: group.into(),
            handle_result: request.status.number(),
            req_msg: request.message.clone(),
            handle_msg: request.answer.clone(),
            req_time: request.requested_at.0,
            handle_user_id: text(request.handled_by.as_ref()),
            handle_time: request.handled_at.0,
            ex: request.ex.clone(),
            join_source: request.source.number(),
            inviter_user_id: text(request.inviter.as_ref()),
        }
    }
}

fn text(user: Option<&openim_core::UserId>) -> String {
    user.map_or_else(String::new, ToString::to_string)
}
