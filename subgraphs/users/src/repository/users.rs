//! Queries over registered users.

use openim_core::{Result, Timestamp, UserId};
use openim_entities::users::user_account::{ActiveModel, Column, Entity, Model};
use openim_platform::store::{db_error, is_duplicate};
use sea_orm::sea_query::{Expr, ExprTrait, LikeExpr};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Set, TryInsertResult,
};

use super::{CHUNK, bad_row};
use crate::model::{DayCount, Exact, Levels, Profile, User, UserCursor, UserFilter, UserLevel};

const MILLISECONDS_OF_A_DAY: i64 = 24 * 60 * 60 * 1_000;

/// Whether an insert found its keys free.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Insert {
    /// All rows are in.
    Done,
    /// A key is taken; the transaction can only be rolled back.
    Taken,
}

/// Inserts users. Rows go in by id order, so that two overlapping lists cannot wait for each other.
pub(crate) async fn insert(db: &impl ConnectionTrait, users: &[User]) -> Result<Insert> {
    let mut sorted: Vec<&User> = users.iter().collect();
    sorted.sort_by(|a, b| a.id.cmp(&b.id));
    for chunk in sorted.chunks(CHUNK) {
        match Entity::insert_many(chunk.iter().map(|user| to_row(user))).exec_without_returning(db).await {
            Ok(_) => {}
            Err(error) if is_duplicate(&error) => return Ok(Insert::Taken),
            Err(error) => return Err(db_error(error)),
        }
    }
    Ok(Insert::Done)
}

/// Inserts one user unless the id is taken; tells which.
pub(crate) async fn insert_if_free(db: &impl ConnectionTrait, user: &User) -> Result<Insert> {
    let inserted = Entity::insert(to_row(user)).on_conflict_do_nothing().exec_without_returning(db).await.map_err(db_error)?;
    Ok(if matches!(inserted, TryInsertResult::Inserted(1..)) { Insert::Done } else { Insert::Taken })
}

/// Writes everything of a user that can change.
pub(crate) async fn update(db: &impl ConnectionTrait, user: &User) -> Result<()> {
    Entity::update(to_row(user)).validate().map_err(db_error)?.exec(db).await.map_err(db_error)?;
    Ok(())
}

/// Returns the ids of users of the administrators' level, in order.
pub(crate) async fn ids_of_administrators(db: &impl ConnectionTrait, limit: u64) -> Result<Vec<UserId>> {
    let of_level = Entity::find().filter(Column::Level.eq(UserLevel::Admin.number())).order_by_asc(Column::UserId).limit(limit);
    let ids = of_level.select_only().column(Column::UserId).into_tuple::<String>().all(db).await.map_err(db_error)?;
    ids.into_iter().map(|id| UserId::parse(id).map_err(bad_row)).collect()
}

/// Returns the users that exist among `ids`, in no order.
pub(crate) async fn find(db: &impl ConnectionTrait, ids: &[UserId]) -> Result<Vec<User>> {
    let mut users = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(CHUNK) {
        let rows = Entity::find().filter(Column::UserId.is_in(chunk.iter().map(UserId::as_str))).all(db).await.map_err(db_error)?;
        for row in rows {
            users.push(from_row(row)?);
        }
    }
    Ok(users)
}

/// Returns a user and keeps others from changing it until the transaction ends.
pub(crate) async fn find_and_lock(db: &impl ConnectionTrait, id: &UserId) -> Result<Option<User>> {
    let row = Entity::find_by_id(id.as_str()).lock_exclusive().one(db).await.map_err(db_error)?;
    row.map(from_row).transpose()
}

/// Returns at most `limit` users in order of registration, after a place or after `offset` others.
pub(crate) async fn page(
    db: &impl ConnectionTrait,
    filter: &UserFilter,
    after: Option<&UserCursor>,
    offset: u64,
    limit: u64,
) -> Result<Vec<User>> {
    let mut query = Entity::find().filter(condition(filter));
    if let Some(place) = after {
        query = query.filter(
            Condition::any()
                .add(Column::CreatedAt.gt(place.created_at.0))
                .add(Condition::all().add(Column::CreatedAt.eq(place.created_at.0)).add(Column::UserId.gt(place.id.as_str()))),
        );
    }
    let rows =
        query.order_by_asc(Column::CreatedAt).order_by_asc(Column::UserId).offset(offset).limit(limit).all(db).await.map_err(db_error)?;
    rows.into_iter().map(from_row).collect()
}

/// Returns at most `limit` users in id order after an id.
pub(crate) async fn page_by_id(db: &impl ConnectionTrait, after: Option<&UserId>, limit: u64) -> Result<Vec<User>> {
    let mut query = Entity::find();
    if let Some(after) = after {
        query = query.filter(Column::UserId.gt(after.as_str()));
    }
    let rows = query.order_by_asc(Column::UserId).limit(limit).all(db).await.map_err(db_error)?;
    rows.into_iter().map(from_row).collect()
}

/// Returns at most `limit` ids in order of registration.
pub(crate) async fn ids(db: &impl ConnectionTrait, offset: u64, limit: u64) -> Result<Vec<UserId>> {
    let ids: Vec<String> = Entity::find()
        .select_only()
        .column(Column::UserId)
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::UserId)
        .offset(offset)
        .limit(limit)
        .into_tuple()
        .all(db)
        .await
        .map_err(db_error)?;
    ids.into_iter().map(|id| UserId::parse(id).map_err(bad_row)).collect()
}

/// Returns how many users a filter shows.
pub(crate) async fn count(db: &impl ConnectionTrait, filter: &UserFilter) -> Result<u64> {
    Entity::find().filter(condition(filter)).count(db).await.map_err(db_error)
}

/// Returns how many users were registered before a time.
pub(crate) async fn count_before(db: &impl ConnectionTrait, time: Timestamp) -> Result<u64> {
    Entity::find().filter(Column::CreatedAt.lt(time.0)).count(db).await.map_err(db_error)
}

/// Returns how many users were registered on each day from one time on and before another, days without any left out.
/// There are never more rows than days since the first registration.
pub(crate) async fn count_by_day(db: &impl ConnectionTrait, from: Timestamp, to: Timestamp) -> Result<Vec<DayCount>> {
    // Without parameters, so that PostgreSQL sees one expression in both places.
    let day = || Expr::cust(format!("created_at / {MILLISECONDS_OF_A_DAY}"));
    let rows: Vec<(i64, i64)> = Entity::find()
        .select_only()
        .column_as(day(), "day")
        .column_as(Column::UserId.count(), "count")
        .filter(Column::CreatedAt.gte(from.0))
        .filter(Column::CreatedAt.lt(to.0))
        .group_by(day())
        .order_by_asc(day())
        .into_tuple()
        .all(db)
        .await
        .map_err(db_error)?;
    Ok(rows.into_iter().map(|(day, count)| DayCount { day, count }).collect())
}

fn condition(filter: &UserFilter) -> Condition {
    let texts = [(Column::UserIdFolded, &filter.id), (Column::NicknameFolded, &filter.nickname)];
    let mut any = Condition::any();
    for (column, text) in texts {
        if let Some(text) = text {
            any = any.add(Expr::col((Entity, column)).like(LikeExpr::new(contains(text)).escape('\\')));
        }
    }
    let mut all = Condition::all().add_option(levels(filter.levels)).add_option(filter.exact.as_ref().map(|exact| match exact {
        Exact::Id(id) => Column::UserId.eq(id.as_str()),
        Exact::Nickname(nickname) => Column::Nickname.eq(nickname.as_str()),
    }));
    if !filter.without.is_empty() {
        all = all.add(Column::UserId.is_not_in(filter.without.iter().map(UserId::as_str)));
    }
    if any.is_empty() { all } else { all.add(any) }
}

fn levels(levels: Levels) -> Option<Condition> {
    let cannot_log_in = || Condition::all().add(Column::Level.gte(UserLevel::Notification.number()));
    match levels {
        Levels::All => None,
        Levels::Ordinary => Some(Condition::all().add(Column::Level.lte(UserLevel::AppOrdinary.number()))),
        Levels::Notification => Some(cannot_log_in()),
        Levels::NotificationOnly(level) => Some(cannot_log_in().add(Column::Level.eq(level.number()))),
    }
}

/// Makes the pattern that finds the text itself, whatever characters it has.
fn contains(text: &str) -> String {
    let mut pattern = String::from("%");
    for character in fold(text).chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push('%');
    pattern
}

/// Folds case character by character: what a character becomes must not depend on its neighbours, which differ in a search text.
fn fold(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).collect()
}

fn to_row(user: &User) -> ActiveModel {
    ActiveModel {
        user_id: Set(user.id.to_string()),
        nickname: Set(user.profile.nickname.clone()),
        user_id_folded: Set(fold(user.id.as_str())),
        nickname_folded: Set(fold(&user.profile.nickname)),
        face_url: Set(user.profile.face_url.clone()),
        ex: Set(user.profile.ex.clone()),
        level: Set(user.level.number()),
        receive_option: Set(user.receive_option),
        created_at: Set(user.created_at.0),
    }
}

fn from_row(row: Model) -> Result<User> {
    Ok(User {
        id: UserId::parse(row.user_id).map_err(bad_row)?,
        profile: Profile { nickname: row.nickname, face_url: row.face_url, ex: row.ex },
        level: UserLevel::from_number(row.level),
        receive_option: row.receive_option,
        created_at: Timestamp(row.created_at),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_pattern_takes_wildcards_literally() {
        assert_eq!(contains("50%_\\A"), "%50\\%\\_\\\\a%");
    }
}
