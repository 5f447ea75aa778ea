//! The queries of the stored configuration.

use openim_core::{Ctx, Error, ErrorCode, Result, Timestamp};
use openim_entities::platform::configuration::{restart_request, setting_change, state, stored_setting};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ActiveValue, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::Value as Json;

use super::Change;
use crate::store::db_error;

/// The one row of the state.
const STATE: i32 = 1;

/// Changes that are remembered.
const HISTORY: i64 = 5_000;

/// Requests to restart that are remembered.
const RESTARTS: i64 = 100;

/// What tells whether something is new.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) version: i64,
    pub(super) managed: bool,
    pub(super) newest_restart: i64,
}

/// A stored setting.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) name: String,
    pub(super) value: Json,
    pub(super) changed_at: Timestamp,
    pub(super) changed_by: String,
}

/// Reads the state.
pub(super) async fn head(db: &impl ConnectionTrait) -> Result<Head> {
    let found = state::Entity::find_by_id(STATE).one(db).await.map_err(db_error)?;
    let state = found.ok_or_else(|| Error::new(ErrorCode::Data, "the state of the configuration is missing"))?;
    let newest = restart_request::Entity::find().select_only().column_as(restart_request::Column::Id.max(), "newest");
    let newest = newest.into_tuple::<Option<i64>>().one(db).await.map_err(db_error)?.flatten().unwrap_or(0);
    Ok(Head { version: state.version, managed: state.managed, newest_restart: newest })
}

/// Makes the version higher; until the end of the transaction nobody else changes anything.
pub(super) async fn lock(db: &impl ConnectionTrait) -> Result<Head> {
    let next = Expr::col(state::Column::Version).add(1);
    let update = state::Entity::update_many().col_expr(state::Column::Version, next).filter(state::Column::Id.eq(STATE));
    update.exec(db).await.map_err(db_error)?;
    head(db).await
}

/// Switches the layer on or off.
pub(super) async fn set_managed(db: &impl ConnectionTrait, managed: bool) -> Result<()> {
    let update = state::Entity::update_many().col_expr(state::Column::Managed, Expr::value(managed));
    update.filter(state::Column::Id.eq(STATE)).exec(db).await.map_err(db_error)?;
    Ok(())
}

/// Returns every stored setting, in order of the keys.
pub(super) async fn stored(db: &impl ConnectionTrait) -> Result<Vec<Row>> {
    let rows = stored_setting::Entity::find().order_by_asc(stored_setting::Column::Name).all(db).await.map_err(db_error)?;
    let row = |row: stored_setting::Model| Row {
        // A damaged value fits no setting, and is told and left out as one.
        value: serde_json::from_str(&row.value).unwrap_or(Json::Null),
        name: row.name,
        changed_at: Timestamp(row.changed_at),
        changed_by: row.changed_by,
    };
    Ok(rows.into_iter().map(row).collect())
}

/// Stores a setting, or takes it back.
pub(super) async fn put(db: &impl ConnectionTrait, ctx: &Ctx, by: &str, name: &str, value: Option<&Json>) -> Result<()> {
    stored_setting::Entity::delete_many().filter(stored_setting::Column::Name.eq(name)).exec(db).await.map_err(db_error)?;
    let Some(value) = value else { return Ok(()) };
    let row = stored_setting::ActiveModel {
        name: ActiveValue::Set(name.to_owned()),
        value: ActiveValue::Set(value.to_string()),
        changed_at: ActiveValue::Set(ctx.now().0),
        changed_by: ActiveValue::Set(by.to_owned()),
    };
    stored_setting::Entity::insert(row).exec_without_returning(db).await.map_err(db_error)?;
    Ok(())
}

/// Remembers a change, and forgets the oldest beyond the bound.
pub(super) async fn remember(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    by: &str,
    name: &str,
    old: Option<&Json>,
    new: Option<&Json>,
) -> Result<()> {
    let row = setting_change::ActiveModel {
        id: ActiveValue::NotSet,
        changed_at: ActiveValue::Set(ctx.now().0),
        changed_by: ActiveValue::Set(by.to_owned()),
        name: ActiveValue::Set(name.to_owned()),
        old_value: ActiveValue::Set(old.map(Json::to_string)),
        new_value: ActiveValue::Set(new.map(Json::to_string)),
    };
    let id = setting_change::Entity::insert(row).exec(db).await.map_err(db_error)?.last_insert_id;
    setting_change::Entity::delete_many().filter(setting_change::Column::Id.lte(id - HISTORY)).exec(db).await.map_err(db_error)?;
    Ok(())
}

/// Returns changes, newest first.
pub(super) async fn changes(db: &impl ConnectionTrait, before: Option<i64>, offset: u64, limit: u64) -> Result<Vec<Change>> {
    let mut query = setting_change::Entity::find().order_by_desc(setting_change::Column::Id).offset(offset).limit(limit);
    if let Some(id) = before {
        query = query.filter(setting_change::Column::Id.lt(id));
    }
    let value = |text: Option<String>| text.and_then(|text| serde_json::from_str(&text).ok());
    let change = |row: setting_change::Model| Change {
        id: row.id,
        at: Timestamp(row.changed_at),
        by: row.changed_by,
        key: row.name,
        old: value(row.old_value),
        new: value(row.new_value),
    };
    Ok(query.all(db).await.map_err(db_error)?.into_iter().map(change).collect())
}

/// Counts the changes.
pub(super) async fn count_changes(db: &impl ConnectionTrait) -> Result<u64> {
    setting_change::Entity::find().count(db).await.map_err(db_error)
}

/// Asks for a restart of some processes; of all when `nodes` is empty.
pub(super) async fn ask_restart(db: &impl ConnectionTrait, ctx: &Ctx, by: &str, nodes: &[String]) -> Result<()> {
    let row = restart_request::ActiveModel {
        id: ActiveValue::NotSet,
        requested_at: ActiveValue::Set(ctx.now().0),
        requested_by: ActiveValue::Set(by.to_owned()),
        nodes: ActiveValue::Set(Json::from(nodes).to_string()),
    };
    let id = restart_request::Entity::insert(row).exec(db).await.map_err(db_error)?.last_insert_id;
    restart_request::Entity::delete_many().filter(restart_request::Column::Id.lte(id - RESTARTS)).exec(db).await.map_err(db_error)?;
    Ok(())
}

/// Tells whether one of the requests after `seen` means a process.
pub(super) async fn restart_is_for(db: &impl ConnectionTrait, seen: i64, node: &str) -> Result<bool> {
    let requests = restart_request::Entity::find().filter(restart_request::Column::Id.gt(seen)).all(db).await.map_err(db_error)?;
    let meant = |nodes: &str| {
        let nodes: Vec<String> = serde_json::from_str(nodes).unwrap_or_default();
        nodes.is_empty() || nodes.iter().any(|named| named == node)
    };
    Ok(requests.iter().any(|request| meant(&request.nodes)))
}
