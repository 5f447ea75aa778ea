//! Which message answers which.

use openim_core::Result;
use rustc_hash::FxHashMap;
use sea_orm::ConnectionTrait;

use super::changing::Place;
use super::rows;
use super::sql::{Column, Sql, chunk_rows};

/// An answer: log, its own seq, and the seq of what it answers.
pub(crate) type Answer = (i64, i64, i64);

/// The last seq of which everything is that is seen by who takes part.
pub(crate) const END: i64 = i64::MAX;

/// A part of a thread: log, answered seq, and the seq after which answers are wanted.
pub(crate) type Part = (i64, i64, i64);

/// Notes answers together with the messages.
pub(crate) async fn add(db: &impl ConnectionTrait, answers: &[Answer]) -> Result<()> {
    for chunk in answers.chunks(chunk_rows(db, 3)) {
        let columns = vec![
            ("conv_no", Column::Int(chunk.iter().map(|answer| answer.0).collect())),
            ("seq", Column::Int(chunk.iter().map(|answer| answer.1).collect())),
            ("root_seq", Column::Int(chunk.iter().map(|answer| answer.2).collect())),
        ];
        let sql = Sql::new(db, "INSERT INTO message_reply (conv_no, root_seq, seq) SELECT d.conv_no, d.root_seq, d.seq FROM ");
        sql.rows(columns).run(db).await?;
    }
    let mut counts: FxHashMap<Place, i64> = FxHashMap::default();
    for (log, _, root) in answers {
        *counts.entry((*log, *root)).or_default() += 1;
    }
    grow(db, counts).await
}

async fn grow(db: &impl ConnectionTrait, counts: FxHashMap<Place, i64>) -> Result<()> {
    let mut counts: Vec<(Place, i64)> = counts.into_iter().collect();
    counts.sort_unstable();
    for chunk in counts.chunks(chunk_rows(db, 3)) {
        let columns = vec![
            ("conv_no", Column::Int(chunk.iter().map(|count| count.0.0).collect())),
            ("root_seq", Column::Int(chunk.iter().map(|count| count.0.1).collect())),
            ("replies", Column::Int(chunk.iter().map(|count| count.1).collect())),
        ];
        Sql::new(db, "INSERT INTO thread (conv_no, root_seq, replies) SELECT d.conv_no, d.root_seq, d.replies FROM ")
            .rows(columns)
            .text("WHERE true ON CONFLICT (conv_no, root_seq) DO UPDATE SET replies = thread.replies + excluded.replies")
            .run(db)
            .await?;
    }
    Ok(())
}

/// Forgets answers that were emptied.
pub(crate) async fn remove(db: &impl ConnectionTrait, log: i64, seqs: &[i64]) -> Result<()> {
    for chunk in seqs.chunks(chunk_rows(db, 2)) {
        let sql = Sql::new(db, "DELETE FROM message_reply WHERE conv_no = ").bind(log).text(" AND ").among("seq", chunk.to_vec());
        let mut counts: FxHashMap<Place, i64> = FxHashMap::default();
        for row in sql.text(" RETURNING root_seq").all(db).await? {
            *counts.entry((log, rows::get(&row, "root_seq")?)).or_default() -= 1;
        }
        grow(db, counts).await?;
    }
    Ok(())
}

/// Returns what these messages answer, by place; those that answer nothing are left out.
pub(crate) async fn roots(db: &impl ConnectionTrait, places: &[Place]) -> Result<FxHashMap<Place, i64>> {
    let places: Vec<_> = places.iter().map(|place| (*place, END)).collect();
    by_place(db, &places, "message_reply", "t.conv_no = d.conv_no AND t.seq = d.seq", "t.root_seq").await
}

/// Returns how many answers these messages have up to the last seq of each, by place; those without any are left out.
pub(crate) async fn counts(db: &impl ConnectionTrait, places: &[(Place, i64)]) -> Result<FxHashMap<Place, i64>> {
    // Only for who has left they are counted anew.
    let counted = format!(
        "CASE WHEN d.last_seq = {END} THEN t.replies ELSE \
         (SELECT COUNT(*) FROM message_reply r WHERE r.conv_no = d.conv_no AND r.root_seq = d.seq AND r.seq <= d.last_seq) END"
    );
    by_place(db, places, "thread", "t.conv_no = d.conv_no AND t.root_seq = d.seq", &counted).await
}

async fn by_place(
    db: &impl ConnectionTrait,
    places: &[(Place, i64)],
    table: &str,
    condition: &str,
    value: &str,
) -> Result<FxHashMap<Place, i64>> {
    let mut found = FxHashMap::default();
    for chunk in places.chunks(chunk_rows(db, 3)) {
        let columns = vec![
            ("conv_no", Column::Int(chunk.iter().map(|(place, _)| place.0).collect())),
            ("seq", Column::Int(chunk.iter().map(|(place, _)| place.1).collect())),
            ("last_seq", Column::Int(chunk.iter().map(|(_, last)| *last).collect())),
        ];
        let sql = Sql::new(db, &format!("SELECT d.conv_no AS conv_no, d.seq AS seq, {value} AS value FROM ")).rows(columns);
        for row in sql.look_up(table, "t", condition).all(db).await? {
            found.insert((rows::get(&row, "conv_no")?, rows::get(&row, "seq")?), rows::get(&row, "value")?);
        }
    }
    Ok(found)
}

/// Returns the seqs of answers in these parts of threads up to the last seq of each, ascending, at most `first` of each.
pub(crate) async fn answers(db: &impl ConnectionTrait, parts: &[(Part, i64)], first: i64) -> Result<Vec<(Part, i64)>> {
    let mut found = Vec::new();
    for chunk in parts.chunks(chunk_rows(db, 4)) {
        let columns = vec![
            ("conv_no", Column::Int(chunk.iter().map(|(part, _)| part.0).collect())),
            ("root_seq", Column::Int(chunk.iter().map(|(part, _)| part.1).collect())),
            ("from_seq", Column::Int(chunk.iter().map(|(part, _)| part.2).collect())),
            ("last_seq", Column::Int(chunk.iter().map(|(_, last)| *last).collect())),
        ];
        let condition = format!(
            "t.conv_no = d.conv_no AND t.root_seq = d.root_seq AND t.seq IN (SELECT x.seq FROM message_reply x \
             WHERE x.conv_no = d.conv_no AND x.root_seq = d.root_seq AND x.seq > d.from_seq AND x.seq <= d.last_seq ORDER BY x.seq LIMIT {first})"
        );
        let sql =
            Sql::new(db, "SELECT d.conv_no AS conv_no, d.root_seq AS root_seq, d.from_seq AS from_seq, t.seq AS seq FROM ").rows(columns);
        for row in sql.look_up("message_reply", "t", &condition).text(" ORDER BY t.seq").all(db).await? {
            let part = (rows::get(&row, "conv_no")?, rows::get(&row, "root_seq")?, rows::get(&row, "from_seq")?);
            found.push((part, rows::get(&row, "seq")?));
        }
    }
    Ok(found)
}
