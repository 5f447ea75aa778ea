//! Changing stored messages. Whoever changes one locks it first and looks at it again: two changes of a message come one
//! after the other.

use std::sync::Arc;

use openim_core::Result;
use sea_orm::{ConnectionTrait, Value};

use super::rows::{self, MESSAGE_COLUMNS};
use super::sql::{Sql, chunk_rows};
use super::states;
use crate::model::{Log, Message, State};

/// A place: the log's number and the seq.
pub(crate) type Place = (i64, i64);

/// Returns the messages at these places as they were sent, even those that were revoked or emptied, by seq.
pub(crate) async fn originals(db: &impl ConnectionTrait, log: &Log, seqs: &[i64]) -> Result<Vec<Arc<Message>>> {
    select(db, log, seqs, "").await
}

/// Returns the same and locks them until the transaction ends.
pub(crate) async fn lock(db: &impl ConnectionTrait, log: &Log, seqs: &[i64]) -> Result<Vec<Arc<Message>>> {
    select(db, log, seqs, " FOR UPDATE OF m").await
}

async fn select(db: &impl ConnectionTrait, log: &Log, seqs: &[i64], lock: &str) -> Result<Vec<Arc<Message>>> {
    let mut found = Vec::with_capacity(seqs.len());
    for chunk in seqs.chunks(chunk_rows(db, 2)) {
        let sql = Sql::new(db, "SELECT ").text(MESSAGE_COLUMNS).text(" FROM message m WHERE m.conv_no = ").bind(log.no);
        let sql = sql.text(" AND ").among("m.seq", chunk.to_vec()).text(" ORDER BY m.seq").postgres(lock);
        for row in sql.all(db).await? {
            found.push(Arc::new(rows::original(&row, &log.key.id)?));
        }
    }
    Ok(found)
}

/// Writes what became of a message.
pub(crate) async fn set_state(db: &impl ConnectionTrait, log: &Log, seq: i64, state: &State) -> Result<()> {
    let sql = Sql::new(db, "UPDATE message SET state = ").bind(states::write(state)?);
    sql.text(" WHERE conv_no = ").bind(log.no).text(" AND seq = ").bind(seq).run(db).await?;
    Ok(())
}

/// Takes the content of messages away, for everybody and for good. Their places and ids stay, so that a repeated send of
/// one of them stores nothing.
pub(crate) async fn empty(db: &impl ConnectionTrait, log: &Log, seqs: &[i64]) -> Result<()> {
    for chunk in seqs.chunks(chunk_rows(db, 2)) {
        let sql = Sql::new(db, "UPDATE message SET body = ").bind(Value::Bytes(Some(Vec::new()))).text(", state = NULL WHERE conv_no = ");
        sql.bind(log.no).text(" AND ").among("seq", chunk.to_vec()).run(db).await?;
    }
    Ok(())
}

/// Deletes what was added to messages: earlier contents, reactions, pins.
pub(crate) async fn strip(db: &impl ConnectionTrait, log: &Log, seqs: &[i64]) -> Result<()> {
    for table in ["message_edit", "message_reaction", "reaction_count", "pinned_message"] {
        for chunk in seqs.chunks(chunk_rows(db, 2)) {
            let sql = Sql::new(db, &format!("DELETE FROM {table} WHERE conv_no = ")).bind(log.no);
            sql.text(" AND ").among("seq", chunk.to_vec()).run(db).await?;
        }
    }
    Ok(())
}
