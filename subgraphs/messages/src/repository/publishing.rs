//! What is to be published: a note that each commit leaves with its messages, deleted once their signals are out. What
//! stays was left behind by a crash. One small row a commit, whatever the number of its logs; nobody waits for it.

use openim_core::{Error, ErrorCode, IdSource, Result, Timestamp};
use sea_orm::ConnectionTrait;

use super::rows;
use super::sql::Sql;

/// A log's number, the first and the last seq.
pub(crate) type SeqRange = (i64, i64, i64);

/// Returns the id of a new note, of which there are never many.
pub(crate) fn fresh_note(ids: &dyn IdSource) -> i64 {
    let mut bytes = [0_u8; 8];
    ids.fill(&mut bytes);
    i64::from_be_bytes(bytes) & i64::MAX
}

/// Notes that these ranges are to be published.
pub(crate) async fn owe(db: &impl ConnectionTrait, note: i64, at: Timestamp, ranges: &[SeqRange]) -> Result<()> {
    let ranges = serde_json::to_vec(ranges).map_err(Error::internal)?;
    let sql = Sql::new(db, "INSERT INTO unpublished (id, stored_at, ranges) VALUES (").bind(note).text(", ").bind(at.0);
    sql.text(", ").bind(ranges).text(")").run(db).await?;
    Ok(())
}

/// Deletes notes.
pub(crate) async fn settle(db: &impl ConnectionTrait, notes: &[i64]) -> Result<()> {
    Sql::new(db, "DELETE FROM unpublished WHERE ").among("id", notes.to_vec()).run(db).await?;
    Ok(())
}

/// Returns the ids of the oldest notes.
pub(crate) async fn owed(db: &impl ConnectionTrait, limit: i64) -> Result<Vec<i64>> {
    let sql = Sql::new(db, "SELECT id FROM unpublished ORDER BY stored_at, id LIMIT ").bind(limit);
    sql.all(db).await?.iter().map(|row| rows::get(row, "id")).collect()
}

/// Returns what notes say; those that are gone say nothing.
pub(crate) async fn ranges(db: &impl ConnectionTrait, notes: &[i64]) -> Result<Vec<SeqRange>> {
    let found = Sql::new(db, "SELECT ranges FROM unpublished WHERE ").among("id", notes.to_vec()).all(db).await?;
    let mut all = Vec::new();
    for row in &found {
        let ranges: Vec<u8> = rows::get(row, "ranges")?;
        let ranges: Vec<SeqRange> = serde_json::from_slice(&ranges)
            .map_err(|error| Error::new(ErrorCode::Data, "a note of what is to be published cannot be read").with_source(error))?;
        all.extend(ranges);
    }
    Ok(all)
}
