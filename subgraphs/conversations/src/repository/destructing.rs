//! Views whose old messages vanish by themselves.

use openim_core::{Result, Timestamp};
use openim_entities::conversations::user_conv::{Column, Entity};
use openim_platform::store::db_error;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{conversation, of};
use crate::model::Conversation;

/// Returns the rows that are due, the longest due first, at most `limit`.
pub(crate) async fn due(db: &impl ConnectionTrait, now: Timestamp, limit: u64) -> Result<Vec<Conversation>> {
    let rows = Entity::find()
        // As the index says it, so that it is used.
        .filter(Expr::cust("destruct_due_at > 0"))
        .filter(Column::DestructDueAt.lte(now.0))
        .order_by_asc(Column::DestructDueAt)
        .limit(limit)
        .all(db)
        .await
        .map_err(db_error)?;
    rows.into_iter().map(conversation).collect()
}

/// Notes that a row was looked at, and when it is again. Tells whether it was still due: of two workers one does it.
pub(crate) async fn done(db: &impl ConnectionTrait, row: &Conversation, now: Timestamp, next: Timestamp) -> Result<bool> {
    let update = Entity::update_many()
        .col_expr(Column::LastDestructedAt, Expr::value(now.0))
        .col_expr(Column::DestructDueAt, Expr::value(next.0))
        .filter(of(&row.owner, &[row.id.as_str()]))
        .filter(Column::DestructDueAt.eq(row.destruct_due_at.0));
    Ok(update.exec(db).await.map_err(db_error)?.rows_affected > 0)
}
