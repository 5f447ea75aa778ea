//! Messages into their places.

use std::collections::{BTreeMap, HashMap, HashSet};

use openim_entities::messages::{conv_seq, message, message_hidden};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};

use super::{Outcome, VALUES, insert, logs};
use crate::Error;
use crate::map::messages::{Block, Message};
use crate::source::{Damage, Place};

/// Columns of a message.
const COLUMNS: usize = 11;
/// Characters of a client's id that a second id is made of.
const KEPT: usize = 64;

/// Writes blocks of messages.
pub(super) async fn write(db: &impl ConnectionTrait, blocks: Vec<(Place, Block)>, at: i64) -> Result<Outcome, Error> {
    let mut outcome = Outcome::default();
    let numbers = numbers(db, &blocks, at, &mut outcome).await?;
    let mut ends = logs::ends(db, numbers.values().copied().collect()).await?;
    let mut rows = Vec::new();
    let mut hidden = Vec::new();
    let mut touched: BTreeMap<i64, conv_seq::Model> = BTreeMap::new();
    for (place, block) in blocks {
        let Some(number) = numbers.get(block.id.as_str()).copied() else { continue };
        let Some(end) = ends.get_mut(&number) else { continue };
        if end.max_seq > 0 && end.last_stored_at != at {
            let reason = format!("{} has messages here already: its log stays as it is", block.id);
            outcome.refused.push(Damage { place, reason });
            continue;
        }
        for message in block.messages {
            grow(end, &message, at);
            hidden.extend(message.hidden_from.iter().map(|user| message_hidden::ActiveModel {
                user_id: Set(user.clone()),
                conv_no: Set(number),
                seq: Set(message.seq),
            }));
            rows.push(row(number, message, at));
        }
        touched.insert(number, end.clone());
    }
    outcome.written = place_all(db, rows).await?;
    insert(db, hidden).await?;
    logs::write_ends(db, touched.into_values().collect()).await?;
    Ok(outcome)
}

/// Finds or makes the logs of some blocks, and returns their numbers.
async fn numbers(
    db: &impl ConnectionTrait,
    blocks: &[(Place, Block)],
    at: i64,
    outcome: &mut Outcome,
) -> Result<HashMap<String, i64>, Error> {
    let ids: HashSet<String> =
        blocks.iter().filter(|(_, block)| !block.messages.is_empty()).map(|(_, block)| block.id.to_string()).collect();
    let mut known = logs::find(db, ids.iter().cloned().collect()).await?;
    let missing: Vec<_> = blocks
        .iter()
        .filter(|(_, block)| !block.messages.is_empty() && !known.contains_key(block.id.as_str()))
        .filter_map(|(place, block)| {
            if block.parties.is_none() {
                let reason = format!("nobody can tell whose log {} is: no message in it fits its id", block.id);
                outcome.refused.push(Damage { place: *place, reason });
            }
            Some((&block.id, block.parties.as_ref()?))
        })
        .collect();
    if !missing.is_empty() {
        logs::make(db, &missing, at).await?;
        known.extend(logs::find(db, missing.iter().map(|(id, _)| id.to_string()).collect()).await?);
    }
    Ok(known.into_iter().map(|(id, log)| (id, log.conv_no)).collect())
}

/// Moves the end of a log; blocks come in any order.
fn grow(end: &mut conv_seq::Model, message: &Message, at: i64) {
    end.last_stored_at = at;
    if message.seq > end.max_seq {
        end.max_seq = message.seq;
        end.last_sent_at = message.sent_at;
        end.last_sender = Some(message.sender.clone());
    }
}

/// Makes the row of a message.
pub(crate) fn row(conv_no: i64, message: Message, at: i64) -> message::ActiveModel {
    message::ActiveModel {
        conv_no: Set(conv_no),
        seq: Set(message.seq),
        sender_id: Set(message.sender),
        client_msg_id: Set(message.client_id),
        server_msg_id: Set(message.server_id),
        send_time: Set(message.sent_at),
        create_time: Set(message.created_at),
        stored_at: Set(at),
        content_type: Set(message.content_type.into()),
        body: Set(message.body),
        state: Set(message.state),
    }
}

/// Inserts messages. OpenIM stored what was sent twice under one id twice: the second one gets another id here, so that its
/// place is not empty.
async fn place_all(db: &impl ConnectionTrait, rows: Vec<message::ActiveModel>) -> Result<u64, Error> {
    let mut written = 0;
    for chunk in rows.chunks(VALUES / COLUMNS) {
        // Either of the two unique keys.
        let kept = OnConflict::new().do_nothing().to_owned();
        let fresh = message::Entity::insert_many(chunk.to_vec()).on_conflict(kept).exec_without_returning(db).await?;
        written += fresh;
        if fresh < u64::try_from(chunk.len()).unwrap_or(u64::MAX) {
            written += insert(db, homeless(db, chunk).await?).await?;
        }
    }
    Ok(written)
}

/// Returns the messages whose places are still empty, each with an id of its own.
async fn homeless(db: &impl ConnectionTrait, rows: &[message::ActiveModel]) -> Result<Vec<message::ActiveModel>, Error> {
    let mut wanted: BTreeMap<i64, Vec<&message::ActiveModel>> = BTreeMap::new();
    for row in rows {
        wanted.entry(row.conv_no.try_as_ref().copied().unwrap_or(0)).or_default().push(row);
    }
    let mut homeless = Vec::new();
    for (log, rows) in wanted {
        let seq = |row: &message::ActiveModel| row.seq.try_as_ref().copied().unwrap_or(0);
        let there = message::Entity::find()
            .select_only()
            .column(message::Column::Seq)
            .filter(message::Column::ConvNo.eq(log))
            .filter(message::Column::Seq.is_in(rows.iter().map(|row| seq(row)).collect::<Vec<_>>()))
            .into_tuple::<i64>()
            .all(db)
            .await?;
        let there: HashSet<i64> = there.into_iter().collect();
        for row in rows.into_iter().filter(|row| !there.contains(&seq(row))) {
            let id = row.client_msg_id.try_as_ref().map_or("", String::as_str);
            let second: String = id.chars().take(KEPT).chain(format!("~{log}~{}", seq(row)).chars()).collect();
            homeless.push(message::ActiveModel { client_msg_id: Set(second), ..row.clone() });
        }
    }
    Ok(homeless)
}
