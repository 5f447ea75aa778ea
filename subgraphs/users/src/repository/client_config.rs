//! Queries over the values that clients are configured with. An empty user id stands for everybody.

use openim_core::{Result, UserId};
use openim_entities::users::client_config::{ActiveModel, Column, Entity, Model};
use openim_platform::store::db_error;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Set};

use super::{CHUNK, bad_row};
use crate::model::{ConfigEntry, ConfigFilter, ConfigPlace, ConfigValue};

/// Writes values, new ones and known ones.
pub(crate) async fn upsert(db: &impl ConnectionTrait, user: Option<&UserId>, values: &[ConfigValue]) -> Result<()> {
    // By key order, so that two overlapping lists cannot wait for each other.
    let mut sorted: Vec<&ConfigValue> = values.iter().collect();
    sorted.sort_by(|a, b| a.key.cmp(&b.key));
    let replace = OnConflict::columns([Column::UserId, Column::Key]).update_column(Column::Value).to_owned();
    for chunk in sorted.chunks(CHUNK) {
        let rows = chunk.iter().map(|value| ActiveModel {
            user_id: Set(text(user).to_owned()),
            key: Set(value.key.clone()),
            value: Set(value.value.clone()),
        });
        Entity::insert_many(rows).on_conflict(replace.clone()).exec_without_returning(db).await.map_err(db_error)?;
    }
    Ok(())
}

/// Deletes values; returns how many there were.
pub(crate) async fn delete(db: &impl ConnectionTrait, user: Option<&UserId>, keys: &[String]) -> Result<u64> {
    let mut deleted = 0;
    for chunk in keys.chunks(CHUNK) {
        let some = Entity::delete_many().filter(Column::UserId.eq(text(user))).filter(Column::Key.is_in(chunk));
        deleted += some.exec(db).await.map_err(db_error)?.rows_affected;
    }
    Ok(deleted)
}

/// Returns at most `limit` values of everybody and, if one is named, of a user, everybody's first, in order of their names.
pub(crate) async fn for_user(db: &impl ConnectionTrait, user: Option<&UserId>, limit: u64) -> Result<Vec<ConfigEntry>> {
    let owners = [Some(""), user.map(UserId::as_str)].into_iter().flatten();
    let query = Entity::find().filter(Column::UserId.is_in(owners));
    let rows = query.order_by_asc(Column::UserId).order_by_asc(Column::Key).limit(limit).all(db).await.map_err(db_error)?;
    rows.into_iter().map(from_row).collect()
}

/// Returns at most `limit` values in order of user and name, after a place or after `offset` others.
pub(crate) async fn page(
    db: &impl ConnectionTrait,
    filter: &ConfigFilter,
    after: Option<&ConfigPlace>,
    offset: u64,
    limit: u64,
) -> Result<Vec<ConfigEntry>> {
    let mut query = Entity::find().filter(condition(filter));
    if let Some(place) = after {
        query = query.filter(
            Condition::any()
                .add(Column::UserId.gt(place.user_id.as_str()))
                .add(Condition::all().add(Column::UserId.eq(place.user_id.as_str())).add(Column::Key.gt(place.key.as_str()))),
        );
    }
    let ordered = query.order_by_asc(Column::UserId).order_by_asc(Column::Key);
    let rows = ordered.offset(offset).limit(limit).all(db).await.map_err(db_error)?;
    rows.into_iter().map(from_row).collect()
}

/// Returns how many values a filter shows.
pub(crate) async fn count(db: &impl ConnectionTrait, filter: &ConfigFilter) -> Result<u64> {
    Entity::find().filter(condition(filter)).count(db).await.map_err(db_error)
}

/// Returns how many values a user, or everybody, has.
pub(crate) async fn count_of(db: &impl ConnectionTrait, user: Option<&UserId>) -> Result<u64> {
    Entity::find().filter(Column::UserId.eq(text(user))).count(db).await.map_err(db_error)
}

fn condition(filter: &ConfigFilter) -> Condition {
    let user = filter.user_id.as_ref().map(|user| Column::UserId.eq(user.as_str()));
    Condition::all().add_option(user).add_option(filter.key.as_ref().map(|key| Column::Key.eq(key.as_str())))
}

fn text(user: Option<&UserId>) -> &str {
    user.map_or("", UserId::as_str)
}

fn from_row(row: Model) -> Result<ConfigEntry> {
    let user_id = if row.user_id.is_empty() { None } else { Some(UserId::parse(row.user_id).map_err(bad_row)?) };
    Ok(ConfigEntry { user_id, value: ConfigValue { key: row.key, value: row.value } })
}
