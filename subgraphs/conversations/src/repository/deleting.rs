//! Rows that their owners have deleted: kept for their limits, and shown again when there is something new.

use std::collections::BTreeMap;

use openim_core::{ConversationId, Result, Timestamp, UserId};
use openim_entities::conversations::user_conv::{Column, Entity};
use openim_platform::store::db_error;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{SELECT_CHUNK, conversation, of};
use crate::model::Conversation;

/// Returns the rows that an owner has deleted, the last touched first, at most `limit`.
pub(crate) async fn of_owner(db: &impl ConnectionTrait, owner: &UserId, limit: u64) -> Result<Vec<Conversation>> {
    let rows = Entity::find()
        .filter(Column::OwnerId.eq(owner.as_str()))
        // As the index says it, so that it is used.
        .filter(Expr::cust("deleted"))
        .order_by_desc(Column::UpdatedAt)
        .limit(limit)
        .all(db)
        .await
        .map_err(db_error)?;
    rows.into_iter().map(conversation).collect()
}

/// Deletes rows of an owner, each at its end of the log, and returns which were not deleted before. Their settings are those
/// of a new row; limits and positions stay.
pub(crate) async fn delete(
    db: &impl ConnectionTrait,
    owner: &UserId,
    ends: &[(ConversationId, i64)],
    at: Timestamp,
) -> Result<Vec<ConversationId>> {
    let mut deleted = Vec::new();
    for (id, end) in ends {
        let done = Entity::update_many()
            .col_expr(Column::Deleted, Expr::value(true))
            .col_expr(Column::DeletedSeq, Expr::value(*end))
            .col_expr(Column::ReceiveOption, Expr::value(0))
            .col_expr(Column::Pinned, Expr::value(false))
            .col_expr(Column::PrivateChat, Expr::value(false))
            .col_expr(Column::BurnDuration, Expr::value(0))
            .col_expr(Column::GroupAtType, Expr::value(0))
            .col_expr(Column::GroupAtAt, Expr::value(at.0))
            .col_expr(Column::AttachedInfo, Expr::value(""))
            .col_expr(Column::Ex, Expr::value(""))
            .col_expr(Column::Destructing, Expr::value(false))
            .col_expr(Column::DestructAfter, Expr::value(0_i64))
            .col_expr(Column::DestructDueAt, Expr::value(0_i64))
            .col_expr(Column::UpdatedAt, Expr::value(at.0))
            .filter(of(owner, &[id.as_str()]))
            .filter(Column::Deleted.eq(false))
            .exec(db)
            .await
            .map_err(db_error)?;
        if done.rows_affected > 0 {
            deleted.push(id.clone());
        }
    }
    Ok(deleted)
}

/// Shows deleted rows again, as if they were made now, and returns which were deleted.
pub(crate) async fn restore(
    db: &impl ConnectionTrait,
    keys: &[(UserId, ConversationId)],
    at: Timestamp,
) -> Result<Vec<(UserId, ConversationId)>> {
    let mut by_owner: BTreeMap<&UserId, Vec<&str>> = BTreeMap::new();
    for (owner, id) in keys {
        by_owner.entry(owner).or_default().push(id.as_str());
    }
    let mut restored = Vec::new();
    for (owner, ids) in by_owner {
        for chunk in ids.chunks(SELECT_CHUNK) {
            let rows = Entity::update_many()
                .col_expr(Column::Deleted, Expr::value(false))
                .col_expr(Column::CreatedAt, Expr::value(at.0))
                .col_expr(Column::UpdatedAt, Expr::value(at.0))
                .filter(of(owner, chunk))
                .filter(Column::Deleted.eq(true))
                .exec_with_returning(db)
                .await
                .map_err(db_error)?;
            for row in rows {
                let row = conversation(row)?;
                restored.push((row.owner, row.id));
            }
        }
    }
    Ok(restored)
}
