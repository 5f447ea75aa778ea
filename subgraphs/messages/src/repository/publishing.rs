//! How far each log was published: `published_seq` follows `max_seq` lazily, and what stays behind was lost by a crash.

use openim_core::{Result, Timestamp};
use sea_orm::ConnectionTrait;

use super::rows::{self, LOG_COLUMNS};
use super::sql::{Column, Sql};
use crate::model::Head;

/// A log with an unpublished tail, which starts after `published_seq`.
pub(crate) struct Unpublished {
    pub(crate) head: Head,
    pub(crate) published_seq: i64,
}

/// Returns logs whose tail is unpublished and was stored before `before`.
pub(crate) async fn unpublished(db: &impl ConnectionTrait, before: Timestamp, limit: i64) -> Result<Vec<Unpublished>> {
    let rows = Sql::new(db, "SELECT ")
        .text(LOG_COLUMNS)
        .text(", s.max_seq, s.min_seq, s.last_sent_at, s.last_stored_at, s.last_sender, s.published_seq FROM conv_seq s ")
        .look_up("conversation", "c", "c.conv_no = s.conv_no")
        .text("WHERE s.published_seq < s.max_seq AND s.last_stored_at < ")
        .bind(before.0)
        .text(" LIMIT ")
        .bind(limit)
        .all(db)
        .await?;
    rows.iter().map(|row| Ok(Unpublished { head: rows::head(row)?, published_seq: rows::get(row, "published_seq")? })).collect()
}

/// Notes that `first..=last` of these logs (number, first, last; each log once) was published, and returns the logs where
/// that joined on to what was published before. Elsewhere another process still owes the part in between. Rows that a
/// batch holds are left for the next time: a sender never waits for this.
pub(crate) async fn mark_published(db: &impl ConnectionTrait, ranges: &[(i64, i64, i64)]) -> Result<Vec<i64>> {
    let logs: Vec<i64> = ranges.iter().map(|range| range.0).collect();
    let columns = vec![
        ("conv_no", Column::Int(logs.clone())),
        ("first_seq", Column::Int(ranges.iter().map(|range| range.1).collect())),
        ("last_seq", Column::Int(ranges.iter().map(|range| range.2).collect())),
    ];
    let rows = Sql::new(db, "UPDATE conv_seq SET published_seq = f.last_seq FROM (SELECT s.conv_no, d.last_seq FROM ")
        .rows(columns)
        .text("JOIN conv_seq s ON s.conv_no = d.conv_no AND s.published_seq >= d.first_seq - 1 AND s.published_seq < d.last_seq ")
        // What was noted before a commit that then failed is no place of the log.
        .text("AND s.max_seq >= d.last_seq WHERE ")
        .among("s.conv_no", logs.clone())
        .text(" ORDER BY s.conv_no")
        .postgres(" FOR UPDATE OF s SKIP LOCKED")
        .text(") AS f WHERE conv_seq.conv_no = f.conv_no AND ")
        .among("conv_seq.conv_no", logs)
        .text(" RETURNING conv_seq.conv_no AS conv_no")
        .all(db)
        .await?;
    rows.iter().map(|row| rows::get(row, "conv_no")).collect()
}
