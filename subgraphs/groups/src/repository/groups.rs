//! Queries over groups.

use openim_core::{GroupId, Result, Timestamp};
use openim_entities::groups::group_info::{ActiveModel, Column, Entity, Model};
use openim_platform::store::{db_error, is_duplicate};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};

use super::{CHUNK, bad_row, containing, fold, group_id, name_of, somebody, user_id};
use crate::model::{DayCount, Group, GroupFilter, GroupStatus, MemberAccess, Slice, Taken, Verification};

const DAY_MILLIS: i64 = 86_400_000;
/// The most days that are counted one by one: ten years.
const MAX_DAYS: u64 = 3_660;

/// Inserts a group unless its id is taken.
pub(crate) async fn insert(db: &impl ConnectionTrait, group: &Group) -> Result<Taken> {
    match Entity::insert(to_row(group)).exec_without_returning(db).await {
        Ok(_) => Ok(Taken::No),
        Err(error) if is_duplicate(&error) => Ok(Taken::Yes),
        Err(error) => Err(db_error(error)),
    }
}

/// Returns the groups that exist among `ids`, dismissed ones too, in no order.
pub(crate) async fn find(db: &impl ConnectionTrait, ids: &[GroupId]) -> Result<Vec<Group>> {
    let mut groups = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(CHUNK) {
        let rows = Entity::find().filter(Column::GroupId.is_in(chunk.iter().map(GroupId::as_str))).all(db).await.map_err(db_error)?;
        for row in rows {
            groups.push(from_row(row)?);
        }
    }
    Ok(groups)
}

/// Returns one group.
pub(crate) async fn find_one(db: &impl ConnectionTrait, id: &GroupId) -> Result<Option<Group>> {
    Entity::find_by_id(id.as_str()).one(db).await.map_err(db_error)?.map(from_row).transpose()
}

/// Returns a group and keeps others from changing it or its members until the transaction ends.
pub(crate) async fn find_and_lock(db: &impl ConnectionTrait, id: &GroupId) -> Result<Option<Group>> {
    Entity::find_by_id(id.as_str()).lock_exclusive().one(db).await.map_err(db_error)?.map(from_row).transpose()
}

/// Writes everything of a group that can change. The row must be locked: the member count is written, too.
pub(crate) async fn update(db: &impl ConnectionTrait, group: &Group) -> Result<()> {
    Entity::update(to_row(group)).validate().map_err(db_error)?.exec(db).await.map_err(db_error)?;
    Ok(())
}

/// Returns a part of the list of all groups, the newest first.
pub(crate) async fn page(db: &impl ConnectionTrait, filter: &GroupFilter, slice: &Slice<(Timestamp, GroupId)>) -> Result<Vec<Group>> {
    let mut query = Entity::find().filter(condition(filter));
    if let Some((at, id)) = &slice.after {
        let place = Expr::tuple([Expr::col(Column::CreatedAt), Expr::col(Column::GroupId)]);
        query = query.filter(place.lt(Expr::tuple([Expr::value(at.0), Expr::value(id.as_str())])));
    }
    let rows = query
        .order_by_desc(Column::CreatedAt)
        .order_by_desc(Column::GroupId)
        .offset(slice.offset)
        .limit(slice.limit)
        .all(db)
        .await
        .map_err(db_error)?;
    rows.into_iter().map(from_row).collect()
}

/// Returns how many groups a filter shows.
pub(crate) async fn count(db: &impl ConnectionTrait, filter: &GroupFilter) -> Result<u64> {
    Entity::find().filter(condition(filter)).count(db).await.map_err(db_error)
}

/// Returns how many groups were made before a moment.
pub(crate) async fn count_before(db: &impl ConnectionTrait, moment: Timestamp) -> Result<u64> {
    Entity::find().filter(Column::CreatedAt.lt(moment.0)).count(db).await.map_err(db_error)
}

/// Returns how many groups were made on each day of a period; days without any are left out.
pub(crate) async fn count_by_day(db: &impl ConnectionTrait, from: Timestamp, until: Timestamp) -> Result<Vec<DayCount>> {
    // A literal: PostgreSQL takes two placeholders of one value for two expressions.
    let day = Expr::cust(format!("created_at / {DAY_MILLIS}"));
    let rows: Vec<(i64, i64)> = Entity::find()
        .select_only()
        .column_as(day.clone(), "day")
        .column_as(Column::GroupId.count(), "made")
        .filter(Column::CreatedAt.gte(from.0))
        .filter(Column::CreatedAt.lte(until.0))
        .group_by(day.clone())
        .order_by_asc(day)
        .limit(MAX_DAYS)
        .into_tuple()
        .all(db)
        .await
        .map_err(db_error)?;
    Ok(rows.into_iter().map(|(day, made)| DayCount { day: Timestamp(day * DAY_MILLIS), count: u64::try_from(made).unwrap_or(0) }).collect())
}

fn condition(filter: &GroupFilter) -> Condition {
    let mut all = Condition::all();
    if let Some(id) = &filter.id {
        all = all.add(Column::GroupId.eq(id.as_str()));
    }
    if let Some(name) = &filter.name {
        all = all.add(Expr::col(Column::NameFolded).like(containing(name)));
    }
    if let Some(status) = filter.status {
        all = all.add(Column::Status.eq(status.number()));
    }
    if !filter.dismissed {
        all = all.add(Column::Status.ne(GroupStatus::Dismissed.number()));
    }
    all
}

fn to_row(group: &Group) -> ActiveModel {
    ActiveModel {
        group_id: Set(group.id.to_string()),
        name: Set(group.name.clone()),
        name_folded: Set(fold(&group.name)),
        notification: Set(group.notification.clone()),
        introduction: Set(group.introduction.clone()),
        face_url: Set(group.face_url.clone()),
        ex: Set(group.ex.clone()),
        status: Set(group.status.number()),
        verification: Set(group.verification.number()),
        look_member_info: Set(group.look_member_info.number()),
        apply_member_friend: Set(group.apply_member_friend.number()),
        created_at: Set(group.created_at.0),
        creator_id: Set(group.creator.to_string()),
        owner_id: Set(group.owner.to_string()),
        member_count: Set(group.member_count),
        announced_at: Set(group.announced_at.0),
        announced_by: Set(name_of(group.announced_by.as_ref())),
    }
}

/// Reads a row. Numbers that are unknown read as what restricts most.
pub(super) fn from_row(row: Model) -> Result<Group> {
    let access = |number| MemberAccess::from_number(number).unwrap_or(MemberAccess::Forbidden);
    Ok(Group {
        id: group_id(row.group_id)?,
        name: row.name,
        notification: row.notification,
        introduction: row.introduction,
        face_url: row.face_url,
        ex: row.ex,
        status: GroupStatus::from_number(row.status).unwrap_or(GroupStatus::Muted),
        verification: Verification::from_number(row.verification).unwrap_or(Verification::Everybody),
        look_member_info: access(row.look_member_info),
        apply_member_friend: access(row.apply_member_friend),
        created_at: Timestamp(row.created_at),
        creator: user_id(row.creator_id)?,
        owner: user_id(row.owner_id)?,
        member_count: row.member_count,
        announced_at: Timestamp(row.announced_at),
        announced_by: somebody(row.announced_by).map_err(bad_row)?,
    })
}
