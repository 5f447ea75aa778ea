//! Queries over lists of friends.

use openim_core::{Result, Timestamp, UserId};
use openim_entities::relations::friendship::{ActiveModel, Column, Entity, Model};
use openim_platform::store::db_error;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select, Set};

use super::{CHUNK, PAIR_CHUNK, any_of, user};
use crate::model::{FriendPlace, FriendSource, Friendship, Pair, Slice, UpdateFriends};

/// The parts of a list.
const PINNED: i32 = 0;
const OTHERS: i32 = 1;

/// Inserts the rows that are not there yet and returns their keys; existing ones stay as they are.
pub(crate) async fn insert_missing(db: &impl ConnectionTrait, friends: &[Friendship]) -> Result<Vec<Pair>> {
    // Always in key order: two writers that add the same rows then wait for each other instead of deadlocking.
    let mut sorted: Vec<&Friendship> = friends.iter().collect();
    sorted.sort_by(|a, b| (&a.owner, &a.friend).cmp(&(&b.owner, &b.friend)));
    let mut inserted = Vec::with_capacity(friends.len());
    for chunk in sorted.chunks(CHUNK) {
        let keep = OnConflict::columns([Column::OwnerId, Column::FriendId]).do_nothing().to_owned();
        let rows = Entity::insert_many(chunk.iter().map(|friend| to_row(friend)));
        for row in rows.on_conflict(keep).exec_with_returning(db).await.map_err(db_error)? {
            inserted.push((user(row.owner_id)?, user(row.friend_id)?));
        }
    }
    Ok(inserted)
}

/// Deletes one direction and tells whether it was there.
pub(crate) async fn delete(db: &impl ConnectionTrait, owner: &UserId, friend: &UserId) -> Result<bool> {
    let key = (owner.to_string(), friend.to_string());
    let done = Entity::delete_by_id(key).exec(db).await.map_err(db_error)?;
    Ok(done.rows_affected > 0)
}

/// Writes what an update says about some friends of an owner; `friends` of the update itself are not looked at.
pub(crate) async fn update(db: &impl ConnectionTrait, friends: &[&UserId], change: &UpdateFriends) -> Result<()> {
    for chunk in friends.chunks(CHUNK) {
        let mut update = Entity::update_many();
        if let Some(pinned) = change.pinned {
            update = update.col_expr(Column::Part, Expr::value(part(pinned)));
        }
        if let Some(remark) = &change.remark {
            update = update.col_expr(Column::Remark, Expr::value(remark.as_str()));
        }
        if let Some(ex) = &change.ex {
            update = update.col_expr(Column::Ex, Expr::value(ex.as_str()));
        }
        update
            .filter(Column::OwnerId.eq(change.owner.as_str()))
            .filter(Column::FriendId.is_in(chunk.iter().map(|id| id.as_str())))
            .exec(db)
            .await
            .map_err(db_error)?;
    }
    Ok(())
}

/// Returns the friends of an owner among some ids, in no order.
pub(crate) async fn find(db: &impl ConnectionTrait, owner: &UserId, ids: &[UserId]) -> Result<Vec<Friendship>> {
    let mut found = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(CHUNK) {
        let among = Column::FriendId.is_in(chunk.iter().map(UserId::as_str));
        let rows = Entity::find().filter(Column::OwnerId.eq(owner.as_str())).filter(among).all(db).await.map_err(db_error)?;
        for row in rows {
            found.push(from_row(row)?);
        }
    }
    Ok(found)
}

/// Returns the rows that exist among (owner, friend) keys, in no order.
pub(crate) async fn find_pairs(db: &impl ConnectionTrait, keys: &[Pair]) -> Result<Vec<Friendship>> {
    let mut found = Vec::with_capacity(keys.len());
    for chunk in keys.chunks(PAIR_CHUNK) {
        let rows = Entity::find().filter(any_of(Column::OwnerId, Column::FriendId, chunk)).all(db).await.map_err(db_error)?;
        for row in rows {
            found.push(from_row(row)?);
        }
    }
    Ok(found)
}

/// Returns at most `limit` friends of an owner and one more, in the order of the list.
pub(crate) async fn page(db: &impl ConnectionTrait, owner: &UserId, slice: &Slice<FriendPlace>) -> Result<Vec<Friendship>> {
    let mut query = of(owner);
    if let Some(place) = &slice.after {
        let columns = [Column::Part, Column::CreatedAt, Column::FriendId].map(|column| Expr::col((Entity, column)));
        let values = [Expr::value(part(place.pinned)), Expr::value(place.created_at.0), Expr::value(place.friend.as_str())];
        query = query.filter(Expr::tuple(columns).gt(Expr::tuple(values)));
    }
    let rows = in_order(query).offset(slice.offset).limit(slice.limit.saturating_add(1)).all(db).await.map_err(db_error)?;
    rows.into_iter().map(from_row).collect()
}

/// Returns at most `limit` friends of an owner in the order of the list.
pub(crate) async fn first(db: &impl ConnectionTrait, owner: &UserId, limit: u64) -> Result<Vec<Friendship>> {
    let rows = in_order(of(owner)).limit(limit).all(db).await.map_err(db_error)?;
    rows.into_iter().map(from_row).collect()
}

/// Returns at most `limit` ids of friends of an owner in the order of the list.
pub(crate) async fn ids(db: &impl ConnectionTrait, owner: &UserId, limit: u64) -> Result<Vec<UserId>> {
    let ids: Vec<String> =
        in_order(of(owner).select_only().column(Column::FriendId)).limit(limit).into_tuple().all(db).await.map_err(db_error)?;
    ids.into_iter().map(user).collect()
}

/// Returns how many friends an owner has.
pub(crate) async fn count(db: &impl ConnectionTrait, owner: &UserId) -> Result<u64> {
    of(owner).count(db).await.map_err(db_error)
}

/// Returns the next users who have `friend` in their list, in id order.
pub(crate) async fn owners(db: &impl ConnectionTrait, friend: &UserId, after: Option<&UserId>, limit: u64) -> Result<Vec<UserId>> {
    let mut query = Entity::find().select_only().column(Column::OwnerId).filter(Column::FriendId.eq(friend.as_str()));
    if let Some(after) = after {
        query = query.filter(Column::OwnerId.gt(after.as_str()));
    }
    let ids: Vec<String> = query.order_by_asc(Column::OwnerId).limit(limit).into_tuple().all(db).await.map_err(db_error)?;
    ids.into_iter().map(user).collect()
}

fn of(owner: &UserId) -> Select<Entity> {
    Entity::find().filter(Column::OwnerId.eq(owner.as_str()))
}

fn in_order(query: Select<Entity>) -> Select<Entity> {
    query.order_by_asc(Column::Part).order_by_asc(Column::CreatedAt).order_by_asc(Column::FriendId)
}

fn part(pinned: bool) -> i32 {
    if pinned { PINNED } else { OTHERS }
}

fn to_row(friend: &Friendship) -> ActiveModel {
    ActiveModel {
        owner_id: Set(friend.owner.to_string()),
        friend_id: Set(friend.friend.to_string()),
        part: Set(part(friend.pinned)),
        created_at: Set(friend.created_at.0),
        remark: Set(friend.remark.clone()),
        source: Set(friend.source.number()),
        operator_id: Set(friend.operator.to_string()),
        ex: Set(friend.ex.clone()),
    }
}

fn from_row(row: Model) -> Result<Friendship> {
    Ok(Friendship {
        owner: user(row.owner_id)?,
        friend: user(row.friend_id)?,
        remark: row.remark,
        created_at: Timestamp(row.created_at),
        source: FriendSource::from_number(row.source),
        operator: user(row.operator_id)?,
        ex: row.ex,
        pinned: row.part == PINNED,
    })
}
