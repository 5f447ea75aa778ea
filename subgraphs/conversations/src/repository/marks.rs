//! The one row of a group that says what concerns all of its members.

use std::collections::HashMap;

use openim_core::{ConversationId, Result, Timestamp, UserId};
use openim_entities::conversations::group_mark::{ActiveModel, Column, Entity};
use openim_platform::store::db_error;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use super::INSERT_CHUNK;
use crate::model::GroupMark;

/// Returns the marks of the conversations that have one.
pub(crate) async fn find(db: &impl ConnectionTrait, ids: &[ConversationId]) -> Result<HashMap<ConversationId, GroupMark>> {
    let mut found = HashMap::new();
    for chunk in ids.chunks(INSERT_CHUNK) {
        let wanted = Column::ConversationId.is_in(chunk.iter().map(ConversationId::as_str));
        for row in Entity::find().filter(wanted).all(db).await.map_err(db_error)? {
            let mark = GroupMark {
                everyone_at: Timestamp(row.everyone_at),
                everyone_by: row.everyone_by,
                announced_at: Timestamp(row.announced_at),
                dismissed_at: Timestamp(row.dismissed_at),
            };
            found.insert(ConversationId::parse(row.conversation_id)?, mark);
        }
    }
    Ok(found)
}

/// Notes that everybody was named.
pub(crate) async fn everyone(db: &impl ConnectionTrait, id: &ConversationId, by: &UserId, at: Timestamp) -> Result<()> {
    let row = ActiveModel { everyone_at: Set(at.0), everyone_by: Set(by.to_string()), ..blank(id) };
    write(db, row, &[Column::EveryoneAt, Column::EveryoneBy], Column::EveryoneAt, at).await
}

/// Notes that the announcement changed.
pub(crate) async fn announced(db: &impl ConnectionTrait, id: &ConversationId, at: Timestamp) -> Result<()> {
    write(db, ActiveModel { announced_at: Set(at.0), ..blank(id) }, &[Column::AnnouncedAt], Column::AnnouncedAt, at).await
}

/// Notes that the group was dismissed.
pub(crate) async fn dismissed(db: &impl ConnectionTrait, id: &ConversationId, at: Timestamp) -> Result<()> {
    write(db, ActiveModel { dismissed_at: Set(at.0), ..blank(id) }, &[Column::DismissedAt], Column::DismissedAt, at).await
}

async fn write(db: &impl ConnectionTrait, row: ActiveModel, columns: &[Column], newer: Column, at: Timestamp) -> Result<()> {
    let key = OnConflict::column(Column::ConversationId)
        .update_columns(columns.iter().copied())
        .action_and_where(Expr::col((Entity, newer)).lt(at.0))
        .to_owned();
    Entity::insert(row).on_conflict(key).exec_without_returning(db).await.map_err(db_error)?;
    Ok(())
}

fn blank(id: &ConversationId) -> ActiveModel {
    ActiveModel {
        conversation_id: Set(id.to_string()),
        everyone_at: Set(0),
        everyone_by: Set(String::new()),
        announced_at: Set(0),
        dismissed_at: Set(0),
    }
}
