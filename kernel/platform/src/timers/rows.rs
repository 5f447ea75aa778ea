//! How the jobs went, and when they are due: beside the data, for every process that may lead.

use openim_core::{Result, Timestamp};
use openim_entities::platform::timers::timer::{ActiveModel, Column, Entity, Model};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, Set};

use crate::store::db_error;

/// What became of a job's last run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimerOutcome {
    /// It runs, or its process died.
    Running,
    /// It went well.
    Done,
    /// It failed; it comes again at the next time.
    Failed,
}

impl TimerOutcome {
    fn number(self) -> i32 {
        match self {
            Self::Running => 0,
            Self::Done => 1,
            Self::Failed => 2,
        }
    }

    fn of(number: i32) -> Self {
        match number {
            0 => Self::Running,
            1 => Self::Done,
            _ => Self::Failed,
        }
    }
}

/// A job as it went last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimerState {
    /// The job.
    pub name: String,
    /// The leader's term.
    pub term: i64,
    /// When it began last.
    pub started_at: Timestamp,
    /// When it ended last; `None` before the first time.
    pub ended_at: Option<Timestamp>,
    /// When it is due again.
    pub next_at: Timestamp,
    /// What became of it.
    pub outcome: TimerOutcome,
    /// How much was done the last time.
    pub work: i64,
    /// How often it was run.
    pub runs: i64,
}

impl From<Model> for TimerState {
    fn from(row: Model) -> Self {
        Self {
            name: row.name,
            term: row.term,
            started_at: Timestamp(row.started_at),
            ended_at: (row.ended_at != 0).then_some(Timestamp(row.ended_at)),
            next_at: Timestamp(row.next_at),
            outcome: TimerOutcome::of(row.outcome),
            work: row.work,
            runs: row.runs,
        }
    }
}

/// Returns all jobs that were ever run, in the order of their names.
///
/// # Errors
/// As any statement.
pub async fn all(db: &impl ConnectionTrait) -> Result<Vec<TimerState>> {
    let rows = Entity::find().order_by_asc(Column::Name).all(db).await.map_err(db_error)?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// Notes that a job begins.
pub(super) async fn begin(db: &impl ConnectionTrait, name: &str, term: i64, now: Timestamp, next: Timestamp) -> Result<()> {
    let row = ActiveModel {
        name: Set(name.to_owned()),
        term: Set(term),
        started_at: Set(now.0),
        ended_at: Set(0),
        next_at: Set(next.0),
        outcome: Set(TimerOutcome::Running.number()),
        work: Set(0),
        runs: Set(1),
    };
    let again = OnConflict::column(Column::Name)
        .update_columns([Column::Term, Column::StartedAt, Column::NextAt, Column::Outcome])
        .value(Column::Runs, Expr::col((Entity, Column::Runs)).add(1))
        .to_owned();
    Entity::insert(row).on_conflict(again).exec_without_returning(db).await.map_err(db_error)?;
    Ok(())
}

/// Notes what became of a job.
pub(super) async fn end(db: &impl ConnectionTrait, name: &str, now: Timestamp, outcome: TimerOutcome, work: u64) -> Result<()> {
    let update = Entity::update_many()
        .col_expr(Column::EndedAt, Expr::value(now.0))
        .col_expr(Column::Outcome, Expr::value(outcome.number()))
        .col_expr(Column::Work, Expr::value(i64::try_from(work).unwrap_or(i64::MAX)));
    update.filter(Column::Name.eq(name)).exec(db).await.map_err(db_error)?;
    Ok(())
}
