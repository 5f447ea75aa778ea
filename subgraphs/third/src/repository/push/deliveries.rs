//! The log of pushes: reading it.

use openim_core::{Result, Timestamp, UserId};
use openim_entities::third::push_delivery::{Column, Entity, Model};
use openim_platform::store::db_error;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select};

use super::{CHUNK, notice};
use crate::model::{Device, Provider, PushDelivery, PushFilter, PushState};

/// Returns the newest deliveries, from the one before position `before` on, passing over `offset` of them.
pub(crate) async fn page(
    db: &impl ConnectionTrait,
    filter: &PushFilter,
    before: Option<i64>,
    offset: u64,
    limit: u64,
) -> Result<Vec<PushDelivery>> {
    let mut query = select(filter).order_by_desc(Column::Position).offset(offset).limit(limit);
    if let Some(position) = before {
        query = query.filter(Column::Position.lt(position));
    }
    query.all(db).await.map_err(db_error)?.into_iter().map(read).collect()
}

/// Counts deliveries.
pub(crate) async fn count(db: &impl ConnectionTrait, filter: &PushFilter) -> Result<u64> {
    select(filter).count(db).await.map_err(db_error)
}

/// Returns one delivery.
pub(crate) async fn find(db: &impl ConnectionTrait, id: &str) -> Result<Option<PushDelivery>> {
    Entity::find().filter(Column::Id.eq(id)).one(db).await.map_err(db_error)?.map(read).transpose()
}

/// Returns the deliveries with these ids that there are, oldest first.
pub(crate) async fn find_all(db: &impl ConnectionTrait, ids: &[String]) -> Result<Vec<PushDelivery>> {
    let mut found = Vec::new();
    for chunk in ids.chunks(CHUNK) {
        let query = Entity::find().filter(Column::Id.is_in(chunk.iter().map(String::as_str))).order_by_asc(Column::Position);
        for row in query.all(db).await.map_err(db_error)? {
            found.push(read(row)?);
        }
    }
    Ok(found)
}

/// Returns how many deliveries of a provider came to this, and when the last one did.
pub(crate) async fn tally(db: &impl ConnectionTrait, provider: Provider, state: PushState) -> Result<(u64, Option<Timestamp>)> {
    let filter = PushFilter { provider: Some(provider), state: Some(state), user: None };
    let last = select(&filter).select_only().column(Column::AttemptedAt).order_by_desc(Column::AttemptedAt).limit(1);
    let last = last.into_tuple::<i64>().one(db).await.map_err(db_error)?;
    Ok((count(db, &filter).await?, last.filter(|at| *at > 0).map(Timestamp)))
}

/// Returns the last failure of a provider.
pub(crate) async fn last_failure(db: &impl ConnectionTrait, provider: Provider) -> Result<Option<(Timestamp, String)>> {
    let mut newest: Option<(Timestamp, String)> = None;
    for state in [PushState::Pending, PushState::Failed] {
        let filter = PushFilter { provider: Some(provider), state: Some(state), user: None };
        let query = select(&filter).filter(Column::Error.ne("")).order_by_desc(Column::AttemptedAt).limit(1);
        if let Some(row) = query.one(db).await.map_err(db_error)?
            && newest.as_ref().is_none_or(|(at, _)| at.0 < row.attempted_at)
        {
            newest = Some((Timestamp(row.attempted_at), row.error));
        }
    }
    Ok(newest)
}

fn select(filter: &PushFilter) -> Select<Entity> {
    let mut query = Entity::find();
    if let Some(user) = &filter.user {
        query = query.filter(Column::UserId.eq(user.as_str()));
    }
    if let Some(provider) = filter.provider {
        query = query.filter(Column::Provider.eq(provider.name()));
    }
    if let Some(state) = filter.state {
        query = query.filter(Column::State.eq(state.number()));
    }
    query
}

/// Reads a row.
pub(crate) fn read(row: Model) -> Result<PushDelivery> {
    let state = PushState::of(row.state);
    Ok(PushDelivery {
        position: row.position,
        id: row.id,
        provider: Provider::of(&row.provider),
        device: Device { user: UserId::parse(row.user_id)?, platform: row.platform },
        conversation_id: row.conversation_id,
        seq: row.seq,
        notice: notice(&row.notice)?,
        badge: u32::try_from(row.badge).ok().filter(|badge| *badge > 0),
        operation_id: row.operation_id,
        state,
        attempts: row.attempts,
        failures: row.failures,
        due_at: (state == PushState::Pending).then_some(Timestamp(row.due_at)),
        created_at: Timestamp(row.created_at),
        attempted_at: (row.attempted_at > 0).then_some(Timestamp(row.attempted_at)),
        reference: row.reference,
        error: row.error,
    })
}
