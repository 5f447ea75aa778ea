//! What other domains need of a log's beginning: what is old in it, and moving it for everybody.

use openim_contracts::StoredBefore;
use openim_core::Result;
use sea_orm::ConnectionTrait;

use super::rows;
use super::sql::{Column, Sql, chunk_rows};

/// Returns for each question the last place stored before its moment, at or after its first place; 0 for none, in the order
/// asked. Times never decrease along a log: from the first place only what became old since is looked at.
pub(crate) async fn last_before(db: &impl ConnectionTrait, asked: &[StoredBefore]) -> Result<Vec<i64>> {
    let mut found = vec![0; asked.len()];
    let mut done = 0;
    for chunk in asked.chunks(chunk_rows(db, 4)) {
        let number = |place: usize| i64::try_from(place).unwrap_or(i64::MAX);
        let columns = vec![
            ("place", Column::Int((0..chunk.len()).map(number).collect())),
            ("id", Column::Text(chunk.iter().map(|asked| asked.conversation_id.to_string()).collect())),
            ("first_seq", Column::Int(chunk.iter().map(|asked| asked.from).collect())),
            ("moment", Column::Int(chunk.iter().map(|asked| asked.moment.0).collect())),
        ];
        let fresh = "(SELECT m.seq FROM message m WHERE m.conv_no = c.conv_no AND m.seq >= d.first_seq AND m.stored_at >= d.moment ORDER BY m.seq LIMIT 1)";
        let sql = Sql::new(db, &format!("SELECT d.place AS place, s.max_seq AS max_seq, {fresh} AS fresh FROM ")).rows(columns);
        let sql = sql.look_up("conversation", "c", "c.conversation_id = d.id").look_up("conv_seq", "s", "s.conv_no = c.conv_no");
        for row in sql.all(db).await? {
            let fresh: Option<i64> = rows::get(&row, "fresh")?;
            let last = fresh.map_or(rows::get::<i64>(&row, "max_seq")?, |fresh| fresh - 1);
            let place = usize::try_from(rows::get::<i64>(&row, "place")?).unwrap_or(usize::MAX);
            if let Some(slot) = found.get_mut(done + place) {
                *slot = last;
            }
        }
        done += chunk.len();
    }
    Ok(found)
}

/// Moves the beginning of a log behind a seq, never back; tells whether it moved.
pub(crate) async fn begin_after(db: &impl ConnectionTrait, log: i64, seq: i64) -> Result<bool> {
    let sql = Sql::new(db, "UPDATE conv_seq SET min_seq = ").bind(seq.saturating_add(1)).text(" WHERE conv_no = ").bind(log);
    Ok(sql.text(" AND min_seq <= ").bind(seq).run(db).await? > 0)
}
