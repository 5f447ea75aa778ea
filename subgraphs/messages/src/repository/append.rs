//! The statements of one commit, in their order: lock and look for repeats when there may be some, advance, insert, and
//! the note of what is to be published.

use std::sync::Arc;

use openim_core::{Result, Timestamp};
use rustc_hash::FxHashMap;
use sea_orm::ConnectionTrait;

use super::rows::{self, LOG_COLUMNS, MESSAGE_COLUMNS};
use super::sql::{Column, Sql, chunk_rows};
use crate::model::{Draft, Envelope, Log, Message};

/// A statement of SQLite that may fail half-way first copies each page that it changes, to undo itself alone. Here the
/// transaction is undone whenever a statement fails, so that the copies are spared.
const OR_FAIL: &str = " OR FAIL";

/// Where a log ended before it grew, while its row is locked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tail {
    pub(crate) max_seq: i64,
    pub(crate) last_stored_at: Timestamp,
}

/// A place of a log, given to a message.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub(crate) log: i64,
    pub(crate) seq: i64,
    pub(crate) stored_at: Timestamp,
}

/// Rows of messages without their places: the columns that are known before the transaction.
#[derive(Default)]
pub(crate) struct Drafted {
    sender_id: Vec<String>,
    client_msg_id: Vec<String>,
    server_msg_id: Vec<String>,
    send_time: Vec<i64>,
    create_time: Vec<i64>,
    content_type: Vec<i64>,
    body: Vec<Vec<u8>>,
}

impl Drafted {
    /// Adds a row.
    pub(crate) fn push(&mut self, envelope: &Envelope) -> Result<()> {
        self.body.push(rows::body(envelope)?);
        self.sender_id.push(envelope.sender.to_string());
        self.client_msg_id.push(envelope.client_id.to_string());
        self.server_msg_id.push(envelope.server_id.clone());
        self.send_time.push(envelope.sent_at.0);
        self.create_time.push(envelope.created_at.0);
        self.content_type.push(i64::from(envelope.content_type));
        Ok(())
    }

    /// Takes the first rows away and returns them.
    fn take(&mut self, count: usize) -> Self {
        fn first<T>(column: &mut Vec<T>, count: usize) -> Vec<T> {
            let rest = column.split_off(count.min(column.len()));
            std::mem::replace(column, rest)
        }
        Self {
            sender_id: first(&mut self.sender_id, count),
            client_msg_id: first(&mut self.client_msg_id, count),
            server_msg_id: first(&mut self.server_msg_id, count),
            send_time: first(&mut self.send_time, count),
            create_time: first(&mut self.create_time, count),
            content_type: first(&mut self.content_type, count),
            body: first(&mut self.body, count),
        }
    }
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
        let rows = Sql::new(db, "UPDATE")
            .sqlite(OR_FAIL)
            .text(" conv_seq SET max_seq = max_seq + d.messages, last_sent_at = d.sent_at, last_sender = d.sender, ")
            // Clocks of processes differ; along a log time never goes back.
            .text("last_stored_at = CASE WHEN last_stored_at > d.stored_at THEN last_stored_at ELSE d.stored_at END FROM ")
            .rows(columns)
            .text("WHERE conv_seq.conv_no = d.log")
            // Says the same again, so that the plan starts at the key's index.
            .postgres(" AND ")
            .among_on_postgres("conv_seq.conv_no", || chunk.iter().map(|growth| growth.log).collect())
            .text(" RETURNING conv_no, max_seq, last_stored_at")
            .all(db)
            .await?;
        let grown: FxHashMap<i64, i64> = chunk.iter().map(|growth| (growth.log, growth.messages)).collect();
        for row in rows {
            let (log, max_seq, last_stored_at): (i64, i64, i64) = rows::triple(&row)?;
            let before = max_seq - grown.get(&log).copied().unwrap_or(0);
            tails.insert(log, Tail { max_seq: before, last_stored_at: Timestamp(last_stored_at) });
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

/// Inserts messages, each at its place. A repeated (sender, client id) fails the statement: the unique index has the last
/// word.
pub(crate) async fn insert(db: &impl ConnectionTrait, mut rows: Drafted, places: &[Place]) -> Result<()> {
    for places in places.chunks(chunk_rows(db, 10)) {
        let rows = rows.take(places.len());
        let columns = vec![
            ("conv_no", Column::Int(places.iter().map(|place| place.log).collect())),
            ("seq", Column::Int(places.iter().map(|place| place.seq).collect())),
            ("sender_id", Column::Text(rows.sender_id)),
            ("client_msg_id", Column::Text(rows.client_msg_id)),
            ("server_msg_id", Column::Text(rows.server_msg_id)),
            ("send_time", Column::Int(rows.send_time)),
            ("create_time", Column::Int(rows.create_time)),
            ("stored_at", Column::Int(places.iter().map(|place| place.stored_at.0).collect())),
            ("content_type", Column::Int(rows.content_type)),
            ("body", Column::Bytes(rows.body)),
        ];
        let names = "conv_no, seq, sender_id, client_msg_id, server_msg_id, send_time, create_time, stored_at, content_type, body";
        let sql = Sql::new(db, "INSERT").sqlite(OR_FAIL).text(" INTO message (").text(names);
        sql.text(") SELECT ").text(names).text(" FROM ").rows(columns).run(db).await?;
    }
    Ok(())
}
