//! Deleting old messages for good: whole rows, from the beginning of what is stored of their logs. A log that was cleared
//! for everybody begins later than its rows do: they are old some day like any others.

use openim_core::{Result, Timestamp};
use sea_orm::ConnectionTrait;

use super::sql::{Column, Sql, chunk_rows};
use super::{clearing, rows};

/// How many places of a log are looked at and deleted at a time.
const STEP: i64 = 1_000;
/// The most rows of each table beside the log that are deleted at a time: a message may have very many.
const ROWS: u64 = 5_000;

/// The tables beside the log: what names a row, and the place it belongs to.
const BESIDE: [(&str, &str, &str); 7] = [
    ("message_hidden", "user_id, conv_no, seq", "seq"),
    ("message_edit", "conv_no, seq, version", "seq"),
    ("message_reaction", "conv_no, seq, emoji, user_id", "seq"),
    ("reaction_count", "conv_no, seq, emoji", "seq"),
    ("pinned_message", "conv_no, seq", "seq"),
    ("message_reply", "conv_no, root_seq, seq", "seq"),
    ("thread", "conv_no, root_seq", "root_seq"),
];

/// A log's number and its first place of which something is stored; the place behind its end when there is nothing.
pub(crate) type Beginning = (i64, i64);

/// Messages of a log that are old.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Old {
    /// The log's number.
    pub(crate) log: i64,
    pub(crate) first: i64,
    pub(crate) last: i64,
}

const BEGINNING: &str = "SELECT s.conv_no AS conv_no, COALESCE((SELECT m.seq FROM message m WHERE m.conv_no = s.conv_no \
    ORDER BY m.seq LIMIT 1), s.max_seq + 1) AS first_seq FROM conv_seq s WHERE ";

/// Returns the beginnings of the logs after a number, in number order, at most `limit`.
pub(crate) async fn beginnings(db: &impl ConnectionTrait, after: i64, limit: i64) -> Result<Vec<Beginning>> {
    let sql = Sql::new(db, BEGINNING).text("s.conv_no > ").bind(after);
    read(&sql.text(" ORDER BY s.conv_no LIMIT ").bind(limit).all(db).await?)
}

/// Returns the beginnings of these logs.
pub(crate) async fn beginnings_of(db: &impl ConnectionTrait, logs: Vec<i64>) -> Result<Vec<Beginning>> {
    read(&Sql::new(db, BEGINNING).among("s.conv_no", logs).all(db).await?)
}

fn read(found: &[sea_orm::QueryResult]) -> Result<Vec<Beginning>> {
    found.iter().map(|row| Ok((rows::get(row, "conv_no")?, rows::get(row, "first_seq")?))).collect()
}

/// Returns what was stored before a moment among the first [`STEP`] places of each log; logs that have nothing so old there are
/// left out. Times never decrease along a log.
pub(crate) async fn old(db: &impl ConnectionTrait, logs: &[Beginning], moment: Timestamp) -> Result<Vec<Old>> {
    let mut found = Vec::new();
    for chunk in logs.chunks(chunk_rows(db, 2)) {
        let columns = vec![
            ("conv_no", Column::Int(chunk.iter().map(|log| log.0).collect())),
            ("first_seq", Column::Int(chunk.iter().map(|log| log.1).collect())),
        ];
        let step = format!("m.conv_no = d.conv_no AND m.seq >= d.first_seq AND m.seq < d.first_seq + {STEP}");
        let sql = Sql::new(db, "SELECT d.conv_no AS conv_no, d.first_seq AS first_seq, MAX(m.seq) AS last_seq FROM ").rows(columns);
        let sql = sql.look_up("message", "m", &step).text("WHERE m.stored_at < ").bind(moment.0);
        for row in sql.text(" GROUP BY d.conv_no, d.first_seq").all(db).await? {
            found.push(Old { log: rows::get(&row, "conv_no")?, first: rows::get(&row, "first_seq")?, last: rows::get(&row, "last_seq")? });
        }
    }
    Ok(found)
}

/// Moves the beginning of a log behind what is old and deletes it, the messages last: what stays of them is found again.
/// Returns which messages are gone; nothing while there are too many rows beside them for one transaction.
pub(crate) async fn cut(db: &impl ConnectionTrait, Old { log, last, .. }: Old) -> Result<Option<Vec<i64>>> {
    // The log's end is locked first, as every commit does.
    clearing::begin_after(db, log, last).await?;
    let mut more = false;
    for (table, key, place) in BESIDE {
        let sql = Sql::new(db, &format!("DELETE FROM {table} WHERE ({key}) IN (SELECT {key} FROM {table} WHERE conv_no = ")).bind(log);
        let sql = sql.text(&format!(" AND {place} <= ")).bind(last).text(&format!(" LIMIT {ROWS})"));
        more |= sql.run(db).await? >= ROWS;
    }
    if more {
        return Ok(None);
    }
    let sql = Sql::new(db, "DELETE FROM message WHERE conv_no = ").bind(log).text(" AND seq <= ").bind(last).text(" RETURNING seq");
    sql.all(db).await?.iter().map(|row| rows::get(row, "seq")).collect::<Result<_>>().map(Some)
}
