//! Pinned messages.

use openim_core::{Result, Timestamp, UserId};
use sea_orm::ConnectionTrait;

use super::rows;
use super::sql::{Column, Sql, chunk_rows};
use crate::model::{Log, Pin};

/// Pins a message; tells whether it was not pinned before.
pub(crate) async fn add(db: &impl ConnectionTrait, log: &Log, seq: i64, user: &UserId, at: Timestamp) -> Result<bool> {
    let sql = Sql::new(db, "INSERT INTO pinned_message (conv_no, seq, user_id, at) VALUES (").bind(log.no).text(", ").bind(seq);
    let sql = sql.text(", ").bind(user.as_str()).text(", ").bind(at.0);
    Ok(sql.text(") ON CONFLICT (conv_no, seq) DO NOTHING").run(db).await? > 0)
}

/// Unpins a message; tells whether it was pinned.
pub(crate) async fn remove(db: &impl ConnectionTrait, log: &Log, seq: i64) -> Result<bool> {
    let sql = Sql::new(db, "DELETE FROM pinned_message WHERE conv_no = ").bind(log.no).text(" AND seq = ").bind(seq);
    Ok(sql.run(db).await? > 0)
}

/// Returns how many messages of a log are pinned.
pub(crate) async fn count(db: &impl ConnectionTrait, log: &Log) -> Result<i64> {
    let sql = Sql::new(db, "SELECT COUNT(*) AS pins FROM pinned_message WHERE conv_no = ").bind(log.no);
    sql.all(db).await?.first().map_or(Ok(0), |row| rows::get(row, "pins"))
}

/// Returns the pins of these logs, by their numbers, the newest first.
pub(crate) async fn of(db: &impl ConnectionTrait, logs: &[i64]) -> Result<Vec<(i64, Pin)>> {
    let mut found = Vec::new();
    for chunk in logs.chunks(chunk_rows(db, 1)) {
        let sql = Sql::new(db, "SELECT p.conv_no, p.seq, p.user_id, p.at FROM ").rows(vec![("conv_no", Column::Int(chunk.to_vec()))]);
        let sql = sql.look_up("pinned_message", "p", "p.conv_no = d.conv_no").text(" ORDER BY p.at DESC, p.seq DESC");
        for row in sql.all(db).await? {
            let (seq, by, at) = (rows::get(&row, "seq")?, rows::get::<String>(&row, "user_id")?, rows::get(&row, "at")?);
            found.push((rows::get(&row, "conv_no")?, Pin { seq, by: UserId::parse(by)?, at: Timestamp(at) }));
        }
    }
    Ok(found)
}
