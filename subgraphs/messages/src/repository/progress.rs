//! How far each process has put messages into the index. What a process that ended badly owes is found by its row; the row
//! without a name stands for what was there before anybody looked.

use std::sync::Arc;

use openim_core::{Result, Timestamp};
use sea_orm::ConnectionTrait;

use super::rows::{self, LOG_COLUMNS};
use super::sql::Sql;
use crate::model::Log;

/// The name of the row for what was there before.
pub(crate) const BEFORE: &str = "";
/// The position of a row whose work is done.
const DONE: i64 = -1;

/// What a process owes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Owed {
    pub(crate) process: String,
    /// What was stored before is in the index.
    pub(crate) indexed_until: Timestamp,
    pub(crate) seen_at: Timestamp,
    /// The number of the log up to which it was caught up.
    pub(crate) position: i64,
}

/// Notes how far a process has come.
pub(crate) async fn note(db: &impl ConnectionTrait, process: &str, indexed_until: Timestamp, seen_at: Timestamp) -> Result<()> {
    Sql::new(db, "INSERT INTO search_progress (process, indexed_until, seen_at, position) VALUES (")
        .bind(process)
        .text(", ")
        .bind(indexed_until.0)
        .text(", ")
        .bind(seen_at.0)
        .text(", 0) ON CONFLICT (process) DO UPDATE SET indexed_until = excluded.indexed_until, seen_at = excluded.seen_at, position = 0")
        .run(db)
        .await?;
    Ok(())
}

/// Makes the row for what was there before, unless there is one.
pub(crate) async fn begin(db: &impl ConnectionTrait) -> Result<()> {
    let sql = Sql::new(db, "INSERT INTO search_progress (process, indexed_until, seen_at, position) VALUES (").bind(BEFORE);
    sql.text(", 0, 0, 0) ON CONFLICT (process) DO NOTHING").run(db).await?;
    Ok(())
}

/// Notes that from now on nobody puts anything into the index.
pub(crate) async fn pause(db: &impl ConnectionTrait, now: Timestamp) -> Result<()> {
    let sql = Sql::new(db, "UPDATE search_progress SET position = 0, seen_at = 0, indexed_until = ").bind(now.0);
    sql.text(" WHERE process = ").bind(BEFORE).text(" AND position = ").bind(DONE).run(db).await?;
    Ok(())
}

/// Returns what was left by processes that were not seen since `before`.
pub(crate) async fn owed(db: &impl ConnectionTrait, before: Timestamp) -> Result<Vec<Owed>> {
    let sql = Sql::new(db, "SELECT process, indexed_until, seen_at, position FROM search_progress WHERE position >= 0 AND seen_at < ");
    let owed = |row: &sea_orm::QueryResult| {
        Ok(Owed {
            process: rows::get(row, "process")?,
            indexed_until: Timestamp(rows::get(row, "indexed_until")?),
            seen_at: Timestamp(rows::get(row, "seen_at")?),
            position: rows::get(row, "position")?,
        })
    };
    sql.bind(before.0).text(" ORDER BY process").all(db).await?.iter().map(owed).collect()
}

/// Takes over what is owed, or notes how far it was caught up; false when somebody else has done so meanwhile.
pub(crate) async fn claim(db: &impl ConnectionTrait, owed: &Owed, now: Timestamp, position: i64) -> Result<bool> {
    let sql = Sql::new(db, "UPDATE search_progress SET seen_at = ").bind(now.0).text(", position = ").bind(position);
    let sql = sql.text(" WHERE process = ").bind(owed.process.as_str()).text(" AND seen_at = ").bind(owed.seen_at.0);
    Ok(sql.run(db).await? == 1)
}

/// Notes that nothing is owed any more.
pub(crate) async fn settle(db: &impl ConnectionTrait, process: &str) -> Result<()> {
    let sql = match process {
        BEFORE => Sql::new(db, "UPDATE search_progress SET position = ").bind(DONE).text(" WHERE process = "),
        _ => Sql::new(db, "DELETE FROM search_progress WHERE process = "),
    };
    sql.bind(process).run(db).await?;
    Ok(())
}

/// Returns the next logs behind `position` that have grown at or after `since`, in the order of their numbers, with their
/// newest seqs.
pub(crate) async fn active_since(db: &impl ConnectionTrait, position: i64, since: Timestamp, limit: i64) -> Result<Vec<(Arc<Log>, i64)>> {
    let sql = Sql::new(db, "SELECT ").text(LOG_COLUMNS).text(", s.max_seq FROM conv_seq s JOIN conversation c ON c.conv_no = s.conv_no ");
    let sql = sql.text("WHERE s.conv_no > ").bind(position).text(" AND s.last_stored_at >= ").bind(since.0);
    let rows = sql.text(" ORDER BY s.conv_no LIMIT ").bind(limit).all(db).await?;
    rows.iter().map(|row| Ok((Arc::new(rows::log(row)?), rows::get(row, "max_seq")?))).collect()
}
