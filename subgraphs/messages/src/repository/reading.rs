//! Reading messages. Every function takes many places at once and asks one statement for them.

use std::sync::Arc;

use openim_core::{ConversationId, Result, Timestamp, UserId};
use rustc_hash::FxHashMap;
use sea_orm::ConnectionTrait;

use super::Range;
use super::rows::{self, MESSAGE_COLUMNS};
use super::sql::{Column, Sql, chunk_rows};
use crate::model::{Head, Log, Message, StoredRange};

/// How far back from its end a log is searched for what is new; a reader that missed more than this loads again.
const RECENT: i64 = 1_000;

/// Returns the messages in these parts of logs, with their log's number, in no order. The caller bounds the parts.
pub(crate) async fn in_ranges(db: &impl ConnectionTrait, ranges: &[Range]) -> Result<Vec<(i64, Arc<Message>)>> {
    select(db, ranges, None, "m.conv_no = d.conv_no AND m.seq BETWEEN d.first_seq AND d.last_seq").await
}

/// Returns the newest message in each part; those that were emptied, and those that `hider` has deleted, are left aside.
pub(crate) async fn newest(db: &impl ConnectionTrait, ranges: &[Range], hider: Option<&UserId>) -> Result<Vec<(i64, Arc<Message>)>> {
    let unless_hidden = match hider {
        Some(_) => {
            " AND NOT EXISTS (SELECT 1 FROM message_hidden h WHERE h.user_id = d.user_id AND h.conv_no = n.conv_no AND h.seq = n.seq)"
        }
        None => "",
    };
    let newest = format!(
        "m.conv_no = d.conv_no AND m.seq = (SELECT n.seq FROM message n WHERE n.conv_no = d.conv_no \
         AND n.seq BETWEEN d.first_seq AND d.last_seq AND length(n.body) > 0{unless_hidden} ORDER BY n.seq DESC LIMIT 1)"
    );
    select(db, ranges, hider, &newest).await
}

async fn select(db: &impl ConnectionTrait, ranges: &[Range], user: Option<&UserId>, place: &str) -> Result<Vec<(i64, Arc<Message>)>> {
    let ids: FxHashMap<i64, &ConversationId> = ranges.iter().map(|range| (range.log.no, &range.log.key.id)).collect();
    let mut found = Vec::new();
    for chunk in ranges.chunks(chunk_rows(db, 4)) {
        let mut columns = vec![
            ("conv_no", Column::Int(chunk.iter().map(|range| range.log.no).collect())),
            ("first_seq", Column::Int(chunk.iter().map(|range| range.first).collect())),
            ("last_seq", Column::Int(chunk.iter().map(|range| range.last).collect())),
        ];
        if let Some(user) = user {
            columns.push(("user_id", Column::Text(vec![user.to_string(); chunk.len()])));
        }
        let sql = Sql::new(db, "SELECT ").text(MESSAGE_COLUMNS).text(" FROM ").rows(columns);
        for row in sql.look_up("message", "m", place).all(db).await? {
            let log: i64 = rows::get(&row, "conv_no")?;
            if let Some(id) = ids.get(&log) {
                found.push((log, Arc::new(rows::message(&row, id)?)));
            }
        }
    }
    Ok(found)
}

/// Returns for each log what was stored at or after `since`, at most the newest [`RECENT`] places. Times never decrease
/// along a log, so that everything from the first hit to the end is new.
pub(crate) async fn stored_since(db: &impl ConnectionTrait, heads: &[Head], since: Timestamp) -> Result<Vec<StoredRange>> {
    let logs: FxHashMap<i64, &Arc<Log>> = heads.iter().map(|head| (head.log.no, &head.log)).collect();
    let mut found = Vec::new();
    for chunk in heads.chunks(chunk_rows(db, 2)) {
        let columns = vec![
            ("conv_no", Column::Int(chunk.iter().map(|head| head.log.no).collect())),
            ("max_seq", Column::Int(chunk.iter().map(|head| head.max_seq).collect())),
        ];
        let rows = Sql::new(db, "SELECT m.conv_no AS conv_no, MIN(m.seq) AS first_seq, MAX(m.seq) AS last_seq FROM ")
            .rows(columns)
            .look_up("message", "m", &format!("m.conv_no = d.conv_no AND m.seq > d.max_seq - {RECENT}"))
            .text("WHERE m.stored_at >= ")
            .bind(since.0)
            .text(" GROUP BY m.conv_no")
            .all(db)
            .await?;
        for row in rows {
            if let Some(log) = logs.get(&rows::get::<i64>(&row, "conv_no")?) {
                let (first, last) = (rows::get(&row, "first_seq")?, rows::get(&row, "last_seq")?);
                found.push(StoredRange { conversation_id: log.key.id.clone(), first, last });
            }
        }
    }
    Ok(found)
}
