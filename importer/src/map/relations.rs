//! Friends, friend requests and black lists.

use openim_entities::relations::{block_entry, friend_request, friendship};
use sea_orm::ActiveValue::Set;

use super::{somebody, user};
use crate::value::{Map, Wrong};

pub(crate) fn friendship(record: &Map) -> Result<friendship::ActiveModel, Wrong> {
    Ok(friendship::ActiveModel {
        owner_id: Set(user(record, "owner_user_id")?),
        friend_id: Set(user(record, "friend_user_id")?),
        part: Set(if record.bool("is_pinned")? { 0 } else { 1 }),
        created_at: Set(record.time("create_time")?),
        remark: Set(record.text("remark")?),
        source: Set(record.small("add_source")?),
        operator_id: Set(somebody(record, "operator_user_id")?),
        ex: Set(record.text("ex")?),
    })
}

pub(crate) fn request(record: &Map) -> Result<friend_request::ActiveModel, Wrong> {
    Ok(friend_request::ActiveModel {
        from_id: Set(user(record, "from_user_id")?),
        to_id: Set(user(record, "to_user_id")?),
        state: Set(record.one_of("handle_result", &[0, 1, -1])?),
        message: Set(record.text("req_msg")?),
        ex: Set(record.text("ex")?),
        created_at: Set(record.time("create_time")?),
        handler_id: Set(somebody(record, "handler_user_id")?),
        reply: Set(record.text("handle_msg")?),
        handled_at: Set(record.time("handle_time")?),
    })
}

pub(crate) fn block(record: &Map) -> Result<block_entry::ActiveModel, Wrong> {
    Ok(block_entry::ActiveModel {
        owner_id: Set(user(record, "owner_user_id")?),
        blocked_id: Set(user(record, "block_user_id")?),
        created_at: Set(record.time("create_time")?),
        operator_id: Set(somebody(record, "operator_user_id")?),
        ex: Set(record.text("ex")?),
    })
}
