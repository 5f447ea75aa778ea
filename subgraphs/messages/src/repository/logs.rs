//! Logs: finding, making, and reading their ends.

use std::sync::Arc;

use openim_core::{ConversationId, Result, Timestamp};
use sea_orm::ConnectionTrait;

use super::rows::{self, LOG_COLUMNS};
use super::sql::{Column, Sql, chunk_rows};
use crate::model::{Head, Log, LogKey, Parties};

/// Returns the logs that exist among these conversations, in no order.
pub(crate) async fn find(db: &impl ConnectionTrait, ids: &[ConversationId]) -> Result<Vec<Arc<Log>>> {
    let mut found = Vec::new();
    for chunk in ids.chunks(chunk_rows(db, 1)) {
        let sql = Sql::new(db, "SELECT ").text(LOG_COLUMNS).text(" FROM ").rows(vec![("id", texts(chunk))]);
        for row in sql.look_up("conversation", "c", "c.conversation_id = d.id").all(db).await? {
            found.push(Arc::new(rows::log(&row)?));
        }
    }
    Ok(found)
}

/// Returns the logs with these numbers, in no order.
pub(crate) async fn by_number(db: &impl ConnectionTrait, numbers: &[i64]) -> Result<Vec<Arc<Log>>> {
    let mut found = Vec::new();
    for chunk in numbers.chunks(chunk_rows(db, 1)) {
        let sql = Sql::new(db, "SELECT ").text(LOG_COLUMNS).text(" FROM conversation c WHERE ").among("c.conv_no", chunk.to_vec());
        for row in sql.all(db).await? {
            found.push(Arc::new(rows::log(&row)?));
        }
    }
    Ok(found)
}

/// Returns where logs begin, by number.
pub(crate) async fn beginnings(db: &impl ConnectionTrait, numbers: &[i64]) -> Result<Vec<(i64, i64)>> {
    let mut found = Vec::new();
    for chunk in numbers.chunks(chunk_rows(db, 1)) {
        let sql = Sql::new(db, "SELECT s.conv_no, s.min_seq FROM conv_seq s WHERE ").among("s.conv_no", chunk.to_vec());
        for row in sql.all(db).await? {
            found.push((rows::get(&row, "conv_no")?, rows::get(&row, "min_seq")?));
        }
    }
    Ok(found)
}

/// Makes the rows of new logs; those that another process made first stay as they are. `keys` must be in id order, so
/// that two processes that make the same ones wait for each other instead of dying in each other's arms.
pub(crate) async fn insert(db: &impl ConnectionTrait, keys: &[&LogKey], at: Timestamp) -> Result<()> {
    for chunk in keys.chunks(chunk_rows(db, 6)) {
        let pair = |key: &&LogKey, first: bool| match &key.parties {
            Parties::Pair(a, b) => {
                if first {
                    a.to_string()
                } else {
                    b.to_string()
                }
            }
            Parties::Group(_) => String::new(),
        };
        let group = |key: &&LogKey| match &key.parties {
            Parties::Pair(..) => String::new(),
            Parties::Group(group) => group.to_string(),
        };
        let columns = vec![
            ("conversation_id", Column::Text(chunk.iter().map(|key| key.id.to_string()).collect())),
            ("kind", Column::Int(chunk.iter().map(|key| rows::kind_number(key.kind)).collect())),
            ("user_a", Column::Text(chunk.iter().map(|key| pair(key, true)).collect())),
            ("user_b", Column::Text(chunk.iter().map(|key| pair(key, false)).collect())),
            ("group_id", Column::Text(chunk.iter().map(group).collect())),
            ("created_at", Column::Int(vec![at.0; chunk.len()])),
        ];
        Sql::new(db, "INSERT INTO conversation (conversation_id, kind, user_a, user_b, group_id, created_at) ")
            .text(
                "SELECT d.conversation_id, d.kind, NULLIF(d.user_a, ''), NULLIF(d.user_b, ''), NULLIF(d.group_id, ''), d.created_at FROM ",
            )
            .rows(columns)
            .text("WHERE true ON CONFLICT (conversation_id) DO NOTHING")
            .run(db)
            .await?;
        let ids: Vec<ConversationId> = chunk.iter().map(|key| key.id.clone()).collect();
        Sql::new(db, "INSERT INTO conv_seq (conv_no, max_seq, min_seq, last_stored_at, last_sent_at) ")
            .text("SELECT c.conv_no, 0, 1, 0, 0 FROM ")
            .rows(vec![("id", texts(&ids))])
            .look_up("conversation", "c", "c.conversation_id = d.id")
            .text("WHERE true ORDER BY c.conv_no ON CONFLICT (conv_no) DO NOTHING")
            .run(db)
            .await?;
    }
    Ok(())
}

/// Returns the ends of the logs that exist among these conversations, in no order.
pub(crate) async fn heads(db: &impl ConnectionTrait, ids: &[ConversationId]) -> Result<Vec<Head>> {
    let mut found = Vec::new();
    for chunk in ids.chunks(chunk_rows(db, 1)) {
        let sql =
            Sql::new(db, "SELECT ").text(LOG_COLUMNS).text(", s.max_seq, s.min_seq, s.last_sent_at, s.last_stored_at, s.last_sender FROM ");
        let sql = sql.rows(vec![("id", texts(chunk))]).look_up("conversation", "c", "c.conversation_id = d.id");
        for row in sql.look_up("conv_seq", "s", "s.conv_no = c.conv_no").all(db).await? {
            found.push(rows::head(&row)?);
        }
    }
    Ok(found)
}

fn texts(ids: &[ConversationId]) -> Column {
    Column::Text(ids.iter().map(ToString::to_string).collect())
}
