//! Queries over stored tokens.

use openim_core::{Platform, Result, Timestamp, UserId};
use openim_entities::users::user_token::{ActiveModel, Column, Entity, Model};
use openim_platform::store::db_error;
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, NotSet, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Set};

use super::{CHUNK, bad_row};
use crate::model::{NewToken, StoredToken, TokenStatus};

const NORMAL: i32 = 0;
const KICKED: i32 = 2;

/// Stores a token.
pub(crate) async fn insert(db: &impl ConnectionTrait, token: &NewToken) -> Result<()> {
    let row = ActiveModel {
        id: NotSet,
        token_hash: Set(token.hash.clone()),
        user_id: Set(token.user_id.to_string()),
        platform: Set(token.platform.number()),
        status: Set(NORMAL),
        created_at: Set(token.created_at.0),
        expires_at: Set(token.expires_at.map(|at| at.0)),
    };
    Entity::insert(row).exec_without_returning(db).await.map_err(db_error)?;
    Ok(())
}

/// Returns the token with this hash.
pub(crate) async fn find(db: &impl ConnectionTrait, hash: &str) -> Result<Option<StoredToken>> {
    let row = Entity::find().filter(Column::TokenHash.eq(hash)).one(db).await.map_err(db_error)?;
    row.map(from_row).transpose()
}

/// Returns all tokens of a user, newest first.
pub(crate) async fn of_user(db: &impl ConnectionTrait, user: &UserId) -> Result<Vec<StoredToken>> {
    let rows = Entity::find().filter(Column::UserId.eq(user.as_str())).order_by_desc(Column::Id).all(db).await.map_err(db_error)?;
    rows.into_iter().map(from_row).collect()
}

/// Marks tokens as kicked.
pub(crate) async fn kick(db: &impl ConnectionTrait, ids: &[i64]) -> Result<()> {
    for chunk in ids.chunks(CHUNK) {
        let update = Entity::update_many().col_expr(Column::Status, Expr::value(KICKED));
        update.filter(Column::Id.is_in(chunk.iter().copied())).exec(db).await.map_err(db_error)?;
    }
    Ok(())
}

/// Lets tokens end at `end`.
pub(crate) async fn shorten(db: &impl ConnectionTrait, ids: &[i64], end: Timestamp) -> Result<()> {
    for chunk in ids.chunks(CHUNK) {
        let update = Entity::update_many().col_expr(Column::ExpiresAt, Expr::value(end.0));
        update.filter(Column::Id.is_in(chunk.iter().copied())).exec(db).await.map_err(db_error)?;
    }
    Ok(())
}

/// Deletes tokens.
pub(crate) async fn delete(db: &impl ConnectionTrait, ids: &[i64]) -> Result<()> {
    for chunk in ids.chunks(CHUNK) {
        Entity::delete_many().filter(Column::Id.is_in(chunk.iter().copied())).exec(db).await.map_err(db_error)?;
    }
    Ok(())
}

/// Deletes at most `limit` tokens that ended by `now`; returns how many it were.
pub(crate) async fn delete_expired(db: &impl ConnectionTrait, now: Timestamp, limit: u64) -> Result<u64> {
    let some = Query::select()
        .column(Column::Id)
        .from(Entity)
        .and_where(Expr::col(Column::ExpiresAt).lte(now.0))
        .order_by(Column::ExpiresAt, sea_orm::Order::Asc)
        .limit(limit)
        .to_owned();
    let deleted = Entity::delete_many().filter(Column::Id.in_subquery(some)).exec(db).await.map_err(db_error)?;
    Ok(deleted.rows_affected)
}

/// Returns up to `limit` tokens that are good now, in order of their ids from the one after `after` on.
pub(crate) async fn good_after(db: &impl ConnectionTrait, after: i64, now: Timestamp, limit: u64) -> Result<Vec<StoredToken>> {
    let rows = Entity::find().filter(good(now)).filter(Column::Id.gt(after)).order_by_asc(Column::Id).limit(limit);
    rows.all(db).await.map_err(db_error)?.into_iter().map(from_row).collect()
}

/// Counts the tokens that are good now.
pub(crate) async fn count_good(db: &impl ConnectionTrait, now: Timestamp) -> Result<u64> {
    Entity::find().filter(good(now)).count(db).await.map_err(db_error)
}

/// Tells whether a token never ends.
pub(crate) async fn any_without_end(db: &impl ConnectionTrait) -> Result<bool> {
    let one = Entity::find().filter(Column::ExpiresAt.is_null()).filter(Column::Status.eq(NORMAL)).limit(1);
    Ok(one.one(db).await.map_err(db_error)?.is_some())
}

/// Returns when the last token ends that does.
pub(crate) async fn last_end(db: &impl ConnectionTrait) -> Result<Option<Timestamp>> {
    let last = Entity::find().select_only().column_as(Column::ExpiresAt.max(), "last").into_tuple::<Option<i64>>();
    Ok(last.one(db).await.map_err(db_error)?.flatten().map(Timestamp))
}

fn good(now: Timestamp) -> Condition {
    let lasts = Condition::any().add(Column::ExpiresAt.is_null()).add(Column::ExpiresAt.gt(now.0));
    Condition::all().add(Column::Status.eq(NORMAL)).add(lasts)
}

fn from_row(row: Model) -> Result<StoredToken> {
    Ok(StoredToken {
        id: row.id,
        hash: row.token_hash,
        user_id: UserId::parse(row.user_id).map_err(bad_row)?,
        platform: Platform::parse(row.platform).map_err(bad_row)?,
        status: if row.status == NORMAL { TokenStatus::Normal } else { TokenStatus::Kicked },
        created_at: Timestamp(row.created_at),
        expires_at: row.expires_at.map(Timestamp),
    })
}
