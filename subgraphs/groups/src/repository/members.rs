//! Queries over members. None returns all members of a group.

use std::collections::BTreeMap;

use openim_contracts::GroupRole;
use openim_core::{GroupId, Result, Timestamp, UserId};
use openim_entities::groups::group_member::{ActiveModel, Column, Entity, Model};
use openim_platform::store::db_error;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select,
};

use super::{CHUNK, containing, fold, group_id, name_of, somebody, user_id};
use crate::model::{JoinSource, Member, MemberFilter, MemberPlace, Slice, rank, role_of};

/// Keys of one select over several groups: an `OR` nests one level each, and SQLite stops at 1,000.
const GROUPS: usize = 200;
/// The most owners and administrators that are told of a request.
pub(crate) const MAX_MANAGERS: u64 = 1_000;

/// Inserts members; `shown` names each as others see it, for searching.
pub(crate) async fn insert(db: &impl ConnectionTrait, members: &[Member], shown: impl Fn(&Member) -> String) -> Result<()> {
    for chunk in members.chunks(CHUNK) {
        let rows = chunk.iter().map(|member| to_row(member, &shown(member)));
        Entity::insert_many(rows).exec_without_returning(db).await.map_err(db_error)?;
    }
    Ok(())
}

/// Writes everything of a member that can change.
pub(crate) async fn update(db: &impl ConnectionTrait, member: &Member, shown: &str) -> Result<()> {
    Entity::update(to_row(member, shown)).validate().map_err(db_error)?.exec(db).await.map_err(db_error)?;
    Ok(())
}

/// Deletes members and returns how many were there.
pub(crate) async fn delete(db: &impl ConnectionTrait, group: &GroupId, users: &[UserId]) -> Result<u64> {
    let mut deleted = 0;
    for chunk in users.chunks(CHUNK) {
        let done = Entity::delete_many()
            .filter(Column::GroupId.eq(group.as_str()))
            .filter(Column::UserId.is_in(chunk.iter().map(UserId::as_str)))
            .exec(db)
            .await
            .map_err(db_error)?;
        deleted += done.rows_affected;
    }
    Ok(deleted)
}

/// Returns one member.
pub(crate) async fn find_one(db: &impl ConnectionTrait, group: &GroupId, user: &UserId) -> Result<Option<Member>> {
    let row = Entity::find_by_id((group.to_string(), user.to_string())).one(db).await.map_err(db_error)?;
    row.map(from_row).transpose()
}

/// Returns the members among `users`, in no order.
pub(crate) async fn find(db: &impl ConnectionTrait, group: &GroupId, users: &[UserId]) -> Result<Vec<Member>> {
    let mut members = Vec::with_capacity(users.len());
    for chunk in users.chunks(CHUNK) {
        let rows = Entity::find()
            .filter(Column::GroupId.eq(group.as_str()))
            .filter(Column::UserId.is_in(chunk.iter().map(UserId::as_str)))
            .all(db)
            .await
            .map_err(db_error)?;
        for row in rows {
            members.push(from_row(row)?);
        }
    }
    Ok(members)
}

/// Returns the members of several groups among (group, user) keys, in no order.
pub(crate) async fn find_many(db: &impl ConnectionTrait, keys: &[(GroupId, UserId)]) -> Result<Vec<Member>> {
    let mut members = Vec::with_capacity(keys.len());
    for chunk in keys.chunks(GROUPS) {
        let mut by_group: BTreeMap<&GroupId, Vec<&str>> = BTreeMap::new();
        for (group, user) in chunk {
            by_group.entry(group).or_default().push(user.as_str());
        }
        let any = by_group.into_iter().fold(Condition::any(), |any, (group, users)| {
            any.add(Condition::all().add(Column::GroupId.eq(group.as_str())).add(Column::UserId.is_in(users)))
        });
        let rows = Entity::find().filter(any).all(db).await.map_err(db_error)?;
        for row in rows {
            members.push(from_row(row)?);
        }
    }
    Ok(members)
}

/// Returns a part of a group's members: the highest role first, then who came first.
pub(crate) async fn page(
    db: &impl ConnectionTrait,
    group: &GroupId,
    filter: &MemberFilter,
    slice: &Slice<MemberPlace>,
) -> Result<Vec<Member>> {
    let query = after(matching(group, filter), slice.after.as_ref());
    let rows = in_order(query).offset(slice.offset).limit(slice.limit).all(db).await.map_err(db_error)?;
    rows.into_iter().map(from_row).collect()
}

/// Returns how many members a filter shows.
pub(crate) async fn count(db: &impl ConnectionTrait, group: &GroupId, filter: &MemberFilter) -> Result<u64> {
    matching(group, filter).count(db).await.map_err(db_error)
}

/// Returns the places of the next members in the order of [`page`].
pub(crate) async fn places(
    db: &impl ConnectionTrait,
    group: &GroupId,
    place: Option<&MemberPlace>,
    limit: u64,
) -> Result<Vec<MemberPlace>> {
    let query = after(matching(group, &MemberFilter::default()), place);
    let rows: Vec<(i32, i64, String)> = in_order(query.select_only().columns([Column::Rank, Column::JoinedAt, Column::UserId]))
        .limit(limit)
        .into_tuple()
        .all(db)
        .await
        .map_err(db_error)?;
    rows.into_iter()
        .map(|(rank, joined_at, user)| Ok(MemberPlace { role: role_of(rank), joined_at: Timestamp(joined_at), user: user_id(user)? }))
        .collect()
}

/// Returns the next members in id order after `after`.
pub(crate) async fn page_by_id(db: &impl ConnectionTrait, group: &GroupId, after: Option<&UserId>, limit: u64) -> Result<Vec<Member>> {
    let rows = by_id(group, after).limit(limit).all(db).await.map_err(db_error)?;
    rows.into_iter().map(from_row).collect()
}

/// Returns the next member ids in id order after `after`.
pub(crate) async fn ids_by_id(db: &impl ConnectionTrait, group: &GroupId, after: Option<&UserId>, limit: u64) -> Result<Vec<UserId>> {
    let ids: Vec<String> =
        by_id(group, after).select_only().column(Column::UserId).limit(limit).into_tuple().all(db).await.map_err(db_error)?;
    ids.into_iter().map(user_id).collect()
}

/// Returns owner and administrators.
pub(crate) async fn managers(db: &impl ConnectionTrait, group: &GroupId) -> Result<Vec<UserId>> {
    let ids: Vec<String> = Entity::find()
        .select_only()
        .column(Column::UserId)
        .filter(Column::GroupId.eq(group.as_str()))
        .filter(Column::Rank.lte(rank(GroupRole::Admin)))
        .order_by_asc(Column::Rank)
        .order_by_asc(Column::JoinedAt)
        .limit(MAX_MANAGERS)
        .into_tuple()
        .all(db)
        .await
        .map_err(db_error)?;
    ids.into_iter().map(user_id).collect()
}

fn by_id(group: &GroupId, after: Option<&UserId>) -> Select<Entity> {
    let query = Entity::find().filter(Column::GroupId.eq(group.as_str()));
    let query = match after {
        Some(after) => query.filter(Column::UserId.gt(after.as_str())),
        None => query,
    };
    query.order_by_asc(Column::UserId)
}

fn matching(group: &GroupId, filter: &MemberFilter) -> Select<Entity> {
    let mut query = Entity::find().filter(Column::GroupId.eq(group.as_str()));
    if !filter.roles.is_empty() {
        query = query.filter(Column::Rank.is_in(filter.roles.iter().map(|role| rank(*role))));
    }
    if let Some(text) = &filter.search {
        query = query.filter(Expr::col(Column::NameFolded).like(containing(text)));
    }
    query
}

/// Continues after a place. A comparison of rows, because both databases then seek in the index instead of counting.
fn after(query: Select<Entity>, place: Option<&MemberPlace>) -> Select<Entity> {
    let Some(place) = place else { return query };
    let columns = [Column::Rank, Column::JoinedAt, Column::UserId].map(Expr::col);
    let values = [Expr::value(rank(place.role)), Expr::value(place.joined_at.0), Expr::value(place.user.as_str())];
    query.filter(Expr::tuple(columns).gt(Expr::tuple(values)))
}

fn in_order(query: Select<Entity>) -> Select<Entity> {
    query.order_by_asc(Column::Rank).order_by_asc(Column::JoinedAt).order_by_asc(Column::UserId)
}

fn to_row(member: &Member, shown: &str) -> ActiveModel {
    ActiveModel {
        group_id: Set(member.group.to_string()),
        user_id: Set(member.user.to_string()),
        rank: Set(rank(member.role)),
        joined_at: Set(member.joined_at.0),
        nickname: Set(member.nickname.clone()),
        face_url: Set(member.face_url.clone()),
        name_folded: Set(fold(shown)),
        join_source: Set(member.source.number()),
        inviter_id: Set(name_of(member.inviter.as_ref())),
        operator_id: Set(name_of(member.operator.as_ref())),
        muted_until: Set(member.muted_until.0),
        ex: Set(member.ex.clone()),
    }
}

fn from_row(row: Model) -> Result<Member> {
    Ok(Member {
        group: group_id(row.group_id)?,
        user: user_id(row.user_id)?,
        role: role_of(row.rank),
        joined_at: Timestamp(row.joined_at),
        nickname: row.nickname,
        face_url: row.face_url,
        source: JoinSource::from_number(row.join_source).unwrap_or(JoinSource::Unknown),
        inviter: somebody(row.inviter_id)?,
        operator: somebody(row.operator_id)?,
        muted_until: Timestamp(row.muted_until),
        ex: row.ex,
    })
}
