//! The deliveries that wait: noting, taking, writing down what became of them.

use openim_core::{Ctx, Result, Timestamp};
use openim_entities::third::push_delivery::{ActiveModel, Column, Entity, Model};
use openim_platform::store::{DatabaseKind, db_error};
use sea_orm::sea_query::{Expr, LockBehavior, LockType};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, NotSet, QueryFilter, QueryOrder, QuerySelect, Select, Set};

use super::{CHUNK, written};
use crate::model::{Device, Provider, Push, PushAttempt, PushState};

/// A device and the number on its icon, 0 for none.
pub(crate) type Target = (Device, i64);

/// Notes a push to devices; returns the ids of the deliveries.
pub(crate) async fn insert(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    provider: Provider,
    push: &Push,
    targets: &[Target],
) -> Result<Vec<String>> {
    let (notice, now) = (written(&push.notice)?, ctx.now());
    let ids: Vec<String> = targets.iter().map(|_| ctx.ids().hex32()).collect();
    let row = |((device, badge), id): (&Target, &String)| ActiveModel {
        position: NotSet,
        id: Set(id.clone()),
        provider: Set(provider.name().to_owned()),
        user_id: Set(device.user.to_string()),
        platform: Set(device.platform),
        conversation_id: Set(push.conversation_id.clone()),
        seq: Set(push.seq),
        notice: Set(notice.clone()),
        badge: Set(*badge),
        operation_id: Set(push.operation_id.to_string()),
        state: Set(PushState::Pending.number()),
        attempts: Set(0),
        failures: Set(0),
        due_at: Set(now.0),
        created_at: Set(now.0),
        attempted_at: Set(0),
        reference: Set(String::new()),
        error: Set(String::new()),
    };
    let rows: Vec<ActiveModel> = targets.iter().zip(&ids).map(row).collect();
    for chunk in rows.chunks(CHUNK) {
        Entity::insert_many(chunk.to_vec()).exec_without_returning(db).await.map_err(db_error)?;
    }
    Ok(ids)
}

/// Tells whether anything is due; reads only.
pub(crate) async fn any_due(db: &impl ConnectionTrait, now: Timestamp) -> Result<bool> {
    let due = waiting(now).select_only().column(Column::Position).limit(1).into_tuple::<i64>();
    Ok(due.one(db).await.map_err(db_error)?.is_some())
}

/// Takes up to `limit` due deliveries for this process until `lease_until`; who dies meanwhile leaves them to others.
pub(crate) async fn claim(
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
    let positions: Vec<i64> = rows.iter().map(|row| row.position).collect();
    postpone(db, &positions, lease_until).await?;
    Ok(rows)
}

/// Says when deliveries that were taken are due again.
pub(crate) async fn postpone(db: &impl ConnectionTrait, positions: &[i64], due_at: Timestamp) -> Result<()> {
    for chunk in positions.chunks(CHUNK) {
        Entity::update_many()
            .col_expr(Column::DueAt, Expr::value(due_at.0))
            .filter(Column::Position.is_in(chunk.iter().copied()))
            .exec(db)
            .await
            .map_err(db_error)?;
    }
    Ok(())
}

fn waiting(now: Timestamp) -> Select<Entity> {
    Entity::find().filter(Column::State.eq(PushState::Pending.number())).filter(Column::DueAt.lte(now.0))
}

/// Writes down what an attempt came to.
pub(crate) async fn record(db: &impl ConnectionTrait, row: &Model, attempt: &PushAttempt) -> Result<()> {
    let failed = i32::from(attempt.state != PushState::Delivered);
    let values = ActiveModel {
        state: Set(attempt.state.number()),
        attempts: Set(row.attempts.saturating_add(1)),
        failures: Set(row.failures.saturating_add(failed)),
        due_at: Set(attempt.due_at.0),
        attempted_at: Set(attempt.ended_at.0),
        reference: Set(attempt.reference.clone()),
        error: Set(attempt.error.clone()),
        ..Default::default()
    };
    Entity::update_many().set(values).filter(Column::Position.eq(row.position)).exec(db).await.map_err(db_error)?;
    Ok(())
}

/// Queues a delivery once more with a full number of attempts.
pub(crate) async fn requeue(db: &impl ConnectionTrait, id: &str, now: Timestamp) -> Result<()> {
    let values = ActiveModel { state: Set(PushState::Pending.number()), failures: Set(0), due_at: Set(now.0), ..Default::default() };
    Entity::update_many().set(values).filter(Column::Id.eq(id)).exec(db).await.map_err(db_error)?;
    Ok(())
}

/// Forgets finished deliveries that are older than `before`, and the oldest beyond `keep`; returns how many. Called until
/// it returns 0.
pub(crate) async fn forget(db: &impl ConnectionTrait, before: Timestamp, keep: u64) -> Result<u64> {
    let done = || Entity::find().filter(Column::State.ne(PushState::Pending.number()));
    let positions = |query: Select<Entity>| query.select_only().column(Column::Position).into_tuple::<i64>();
    let last_kept = positions(done().order_by_desc(Column::Position).offset(keep).limit(1)).one(db).await.map_err(db_error)?;
    let chunk = u64::try_from(CHUNK).unwrap_or(u64::MAX);
    let old = done().filter(Column::CreatedAt.lt(before.0)).order_by_asc(Column::Position).limit(chunk);
    let mut gone = positions(old).all(db).await.map_err(db_error)?;
    if let Some(position) = last_kept {
        let beyond = done().filter(Column::Position.lte(position)).order_by_asc(Column::Position).limit(chunk);
        gone.extend(positions(beyond).all(db).await.map_err(db_error)?);
    }
    if gone.is_empty() {
        return Ok(0);
    }
    Ok(Entity::delete_many().filter(Column::Position.is_in(gone)).exec(db).await.map_err(db_error)?.rows_affected)
}
