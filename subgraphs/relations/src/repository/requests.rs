//! Queries over friend requests.

use openim_core::{Result, Timestamp, UserId};
use openim_entities::relations::friend_request::{ActiveModel, Column, Entity, Model};
use openim_platform::store::db_error;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select, Set};

use super::{PAIR_CHUNK, any_of, user};
use crate::model::{Direction, FriendRequest, Pair, RequestFilter, RequestPlace, RequestState, Slice};

/// Stores an application. One that was made before is opened again; who answered it last, and when, stays.
pub(crate) async fn open(db: &impl ConnectionTrait, request: &FriendRequest) -> Result<FriendRequest> {
    let again = OnConflict::columns([Column::FromId, Column::ToId])
        .update_columns([Column::State, Column::Message, Column::Ex, Column::CreatedAt, Column::Reply])
        .to_owned();
    let row = Entity::insert(to_row(request)).on_conflict(again).exec_with_returning(db).await.map_err(db_error)?;
    from_row(row)
}

/// Writes everything of a request that an answer changes.
pub(crate) async fn answer(db: &impl ConnectionTrait, request: &FriendRequest) -> Result<()> {
    Entity::update(to_row(request)).validate().map_err(db_error)?.exec(db).await.map_err(db_error)?;
    Ok(())
}

/// Returns the requests between two users, both directions, and keeps others from answering them until the transaction
/// ends. The rows are locked in key order, whoever asks.
pub(crate) async fn lock_between(db: &impl ConnectionTrait, one: &UserId, other: &UserId) -> Result<Vec<FriendRequest>> {
    let rows = between_keys(one, other).lock_exclusive().all(db).await.map_err(db_error)?;
    rows.into_iter().map(from_row).collect()
}

/// Returns the requests between two users, that of the first one first.
pub(crate) async fn between(db: &impl ConnectionTrait, one: &UserId, other: &UserId) -> Result<Vec<FriendRequest>> {
    let rows = between_keys(one, other).all(db).await.map_err(db_error)?;
    let mut requests = rows.into_iter().map(from_row).collect::<Result<Vec<_>>>()?;
    requests.sort_by_key(|request| &request.from != one);
    Ok(requests)
}

/// Returns the rows that exist among (from, to) keys, in no order.
pub(crate) async fn find_pairs(db: &impl ConnectionTrait, keys: &[Pair]) -> Result<Vec<FriendRequest>> {
    let mut found = Vec::with_capacity(keys.len());
    for chunk in keys.chunks(PAIR_CHUNK) {
        let rows = Entity::find().filter(any_of(Column::FromId, Column::ToId, chunk)).all(db).await.map_err(db_error)?;
        for row in rows {
            found.push(from_row(row)?);
        }
    }
    Ok(found)
}

/// Returns at most `limit` requests of one side and one more, the newest first.
pub(crate) async fn page(
    db: &impl ConnectionTrait,
    owner: &UserId,
    filter: &RequestFilter,
    slice: &Slice<RequestPlace>,
) -> Result<Vec<FriendRequest>> {
    let (_, other) = sides(filter.direction);
    let mut query = of(owner, filter);
    if let Some(place) = &slice.after {
        let columns = [Column::CreatedAt, other].map(|column| Expr::col((Entity, column)));
        let values = [Expr::value(place.created_at.0), Expr::value(place.other.as_str())];
        query = query.filter(Expr::tuple(columns).lt(Expr::tuple(values)));
    }
    let rows = query
        .order_by_desc(Column::CreatedAt)
        .order_by_desc(other)
        .offset(slice.offset)
        .limit(slice.limit.saturating_add(1))
        .all(db)
        .await
        .map_err(db_error)?;
    rows.into_iter().map(from_row).collect()
}

/// Returns how many requests a list has.
pub(crate) async fn count(db: &impl ConnectionTrait, owner: &UserId, filter: &RequestFilter) -> Result<u64> {
    of(owner, filter).count(db).await.map_err(db_error)
}

/// Returns how many requests to a user wait for an answer that were made after a moment.
pub(crate) async fn count_open(db: &impl ConnectionTrait, to: &UserId, since: Option<Timestamp>) -> Result<u64> {
    let mut query = Entity::find().filter(Column::ToId.eq(to.as_str())).filter(Column::State.eq(RequestState::Open.number()));
    if let Some(since) = since {
        query = query.filter(Column::CreatedAt.gt(since.0));
    }
    query.count(db).await.map_err(db_error)
}

/// Returns the columns of the owner's and of the other side.
fn sides(direction: Direction) -> (Column, Column) {
    match direction {
        Direction::Received => (Column::ToId, Column::FromId),
        Direction::Sent => (Column::FromId, Column::ToId),
    }
}

fn of(owner: &UserId, filter: &RequestFilter) -> Select<Entity> {
    let (own, _) = sides(filter.direction);
    let query = Entity::find().filter(own.eq(owner.as_str()));
    if filter.states.is_empty() {
        return query;
    }
    query.filter(Column::State.is_in(filter.states.iter().map(|state| state.number())))
}

fn between_keys(one: &UserId, other: &UserId) -> Select<Entity> {
    let keys = [(one.clone(), other.clone()), (other.clone(), one.clone())];
    Entity::find().filter(any_of(Column::FromId, Column::ToId, &keys)).order_by_asc(Column::FromId)
}

fn to_row(request: &FriendRequest) -> ActiveModel {
    ActiveModel {
        from_id: Set(request.from.to_string()),
        to_id: Set(request.to.to_string()),
        state: Set(request.state.number()),
        message: Set(request.message.clone()),
        ex: Set(request.ex.clone()),
        created_at: Set(request.created_at.0),
        handler_id: Set(request.handler.as_ref().map(ToString::to_string).unwrap_or_default()),
        reply: Set(request.reply.clone()),
        handled_at: Set(request.handled_at.map_or(0, |at| at.0)),
    }
}

fn from_row(row: Model) -> Result<FriendRequest> {
    Ok(FriendRequest {
        from: user(row.from_id)?,
        to: user(row.to_id)?,
        state: RequestState::from_number(row.state),
        message: row.message,
        ex: row.ex,
        created_at: Timestamp(row.created_at),
        handler: Some(row.handler_id).filter(|id| !id.is_empty()).map(user).transpose()?,
        reply: row.reply,
        handled_at: Some(row.handled_at).filter(|at| *at > 0).map(Timestamp),
    })
}
