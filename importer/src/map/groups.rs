//! Groups, their members, and who wants to enter.

use openim_entities::groups::{group_info, group_member, group_request};
use sea_orm::ActiveValue::Set;

use super::{NAME, fold, group, somebody, user};
use crate::value::{Map, Wrong};

/// OpenIM's role levels.
const OWNER: i32 = 100;
const ADMIN: i32 = 60;
const MEMBER: i32 = 20;

/// Reads a group. Its owner and the number of its members are known once the members are there.
pub(crate) fn info(record: &Map) -> Result<group_info::ActiveModel, Wrong> {
    let name = record.short("group_name", NAME)?;
    Ok(group_info::ActiveModel {
        group_id: Set(group(record, "group_id")?),
        name_folded: Set(fold(&name)),
        name: Set(name),
        notification: Set(record.text("notification")?),
        introduction: Set(record.text("introduction")?),
        face_url: Set(record.text("face_url")?),
        ex: Set(record.text("ex")?),
        status: Set(record.one_of("status", &[0, 1, 2, 3])?),
        verification: Set(record.one_of("need_verification", &[0, 1, 2])?),
        look_member_info: Set(record.one_of("look_member_info", &[0, 1])?),
        apply_member_friend: Set(record.one_of("apply_member_friend", &[0, 1])?),
        created_at: Set(record.time("create_time")?),
        creator_id: Set(somebody(record, "creator_user_id")?),
        owner_id: Set(somebody(record, "creator_user_id")?),
        member_count: Set(0),
        announced_at: Set(record.time("notification_update_time")?),
        announced_by: Set(somebody(record, "notification_user_id")?),
    })
}

/// Reads a member. The folded name is that of the profile when the member has no own one in the group: the caller knows it.
pub(crate) fn member(record: &Map) -> Result<group_member::ActiveModel, Wrong> {
    let nickname = record.short("nickname", NAME)?;
    let rank = match record.one_of("role_level", &[OWNER, ADMIN, MEMBER, 0])? {
        OWNER => 0,
        ADMIN => 1,
        _ => 2,
    };
    Ok(group_member::ActiveModel {
        group_id: Set(group(record, "group_id")?),
        user_id: Set(user(record, "user_id")?),
        rank: Set(rank),
        joined_at: Set(record.time("join_time")?),
        name_folded: Set(fold(&nickname)),
        nickname: Set(nickname),
        face_url: Set(record.text("face_url")?),
        join_source: Set(record.one_of("join_source", &[0, 1, 2, 3, 4])?),
        inviter_id: Set(somebody(record, "inviter_user_id")?),
        operator_id: Set(somebody(record, "operator_user_id")?),
        muted_until: Set(record.time("mute_end_time")?),
        ex: Set(record.text("ex")?),
    })
}

pub(crate) fn request(record: &Map) -> Result<group_request::ActiveModel, Wrong> {
    Ok(group_request::ActiveModel {
        group_id: Set(group(record, "group_id")?),
        user_id: Set(user(record, "user_id")?),
        result: Set(record.one_of("handle_result", &[0, 1, -1])?),
        message: Set(record.text("req_msg")?),
        answer: Set(record.text("handled_msg")?),
        requested_at: Set(record.time("req_time")?),
        handled_by: Set(somebody(record, "handle_user_id")?),
        handled_at: Set(record.time("handled_time")?),
        join_source: Set(record.one_of("join_source", &[0, 1, 2, 3, 4])?),
        inviter_id: Set(somebody(record, "inviter_user_id")?),
        ex: Set(record.text("ex")?),
    })
}
