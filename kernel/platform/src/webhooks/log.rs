//! Every statement on the deliveries: the queue of those that wait and the log of those that are done.

use openim_core::{Error, ErrorCode, Result, Timestamp};
use openim_entities::platform::webhook_delivery::{ActiveModel, Column, Entity, Model};
use sea_orm::sea_query::{Expr, LockBehavior, LockType};
use sea_orm::{ActiveValue, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select};

use super::{Command, commands};
use crate::store::{DatabaseKind, db_error};

/// How many rows one statement inserts or forgets.
const CHUNK: usize = 500;

/// What became of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DeliveryOutcome {
    /// It waits for its first or next attempt.
    Pending,
    /// The receiver took it.
    Delivered,
    /// It was given up; or, for a before-hook, the receiver gave no usable answer.
    Failed,
}

impl DeliveryOutcome {
    fn number(self) -> i32 {
        match self {
            Self::Pending => 0,
            Self::Delivered => 1,
            Self::Failed => 2,
        }
    }

    fn of(number: i32) -> Self {
        match number {
            0 => Self::Pending,
            1 => Self::Delivered,
            _ => Self::Failed,
        }
    }
}

/// One call of one hook, as the log has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Its place in the log.
    pub position: i64,
    /// The id that the receiver sees (`webhook-id`), the same in all attempts.
    pub id: String,
    /// The hook's command text.
    pub command: String,
    /// The operation that caused it.
    pub operation_id: String,
    /// The receiver's host and port at the last attempt; empty before the first.
    pub host: String,
    /// What is posted.
    pub body: String,
    /// What became of it.
    pub outcome: DeliveryOutcome,
    /// How often it was sent.
    pub attempts: i32,
    /// When it is sent next; only while it waits.
    pub next_attempt_at: Option<Timestamp>,
    /// When it was noted.
    pub created_at: Timestamp,
    /// When the last attempt ended.
    pub attempted_at: Option<Timestamp>,
    /// How long the last attempt took, in milliseconds.
    pub duration_ms: i64,
    /// The HTTP status of the last answer.
    pub status: Option<i32>,
    /// Why the last attempt failed.
    pub error: Option<String>,
    /// The beginning of the last answer.
    pub answer: Option<String>,
}

impl From<Model> for Delivery {
    fn from(row: Model) -> Self {
        let outcome = DeliveryOutcome::of(row.state);
        let text = |text: String| (!text.is_empty()).then_some(text);
        Self {
            position: row.position,
            id: row.id,
            command: row.command,
            operation_id: row.operation_id,
            host: row.host,
            body: row.body,
            outcome,
            attempts: row.attempts,
            next_attempt_at: (outcome == DeliveryOutcome::Pending).then_some(Timestamp(row.due_at)),
            created_at: Timestamp(row.created_at),
            attempted_at: (row.attempted_at != 0).then_some(Timestamp(row.attempted_at)),
            duration_ms: row.duration_ms,
            status: (row.status != 0).then_some(row.status),
            error: text(row.error),
            answer: text(row.answer),
        }
    }
}

/// Which deliveries are asked for.
#[derive(Debug, Clone, Default)]
pub struct DeliveryFilter {
    /// Of this hook only.
    pub command: Option<&'static Command>,
    /// Only those this became of.
    pub outcome: Option<DeliveryOutcome>,
}

impl DeliveryFilter {
    fn select(&self) -> Select<Entity> {
        let mut query = Entity::find();
        if let Some(command) = self.command {
            query = query.filter(Column::Command.eq(command.text));
        }
        if let Some(outcome) = self.outcome {
            query = query.filter(Column::State.eq(outcome.number()));
        }
        query
    }
}

/// Returns the newest deliveries, from the one before position `before` on, passing over `offset` of them.
///
/// # Errors
/// As any statement.
pub async fn deliveries(
    db: &impl ConnectionTrait,
    filter: &DeliveryFilter,
    before: Option<i64>,
    offset: u64,
    limit: u64,
) -> Result<Vec<Delivery>> {
    let mut query = filter.select().order_by_desc(Column::Position).offset(offset).limit(limit);
    if let Some(position) = before {
        query = query.filter(Column::Position.lt(position));
    }
    Ok(query.all(db).await.map_err(db_error)?.into_iter().map(Delivery::from).collect())
}

/// Returns how many deliveries there are.
///
/// # Errors
/// As any statement.
pub async fn count(db: &impl ConnectionTrait, filter: &DeliveryFilter) -> Result<u64> {
    filter.select().count(db).await.map_err(db_error)
}

/// Returns one delivery by the id that the receiver sees.
///
/// # Errors
/// As any statement.
pub async fn delivery(db: &impl ConnectionTrait, id: &str) -> Result<Option<Delivery>> {
    let found = Entity::find().filter(Column::Id.eq(id)).one(db).await.map_err(db_error)?;
    Ok(found.map(Delivery::from))
}

/// Queues a finished delivery once more, with its id and a full number of attempts. One that waits becomes due at once.
///
/// # Errors
/// `RECORD_NOT_FOUND`; `ARGS_ERROR` for a before-hook, whose operation is long over.
pub(super) async fn requeue(db: &impl ConnectionTrait, id: &str, now: Timestamp) -> Result<Delivery> {
    let missing = || Error::new(ErrorCode::NotFound, "there is no such webhook delivery");
    let found = delivery(db, id).await?.ok_or_else(missing)?;
    if !commands::by_text(&found.command).is_some_and(|command| command.kind == super::CommandKind::After) {
        return Err(Error::new(ErrorCode::Args, "only hooks that come after an operation can be delivered again"));
    }
    let values = ActiveModel {
        state: ActiveValue::Set(DeliveryOutcome::Pending.number()),
        failures: ActiveValue::Set(0),
        due_at: ActiveValue::Set(now.0),
        ..Default::default()
    };
    Entity::update_many().set(values).filter(Column::Id.eq(id)).exec(db).await.map_err(db_error)?;
    delivery(db, id).await?.ok_or_else(missing)
}

/// Writes deliveries down.
pub(super) async fn insert(db: &impl ConnectionTrait, rows: Vec<ActiveModel>) -> Result<()> {
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let chunk: Vec<_> = rows.by_ref().take(CHUNK).collect();
        Entity::insert_many(chunk).exec_without_returning(db).await.map_err(db_error)?;
    }
    Ok(())
}

/// Tells whether anything is due; reads only.
pub(super) async fn any_due(db: &impl ConnectionTrait, now: Timestamp) -> Result<bool> {
    let due = waiting(now).select_only().column(Column::Position).limit(1).into_tuple::<i64>();
    Ok(due.one(db).await.map_err(db_error)?.is_some())
}

/// Takes up to `limit` due deliveries for this process until `lease_until`; whoever dies meanwhile leaves them to others.
pub(super) async fn claim(
    db: &impl ConnectionTrait,
    kind: DatabaseKind,
    now: Timestamp,
    lease_until: Timestamp,
    limit: u64,
) -> Result<Vec<Model>> {
    let mut query = waiting(now).order_by_asc(Column::DueAt).order_by_asc(Column::Position).limit(limit);
    if kind == DatabaseKind::Postgres {
        query = query.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
    }
    let rows = query.all(db).await.map_err(db_error)?;
    if !rows.is_empty() {
        Entity::update_many()
            .col_expr(Column::DueAt, Expr::value(lease_until.0))
            .filter(Column::Position.is_in(rows.iter().map(|row| row.position)))
            .exec(db)
            .await
            .map_err(db_error)?;
    }
    Ok(rows)
}

fn waiting(now: Timestamp) -> Select<Entity> {
    Entity::find().filter(Column::State.eq(DeliveryOutcome::Pending.number())).filter(Column::DueAt.lte(now.0))
}

/// What an attempt came to.
#[derive(Debug)]
pub(super) struct Attempt {
    pub(super) outcome: DeliveryOutcome,
    pub(super) due_at: Timestamp,
    pub(super) ended_at: Timestamp,
    pub(super) duration_ms: i64,
    pub(super) host: String,
    pub(super) status: Option<u16>,
    pub(super) error: String,
    pub(super) answer: String,
}

/// Writes down what an attempt came to.
pub(super) async fn record(db: &impl ConnectionTrait, row: &Model, attempt: &Attempt) -> Result<()> {
    let failed = i32::from(attempt.outcome != DeliveryOutcome::Delivered);
    let mut values = attempt.values();
    values.attempts = ActiveValue::Set(row.attempts.saturating_add(1));
    values.failures = ActiveValue::Set(row.failures.saturating_add(failed));
    Entity::update_many().set(values).filter(Column::Position.eq(row.position)).exec(db).await.map_err(db_error)?;
    Ok(())
}

impl Attempt {
    /// Returns the columns that an attempt decides.
    pub(super) fn values(&self) -> ActiveModel {
        ActiveModel {
            state: ActiveValue::Set(self.outcome.number()),
            due_at: ActiveValue::Set(self.due_at.0),
            attempted_at: ActiveValue::Set(self.ended_at.0),
            duration_ms: ActiveValue::Set(self.duration_ms),
            host: ActiveValue::Set(self.host.clone()),
            status: ActiveValue::Set(self.status.map_or(0, i32::from)),
            error: ActiveValue::Set(self.error.clone()),
            answer: ActiveValue::Set(self.answer.clone()),
            ..Default::default()
        }
    }
}

/// Forgets finished deliveries that are older than `before`, and the oldest beyond `keep`; returns how many. Called until
/// it returns 0.
pub(super) async fn forget(db: &impl ConnectionTrait, before: Timestamp, keep: u64) -> Result<u64> {
    let done = || Entity::find().filter(Column::State.ne(DeliveryOutcome::Pending.number()));
    let positions = |query: Select<Entity>| query.select_only().column(Column::Position).into_tuple::<i64>();
    let last_kept = positions(done().order_by_desc(Column::Position).offset(keep).limit(1)).one(db).await.map_err(db_error)?;
    let chunk = u64::try_from(CHUNK).unwrap_or(u64::MAX);
    let mut old = positions(done().filter(Column::CreatedAt.lt(before.0)).order_by_asc(Column::Position).limit(chunk))
        .all(db)
        .await
        .map_err(db_error)?;
    if let Some(position) = last_kept {
        let beyond = done().filter(Column::Position.lte(position)).order_by_asc(Column::Position).limit(chunk);
        old.extend(positions(beyond).all(db).await.map_err(db_error)?);
    }
    if old.is_empty() {
        return Ok(0);
    }
    let gone = Entity::delete_many().filter(Column::Position.is_in(old)).exec(db).await.map_err(db_error)?;
    Ok(gone.rows_affected)
}
