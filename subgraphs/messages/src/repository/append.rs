//! The statements of one commit, in their order: lock and look for repeats when there may be some, advance, insert.

use std::sync::Arc;

use openim_core::{Result, Timestamp};
use rustc_hash::FxHashMap;
use sea_orm::ConnectionTrait;

use super::rows::{self, LOG_COLUMNS, MESSAGE_COLUMNS};
use super::sql::{Column, Sql, chunk_rows};
use crate::model::{Draft, Log, Message};

/// Where a log ended before it grew, while its row is locked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tail {
    pub(crate) max_seq: i64,
    pub(crate) last_stored_at: Timestamp,
}

/// A numbered message ready to be inserted.
pub(crate) struct Numbered<'a> {
    pub(crate) log: i64,
    pub(crate) message: &'a Message,
}

/// How much a log grows by a batch, and what its end says afterwards.
pub(crate) struct Growth {
    pub(crate) log: i64,
    pub(crate) messages: i64,
    pub(crate) stored_at: Timestamp,
    pub(crate) sent_at: Timestamp,
    pub(crate) sender: String,
}

/// Locks the ends of logs, always in key order, so that two batches cannot wait for each other. `logs` must be in order.
pub(crate) async fn lock(db: &impl ConnectionTrait, logs: &[i64]) -> Result<()> {
    let sql = Sql::new(db, "SELECT s.conv_no FROM conv_seq s WHERE ").among("s.conv_no", logs.to_vec());
    sql.text(" ORDER BY s.conv_no").postgres(" FOR UPDATE OF s").all(db).await?;
    Ok(())
}

/// Moves the ends of logs and returns where each was before: the places in between belong to the caller's transaction,
/// because the rows stay locked until it ends; that lock is the fence between processes. Growths must be in the order of
/// their logs, so that two batches hardly ever wait for each other; when they do, one of them is tried again.
pub(crate) async fn advance(db: &impl ConnectionTrait, growths: &[Growth]) -> Result<FxHashMap<i64, Tail>> {
    let mut tails = FxHashMap::default();
    for chunk in growths.chunks(chunk_rows(db, 6)) {
        let columns = vec![
            ("log", Column::Int(chunk.iter().map(|growth| growth.log).collect())),
            ("messages", Column::Int(chunk.iter().map(|growth| growth.messages).collect())),
            ("stored_at", Column::Int(chunk.iter().map(|growth| growth.stored_at.0).collect())),
            ("sent_at", Column::Int(chunk.iter().map(|growth| growth.sent_at.0).collect())),
            ("sender", Column::Text(chunk.iter().map(|growth| growth.sender.clone()).collect())),
        ];
        let rows = Sql::new(db, "UPDATE conv_seq SET max_seq = max_seq + d.messages, last_sent_at = d.sent_at, last_sender = d.sender, ")
            // Clocks of processes differ; along a log time never goes back.
            .text("last_stored_at = CASE WHEN last_stored_at > d.stored_at THEN last_stored_at ELSE d.stored_at END FROM ")
            .rows(columns)
            .text("WHERE conv_seq.conv_no = d.log AND ")
            // Says the same again, so that the plan starts at the key's index.
            .among("conv_seq.conv_no", chunk.iter().map(|growth| growth.log).collect())
            .text(" RETURNING conv_no, max_seq, last_stored_at")
            .all(db)
            .await?;
        let grown: FxHashMap<i64, i64> = chunk.iter().map(|growth| (growth.log, growth.messages)).collect();
        for row in rows {
            let log: i64 = rows::get(&row, "conv_no")?;
            let max_seq: i64 = rows::get(&row, "max_seq")?;
            let before = max_seq - grown.get(&log).copied().unwrap_or(0);
            tails.insert(log, Tail { max_seq: before, last_stored_at: Timestamp(rows::get(&row, "last_stored_at")?) });
        }
    }
    Ok(tails)
}

/// Returns what was stored before under the drafts' (sender, client id), with the log it went to.
pub(crate) async fn find_sent(db: &impl ConnectionTrait, drafts: &[&Draft]) -> Result<Vec<(Arc<Log>, Arc<Message>)>> {
    let mut found = Vec::new();
    for chunk in drafts.chunks(chunk_rows(db, 2)) {
        let columns = vec![
            ("sender_id", Column::Text(chunk.iter().map(|draft| draft.envelope.sender.to_string()).collect())),
            ("client_msg_id", Column::Text(chunk.iter().map(|draft| draft.envelope.client_id.to_string()).collect())),
        ];
        let sql = Sql::new(db, "SELECT ").text(MESSAGE_COLUMNS).text(", ").text(LOG_COLUMNS).text(" FROM ").rows(columns);
        let sql = sql.look_up("message", "m", "m.sender_id = d.sender_id AND m.client_msg_id = d.client_msg_id");
        for row in sql.look_up("conversation", "c", "c.conv_no = m.conv_no").all(db).await? {
            let log = rows::log(&row)?;
            let message = rows::message(&row, &log.key.id)?;
            found.push((Arc::new(log), Arc::new(message)));
        }
    }
    Ok(found)
}

/// Inserts messages. A repeated (sender, client id) fails the statement: the unique index has the last word.
pub(crate) async fn insert(db: &impl ConnectionTrait, messages: &[Numbered<'_>]) -> Result<()> {
    for chunk in messages.chunks(chunk_rows(db, 10)) {
        let int = |read: fn(&Numbered<'_>) -> i64| Column::Int(chunk.iter().map(read).collect());
        let text = |read: fn(&Numbered<'_>) -> String| Column::Text(chunk.iter().map(read).collect());
        let columns = vec![
            ("conv_no", int(|row| row.log)),
            ("seq", int(|row| row.message.seq.0)),
            ("sender_id", text(|row| row.message.envelope.sender.to_string())),
            ("client_msg_id", text(|row| row.message.envelope.client_id.to_string())),
            ("server_msg_id", text(|row| row.message.envelope.server_id.clone())),
            ("send_time", int(|row| row.message.envelope.sent_at.0)),
            ("create_time", int(|row| row.message.envelope.created_at.0)),
            ("stored_at", int(|row| row.message.stored_at.0)),
            ("content_type", int(|row| i64::from(row.message.envelope.content_type))),
            ("body", Column::Bytes(chunk.iter().map(|row| rows::body(&row.message.envelope)).collect::<Result<_>>()?)),
        ];
        let names = "conv_no, seq, sender_id, client_msg_id, server_msg_id, send_time, create_time, stored_at, content_type, body";
        Sql::new(db, "INSERT INTO message (").text(names).text(") SELECT ").text(names).text(" FROM ").rows(columns).run(db).await?;
    }
    Ok(())
}
