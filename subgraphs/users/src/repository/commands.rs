//! Queries over the entries that a user's devices share.

use openim_core::{Result, Timestamp, UserId};
use openim_entities::users::user_command::{ActiveModel, Column, Entity, Model};
use openim_platform::store::db_error;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Set};

use super::bad_row;
use crate::model::{CommandKey, UserCommand};

/// Stores a new entry.
pub(crate) async fn insert(db: &impl ConnectionTrait, command: &UserCommand) -> Result<()> {
    Entity::insert(to_row(command)).exec_without_returning(db).await.map_err(db_error)?;
    Ok(())
}

/// Writes what can change of an entry.
pub(crate) async fn update(db: &impl ConnectionTrait, command: &UserCommand) -> Result<()> {
    Entity::update(to_row(command)).validate().map_err(db_error)?.exec(db).await.map_err(db_error)?;
    Ok(())
}

/// Deletes an entry.
pub(crate) async fn delete(db: &impl ConnectionTrait, key: &CommandKey) -> Result<()> {
    Entity::delete_many().filter(is(key)).exec(db).await.map_err(db_error)?;
    Ok(())
}

/// Returns an entry.
pub(crate) async fn find(db: &impl ConnectionTrait, key: &CommandKey) -> Result<Option<UserCommand>> {
    let row = Entity::find().filter(is(key)).one(db).await.map_err(db_error)?;
    row.map(from_row).transpose()
}

/// Returns at most `limit` entries of a user in the order in which they were added, of one kind or of all.
pub(crate) async fn of_user(db: &impl ConnectionTrait, user: &UserId, kind: Option<i32>, limit: u64) -> Result<Vec<UserCommand>> {
    let mut query = Entity::find().filter(Column::UserId.eq(user.as_str()));
    if let Some(kind) = kind {
        query = query.filter(Column::Kind.eq(kind));
    }
    let order = query.order_by_asc(Column::CreatedAt).order_by_asc(Column::Kind).order_by_asc(Column::Uuid);
    let rows = order.limit(limit).all(db).await.map_err(db_error)?;
    rows.into_iter().map(from_row).collect()
}

/// Returns how many entries a user has.
pub(crate) async fn count(db: &impl ConnectionTrait, user: &UserId) -> Result<u64> {
    Entity::find().filter(Column::UserId.eq(user.as_str())).count(db).await.map_err(db_error)
}

fn is(key: &CommandKey) -> Condition {
    Condition::all().add(Column::UserId.eq(key.user_id.as_str())).add(Column::Kind.eq(key.kind)).add(Column::Uuid.eq(key.uuid.as_str()))
}

fn to_row(command: &UserCommand) -> ActiveModel {
    ActiveModel {
        user_id: Set(command.key.user_id.to_string()),
        kind: Set(command.key.kind),
        uuid: Set(command.key.uuid.clone()),
        value: Set(command.value.clone()),
        ex: Set(command.ex.clone()),
        created_at: Set(command.created_at.0),
    }
}

fn from_row(row: Model) -> Result<UserCommand> {
    let key = CommandKey { user_id: UserId::parse(row.user_id).map_err(bad_row)?, kind: row.kind, uuid: row.uuid };
    Ok(UserCommand { key, value: row.value, ex: row.ex, created_at: Timestamp(row.created_at) })
}
