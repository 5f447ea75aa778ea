//! Queries over files.

use openim_core::{Result, Timestamp, UserId};
use openim_entities::third::file::{ActiveModel, Column, Entity, Model};
use openim_objects::Key;
use openim_platform::store::db_error;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set, TryInsertResult};

use super::{key, size, stored};
use crate::error;
use crate::model::{File, FileFilter, FilePlace, Total};

/// Inserts a file unless its name is taken; tells whether it was not.
pub(crate) async fn insert_if_free(db: &impl ConnectionTrait, file: &File) -> Result<bool> {
    let inserted = Entity::insert(to_row(file)?).on_conflict_do_nothing().exec_without_returning(db).await.map_err(db_error)?;
    Ok(matches!(inserted, TryInsertResult::Inserted(1..)))
}

/// Writes a file over the one that has its name.
pub(crate) async fn replace(db: &impl ConnectionTrait, file: &File) -> Result<()> {
    Entity::update(to_row(file)?).exec_without_returning(db).await.map_err(db_error)?;
    Ok(())
}

/// Deletes a file; tells whether it was there. What has got its name since it was read stays.
pub(crate) async fn delete(db: &impl ConnectionTrait, file: &File) -> Result<bool> {
    let delete = Entity::delete_many().filter(Column::Name.eq(&file.name)).filter(Column::Id.eq(&file.id));
    Ok(delete.exec(db).await.map_err(db_error)?.rows_affected > 0)
}

/// Returns the file of a name.
pub(crate) async fn find(db: &impl ConnectionTrait, name: &str) -> Result<Option<File>> {
    Entity::find_by_id(name).one(db).await.map_err(db_error)?.map(from_row).transpose()
}

/// Returns the file of a name and keeps it as it is until the end of the transaction.
pub(crate) async fn find_and_lock(db: &impl ConnectionTrait, name: &str) -> Result<Option<File>> {
    Entity::find_by_id(name).lock_exclusive().one(db).await.map_err(db_error)?.map(from_row).transpose()
}

/// Tells whether any file stands for an object.
pub(crate) async fn is_named(db: &impl ConnectionTrait, object: &Key) -> Result<bool> {
    Entity::find().filter(Column::ObjectKey.eq(object.as_str())).one(db).await.map(|row| row.is_some()).map_err(db_error)
}

/// Returns the files that stand for an object and keeps them as they are until the end of the transaction; those that come
/// in meanwhile are left out.
pub(crate) async fn names_and_lock(db: &impl ConnectionTrait, object: &Key) -> Result<Vec<File>> {
    // In order of their names, so that two who want the same rows do not wait for each other.
    let query = Entity::find().filter(Column::ObjectKey.eq(object.as_str())).order_by_asc(Column::Name).lock_exclusive();
    query.all(db).await.map_err(db_error)?.into_iter().map(from_row).collect()
}

/// Returns a file of an owner that has some content.
pub(crate) async fn of_content(db: &impl ConnectionTrait, owner: &UserId, hash: &str, bytes: u64) -> Result<Option<File>> {
    let query = Entity::find().filter(Column::OwnerId.eq(owner.as_str())).filter(Column::Hash.eq(hash));
    query.filter(Column::Size.eq(stored(bytes)?)).one(db).await.map_err(db_error)?.map(from_row).transpose()
}

/// Returns at most `limit` files, the newest first, after a place or after `offset` others.
pub(crate) async fn page(
    db: &impl ConnectionTrait,
    filter: &FileFilter,
    after: Option<&FilePlace>,
    offset: u64,
    limit: u64,
) -> Result<Vec<File>> {
    let mut query = Entity::find().filter(condition(filter));
    if let Some(place) = after {
        let columns = [Column::CreatedAt, Column::Id].map(|column| Expr::col((Entity, column)));
        let values = [Expr::value(place.created_at.0), Expr::value(place.id.as_str())];
        query = query.filter(Expr::tuple(columns).lt(Expr::tuple(values)));
    }
    let ordered = query.order_by_desc(Column::CreatedAt).order_by_desc(Column::Id);
    let rows = ordered.offset(offset).limit(limit).all(db).await.map_err(db_error)?;
    rows.into_iter().map(from_row).collect()
}

/// Returns how much the files are that a filter shows.
pub(crate) async fn total(db: &impl ConnectionTrait, filter: &FileFilter) -> Result<Total> {
    let query = Entity::find().filter(condition(filter)).select_only();
    let counted = query
        .column_as(Column::Name.count(), "files")
        // PostgreSQL's sum of large numbers is of another type.
        .column_as(Expr::col(Column::Size).sum().cast_as("bigint"), "bytes");
    let found: Option<(i64, Option<i64>)> = counted.into_tuple().one(db).await.map_err(db_error)?;
    let (files, bytes) = found.unwrap_or_default();
    Ok(Total { files: size(files)?, bytes: size(bytes.unwrap_or(0))? })
}

/// Returns at most `limit` files of some causes that were stored before a moment, the oldest first.
pub(crate) async fn stored_before(db: &impl ConnectionTrait, causes: &[String], moment: Timestamp, limit: u64) -> Result<Vec<File>> {
    let query = Entity::find().filter(Column::Cause.is_in(causes)).filter(Column::CreatedAt.lt(moment.0));
    let rows = query.order_by_asc(Column::CreatedAt).limit(limit).all(db).await.map_err(db_error)?;
    rows.into_iter().map(from_row).collect()
}

fn condition(filter: &FileFilter) -> Condition {
    let owner = filter.owner.as_ref().map(|owner| Column::OwnerId.eq(owner.as_str()));
    Condition::all().add_option(owner).add_option(filter.cause.as_ref().map(|cause| Column::Cause.eq(cause.as_str())))
}

fn to_row(file: &File) -> Result<ActiveModel> {
    Ok(ActiveModel {
        name: Set(file.name.clone()),
        id: Set(file.id.clone()),
        owner_id: Set(file.owner.to_string()),
        object_key: Set(file.key.to_string()),
        hash: Set(file.hash.clone()),
        size: Set(stored(file.size)?),
        content_type: Set(file.content_type.clone()),
        cause: Set(file.cause.clone()),
        created_at: Set(file.created_at.0),
    })
}

fn from_row(row: Model) -> Result<File> {
    Ok(File {
        name: row.name,
        id: row.id,
        owner: UserId::parse(row.owner_id).map_err(error::bad_row)?,
        key: key(row.object_key)?,
        hash: row.hash,
        size: size(row.size)?,
        content_type: row.content_type,
        cause: row.cause,
        created_at: Timestamp(row.created_at),
    })
}
