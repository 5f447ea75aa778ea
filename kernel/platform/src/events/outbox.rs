//! Every statement on the outbox, the inbox and the dead letters.

use std::collections::BTreeMap;
use std::time::Duration;

use openim_core::{OperationId, Result, Timestamp};
use openim_entities::platform::{dead_letter, inbox, outbox};
use sea_orm::sea_query::{Expr, LockBehavior, LockType, OnConflict};
use sea_orm::{ActiveValue, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, TryInsertResult};

use super::{EventPlan, StoredEvent};
use crate::store::db_error;

/// How many rows one multi-row insert carries: far below the 32,766 values that SQLite takes.
const INSERT_ROWS: usize = 500;

/// How many rows of the inbox one sweep forgets.
const SWEEP_ROWS: u64 = 5_000;

/// An event that a consumer gave up on.
#[derive(Debug, Clone, PartialEq)]
pub struct DeadLetter {
    /// Who gave up.
    pub consumer: String,
    /// How often it failed.
    pub attempts: i32,
    /// The last failure.
    pub error: String,
    /// The event's id.
    pub event_id: String,
    /// The event's topic.
    pub topic: String,
    /// The payload's text; whatever arrived, when it was no event at all.
    pub payload: String,
}

/// Returns the newest dead letters.
///
/// # Errors
/// As any statement.
pub async fn dead_letters(db: &impl ConnectionTrait, limit: u64) -> Result<Vec<DeadLetter>> {
    let rows = dead_letter::Entity::find().order_by_desc(dead_letter::Column::Position).limit(limit).all(db).await.map_err(db_error)?;
    Ok(rows
        .into_iter()
        .map(|row| DeadLetter {
            consumer: row.consumer,
            attempts: row.attempts,
            error: row.error,
            event_id: row.event_id,
            topic: row.topic,
            payload: row.payload,
        })
        .collect())
}

/// Returns up to `limit` events that are not handled yet, in the order of appending; for tests and diagnosis.
///
/// # Errors
/// As any statement, or when a row cannot be read.
pub async fn pending_events(db: &impl ConnectionTrait, limit: u64) -> Result<Vec<StoredEvent>> {
    let rows = outbox::Entity::find().order_by_asc(outbox::Column::Position).limit(limit).all(db).await.map_err(db_error)?;
    rows.iter().map(read).collect()
}

/// Reads the event of a row.
pub(super) fn read(row: &outbox::Model) -> Result<StoredEvent> {
    let poison = |error| openim_core::Error::new(openim_core::ErrorCode::Data, "an event cannot be read").with_source(error);
    Ok(StoredEvent {
        id: row.event_id.clone(),
        topic: row.topic.clone(),
        operation_id: OperationId::parse(row.operation_id.as_str())?,
        at: Timestamp(row.at),
        payload: serde_json::from_str(&row.payload).map_err(poison)?,
    })
}

/// Returns what is due: fresh rows for `consumer == ""`, one consumer's otherwise.
pub(super) async fn due(db: &impl ConnectionTrait, consumer: &str, now: Timestamp, limit: u64) -> Result<Vec<outbox::Model>> {
    outbox::Entity::find()
        .filter(outbox::Column::Consumer.eq(consumer))
        .filter(outbox::Column::AvailableAt.lte(now.0))
        .order_by_asc(outbox::Column::AvailableAt)
        .order_by_asc(outbox::Column::Position)
        .limit(limit)
        .all(db)
        .await
        .map_err(db_error)
}

/// Returns what is due for anybody. `claim` locks the rows for this transaction and passes over those that another relay
/// has locked (PostgreSQL).
pub(super) async fn due_for_all(db: &impl ConnectionTrait, now: Timestamp, limit: u64, claim: bool) -> Result<Vec<outbox::Model>> {
    let mut query = outbox::Entity::find()
        .filter(outbox::Column::AvailableAt.lte(now.0))
        .order_by_asc(outbox::Column::AvailableAt)
        .order_by_asc(outbox::Column::Position)
        .limit(limit);
    if claim {
        query = query.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
    }
    query.all(db).await.map_err(db_error)
}

/// Takes rows away and returns those that were still there, in the order of handling. Whoever else wants one of them at
/// the same time waits for this transaction and then finds it gone.
pub(super) async fn take(db: &impl ConnectionTrait, positions: Vec<i64>) -> Result<Vec<outbox::Model>> {
    let mut rows =
        outbox::Entity::delete_many().filter(outbox::Column::Position.is_in(positions)).exec_with_returning(db).await.map_err(db_error)?;
    rows.sort_unstable_by_key(|row| (row.available_at, row.position));
    Ok(rows)
}

/// Writes one copy a consumer for each fresh event that somebody wants; returns how many.
pub(super) async fn address(db: &impl ConnectionTrait, plan: &EventPlan, rows: &[outbox::Model]) -> Result<usize> {
    let copies: Vec<_> = rows
        .iter()
        .flat_map(|row| plan.wanting(&row.topic).map(move |consumer| copy(row, consumer.name, row.attempts, Timestamp(0))))
        .collect();
    let count = copies.len();
    let mut copies = copies.into_iter().peekable();
    while copies.peek().is_some() {
        let chunk: Vec<_> = copies.by_ref().take(INSERT_ROWS).collect();
        outbox::Entity::insert_many(chunk).exec_without_returning(db).await.map_err(db_error)?;
    }
    Ok(count)
}

fn copy(row: &outbox::Model, consumer: &str, attempts: i32, available_at: Timestamp) -> outbox::ActiveModel {
    outbox::ActiveModel {
        position: ActiveValue::NotSet,
        event_id: ActiveValue::Set(row.event_id.clone()),
        consumer: ActiveValue::Set(consumer.to_owned()),
        topic: ActiveValue::Set(row.topic.clone()),
        operation_id: ActiveValue::Set(row.operation_id.clone()),
        at: ActiveValue::Set(row.at),
        payload: ActiveValue::Set(row.payload.clone()),
        attempts: ActiveValue::Set(attempts),
        available_at: ActiveValue::Set(available_at.0),
    }
}

/// Writes the copy of one consumer that failed and will try again.
pub(super) async fn try_later(db: &impl ConnectionTrait, row: &outbox::Model, consumer: &str, attempts: i32, at: Timestamp) -> Result<()> {
    outbox::Entity::insert(copy(row, consumer, attempts, at)).exec_without_returning(db).await.map_err(db_error)?;
    Ok(())
}

/// Puts rows off until `at` without counting an attempt.
pub(super) async fn postpone(db: &impl ConnectionTrait, positions: Vec<i64>, at: Timestamp) -> Result<()> {
    outbox::Entity::update_many()
        .col_expr(outbox::Column::AvailableAt, Expr::value(at.0))
        .filter(outbox::Column::Position.is_in(positions))
        .exec(db)
        .await
        .map_err(db_error)?;
    Ok(())
}

/// Notes that a consumer handles an event; false when it has done so before.
pub(super) async fn enter(db: &impl ConnectionTrait, consumer: &str, event_id: &str, now: Timestamp) -> Result<bool> {
    let row = inbox::ActiveModel {
        consumer: ActiveValue::Set(consumer.to_owned()),
        event_id: ActiveValue::Set(event_id.to_owned()),
        handled_at: ActiveValue::Set(now.0),
    };
    let inserted = inbox::Entity::insert(row)
        .on_conflict_do_nothing_on([inbox::Column::Consumer, inbox::Column::EventId])
        .exec_without_returning(db)
        .await
        .map_err(db_error)?;
    Ok(matches!(inserted, TryInsertResult::Inserted(1..)))
}

/// Writes a dead letter; a second one of the same consumer and event replaces the first.
pub(super) async fn bury(db: &impl ConnectionTrait, row: &outbox::Model, consumer: &str, error: &str, now: Timestamp) -> Result<()> {
    let letter = dead_letter::ActiveModel {
        position: ActiveValue::NotSet,
        consumer: ActiveValue::Set(consumer.to_owned()),
        event_id: ActiveValue::Set(row.event_id.clone()),
        topic: ActiveValue::Set(row.topic.clone()),
        operation_id: ActiveValue::Set(row.operation_id.clone()),
        at: ActiveValue::Set(row.at),
        payload: ActiveValue::Set(row.payload.clone()),
        attempts: ActiveValue::Set(row.attempts),
        error: ActiveValue::Set(error.to_owned()),
        died_at: ActiveValue::Set(now.0),
    };
    let again = OnConflict::columns([dead_letter::Column::Consumer, dead_letter::Column::EventId])
        .update_columns([dead_letter::Column::Attempts, dead_letter::Column::Error, dead_letter::Column::DiedAt])
        .to_owned();
    dead_letter::Entity::insert(letter).on_conflict(again).exec_without_returning(db).await.map_err(db_error)?;
    Ok(())
}

/// Returns how many events are due, by consumer; those of nobody yet have no name.
pub(super) async fn waiting(db: &impl ConnectionTrait, now: Timestamp) -> Result<BTreeMap<String, u64>> {
    let counted: Vec<(String, i64)> = outbox::Entity::find()
        .select_only()
        .column(outbox::Column::Consumer)
        .column_as(outbox::Column::Position.count(), "waiting")
        .filter(outbox::Column::AvailableAt.lte(now.0))
        .group_by(outbox::Column::Consumer)
        .into_tuple()
        .all(db)
        .await
        .map_err(db_error)?;
    Ok(counted.into_iter().map(|(consumer, waiting)| (consumer, u64::try_from(waiting).unwrap_or(0))).collect())
}

/// Returns for how long the oldest due event waits. A job or a retry waits since it was due, a fresh event since it was
/// appended.
pub(super) async fn lag(db: &impl ConnectionTrait, now: Timestamp) -> Result<Duration> {
    let due = |fresh: bool| {
        let available = outbox::Column::AvailableAt;
        let of_kind = if fresh { available.eq(0) } else { available.between(1, now.0) };
        outbox::Entity::find().filter(of_kind).order_by_asc(available).order_by_asc(outbox::Column::Position)
    };
    let (fresh, postponed) = (due(true).one(db).await.map_err(db_error)?, due(false).one(db).await.map_err(db_error)?);
    let since = [fresh, postponed].into_iter().flatten().map(|row| Timestamp(row.at.max(row.available_at))).min();
    Ok(since.map_or(Duration::ZERO, |since| since.until(now)))
}

/// Forgets inbox rows that no redelivery can ask for any more; returns how many.
pub(crate) async fn sweep_inbox(db: &impl ConnectionTrait, before: Timestamp) -> Result<u64> {
    let old = inbox::Entity::find()
        .filter(inbox::Column::HandledAt.lt(before.0))
        .order_by_asc(inbox::Column::HandledAt)
        .limit(SWEEP_ROWS)
        .all(db)
        .await
        .map_err(db_error)?;
    let Some(last) = old.last() else { return Ok(0) };
    let done = inbox::Entity::delete_many().filter(inbox::Column::HandledAt.lte(last.handled_at)).exec(db).await.map_err(db_error)?;
    Ok(done.rows_affected)
}
