//! Every statement on the table of processes.

use openim_contracts::Node;
use openim_core::{Error, Result, Timestamp};
use openim_entities::platform::node::{ActiveModel, Column, Entity, Model};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::store::db_error;

/// The most processes that are listed; the others are older.
const MOST: u64 = 1_000;

/// Returns the processes that are known, in the order they started.
///
/// # Errors
/// As any statement.
pub async fn all(db: &impl ConnectionTrait) -> Result<Vec<Node>> {
    let newest = Entity::find().order_by_desc(Column::StartedAt).order_by_desc(Column::Id).limit(MOST);
    let mut rows = newest.all(db).await.map_err(db_error)?;
    rows.reverse();
    Ok(rows.into_iter().map(node).collect())
}

fn node(row: Model) -> Node {
    let id = row.id;
    Node {
        roles: row.roles.split(',').filter(|word| !word.is_empty()).map(str::to_owned).collect(),
        version: row.version,
        host: row.host,
        pid: u32::try_from(row.pid).unwrap_or_default(),
        address: row.address,
        metrics_address: Some(row.metrics_address).filter(|address| !address.is_empty()),
        started_at: Timestamp(row.started_at),
        seen_at: Timestamp(row.seen_at),
        stopping: row.stopping,
        // Another version may count other things.
        figures: serde_json::from_str(&row.figures).unwrap_or_default(),
        id,
    }
}

/// Writes what a process says of itself.
///
/// # Errors
/// As any statement.
pub async fn keep(db: &impl ConnectionTrait, node: &Node) -> Result<()> {
    let row = ActiveModel {
        id: ActiveValue::Set(node.id.clone()),
        roles: ActiveValue::Set(node.roles.join(",")),
        version: ActiveValue::Set(node.version.clone()),
        host: ActiveValue::Set(node.host.clone()),
        pid: ActiveValue::Set(i64::from(node.pid)),
        address: ActiveValue::Set(node.address.clone()),
        metrics_address: ActiveValue::Set(node.metrics_address.clone().unwrap_or_default()),
        started_at: ActiveValue::Set(node.started_at.0),
        seen_at: ActiveValue::Set(node.seen_at.0),
        stopping: ActiveValue::Set(node.stopping),
        figures: ActiveValue::Set(serde_json::to_string(&node.figures).map_err(Error::internal)?),
    };
    let again = OnConflict::column(Column::Id).update_columns([Column::SeenAt, Column::Stopping, Column::Figures]).to_owned();
    Entity::insert(row).on_conflict(again).exec_without_returning(db).await.map_err(db_error)?;
    Ok(())
}

/// Takes a process away that has ended.
pub(super) async fn remove(db: &impl ConnectionTrait, id: &str) -> Result<()> {
    Entity::delete_by_id(id).exec(db).await.map_err(db_error)?;
    Ok(())
}

/// Forgets processes that were seen last before a moment.
pub(super) async fn forget(db: &impl ConnectionTrait, before: Timestamp) -> Result<()> {
    Entity::delete_many().filter(Column::SeenAt.lt(before.0)).exec(db).await.map_err(db_error)?;
    Ok(())
}
