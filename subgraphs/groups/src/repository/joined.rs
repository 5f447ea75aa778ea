//! Queries over the groups of one user, in the order of their names. Dismissed groups are nobody's.

use openim_contracts::GroupRole;
use openim_core::{GroupId, Result, UserId};
use openim_entities::groups::{group_info, group_member};
use openim_platform::store::db_error;
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select};

use super::{group_id, groups};
use crate::model::{Group, GroupStatus, JoinedPlace, Slice, rank};

/// Returns a part of a user's groups.
pub(crate) async fn page(db: &impl ConnectionTrait, user: &UserId, slice: &Slice<JoinedPlace>) -> Result<Vec<Group>> {
    let mut query = of(user);
    if let Some(place) = &slice.after {
        let columns = [group_info::Column::Name, group_info::Column::CreatedAt, group_info::Column::GroupId];
        let values = [Expr::value(place.name.as_str()), Expr::value(place.created_at.0), Expr::value(place.id.as_str())];
        query = query.filter(Expr::tuple(columns.map(Expr::col)).gt(Expr::tuple(values)));
    }
    let rows = in_order(query).offset(slice.offset).limit(slice.limit).all(db).await.map_err(db_error)?;
    rows.into_iter().map(groups::from_row).collect()
}

/// Returns how many groups a user is in.
pub(crate) async fn count(db: &impl ConnectionTrait, user: &UserId) -> Result<u64> {
    of(user).count(db).await.map_err(db_error)
}

/// Returns the ids of a user's groups in the order of [`page`], at most `limit`.
pub(crate) async fn ids(db: &impl ConnectionTrait, user: &UserId, limit: u64) -> Result<Vec<String>> {
    in_order(of(user).select_only().column(group_info::Column::GroupId)).limit(limit).into_tuple().all(db).await.map_err(db_error)
}

/// Returns the ids of a user's groups in id order, at most `limit`.
pub(crate) async fn ids_by_id(db: &impl ConnectionTrait, user: &UserId, limit: u64) -> Result<Vec<GroupId>> {
    let ids: Vec<String> = of(user)
        .select_only()
        .column(group_info::Column::GroupId)
        .order_by_asc(group_info::Column::GroupId)
        .limit(limit)
        .into_tuple()
        .all(db)
        .await
        .map_err(db_error)?;
    ids.into_iter().map(group_id).collect()
}

/// Returns the next groups, in id order after `after`, in which the user shows the profile's name or picture.
pub(crate) async fn showing_profile(db: &impl ConnectionTrait, user: &UserId, after: Option<&GroupId>, limit: u64) -> Result<Vec<GroupId>> {
    let mut query = group_member::Entity::find()
        .select_only()
        .column(group_member::Column::GroupId)
        .filter(group_member::Column::UserId.eq(user.as_str()))
        .filter(group_member::Column::Nickname.eq("").or(group_member::Column::FaceUrl.eq("")));
    if let Some(after) = after {
        query = query.filter(group_member::Column::GroupId.gt(after.as_str()));
    }
    let ids: Vec<String> = query.order_by_asc(group_member::Column::GroupId).limit(limit).into_tuple().all(db).await.map_err(db_error)?;
    ids.into_iter().map(group_id).collect()
}

/// Makes the subquery of the groups that a user manages.
pub(super) fn managed_by(user: &UserId) -> sea_orm::sea_query::SelectStatement {
    memberships(user).and_where(group_member::Column::Rank.lte(rank(GroupRole::Admin))).to_owned()
}

fn memberships(user: &UserId) -> sea_orm::sea_query::SelectStatement {
    Query::select()
        .column(group_member::Column::GroupId)
        .from(group_member::Entity)
        .and_where(group_member::Column::UserId.eq(user.as_str()))
        .to_owned()
}

fn of(user: &UserId) -> Select<group_info::Entity> {
    group_info::Entity::find()
        .filter(group_info::Column::GroupId.in_subquery(memberships(user)))
        .filter(group_info::Column::Status.ne(GroupStatus::Dismissed.number()))
}

fn in_order(query: Select<group_info::Entity>) -> Select<group_info::Entity> {
    query.order_by_asc(group_info::Column::Name).order_by_asc(group_info::Column::CreatedAt).order_by_asc(group_info::Column::GroupId)
}
