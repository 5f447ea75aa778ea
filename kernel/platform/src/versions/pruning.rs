//! Forgetting changes that nobody is told one by one any more. A client that missed more than [`super::MAX_CHANGES`] loads
//! everything, so that older entries of a list are only in the way; the log notes up to where they were forgotten.

use openim_core::Result;
use openim_entities::platform::{version_entry, version_log};
use sea_orm::sea_query::{Expr, ExprTrait, Order, Query, SelectStatement};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect};

use super::VersionedList;
use crate::store::{Store, db_error};
use crate::timers::Turn;

/// Logs that are looked at with one statement.
const LOGS: u64 = 500;
/// Entries that one transaction deletes.
const CHUNK: u64 = 1_000;

/// A log's place in the order of all, to go on after it.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct LogPlace {
    list: i32,
    owner: String,
}

/// A log and the version of the newest entry that is too many in it.
#[derive(Debug, FromQueryResult)]
struct Edge {
    list: i32,
    owner: String,
    floor: i64,
    edge: Option<i64>,
}

/// Returns up to which version the changes of a list are forgotten.
pub(super) async fn floor(db: &impl ConnectionTrait, list: VersionedList, owner: &str) -> Result<i64> {
    let log = version_log::Entity::find_by_id((list.number(), owner.to_owned())).one(db).await.map_err(db_error)?;
    Ok(log.map_or(0, |log| log.floor))
}

/// Looks at some logs after a place and forgets all but the `keep` newest entries of each, and those of the same version as
/// the last of these, in small transactions. Returns how many entries were forgotten, and where to go
/// on; `None` at the end.
///
/// # Errors
/// As any statement.
pub async fn prune(store: &Store, turn: &Turn, after: Option<&LogPlace>, keep: u64) -> Result<(u64, Option<LogPlace>)> {
    let logs = edges(store.read(), after, keep).await?;
    let place = logs.last().filter(|_| u64::try_from(logs.len()) == Ok(LOGS));
    let next = place.map(|log| LogPlace { list: log.list, owner: log.owner.clone() });
    let mut forgotten = 0;
    for log in &logs {
        let Some(edge) = log.edge else { continue };
        if log.floor < edge {
            let tx = turn.begin().await?;
            raise(tx.connection(), log, edge).await?;
            tx.commit().await?;
        }
        loop {
            let tx = turn.begin().await?;
            let gone = forget_some(tx.connection(), log, edge).await?;
            tx.commit().await?;
            forgotten += gone;
            if gone < CHUNK {
                break;
            }
        }
    }
    Ok((forgotten, next))
}

async fn edges(db: &impl ConnectionTrait, after: Option<&LogPlace>, keep: u64) -> Result<Vec<Edge>> {
    let entry = |column| Expr::col((version_entry::Entity, column));
    let log = |column| Expr::col((version_log::Entity, column));
    let edge: SelectStatement = Query::select()
        .column(version_entry::Column::Version)
        .from(version_entry::Entity)
        .and_where(entry(version_entry::Column::List).eq(log(version_log::Column::List)))
        .and_where(entry(version_entry::Column::Owner).eq(log(version_log::Column::Owner)))
        .order_by(version_entry::Column::Version, Order::Desc)
        .limit(1)
        .offset(keep)
        .to_owned();
    let mut query = version_log::Entity::find()
        .select_only()
        .columns([version_log::Column::List, version_log::Column::Owner, version_log::Column::Floor])
        .expr_as(Expr::SubQuery(None, Box::new(edge.into())), "edge");
    if let Some(place) = after {
        let columns = [log(version_log::Column::List), log(version_log::Column::Owner)];
        query = query.filter(Expr::tuple(columns).gt(Expr::tuple([Expr::value(place.list), Expr::value(place.owner.as_str())])));
    }
    let ordered = query.order_by_asc(version_log::Column::List).order_by_asc(version_log::Column::Owner).limit(LOGS);
    ordered.into_model::<Edge>().all(db).await.map_err(db_error)
}

/// Notes that changes up to a version are forgotten; never takes that back.
async fn raise(db: &impl ConnectionTrait, log: &Edge, edge: i64) -> Result<()> {
    let update = version_log::Entity::update_many().col_expr(version_log::Column::Floor, Expr::value(edge));
    let of_log = update.filter(version_log::Column::List.eq(log.list)).filter(version_log::Column::Owner.eq(log.owner.as_str()));
    of_log.filter(version_log::Column::Floor.lt(edge)).exec(db).await.map_err(db_error)?;
    Ok(())
}

async fn forget_some(db: &impl ConnectionTrait, log: &Edge, edge: i64) -> Result<u64> {
    let old = |query: &mut SelectStatement| {
        query
            .and_where(Expr::col(version_entry::Column::List).eq(log.list))
            .and_where(Expr::col(version_entry::Column::Owner).eq(log.owner.as_str()))
            .and_where(Expr::col(version_entry::Column::Version).lte(edge))
            .to_owned()
    };
    let some = old(Query::select().column(version_entry::Column::Element).from(version_entry::Entity).limit(CHUNK));
    // An entry that changed meanwhile has a newer version and stays.
    let delete = version_entry::Entity::delete_many()
        .filter(version_entry::Column::List.eq(log.list))
        .filter(version_entry::Column::Owner.eq(log.owner.as_str()))
        .filter(version_entry::Column::Version.lte(edge))
        .filter(version_entry::Column::Element.in_subquery(some));
    Ok(delete.exec(db).await.map_err(db_error)?.rows_affected)
}
