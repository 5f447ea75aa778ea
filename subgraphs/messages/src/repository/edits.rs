//! Editing: what a message says now lies in its row, what it said before beside it.

use openim_core::{Result, Timestamp};
use sea_orm::ConnectionTrait;

use super::changing::Place;
use super::rows;
use super::sql::{Column, Sql, chunk_rows};
use super::states;
use crate::model::{Edit, Envelope, Log, State};

/// Writes what a message says now.
pub(crate) async fn rewrite(db: &impl ConnectionTrait, log: &Log, seq: i64, envelope: &Envelope, state: &State) -> Result<()> {
    let sql = Sql::new(db, "UPDATE message SET body = ").bind(rows::body(envelope)?).text(", state = ").bind(states::write(state)?);
    sql.text(" WHERE conv_no = ").bind(log.no).text(" AND seq = ").bind(seq).run(db).await?;
    Ok(())
}

/// Keeps what a message said before.
pub(crate) async fn keep(db: &impl ConnectionTrait, log: &Log, seq: i64, version: i64, edit: &Edit) -> Result<()> {
    let sql = Sql::new(db, "INSERT INTO message_edit (conv_no, seq, version, content, written_at) VALUES (").bind(log.no);
    let sql = sql.text(", ").bind(seq).text(", ").bind(version).text(", ").bind(edit.content.as_str()).text(", ");
    sql.bind(edit.written_at.0).text(")").run(db).await?;
    Ok(())
}

/// Returns what these messages said before, oldest first, with their places.
pub(crate) async fn of(db: &impl ConnectionTrait, places: &[Place]) -> Result<Vec<(Place, Edit)>> {
    let mut found = Vec::new();
    for chunk in places.chunks(chunk_rows(db, 2)) {
        let columns = vec![
            ("conv_no", Column::Int(chunk.iter().map(|place| place.0).collect())),
            ("seq", Column::Int(chunk.iter().map(|place| place.1).collect())),
        ];
        let sql = Sql::new(db, "SELECT e.conv_no, e.seq, e.content, e.written_at FROM ").rows(columns);
        let sql = sql.look_up("message_edit", "e", "e.conv_no = d.conv_no AND e.seq = d.seq").text(" ORDER BY e.conv_no, e.seq, e.version");
        for row in sql.all(db).await? {
            let place = (rows::get(&row, "conv_no")?, rows::get(&row, "seq")?);
            found.push((place, Edit { content: rows::get(&row, "content")?, written_at: Timestamp(rows::get(&row, "written_at")?) }));
        }
    }
    Ok(found)
}
