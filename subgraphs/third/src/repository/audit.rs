//! Queries over the log of administrators' acts. Ids begin with the time, so that their order is that of the acts, and a
//! moment is the beginning of an id.

use openim_contracts::{ActOutcome, AdministratorActed};
use openim_core::{OperationId, Platform, Result, Timestamp, UserId};
use openim_entities::third::audit::{ActiveModel, Column, Entity, Model};
use openim_platform::store::db_error;
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, Order, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Set};

use crate::error;
use crate::model::AuditFilter;

/// Writes an act down; once, however often it comes.
pub(crate) async fn insert(db: &impl ConnectionTrait, act: &AdministratorActed) -> Result<()> {
    let row = ActiveModel {
        id: Set(act.id.clone()),
        actor_id: Set(act.actor_id.to_string()),
        platform: Set(act.platform.number()),
        address: Set(act.address.clone()),
        operation: Set(act.operation.clone()),
        subgraph: Set(act.subgraph.clone()),
        target: Set(act.target.clone()),
        arguments: Set(act.arguments.clone()),
        reason: Set(act.reason.clone()),
        outcome: Set(number(act.outcome)),
        code: Set(act.code.clone()),
        operation_id: Set(act.operation_id.to_string()),
    };
    Entity::insert(row).on_conflict_do_nothing_on([Column::Id]).exec_without_returning(db).await.map_err(db_error)?;
    Ok(())
}

/// Returns at most `limit` acts, the newest first, after an id or after `offset` others.
pub(crate) async fn page(
    db: &impl ConnectionTrait,
    filter: &AuditFilter,
    after: Option<&str>,
    offset: u64,
    limit: u64,
) -> Result<Vec<AdministratorActed>> {
    let condition = condition(filter).add_option(after.map(|id| Column::Id.lt(id)));
    let query = Entity::find().filter(condition).order_by_desc(Column::Id).offset(offset).limit(limit);
    query.all(db).await.map_err(db_error)?.into_iter().map(from_row).collect()
}

/// Returns one act.
pub(crate) async fn find(db: &impl ConnectionTrait, id: &str) -> Result<Option<AdministratorActed>> {
    Entity::find_by_id(id).one(db).await.map_err(db_error)?.map(from_row).transpose()
}

/// Counts the acts that a filter shows.
pub(crate) async fn count(db: &impl ConnectionTrait, filter: &AuditFilter) -> Result<u64> {
    Entity::find().filter(condition(filter)).count(db).await.map_err(db_error)
}

/// Forgets at most `limit` acts from before a moment; returns how many it were.
pub(crate) async fn forget(db: &impl ConnectionTrait, before: Timestamp, limit: u64) -> Result<u64> {
    let old = Query::select()
        .column(Column::Id)
        .from(Entity)
        .and_where(Expr::col(Column::Id).lt(beginning(before)))
        .order_by(Column::Id, Order::Asc)
        .limit(limit)
        .to_owned();
    Ok(Entity::delete_many().filter(Column::Id.in_subquery(old)).exec(db).await.map_err(db_error)?.rows_affected)
}

fn condition(filter: &AuditFilter) -> Condition {
    Condition::all()
        .add_option(filter.actor.as_ref().map(|actor| Column::ActorId.eq(actor.as_str())))
        .add_option(filter.operation.as_ref().map(|operation| Column::Operation.eq(operation)))
        .add_option(filter.target.as_ref().map(|target| Column::Target.eq(target)))
        .add_option(filter.since.map(|since| Column::Id.gte(beginning(since))))
        .add_option(filter.until.map(|until| Column::Id.lt(beginning(until))))
        .add_option(filter.outcome.map(|outcome| Column::Outcome.eq(number(outcome))))
}

/// What the ids of a moment begin with.
fn beginning(at: Timestamp) -> String {
    format!("{:012x}", at.0.clamp(0, 0xffff_ffff_ffff))
}

fn number(outcome: ActOutcome) -> i32 {
    match outcome {
        ActOutcome::Done => 0,
        ActOutcome::Refused => 1,
        ActOutcome::Failed => 2,
    }
}

fn from_row(row: Model) -> Result<AdministratorActed> {
    let millis = row.id.get(..12).and_then(|digits| i64::from_str_radix(digits, 16).ok()).unwrap_or_default();
    Ok(AdministratorActed {
        at: Timestamp(millis),
        actor_id: UserId::parse(row.actor_id).map_err(error::bad_row)?,
        platform: Platform::parse(row.platform).map_err(error::bad_row)?,
        address: row.address,
        operation: row.operation,
        subgraph: row.subgraph,
        target: row.target,
        arguments: row.arguments,
        reason: row.reason,
        outcome: match row.outcome {
            0 => ActOutcome::Done,
            1 => ActOutcome::Refused,
            _ => ActOutcome::Failed,
        },
        code: row.code,
        operation_id: OperationId::parse(row.operation_id).map_err(error::bad_row)?,
        id: row.id,
    })
}
