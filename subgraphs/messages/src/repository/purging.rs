//! Deleting old messages for good: whole rows, from the beginning of their logs.

use openim_core::{Result, Timestamp};
use rustc_hash::FxHashMap;
use sea_orm::ConnectionTrait;

use super::sql::{Column, Sql, chunk_rows};
use super::{clearing, rows};

/// How many places of a log are looked at and deleted at a time.
pub(crate) const STEP: i64 = 1_000;

/// The beginning of a log: its number and the first seq that is kept.
pub(crate) type Beginning = (i64, i64);

/// Returns the beginnings of the logs after a number, in number order, at most `limit`.
pub(crate) async fn beginnings(db: &impl ConnectionTrait, after: i64, limit: i64) -> Result<Vec<Beginning>> {
    let sql = Sql::new(db, "SELECT s.conv_no, s.min_seq FROM conv_seq s WHERE s.conv_no > ").bind(after);
    let found = sql.text(" ORDER BY s.conv_no LIMIT ").bind(limit).all(db).await?;
    found.iter().map(|row| Ok((rows::get(row, "conv_no")?, rows::get(row, "min_seq")?))).collect()
}

/// Returns for each log the last of its first [`STEP`] places that was stored before a moment; logs without such a place are
/// left out. Times never decrease along a log.
pub(crate) async fn last_before(db: &impl ConnectionTrait, logs: &[Beginning], moment: Timestamp) -> Result<FxHashMap<i64, i64>> {
    let mut found = FxHashMap::default();
    for chunk in logs.chunks(chunk_rows(db, 2)) {
        let columns = vec![
            ("conv_no", Column::Int(chunk.iter().map(|log| log.0).collect())),
            ("min_seq", Column::Int(chunk.iter().map(|log| log.1).collect())),
        ];
        let condition = format!("m.conv_no = d.conv_no AND m.seq >= d.min_seq AND m.seq < d.min_seq + {STEP}");
        let sql = Sql::new(db, "SELECT m.conv_no AS conv_no, MAX(m.seq) AS last_seq FROM ").rows(columns);
        let sql = sql.look_up("message", "m", &condition).text("WHERE m.stored_at < ").bind(moment.0).text(" GROUP BY m.conv_no");
        for row in sql.all(db).await? {
            found.insert(rows::get(&row, "conv_no")?, rows::get(&row, "last_seq")?);
        }
    }
    Ok(found)
}

/// Deletes everything of a log up to a seq and moves its beginning behind it. Returns how many messages are gone.
pub(crate) async fn cut(db: &impl ConnectionTrait, log: i64, last: i64) -> Result<u64> {
    // The log's end is locked first, as every commit does.
    clearing::begin_after(db, log, last).await?;
    let beside = ["message_hidden", "message_edit", "message_reaction", "reaction_count", "pinned_message", "message_reply"];
    for (table, seq) in beside.map(|table| (table, "seq")).into_iter().chain([("thread", "root_seq")]) {
        let sql = Sql::new(db, &format!("DELETE FROM {table} WHERE conv_no = ")).bind(log);
        sql.text(&format!(" AND {seq} <= ")).bind(last).run(db).await?;
    }
    Sql::new(db, "DELETE FROM message WHERE conv_no = ").bind(log).text(" AND seq <= ").bind(last).run(db).await
}
