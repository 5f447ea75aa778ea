//! Queries over the smaller pictures of objects.

use openim_core::Result;
use openim_entities::third::thumbnail::{ActiveModel, Column, Entity};
use openim_objects::Key;
use openim_platform::store::db_error;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, Set};

/// Notes that a smaller picture exists; one that is known is passed over.
pub(crate) async fn insert(db: &impl ConnectionTrait, object: &Key, variant: &str) -> Result<()> {
    let row = ActiveModel { object_key: Set(object.to_string()), variant: Set(variant.to_owned()) };
    Entity::insert(row).on_conflict_do_nothing().exec_without_returning(db).await.map_err(db_error)?;
    Ok(())
}

/// Tells whether a smaller picture exists.
pub(crate) async fn exists(db: &impl ConnectionTrait, object: &Key, variant: &str) -> Result<bool> {
    let row = Entity::find_by_id((object.to_string(), variant.to_owned())).one(db).await.map_err(db_error)?;
    Ok(row.is_some())
}

/// Returns how many an object has.
pub(crate) async fn count(db: &impl ConnectionTrait, object: &Key) -> Result<u64> {
    Entity::find().filter(Column::ObjectKey.eq(object.as_str())).count(db).await.map_err(db_error)
}

/// Forgets all of an object and returns them.
pub(crate) async fn take(db: &impl ConnectionTrait, object: &Key) -> Result<Vec<String>> {
    let of = || Column::ObjectKey.eq(object.as_str());
    let rows = Entity::find().filter(of()).all(db).await.map_err(db_error)?;
    Entity::delete_many().filter(of()).exec(db).await.map_err(db_error)?;
    Ok(rows.into_iter().map(|row| row.variant).collect())
}
