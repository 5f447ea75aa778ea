//! Every query of the domain. Each names the owner; nothing here decides, commits or tells anybody.

pub(crate) mod deleting;
pub(crate) mod destructing;
pub(crate) mod groups;
pub(crate) mod marks;
pub(crate) mod readers;
pub(crate) mod settings;

use std::collections::{BTreeMap, BTreeSet};

use openim_core::{ConversationId, ConversationKind, GroupId, Result, Timestamp, UserId};
use openim_entities::conversations::user_conv::{ActiveModel, Column, Entity, Model};
use openim_graphql::Place;
use openim_platform::store::db_error;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};

use crate::error::broken_row;
use crate::model::{Conversation, Kept, NewRow, Preferences, REFUSED};

/// Rows of one insert: 26 values each stay far below SQLite's limit of 32,766.
const INSERT_CHUNK: usize = 500;
/// Keys of one select: an `OR` of pairs nests one level each, and SQLite stops at 1,000.
const SELECT_CHUNK: usize = 200;

/// OpenIM's `recvMsgOpt` of what is received without a sound.
const SILENT: i32 = 2;

/// Returns one row, also a deleted one.
pub(crate) async fn find(db: &impl ConnectionTrait, owner: &UserId, id: &ConversationId) -> Result<Option<Conversation>> {
    let row = Entity::find_by_id((owner.to_string(), id.to_string())).one(db).await.map_err(db_error)?;
    row.map(conversation).transpose()
}

/// Returns the rows that exist among (owner, conversation) keys, deleted ones too, in no order.
pub(crate) async fn find_many(db: &impl ConnectionTrait, keys: &[(UserId, ConversationId)]) -> Result<Vec<Conversation>> {
    let mut rows = Vec::with_capacity(keys.len());
    for chunk in keys.chunks(SELECT_CHUNK) {
        let mut by_owner: BTreeMap<&UserId, Vec<&str>> = BTreeMap::new();
        for (owner, id) in chunk {
            by_owner.entry(owner).or_default().push(id.as_str());
        }
        let any = by_owner.into_iter().fold(Condition::any(), |any, (owner, ids)| {
            any.add(Condition::all().add(Column::OwnerId.eq(owner.as_str())).add(Column::ConversationId.is_in(ids)))
        });
        let found = Entity::find().filter(any).all(db).await.map_err(db_error)?;
        for row in found {
            rows.push(conversation(row)?);
        }
    }
    Ok(rows)
}

/// Returns an owner's rows, the last touched first, at most `limit`.
pub(crate) async fn of_owner(db: &impl ConnectionTrait, owner: &UserId, limit: u64) -> Result<Vec<Conversation>> {
    let rows = Entity::find()
        .filter(Column::OwnerId.eq(owner.as_str()))
        .filter(Column::Deleted.eq(false))
        .order_by_desc(Column::UpdatedAt)
        .order_by_asc(Column::ConversationId)
        .limit(limit)
        .all(db)
        .await
        .map_err(db_error)?;
    rows.into_iter().map(conversation).collect()
}

/// Counts an owner's rows, up to `limit`.
pub(crate) async fn count_of_owner(db: &impl ConnectionTrait, owner: &UserId, limit: u64) -> Result<u64> {
    let counted = Entity::find().filter(Column::OwnerId.eq(owner.as_str())).filter(Column::Deleted.eq(false)).count(db);
    counted.await.map_err(db_error).map(|count| Ord::min(count, limit))
}

/// Returns a page of an owner's rows, the oldest first: those after a place, or all but the first `offset`.
pub(crate) async fn by_age(
    db: &impl ConnectionTrait,
    owner: &UserId,
    after: Option<&Place>,
    offset: u64,
    limit: u64,
) -> Result<Vec<Conversation>> {
    let later = after.map(|place| {
        let same = Condition::all().add(Column::CreatedAt.eq(place.at.0)).add(Column::ConversationId.gt(place.id.as_str()));
        Condition::any().add(Column::CreatedAt.gt(place.at.0)).add(same)
    });
    let rows = Entity::find()
        .filter(Column::OwnerId.eq(owner.as_str()))
        .filter(Column::Deleted.eq(false))
        .filter(later.unwrap_or_else(Condition::all))
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::ConversationId)
        .offset(offset)
        .limit(limit)
        .all(db)
        .await
        .map_err(db_error)?;
    rows.into_iter().map(conversation).collect()
}

/// Returns the rows of other people whose chat partner is `user` and whose position moved since, the latest first.
pub(crate) async fn read_by_peers_since(
    db: &impl ConnectionTrait,
    user: &UserId,
    since: Timestamp,
    limit: u64,
) -> Result<Vec<Conversation>> {
    let rows = Entity::find()
        .filter(Column::PeerId.eq(user.as_str()))
        .filter(Column::ReadAt.gte(since.0))
        .filter(Column::Kind.eq(ConversationKind::Single.session_type()))
        .filter(Column::OwnerId.ne(user.as_str()))
        .order_by_desc(Column::ReadAt)
        .limit(limit)
        .all(db)
        .await
        .map_err(db_error)?;
    rows.into_iter().map(conversation).collect()
}

/// Returns an owner's conversation ids, the oldest rows first, at most `limit`.
pub(crate) async fn ids_of_owner(db: &impl ConnectionTrait, owner: &UserId, kept: Kept, limit: u64) -> Result<Vec<String>> {
    let kept = match kept {
        Kept::All => Condition::all(),
        Kept::Pinned => Condition::all().add(Column::Pinned.eq(true)),
        Kept::Silent => Condition::all().add(Column::ReceiveOption.eq(SILENT)),
    };
    Entity::find()
        .select_only()
        .column(Column::ConversationId)
        .filter(Column::OwnerId.eq(owner.as_str()))
        .filter(Column::Deleted.eq(false))
        .filter(kept)
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::ConversationId)
        .limit(limit)
        .into_tuple()
        .all(db)
        .await
        .map_err(db_error)
}

/// Makes rows that do not exist yet and returns their keys; existing ones stay as they are.
pub(crate) async fn insert_missing(db: &impl ConnectionTrait, rows: Vec<NewRow>) -> Result<Vec<(UserId, ConversationId)>> {
    let on_conflict = OnConflict::columns([Column::OwnerId, Column::ConversationId]).do_nothing().to_owned();
    insert(db, rows, &on_conflict).await
}

/// Moves read positions forward, never back; a missing row is made with its position, and a deleted one that was read
/// further than it was deleted is shown again. A key may come once only. Returns the keys of rows that appeared.
pub(crate) async fn advance(
    db: &impl ConnectionTrait,
    rows: Vec<NewRow>,
    make_missing: bool,
    at: Timestamp,
) -> Result<Vec<(UserId, ConversationId)>> {
    let keys: Vec<_> = rows.iter().map(key).collect();
    let found = find_many(db, &keys).await?;
    let known: BTreeSet<_> = found.iter().map(|row| (&row.owner, &row.id)).collect();
    let (known, fresh): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| known.contains(&(&row.owner, &row.id)));
    let read: BTreeMap<_, _> = known.iter().map(|row| ((&row.owner, &row.id), row.read_seq)).collect();
    let returns = |row: &&Conversation| row.deleted && read.get(&(&row.owner, &row.id)).is_some_and(|seq| *seq > row.deleted_seq);
    let returning: Vec<_> = found.iter().filter(returns).map(|row| (row.owner.clone(), row.id.clone())).collect();
    let mut appeared = deleting::restore(db, &returning, at).await?;
    let fresh = if make_missing { fresh } else { Vec::new() };
    appeared.extend(fresh.iter().map(key));
    let on_conflict = OnConflict::columns([Column::OwnerId, Column::ConversationId])
        .update_columns([Column::ReadSeq, Column::ReadAt, Column::UpdatedAt])
        .action_and_where(Expr::col((Entity, Column::ReadSeq)).lt(Expr::cust("excluded.read_seq")))
        .to_owned();
    insert(db, known.into_iter().chain(fresh).collect(), &on_conflict).await?;
    Ok(appeared)
}

/// Moves one existing row's position forward and tells whether it moved.
pub(crate) async fn advance_one(
    db: &impl ConnectionTrait,
    owner: &UserId,
    id: &ConversationId,
    read_seq: i64,
    at: Timestamp,
) -> Result<bool> {
    let done = Entity::update_many()
        .col_expr(Column::ReadSeq, Expr::value(read_seq))
        .col_expr(Column::ReadAt, Expr::value(at.0))
        .col_expr(Column::UpdatedAt, Expr::value(at.0))
        .filter(Column::OwnerId.eq(owner.as_str()))
        .filter(Column::ConversationId.eq(id.as_str()))
        .filter(Column::ReadSeq.lt(read_seq))
        .exec(db)
        .await
        .map_err(db_error)?;
    Ok(done.rows_affected > 0)
}

/// Returns the keys of those rows that are not there yet.
pub(crate) async fn missing(db: &impl ConnectionTrait, rows: &[NewRow]) -> Result<Vec<(UserId, ConversationId)>> {
    let keys: Vec<_> = rows.iter().map(key).collect();
    let known: BTreeSet<_> = find_many(db, &keys).await?.into_iter().map(|row| (row.owner, row.id)).collect();
    Ok(keys.into_iter().filter(|key| !known.contains(key)).collect())
}

fn key(row: &NewRow) -> (UserId, ConversationId) {
    (row.owner.clone(), row.id.clone())
}

/// Narrows a statement to some of one owner's rows.
fn of(owner: &UserId, ids: &[&str]) -> Condition {
    Condition::all().add(Column::OwnerId.eq(owner.as_str())).add(Column::ConversationId.is_in(ids.iter().copied()))
}

/// Inserts rows and returns the keys of those that were written, made or changed.
async fn insert(db: &impl ConnectionTrait, mut rows: Vec<NewRow>, on_conflict: &OnConflict) -> Result<Vec<(UserId, ConversationId)>> {
    // Always in key order: two writers that touch the same rows then wait for each other instead of deadlocking.
    rows.sort_by(|a, b| (&a.owner, &a.id).cmp(&(&b.owner, &b.id)));
    let mut written = Vec::with_capacity(rows.len());
    for chunk in rows.chunks(INSERT_CHUNK) {
        let insert = Entity::insert_many(chunk.iter().map(active)).on_conflict(on_conflict.clone());
        for (owner, id) in insert.exec_with_returning_keys(db).await.map_err(db_error)? {
            written.push((UserId::parse(owner)?, ConversationId::parse(id)?));
        }
    }
    Ok(written)
}

fn active(row: &NewRow) -> ActiveModel {
    ActiveModel {
        owner_id: Set(row.owner.to_string()),
        conversation_id: Set(row.id.to_string()),
        kind: Set(row.id.kind().session_type()),
        peer_id: Set(row.peer.as_ref().map(ToString::to_string).unwrap_or_default()),
        group_id: Set(row.group.as_ref().map(ToString::to_string).unwrap_or_default()),
        receive_option: Set(row.preferences.receive_option),
        pinned: Set(row.preferences.pinned),
        private_chat: Set(row.preferences.private_chat),
        burn_duration: Set(row.preferences.burn_duration),
        group_at_type: Set(row.preferences.group_at_type),
        group_at_at: Set(row.at.0),
        attached_info: Set(row.preferences.attached_info.clone()),
        ex: Set(row.preferences.ex.clone()),
        read_seq: Set(row.read_seq),
        min_seq: Set(row.min_seq),
        max_seq: Set(row.max_seq),
        destructing: Set(row.preferences.destructing),
        destruct_after: Set(row.preferences.destruct_after),
        last_destructed_at: Set(0),
        destruct_due_at: Set(if row.preferences.destructs() { row.at.0 } else { 0 }),
        deleted: Set(row.refused),
        deleted_seq: Set(if row.refused { REFUSED } else { 0 }),
        membership_at: Set(row.membership_at.0),
        created_at: Set(row.at.0),
        updated_at: Set(row.at.0),
        read_at: Set(if row.read_seq > 0 { row.at.0 } else { 0 }),
    }
}

fn conversation(row: Model) -> Result<Conversation> {
    let peer = Some(row.peer_id).filter(|id| !id.is_empty()).map(UserId::parse).transpose().map_err(broken_row)?;
    let group = Some(row.group_id).filter(|id| !id.is_empty()).map(GroupId::parse).transpose().map_err(broken_row)?;
    let id = ConversationId::parse(row.conversation_id).map_err(broken_row)?;
    Ok(Conversation {
        owner: UserId::parse(row.owner_id).map_err(broken_row)?,
        kind: id.kind(),
        id,
        peer,
        group,
        preferences: Preferences {
            receive_option: row.receive_option,
            pinned: row.pinned,
            private_chat: row.private_chat,
            burn_duration: row.burn_duration,
            group_at_type: row.group_at_type,
            attached_info: row.attached_info,
            ex: row.ex,
            destructing: row.destructing,
            destruct_after: row.destruct_after,
        },
        group_at_at: Timestamp(row.group_at_at),
        read_seq: row.read_seq,
        min_seq: row.min_seq,
        max_seq: row.max_seq,
        last_destructed_at: Timestamp(row.last_destructed_at),
        destruct_due_at: Timestamp(row.destruct_due_at),
        deleted: row.deleted,
        deleted_seq: row.deleted_seq,
        membership_at: Timestamp(row.membership_at),
        created_at: Timestamp(row.created_at),
        updated_at: Timestamp(row.updated_at),
        read_at: Timestamp(row.read_at),
    })
}
