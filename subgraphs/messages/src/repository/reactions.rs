//! Reactions: a row for each person, and a count for each emoji that the same transaction keeps.

use openim_core::{Result, Timestamp, UserId};
use sea_orm::ConnectionTrait;

use super::changing::Place;
use super::rows;
use super::sql::{Column, Sql, chunk_rows};
use crate::model::{Log, Reaction};

/// One emoji at one message.
pub(crate) type Kind = (i64, i64, String);

/// The moment before which everything was that is seen by who takes part.
pub(crate) const EVER: Timestamp = Timestamp(i64::MAX);

/// Adds somebody's reaction; tells whether it is new.
pub(crate) async fn add(db: &impl ConnectionTrait, log: &Log, seq: i64, emoji: &str, user: &UserId, at: Timestamp) -> Result<bool> {
    let sql = Sql::new(db, "INSERT INTO message_reaction (conv_no, seq, emoji, user_id, at) VALUES (").bind(log.no).text(", ").bind(seq);
    let sql = sql.text(", ").bind(emoji).text(", ").bind(user.as_str()).text(", ").bind(at.0);
    if sql.text(") ON CONFLICT (conv_no, seq, emoji, user_id) DO NOTHING").run(db).await? == 0 {
        return Ok(false);
    }
    let sql = Sql::new(db, "INSERT INTO reaction_count (conv_no, seq, emoji, count, first_at) VALUES (").bind(log.no).text(", ").bind(seq);
    let sql = sql.text(", ").bind(emoji).text(", 1, ").bind(at.0);
    sql.text(") ON CONFLICT (conv_no, seq, emoji) DO UPDATE SET count = reaction_count.count + 1").run(db).await?;
    Ok(true)
}

/// Removes somebody's reaction; tells whether there was one.
pub(crate) async fn remove(db: &impl ConnectionTrait, log: &Log, seq: i64, emoji: &str, user: &UserId) -> Result<bool> {
    let kind = |text: &str| Sql::new(db, text).bind(log.no).text(" AND seq = ").bind(seq).text(" AND emoji = ").bind(emoji);
    let sql = kind("DELETE FROM message_reaction WHERE conv_no = ").text(" AND user_id = ").bind(user.as_str());
    if sql.run(db).await? == 0 {
        return Ok(false);
    }
    kind("UPDATE reaction_count SET count = count - 1 WHERE conv_no = ").run(db).await?;
    kind("DELETE FROM reaction_count WHERE conv_no = ").text(" AND count <= 0").run(db).await?;
    Ok(true)
}

/// Returns the emojis at these messages in the order in which they were first used, and whether `viewer` is among those
/// who used them; what was added before the moment of each message.
pub(crate) async fn of(db: &impl ConnectionTrait, places: &[(Place, Timestamp)], viewer: &str) -> Result<Vec<(Place, Reaction)>> {
    let mut found = Vec::new();
    for chunk in places.chunks(chunk_rows(db, 4)) {
        let columns = vec![
            ("conv_no", Column::Int(chunk.iter().map(|(place, _)| place.0).collect())),
            ("seq", Column::Int(chunk.iter().map(|(place, _)| place.1).collect())),
            ("left_at", Column::Int(chunk.iter().map(|(_, before)| before.0).collect())),
            ("viewer", Column::Text(vec![viewer.to_owned(); chunk.len()])),
        ];
        let before = "(SELECT COUNT(*) FROM message_reaction r WHERE r.conv_no = d.conv_no AND r.seq = d.seq AND r.emoji = c.emoji AND r.at < d.left_at";
        // Only for who has left it is counted anew.
        let count = format!("CASE WHEN d.left_at = {} THEN c.count ELSE {before}) END", EVER.0);
        let sql =
            Sql::new(db, &format!("SELECT c.conv_no, c.seq, c.emoji, {count} AS count, {before} AND r.user_id = d.viewer) AS own FROM "));
        let sql = sql.rows(columns).look_up("reaction_count", "c", "c.conv_no = d.conv_no AND c.seq = d.seq AND c.first_at < d.left_at");
        for row in sql.text(" ORDER BY c.conv_no, c.seq, c.first_at, c.emoji").all(db).await? {
            let place = (rows::get(&row, "conv_no")?, rows::get(&row, "seq")?);
            let by_viewer = rows::get::<i64>(&row, "own")? > 0;
            let count: i64 = rows::get(&row, "count")?;
            if count > 0 {
                found.push((place, Reaction { emoji: rows::get(&row, "emoji")?, count, by_viewer }));
            }
        }
    }
    Ok(found)
}

/// Returns who used these emojis before the moment of each, in the order of ids, at most `first` for each.
pub(crate) async fn users(db: &impl ConnectionTrait, kinds: &[(Kind, Timestamp)], first: i64) -> Result<Vec<(Kind, UserId)>> {
    let mut found = Vec::new();
    for chunk in kinds.chunks(chunk_rows(db, 4)) {
        let columns = vec![
            ("conv_no", Column::Int(chunk.iter().map(|(kind, _)| kind.0).collect())),
            ("seq", Column::Int(chunk.iter().map(|(kind, _)| kind.1).collect())),
            ("left_at", Column::Int(chunk.iter().map(|(_, before)| before.0).collect())),
            ("emoji", Column::Text(chunk.iter().map(|(kind, _)| kind.2.clone()).collect())),
        ];
        let condition = format!(
            "r.conv_no = d.conv_no AND r.seq = d.seq AND r.emoji = d.emoji AND r.user_id IN (SELECT x.user_id FROM message_reaction x \
             WHERE x.conv_no = d.conv_no AND x.seq = d.seq AND x.emoji = d.emoji AND x.at < d.left_at ORDER BY x.user_id LIMIT {first})"
        );
        let sql = Sql::new(db, "SELECT r.conv_no, r.seq, r.emoji, r.user_id FROM ").rows(columns);
        for row in sql.look_up("message_reaction", "r", &condition).text(" ORDER BY r.user_id").all(db).await? {
            let kind = (rows::get(&row, "conv_no")?, rows::get(&row, "seq")?, rows::get(&row, "emoji")?);
            found.push((kind, UserId::parse(rows::get::<String>(&row, "user_id")?)?));
        }
    }
    Ok(found)
}
