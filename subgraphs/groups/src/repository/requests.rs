//! Queries over requests to enter.

use openim_core::{GroupId, Result, Timestamp, UserId};
use openim_entities::groups::group_request::{ActiveModel, Column, Entity, Model};
use openim_platform::store::db_error;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};

use super::{CHUNK, group_id, joined, name_of, somebody, user_id};
use crate::model::{JoinRequest, JoinSource, RequestFilter, RequestPlace, RequestStatus, Slice};

/// Writes requests; an older one of the same user for the same group is replaced.
pub(crate) async fn replace(db: &impl ConnectionTrait, requests: &[JoinRequest]) -> Result<()> {
    let replaced = [
        Column::Result,
        Column::Message,
        Column::Answer,
        Column::RequestedAt,
        Column::HandledBy,
        Column::HandledAt,
        Column::JoinSource,
        Column::InviterId,
        Column::Ex,
    ];
    for chunk in requests.chunks(CHUNK) {
        let key = OnConflict::columns([Column::GroupId, Column::UserId]).update_columns(replaced).to_owned();
        Entity::insert_many(chunk.iter().map(to_row)).on_conflict(key).exec_without_returning(db).await.map_err(db_error)?;
    }
    Ok(())
}

/// Returns one request.
pub(crate) async fn find_one(db: &impl ConnectionTrait, group: &GroupId, user: &UserId) -> Result<Option<JoinRequest>> {
    let row = Entity::find_by_id((group.to_string(), user.to_string())).one(db).await.map_err(db_error)?;
    row.map(from_row).transpose()
}

/// Returns a part of the requests that a filter shows, the newest first.
pub(crate) async fn page(db: &impl ConnectionTrait, filter: &RequestFilter, slice: &Slice<RequestPlace>) -> Result<Vec<JoinRequest>> {
    let mut query = Entity::find().filter(condition(filter));
    if let Some(place) = &slice.after {
        let columns = [Column::RequestedAt, Column::GroupId, Column::UserId].map(Expr::col);
        let values = [Expr::value(place.requested_at.0), Expr::value(place.group.as_str()), Expr::value(place.user.as_str())];
        query = query.filter(Expr::tuple(columns).lt(Expr::tuple(values)));
    }
    let rows = query
        .order_by_desc(Column::RequestedAt)
        .order_by_desc(Column::GroupId)
        .order_by_desc(Column::UserId)
        .offset(slice.offset)
        .limit(slice.limit)
        .all(db)
        .await
        .map_err(db_error)?;
    rows.into_iter().map(from_row).collect()
}

/// Returns how many requests a filter shows.
pub(crate) async fn count(db: &impl ConnectionTrait, filter: &RequestFilter) -> Result<u64> {
    Entity::find().filter(condition(filter)).count(db).await.map_err(db_error)
}

fn condition(filter: &RequestFilter) -> Condition {
    let mut all = Condition::all();
    if let Some(manager) = &filter.manager {
        all = all.add(Column::GroupId.in_subquery(joined::managed_by(manager)));
    }
    if let Some(applicant) = &filter.applicant {
        all = all.add(Column::UserId.eq(applicant.as_str()));
    }
    if !filter.groups.is_empty() {
        all = all.add(Column::GroupId.is_in(filter.groups.iter().map(GroupId::as_str)));
    }
    if !filter.users.is_empty() {
        all = all.add(Column::UserId.is_in(filter.users.iter().map(UserId::as_str)));
    }
    if !filter.statuses.is_empty() {
        all = all.add(Column::Result.is_in(filter.statuses.iter().map(|status| status.number())));
    }
    if let Some(since) = filter.since {
        all = all.add(Column::RequestedAt.gt(since.0));
    }
    all
}

fn to_row(request: &JoinRequest) -> ActiveModel {
    ActiveModel {
        group_id: Set(request.group.to_string()),
        user_id: Set(request.user.to_string()),
        result: Set(request.status.number()),
        message: Set(request.message.clone()),
        answer: Set(request.answer.clone()),
        requested_at: Set(request.requested_at.0),
        handled_by: Set(name_of(request.handled_by.as_ref())),
        handled_at: Set(request.handled_at.0),
        join_source: Set(request.source.number()),
        inviter_id: Set(name_of(request.inviter.as_ref())),
        ex: Set(request.ex.clone()),
    }
}

fn from_row(row: Model) -> Result<JoinRequest> {
    Ok(JoinRequest {
        group: group_id(row.group_id)?,
        user: user_id(row.user_id)?,
        status: RequestStatus::from_number(row.result).unwrap_or(RequestStatus::Refused),
        message: row.message,
        answer: row.answer,
        requested_at: Timestamp(row.requested_at),
        handled_by: somebody(row.handled_by)?,
        handled_at: Timestamp(row.handled_at),
        source: JoinSource::from_number(row.join_source).unwrap_or(JoinSource::Unknown),
        inviter: somebody(row.inviter_id)?,
        ex: row.ex,
    })
}
