//! Messages that readers deleted for themselves.

use openim_core::{Result, UserId};
use rustc_hash::FxHashSet;
use sea_orm::ConnectionTrait;

use super::rows;
use super::sql::{Column, Sql, chunk_rows};
use crate::model::Log;

/// A part of a log by its number: first and last seq.
pub(crate) type Part = (i64, i64, i64);

/// Tells whether a reader has deleted anything anywhere.
pub(crate) async fn any(db: &impl ConnectionTrait, user: &UserId) -> Result<bool> {
    let sql = Sql::new(db, "SELECT h.seq FROM message_hidden h WHERE h.user_id = ").bind(user.as_str());
    Ok(!sql.text(" LIMIT 1").all(db).await?.is_empty())
}

/// Returns what a reader has deleted in these parts of logs: log and seq.
pub(crate) async fn among(db: &impl ConnectionTrait, user: &UserId, parts: &[Part]) -> Result<FxHashSet<(i64, i64)>> {
    let mut found = FxHashSet::default();
    for chunk in parts.chunks(chunk_rows(db, 4)) {
        let columns = vec![
            ("conv_no", Column::Int(chunk.iter().map(|part| part.0).collect())),
            ("first_seq", Column::Int(chunk.iter().map(|part| part.1).collect())),
            ("last_seq", Column::Int(chunk.iter().map(|part| part.2).collect())),
            ("user_id", Column::Text(vec![user.to_string(); chunk.len()])),
        ];
        let condition = "h.user_id = d.user_id AND h.conv_no = d.conv_no AND h.seq BETWEEN d.first_seq AND d.last_seq";
        let sql = Sql::new(db, "SELECT h.conv_no, h.seq FROM ").rows(columns).look_up("message_hidden", "h", condition);
        for row in sql.all(db).await? {
            found.insert((rows::get(&row, "conv_no")?, rows::get(&row, "seq")?));
        }
    }
    Ok(found)
}

/// Returns how many messages of a log a reader has deleted.
pub(crate) async fn count(db: &impl ConnectionTrait, user: &UserId, log: &Log) -> Result<i64> {
    let sql = Sql::new(db, "SELECT COUNT(*) AS hidden FROM message_hidden h WHERE h.user_id = ").bind(user.as_str());
    match sql.text(" AND h.conv_no = ").bind(log.no).all(db).await?.first() {
        Some(row) => rows::get(row, "hidden"),
        None => Ok(0),
    }
}

/// Deletes messages for one reader; those that are deleted already stay so.
pub(crate) async fn add(db: &impl ConnectionTrait, user: &UserId, log: &Log, seqs: &[i64]) -> Result<()> {
    for chunk in seqs.chunks(chunk_rows(db, 3)) {
        let columns = vec![
            ("conv_no", Column::Int(vec![log.no; chunk.len()])),
            ("seq", Column::Int(chunk.to_vec())),
            ("user_id", Column::Text(vec![user.to_string(); chunk.len()])),
        ];
        Sql::new(db, "INSERT INTO message_hidden (user_id, conv_no, seq) SELECT d.user_id, d.conv_no, d.seq FROM ")
            .rows(columns)
            .text("WHERE true ON CONFLICT (user_id, conv_no, seq) DO NOTHING")
            .run(db)
            .await?;
    }
    Ok(())
}
