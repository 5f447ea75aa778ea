//! Of notifications that are not stored, when each kind was last given: one row a stream and content type.

use openim_core::{ConversationId, Result, Timestamp};
use sea_orm::ConnectionTrait;

use super::rows;
use super::sql::{Column, Sql, chunk_rows};

/// Notes that a notification was given in these streams, each once.
pub(crate) async fn mark(db: &impl ConnectionTrait, streams: &[ConversationId], content_type: i32, at: Timestamp) -> Result<()> {
    let mut streams: Vec<String> = streams.iter().map(ToString::to_string).collect();
    // In key order: two writers that touch the same rows wait for each other instead of deadlocking.
    streams.sort_unstable();
    streams.dedup();
    for chunk in streams.chunks(chunk_rows(db, 3)) {
        let columns = vec![
            ("stream", Column::Text(chunk.to_vec())),
            ("content_type", Column::Int(vec![i64::from(content_type); chunk.len()])),
            ("at", Column::Int(vec![at.0; chunk.len()])),
        ];
        Sql::new(db, "INSERT INTO announced (stream, content_type, at) SELECT d.stream, d.content_type, d.at FROM ")
            .rows(columns)
            .text("WHERE true ON CONFLICT (stream, content_type) DO UPDATE SET at = excluded.at")
            .run(db)
            .await?;
    }
    Ok(())
}

/// Returns what was given in these streams at or after `since`, by stream and content type.
pub(crate) async fn since(db: &impl ConnectionTrait, streams: &[ConversationId], since: Timestamp) -> Result<Vec<(ConversationId, i32)>> {
    let mut found = Vec::new();
    for chunk in streams.chunks(chunk_rows(db, 2)) {
        let rows = Sql::new(db, "SELECT a.stream, a.content_type FROM ")
            .rows(vec![("stream", Column::Text(chunk.iter().map(ToString::to_string).collect()))])
            .look_up("announced", "a", "a.stream = d.stream")
            .text("WHERE a.at >= ")
            .bind(since.0)
            .all(db)
            .await?;
        for row in rows {
            let stream = ConversationId::parse(rows::get::<String>(&row, "stream")?)?;
            found.push((stream, i32::try_from(rows::get::<i64>(&row, "content_type")?).unwrap_or(0)));
        }
    }
    found.sort_unstable();
    Ok(found)
}
