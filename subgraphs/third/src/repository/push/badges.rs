//! Queries over the numbers on app icons.

use std::collections::{BTreeMap, HashMap};

use openim_core::{Result, UserId};
use openim_entities::third::push_badge::{ActiveModel, Column, Entity};
use openim_platform::store::db_error;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Set};

use super::CHUNK;

/// Says what a user's number is.
pub(crate) async fn set(db: &impl ConnectionTrait, user: &UserId, unread: i64) -> Result<()> {
    let row = ActiveModel { user_id: Set(user.to_string()), unread: Set(unread) };
    let again = OnConflict::column(Column::UserId).update_column(Column::Unread).to_owned();
    Entity::insert(row).on_conflict(again).exec_without_returning(db).await.map_err(db_error)?;
    Ok(())
}

/// Returns the numbers of those users who have one.
pub(crate) async fn of(db: &impl ConnectionTrait, users: &[UserId]) -> Result<HashMap<UserId, i64>> {
    let mut found = HashMap::new();
    for chunk in users.chunks(CHUNK) {
        let query = Entity::find().filter(Column::UserId.is_in(chunk.iter().map(|user| user.as_str())));
        for row in query.all(db).await.map_err(db_error)? {
            found.insert(UserId::parse(row.user_id)?, row.unread);
        }
    }
    Ok(found)
}

/// Raises numbers, each by its own step. In the order of the users, so that two who raise the same ones do not wait for
/// each other.
pub(crate) async fn raise(db: &impl ConnectionTrait, steps: &BTreeMap<UserId, i64>) -> Result<()> {
    let rows: Vec<ActiveModel> =
        steps.iter().map(|(user, step)| ActiveModel { user_id: Set(user.to_string()), unread: Set(*step) }).collect();
    for chunk in rows.chunks(CHUNK) {
        let again = OnConflict::column(Column::UserId).value(Column::Unread, Expr::cust("push_badge.unread + excluded.unread")).to_owned();
        Entity::insert_many(chunk.to_vec()).on_conflict(again).exec_without_returning(db).await.map_err(db_error)?;
    }
    Ok(())
}
