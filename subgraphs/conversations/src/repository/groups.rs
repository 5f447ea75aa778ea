//! Rows of a group's members: entering, leaving, being named. Statements touch the rows of the users they name, never all
//! of a group.

use std::collections::BTreeMap;

use openim_core::{ConversationId, Result, Timestamp, UserId};
use openim_entities::conversations::user_conv::{Column, Entity};
use openim_platform::store::db_error;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};

use super::INSERT_CHUNK;
use crate::model::NewRow;

/// Returns who of `owners` has a row in the conversation, and whether it is shown.
pub(crate) async fn with_row(db: &impl ConnectionTrait, id: &ConversationId, owners: &[UserId]) -> Result<BTreeMap<UserId, bool>> {
    let mut found = BTreeMap::new();
    for chunk in owners.chunks(INSERT_CHUNK) {
        let select = Entity::find().filter(owners_of(id, chunk)).select_only().column(Column::OwnerId).column(Column::Deleted);
        let rows: Vec<(String, bool)> = select.into_tuple().all(db).await.map_err(db_error)?;
        for (owner, deleted) in rows {
            found.insert(UserId::parse(owner)?, !deleted);
        }
    }
    Ok(found)
}

/// Opens the rows of who entered: shown, without an upper limit, from the row's `min_seq` on. A row that has later news of its
/// owner stays as it is.
pub(crate) async fn enter(db: &impl ConnectionTrait, rows: Vec<NewRow>) -> Result<()> {
    // A limit is only ever raised: what was cleared stays cleared.
    let min_seq = Expr::case(Expr::cust("excluded.min_seq").gt(Expr::col((Entity, Column::MinSeq))), Expr::cust("excluded.min_seq"))
        .finally(Expr::col((Entity, Column::MinSeq)));
    let on_conflict = OnConflict::columns([Column::OwnerId, Column::ConversationId])
        .update_columns([Column::MaxSeq, Column::Deleted, Column::GroupAtAt, Column::MembershipAt, Column::UpdatedAt])
        .value(Column::MinSeq, min_seq)
        .action_and_where(no_later_news())
        .to_owned();
    super::insert(db, rows, &on_conflict).await
}

/// Freezes the rows of who left at the row's `max_seq`.
pub(crate) async fn leave(db: &impl ConnectionTrait, rows: Vec<NewRow>) -> Result<()> {
    let on_conflict = OnConflict::columns([Column::OwnerId, Column::ConversationId])
        .update_columns([Column::MaxSeq, Column::MembershipAt, Column::UpdatedAt])
        .action_and_where(no_later_news())
        .to_owned();
    super::insert(db, rows, &on_conflict).await
}

/// Removes the rows of who left before there was anything to see.
pub(crate) async fn remove(db: &impl ConnectionTrait, id: &ConversationId, owners: &[UserId], at: Timestamp) -> Result<()> {
    for chunk in owners.chunks(INSERT_CHUNK) {
        let mine = owners_of(id, chunk).add(Column::MembershipAt.lte(at.0));
        Entity::delete_many().filter(mine).exec(db).await.map_err(db_error)?;
    }
    Ok(())
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

fn no_later_news() -> Expr {
    Expr::col((Entity, Column::MembershipAt)).lte(Expr::cust("excluded.membership_at"))
}
