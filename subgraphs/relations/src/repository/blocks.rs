//! Queries over black lists.

use openim_core::{Result, Timestamp, UserId};
use openim_entities::relations::block_entry::{ActiveModel, Column, Entity, Model};
use openim_platform::store::db_error;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select, Set, TryInsertResult,
};

use super::{CHUNK, PAIR_CHUNK, any_of, user};
use crate::model::{BlockEntry, BlockPlace, Pair, Slice};

/// Inserts an entry unless it is there; tells whether it was not.
pub(crate) async fn insert_if_free(db: &impl ConnectionTrait, entry: &BlockEntry) -> Result<bool> {
    let inserted = Entity::insert(to_row(entry)).on_conflict_do_nothing().exec_without_returning(db).await.map_err(db_error)?;
    Ok(matches!(inserted, TryInsertResult::Inserted(1..)))
}

/// Deletes an entry and tells whether it was there.
pub(crate) async fn delete(db: &impl ConnectionTrait, owner: &UserId, blocked: &UserId) -> Result<bool> {
    let key = (owner.to_string(), blocked.to_string());
    let done = Entity::delete_by_id(key).exec(db).await.map_err(db_error)?;
    Ok(done.rows_affected > 0)
}

/// Returns the entries of an owner among some ids, in no order.
pub(crate) async fn find(db: &impl ConnectionTrait, owner: &UserId, ids: &[UserId]) -> Result<Vec<BlockEntry>> {
    let mut found = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(CHUNK) {
        let among = Column::BlockedId.is_in(chunk.iter().map(UserId::as_str));
        for row in of(owner).filter(among).all(db).await.map_err(db_error)? {
            found.push(from_row(row)?);
        }
    }
    Ok(found)
}

/// Returns the rows that exist among (owner, blocked) keys, in no order.
pub(crate) async fn find_pairs(db: &impl ConnectionTrait, keys: &[Pair]) -> Result<Vec<BlockEntry>> {
    let mut found = Vec::with_capacity(keys.len());
    for chunk in keys.chunks(PAIR_CHUNK) {
        let rows = Entity::find().filter(any_of(Column::OwnerId, Column::BlockedId, chunk)).all(db).await.map_err(db_error)?;
        for row in rows {
            found.push(from_row(row)?);
        }
    }
    Ok(found)
}

/// Returns at most `limit` entries of an owner and one more, the oldest first.
pub(crate) async fn page(db: &impl ConnectionTrait, owner: &UserId, slice: &Slice<BlockPlace>) -> Result<Vec<BlockEntry>> {
    let mut query = of(owner);
    if let Some(place) = &slice.after {
        let columns = [Column::CreatedAt, Column::BlockedId].map(|column| Expr::col((Entity, column)));
        let values = [Expr::value(place.created_at.0), Expr::value(place.blocked.as_str())];
        query = query.filter(Expr::tuple(columns).gt(Expr::tuple(values)));
    }
    let rows = query
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::BlockedId)
        .offset(slice.offset)
        .limit(slice.limit.saturating_add(1))
        .all(db)
        .await
        .map_err(db_error)?;
    rows.into_iter().map(from_row).collect()
}

/// Returns how many entries an owner has.
pub(crate) async fn count(db: &impl ConnectionTrait, owner: &UserId) -> Result<u64> {
    of(owner).count(db).await.map_err(db_error)
}

fn of(owner: &UserId) -> Select<Entity> {
    Entity::find().filter(Column::OwnerId.eq(owner.as_str()))
}

fn to_row(entry: &BlockEntry) -> ActiveModel {
    ActiveModel {
        owner_id: Set(entry.owner.to_string()),
        blocked_id: Set(entry.blocked.to_string()),
        created_at: Set(entry.created_at.0),
        operator_id: Set(entry.operator.to_string()),
        ex: Set(entry.ex.clone()),
    }
}

fn from_row(row: Model) -> Result<BlockEntry> {
    Ok(BlockEntry {
        owner: user(row.owner_id)?,
        blocked: user(row.blocked_id)?,
        created_at: Timestamp(row.created_at),
        operator: user(row.operator_id)?,
        ex: row.ex,
    })
}
