//! Rows of a group's members: entering, leaving, being named. Statements touch the rows of the users they name, never all
//! of a group.

use std::collections::{BTreeMap, BTreeSet};

use openim_core::{ConversationId, Result, Timestamp, UserId};
use openim_entities::conversations::user_conv::{Column, Entity, Model};
use openim_platform::store::db_error;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IdenStatic, QueryFilter, QuerySelect};

use super::INSERT_CHUNK;
use crate::model::NewRow;

/// What is known of somebody's row in a group.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Known {
    pub(crate) shown: bool,
    /// News of the membership have reached it.
    pub(crate) settled: bool,
}

/// Returns who of `owners` has a row in the conversation, and what is known of it.
pub(crate) async fn with_row(db: &impl ConnectionTrait, id: &ConversationId, owners: &[UserId]) -> Result<BTreeMap<UserId, Known>> {
    let mut found = BTreeMap::new();
    for chunk in owners.chunks(INSERT_CHUNK) {
        let select = Entity::find().filter(owners_of(id, chunk)).select_only();
        let select = select.column(Column::OwnerId).column(Column::Deleted).column(Column::MembershipAt);
        let rows: Vec<(String, bool, i64)> = select.into_tuple().all(db).await.map_err(db_error)?;
        for (owner, deleted, membership_at) in rows {
            found.insert(UserId::parse(owner)?, Known { shown: !deleted, settled: membership_at > 0 });
        }
    }
    Ok(found)
}

/// Opens the rows of who entered: shown, without an upper limit, from the row's `min_seq` on. A row that has later news of its
/// owner stays as it is. Returns whose rows were written.
pub(crate) async fn enter(db: &impl ConnectionTrait, rows: Vec<NewRow>) -> Result<BTreeSet<UserId>> {
    let on_conflict = OnConflict::columns([Column::OwnerId, Column::ConversationId])
        .update_columns([Column::MaxSeq, Column::Deleted, Column::GroupAtAt, Column::MembershipAt, Column::UpdatedAt])
        // A limit is only ever raised: what was cleared stays cleared, and what is refused stays refused.
        .value(Column::MinSeq, raised(Column::MinSeq))
        .value(Column::DeletedSeq, raised(Column::DeletedSeq))
        .action_and_where(Expr::col((Entity, Column::MembershipAt)).lte(Expr::cust("excluded.membership_at")))
        .to_owned();
    Ok(super::insert(db, rows, &on_conflict).await?.into_iter().map(|(owner, _)| owner).collect())
}

/// Freezes the rows of who left at `max_seq`; what is frozen already is not opened. A row that has later news of its owner
/// stays as it is. Returns whose rows changed among the shown ones.
pub(crate) async fn leave(
    db: &impl ConnectionTrait,
    id: &ConversationId,
    owners: &[UserId],
    max_seq: i64,
    times: (Timestamp, Timestamp),
) -> Result<Vec<UserId>> {
    let (at, now) = times;
    let mut left = Vec::with_capacity(owners.len());
    for chunk in owners.chunks(INSERT_CHUNK) {
        let frozen = Expr::case(Expr::col(Column::MaxSeq).eq(0), max_seq).finally(Expr::col(Column::MaxSeq));
        let update = Entity::update_many()
            .col_expr(Column::MaxSeq, frozen.into())
            .col_expr(Column::MembershipAt, Expr::value(at.0))
            .col_expr(Column::UpdatedAt, Expr::value(now.0))
            .filter(owners_of(id, chunk).add(Column::MembershipAt.lte(at.0)));
        left.extend(shown(update.exec_with_returning(db).await.map_err(db_error)?)?);
    }
    Ok(left)
}

/// Removes the rows of who left before there was anything to see, unless they have later news of their owners. Returns whose
/// rows are gone among the shown ones.
pub(crate) async fn remove(db: &impl ConnectionTrait, id: &ConversationId, owners: &[UserId], at: Timestamp) -> Result<Vec<UserId>> {
    let mut removed = Vec::with_capacity(owners.len());
    for chunk in owners.chunks(INSERT_CHUNK) {
        let delete = Entity::delete_many().filter(owners_of(id, chunk).add(Column::MembershipAt.lte(at.0)));
        removed.extend(shown(delete.exec_with_returning(db).await.map_err(db_error)?)?);
    }
    Ok(removed)
}

/// Marks the rows of those who were named and are still in the group; returns whose.
pub(crate) async fn name(
    db: &impl ConnectionTrait,
    id: &ConversationId,
    owners: &[UserId],
    value: i32,
    times: (Timestamp, Timestamp),
) -> Result<Vec<UserId>> {
    let (at, now) = times;
    let mut named = Vec::new();
    for chunk in owners.chunks(INSERT_CHUNK) {
        let open = || owners_of(id, chunk).add(Column::MaxSeq.eq(0)).add(Column::GroupAtAt.lte(at.0));
        let rows: Vec<String> =
            Entity::find().filter(open()).select_only().column(Column::OwnerId).into_tuple().all(db).await.map_err(db_error)?;
        for owner in rows {
            named.push(UserId::parse(owner)?);
        }
        Entity::update_many()
            .col_expr(Column::GroupAtType, Expr::value(value))
            .col_expr(Column::GroupAtAt, Expr::value(at.0))
            .col_expr(Column::UpdatedAt, Expr::value(now.0))
            .filter(open())
            .exec(db)
            .await
            .map_err(db_error)?;
    }
    Ok(named)
}

fn owners_of(id: &ConversationId, owners: &[UserId]) -> sea_orm::Condition {
    sea_orm::Condition::all().add(Column::OwnerId.is_in(owners.iter().map(UserId::as_str))).add(Column::ConversationId.eq(id.as_str()))
}

fn shown(rows: Vec<Model>) -> Result<Vec<UserId>> {
    rows.into_iter().filter(|row| !row.deleted).map(|row| UserId::parse(row.owner_id)).collect()
}

/// The greater one of what a row has and what is to be inserted.
fn raised(column: Column) -> Expr {
    let new = || Expr::cust(format!("excluded.{}", column.as_str()));
    let own = || Expr::col((Entity, column));
    Expr::case(new().gt(own()), new()).finally(own()).into()
}
