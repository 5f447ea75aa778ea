//! Queries over logs that apps uploaded.

use openim_core::{Platform, Result, Timestamp, UserId};
use openim_entities::third::client_logs::{ActiveModel, Column, Entity, Model};
use openim_platform::store::db_error;
use sea_orm::sea_query::{Expr, ExprTrait, Func, LikeExpr, Query};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, Order, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Set, TryInsertResult,
};

use crate::error;
use crate::model::{ClientLog, ClientLogFilter};

/// Inserts a log unless its id is taken; tells whether it was not.
pub(crate) async fn insert_if_free(db: &impl ConnectionTrait, log: &ClientLog) -> Result<bool> {
    let row = ActiveModel {
        id: Set(log.id.clone()),
        user_id: Set(log.user_id.to_string()),
        platform: Set(log.platform.map_or(0, Platform::number)),
        url: Set(log.url.clone()),
        file_name: Set(log.file_name.clone()),
        system_type: Set(log.system_type.clone()),
        app_framework: Set(log.app_framework.clone()),
        version: Set(log.version.clone()),
        ex: Set(log.ex.clone()),
        created_at: Set(log.created_at.0),
    };
    let inserted = Entity::insert(row).on_conflict_do_nothing_on([Column::Id]).exec_without_returning(db).await.map_err(db_error)?;
    Ok(matches!(inserted, TryInsertResult::Inserted(1..)))
}

/// Returns how many logs a user has.
pub(crate) async fn count_of(db: &impl ConnectionTrait, user: &UserId) -> Result<u64> {
    Entity::find().filter(Column::UserId.eq(user.as_str())).count(db).await.map_err(db_error)
}

/// Returns at most `limit` logs, the newest first, after a place or after `offset` others.
pub(crate) async fn page(
    db: &impl ConnectionTrait,
    filter: &ClientLogFilter,
    after: Option<(Timestamp, &str)>,
    offset: u64,
    limit: u64,
) -> Result<Vec<ClientLog>> {
    let mut query = Entity::find().filter(condition(filter));
    if let Some((at, id)) = after {
        let columns = [Column::CreatedAt, Column::Id].map(|column| Expr::col((Entity, column)));
        query = query.filter(Expr::tuple(columns).lt(Expr::tuple([Expr::value(at.0), Expr::value(id)])));
    }
    let ordered = query.order_by_desc(Column::CreatedAt).order_by_desc(Column::Id);
    let rows = ordered.offset(offset).limit(limit).all(db).await.map_err(db_error)?;
    rows.into_iter().map(from_row).collect()
}

/// Counts the logs that a filter shows.
pub(crate) async fn count(db: &impl ConnectionTrait, filter: &ClientLogFilter) -> Result<u64> {
    Entity::find().filter(condition(filter)).count(db).await.map_err(db_error)
}

/// Deletes logs; returns how many there were.
pub(crate) async fn delete(db: &impl ConnectionTrait, ids: &[String]) -> Result<u64> {
    let deleted = Entity::delete_many().filter(Column::Id.is_in(ids)).exec(db).await.map_err(db_error)?;
    Ok(deleted.rows_affected)
}

/// Forgets at most `limit` logs from before a moment; returns how many it were.
pub(crate) async fn forget(db: &impl ConnectionTrait, before: Timestamp, limit: u64) -> Result<u64> {
    let old = Query::select()
        .column(Column::Id)
        .from(Entity)
        .and_where(Expr::col(Column::CreatedAt).lt(before.0))
        .order_by(Column::CreatedAt, Order::Asc)
        .limit(limit)
        .to_owned();
    Ok(Entity::delete_many().filter(Column::Id.in_subquery(old)).exec(db).await.map_err(db_error)?.rows_affected)
}

fn condition(filter: &ClientLogFilter) -> Condition {
    let words = filter.search.as_ref().map(|text| {
        let pattern = format!("%{}%", escaped(&text.to_lowercase()));
        let columns = [Column::UserId, Column::FileName, Column::Version, Column::Ex];
        columns.into_iter().fold(Condition::any(), |any, column| {
            let lower = Expr::expr(Func::lower(Expr::col((Entity, column))));
            any.add(lower.like(LikeExpr::new(pattern.clone()).escape('\\')))
        })
    });
    Condition::all()
        .add_option(words)
        .add_option(filter.since.map(|since| Column::CreatedAt.gte(since.0)))
        .add_option(filter.until.map(|until| Column::CreatedAt.lte(until.0)))
}

/// Takes their meaning from the signs of a pattern.
fn escaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for character in text.chars() {
        if matches!(character, '%' | '_' | '\\') {
            plain.push('\\');
        }
        plain.push(character);
    }
    plain
}

fn from_row(row: Model) -> Result<ClientLog> {
    Ok(ClientLog {
        id: row.id,
        user_id: UserId::parse(row.user_id).map_err(error::bad_row)?,
        platform: if row.platform == 0 { None } else { Some(Platform::parse(row.platform).map_err(error::bad_row)?) },
        url: row.url,
        file_name: row.file_name,
        system_type: row.system_type,
        app_framework: row.app_framework,
        version: row.version,
        ex: row.ex,
        created_at: Timestamp(row.created_at),
    })
}
