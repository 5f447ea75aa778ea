//! Lists of messages over many logs, by who, when and what, in the order in which they were sent; and how many there are.

use std::sync::Arc;

use openim_core::{ConversationId, Result, Timestamp, UserId};
use sea_orm::ConnectionTrait;

use super::rows::{self, LOG_COLUMNS, MESSAGE_COLUMNS};
use super::sql::{Column, Sql};
use crate::model::{Log, Message, MessageFilter};

/// A part of a log that the reader may see: its number, the first and the last seq.
pub(crate) type Part = (i64, i64, i64);

/// Where a list goes on: behind this moment, log and seq.
pub(crate) type Place = (Timestamp, i64, i64);

/// In which logs is looked.
pub(crate) enum Scope<'a> {
    /// In all.
    Everything,
    /// In these parts, without what this user has deleted.
    Parts(&'a [Part], &'a UserId),
}

/// Counts the messages.
pub(crate) async fn count(db: &impl ConnectionTrait, scope: &Scope<'_>, filter: &MessageFilter) -> Result<i64> {
    let rows = select(db, "SELECT COUNT(*) AS count FROM ", scope, filter).all(db).await?;
    rows.first().map_or(Ok(0), |row| rows::get(row, "count"))
}

/// Returns a page of the messages, the oldest first, each with the number of its log.
pub(crate) async fn page(
    db: &impl ConnectionTrait,
    scope: &Scope<'_>,
    filter: &MessageFilter,
    after: Option<Place>,
    offset: i64,
    limit: i64,
) -> Result<Vec<(i64, Arc<Message>)>> {
    let columns = format!("SELECT {MESSAGE_COLUMNS}, c.conversation_id FROM ");
    let mut sql = select(db, &columns, scope, filter);
    if let Some((at, log, seq)) = after {
        sql = sql.text(" AND (m.send_time, m.conv_no, m.seq) > (").bind(at.0).text(", ").bind(log).text(", ").bind(seq).text(")");
    }
    let sql = sql.text(" ORDER BY m.send_time, m.conv_no, m.seq LIMIT ").bind(limit).text(" OFFSET ").bind(offset);
    let message = |row: &sea_orm::QueryResult| {
        let id = ConversationId::parse(rows::get::<String>(row, "conversation_id")?)?;
        Ok((rows::get(row, "conv_no")?, Arc::new(rows::message(row, &id)?)))
    };
    sql.all(db).await?.iter().map(message).collect()
}

fn select(db: &impl ConnectionTrait, columns: &str, scope: &Scope<'_>, filter: &MessageFilter) -> Sql {
    let mut sql = Sql::new(db, columns);
    match scope {
        Scope::Everything => sql = sql.text("message m JOIN conversation c ON c.conv_no = m.conv_no WHERE true"),
        Scope::Parts(parts, reader) => {
            let columns = vec![
                ("conv_no", Column::Int(parts.iter().map(|part| part.0).collect())),
                ("first_seq", Column::Int(parts.iter().map(|part| part.1).collect())),
                ("last_seq", Column::Int(parts.iter().map(|part| part.2).collect())),
            ];
            sql = sql
                .rows(columns)
                .look_up("message", "m", "m.conv_no = d.conv_no AND m.seq BETWEEN d.first_seq AND d.last_seq")
                .text("JOIN conversation c ON c.conv_no = m.conv_no WHERE NOT EXISTS (SELECT 1 FROM message_hidden h WHERE h.user_id = ")
                .bind(reader.as_str())
                .text(" AND h.conv_no = m.conv_no AND h.seq = m.seq)");
        }
    }
    // Notification streams are no conversations, and of what was emptied only the place is left.
    sql = sql.text(" AND c.kind <> 0 AND length(m.body) > 0");
    if let Some(kind) = filter.kind {
        sql = sql.text(" AND c.kind = ").bind(rows::kind_number(kind));
    }
    if let Some(sender) = &filter.sender {
        sql = sql.text(" AND m.sender_id = ").bind(sender.as_str());
    }
    if let Some(recipient) = &filter.recipient {
        let group = format!("sg_{recipient}");
        sql = sql.text(" AND m.conv_no IN (SELECT r.conv_no FROM conversation r WHERE r.conversation_id = ").bind(group);
        sql = sql.text(" OR r.user_a = ").bind(recipient.as_str()).text(" OR r.user_b = ").bind(recipient.as_str());
        // In a conversation of two the receiver is who did not send, but for a note to oneself.
        sql = sql.text(") AND (c.group_id IS NOT NULL OR c.user_a = c.user_b OR m.sender_id <> ").bind(recipient.as_str()).text(")");
    }
    if let Some(content_type) = filter.content_type {
        sql = sql.text(" AND m.content_type = ").bind(i64::from(content_type));
    }
    if let Some(since) = filter.since {
        sql = sql.text(" AND m.send_time >= ").bind(since.0);
    }
    if let Some(until) = filter.until {
        sql = sql.text(" AND m.send_time < ").bind(until.0);
    }
    sql
}

/// Returns the logs of a user's conversations of two, the newest first, at most `limit`.
pub(crate) async fn pairs(db: &impl ConnectionTrait, user: &UserId, limit: i64) -> Result<Vec<Arc<Log>>> {
    let sql = Sql::new(db, "SELECT ").text(LOG_COLUMNS).text(" FROM conversation c WHERE (c.user_a = ").bind(user.as_str());
    let sql = sql.text(" OR c.user_b = ").bind(user.as_str()).text(") AND c.kind <> 0 ORDER BY c.conv_no DESC LIMIT ").bind(limit);
    sql.all(db).await?.iter().map(|row| Ok(Arc::new(rows::log(row)?))).collect()
}
