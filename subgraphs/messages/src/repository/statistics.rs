//! How much was written: counted from the log itself, in a bounded stretch of time.

use openim_core::{Result, Timestamp};
use sea_orm::ConnectionTrait;

use super::rows;
use super::sql::Sql;
use crate::model::{Counted, Stretch, Totals};

/// Milliseconds of a day.
const DAY: i64 = 86_400_000;

/// Who is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    /// Who sends.
    Sender,
    /// The group that is written in.
    Group,
}

impl By {
    fn column(self) -> &'static str {
        match self {
            Self::Sender => "m.sender_id",
            Self::Group => "c.group_id",
        }
    }
}

/// Counts all messages, and who wrote or was written in.
pub(crate) async fn totals(db: &impl ConnectionTrait, by: By, stretch: &Stretch) -> Result<Totals> {
    let start = format!("SELECT COUNT(*) AS messages, COUNT(DISTINCT {}) AS active ", by.column());
    let rows = select(db, &start, by, stretch).all(db).await?;
    let Some(row) = rows.first() else { return Ok(Totals::default()) };
    Ok(Totals { messages: rows::get(row, "messages")?, active: rows::get(row, "active")? })
}

/// Counts the messages of each day that has some, in order.
pub(crate) async fn days(db: &impl ConnectionTrait, by: By, stretch: &Stretch) -> Result<Vec<(Timestamp, i64)>> {
    let start = format!("SELECT m.send_time / {DAY} AS day, COUNT(*) AS count ");
    let rows = select(db, &start, by, stretch).text(" GROUP BY 1 ORDER BY 1").all(db).await?;
    rows.iter().map(|row| Ok((Timestamp(rows::get::<i64>(row, "day")? * DAY), rows::get(row, "count")?))).collect()
}

/// Returns a page of those who wrote or were written in, the most active first, or last.
pub(crate) async fn ranking(
    db: &impl ConnectionTrait,
    by: By,
    stretch: &Stretch,
    ascending: bool,
    offset: i64,
    limit: i64,
) -> Result<Vec<Counted>> {
    let column = by.column();
    let sql = select(db, &format!("SELECT {column} AS id, COUNT(*) AS count "), by, stretch);
    let order = if ascending { "ASC" } else { "DESC" };
    let sql = sql.text(&format!(" GROUP BY {column} ORDER BY COUNT(*) {order}, {column} LIMIT ")).bind(limit).text(" OFFSET ").bind(offset);
    let counted = |row: &sea_orm::QueryResult| Ok(Counted { id: rows::get(row, "id")?, count: rows::get(row, "count")? });
    sql.all(db).await?.iter().map(counted).collect()
}

fn select(db: &impl ConnectionTrait, start: &str, by: By, stretch: &Stretch) -> Sql {
    let kinds = match (by, stretch.groups_too) {
        (By::Group, _) => "(3)",
        (By::Sender, true) => "(1, 3)",
        (By::Sender, false) => "(1)",
    };
    let sql = Sql::new(db, start).text("FROM message m JOIN conversation c ON c.conv_no = m.conv_no WHERE m.send_time >= ");
    let sql = sql.bind(stretch.from.0).text(" AND m.send_time < ").bind(stretch.to.0);
    sql.text(" AND c.kind IN ").text(kinds)
}
