//! Queries over uploads.

use openim_core::{Error, ErrorCode, Result, Timestamp, UserId};
use openim_entities::third::upload::{ActiveModel, Column, Entity, Model};
use openim_objects::Key;
use openim_platform::store::db_error;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select, Set};

use super::{key, size, stored};
use crate::error;
use crate::model::{Total, Upload, UploadKind};

/// Inserts an upload.
pub(crate) async fn insert(db: &impl ConnectionTrait, upload: &Upload) -> Result<()> {
    Entity::insert(to_row(upload)?).exec_without_returning(db).await.map_err(db_error)?;
    Ok(())
}

/// Returns an owner's upload.
pub(crate) async fn find(db: &impl ConnectionTrait, owner: &UserId, id: &str) -> Result<Option<Upload>> {
    let query = Entity::find_by_id(id).filter(Column::OwnerId.eq(owner.as_str()));
    query.one(db).await.map_err(db_error)?.map(from_row).transpose()
}

/// Returns an owner's upload of some content under a name that is under way.
pub(crate) async fn find_open(
    db: &impl ConnectionTrait,
    owner: &UserId,
    (name, hash, bytes): (&str, &str, u64),
    now: Timestamp,
) -> Result<Option<Upload>> {
    let query = open(owner, now).filter(Column::Name.eq(name)).filter(Column::Hash.eq(hash)).filter(Column::Size.eq(stored(bytes)?));
    query.one(db).await.map_err(db_error)?.map(from_row).transpose()
}

/// Returns how many uploads an owner has under way, and the bytes that they announce.
pub(crate) async fn total_open(db: &impl ConnectionTrait, owner: &UserId, now: Timestamp) -> Result<Total> {
    let counted = open(owner, now)
        .select_only()
        .column_as(Column::Id.count(), "uploads")
        .column_as(Expr::col(Column::Size).sum().cast_as("bigint"), "bytes");
    let found: Option<(i64, Option<i64>)> = counted.into_tuple().one(db).await.map_err(db_error)?;
    let (uploads, bytes) = found.unwrap_or_default();
    Ok(Total { files: size(uploads)?, bytes: size(bytes.unwrap_or(0))? })
}

/// Gives an upload that is under way more time; tells whether it still was.
pub(crate) async fn extend(db: &impl ConnectionTrait, id: &str, expires_at: Timestamp) -> Result<bool> {
    let update = Entity::update_many().col_expr(Column::ExpiresAt, Expr::value(expires_at.0));
    let done = update.filter(Column::Id.eq(id)).filter(Column::Done.eq(false)).exec(db).await.map_err(db_error)?;
    Ok(done.rows_affected > 0)
}

/// Notes that an upload was completed and where its content lies; tells whether it had not been completed or forgotten.
pub(crate) async fn finish(db: &impl ConnectionTrait, id: &str, content: &Key) -> Result<bool> {
    let update = Entity::update_many().col_expr(Column::Done, Expr::value(true)).col_expr(Column::ObjectKey, Expr::value(content.as_str()));
    let done = update.filter(Column::Id.eq(id)).filter(Column::Done.eq(false)).exec(db).await.map_err(db_error)?;
    Ok(done.rows_affected > 0)
}

/// Deletes an upload unless it was completed; tells whether it was there.
pub(crate) async fn delete_open(db: &impl ConnectionTrait, id: &str) -> Result<bool> {
    let delete = Entity::delete_many().filter(Column::Id.eq(id)).filter(Column::Done.eq(false));
    Ok(delete.exec(db).await.map_err(db_error)?.rows_affected > 0)
}

/// Deletes an upload.
pub(crate) async fn delete(db: &impl ConnectionTrait, id: &str) -> Result<()> {
    Entity::delete_by_id(id).exec(db).await.map_err(db_error)?;
    Ok(())
}

/// Returns at most `limit` uploads whose time was over before a moment.
pub(crate) async fn expired(db: &impl ConnectionTrait, moment: Timestamp, limit: u64) -> Result<Vec<Upload>> {
    let query = Entity::find().filter(Column::ExpiresAt.lt(moment.0)).order_by_asc(Column::ExpiresAt).limit(limit);
    query.all(db).await.map_err(db_error)?.into_iter().map(from_row).collect()
}

fn open(owner: &UserId, now: Timestamp) -> Select<Entity> {
    let of = Entity::find().filter(Column::OwnerId.eq(owner.as_str()));
    of.filter(Column::Done.eq(false)).filter(Column::ExpiresAt.gt(now.0))
}

fn to_row(upload: &Upload) -> Result<ActiveModel> {
    let kind = match upload.kind {
        UploadKind::Parts => 0,
        UploadKind::Whole => 1,
        UploadKind::Form => 2,
    };
    let text = |key: &Option<Key>| key.as_ref().map(ToString::to_string).unwrap_or_default();
    Ok(ActiveModel {
        id: Set(upload.id.clone()),
        owner_id: Set(upload.owner.to_string()),
        kind: Set(kind),
        store_id: Set(upload.store_upload.clone()),
        temp_key: Set(text(&upload.temp)),
        object_key: Set(text(&upload.key)),
        name: Set(upload.name.clone()),
        hash: Set(upload.hash.clone()),
        size: Set(stored(upload.size)?),
        part_size: Set(stored(upload.part_size)?),
        content_type: Set(upload.content_type.clone()),
        cause: Set(upload.cause.clone()),
        created_at: Set(upload.created_at.0),
        expires_at: Set(upload.expires_at.0),
        done: Set(upload.done),
    })
}

fn from_row(row: Model) -> Result<Upload> {
    let kind = match row.kind {
        0 => UploadKind::Parts,
        1 => UploadKind::Whole,
        2 => UploadKind::Form,
        _ => return Err(error::bad_row(Error::new(ErrorCode::Data, "an upload of no kind"))),
    };
    let given = |text: String| if text.is_empty() { Ok(None) } else { key(text).map(Some) };
    Ok(Upload {
        id: row.id,
        owner: UserId::parse(row.owner_id).map_err(error::bad_row)?,
        kind,
        store_upload: row.store_id,
        temp: given(row.temp_key)?,
        key: given(row.object_key)?,
        name: row.name,
        hash: row.hash,
        size: size(row.size)?,
        part_size: size(row.part_size)?,
        content_type: row.content_type,
        cause: row.cause,
        created_at: Timestamp(row.created_at),
        expires_at: Timestamp(row.expires_at),
        done: row.done,
    })
}
