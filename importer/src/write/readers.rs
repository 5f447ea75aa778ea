//! The ends of logs as OpenIM reserved them, and how far readers got.

use std::collections::{BTreeMap, HashMap};

use openim_core::{ConversationKind, UserId};
use openim_entities::conversations::user_conv;
use openim_entities::messages::{conv_seq, conversation};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use super::{Outcome, VALUES, logs};
use crate::Error;
use crate::map::conversations::{Reader, Reserved};
use crate::map::messages::{Parties, parties};

/// OpenIM hands out seqs in blocks of 50 or 100: a position this far behind the last message was still handed out.
const BLOCK: i64 = 150;
/// Columns of a view.
const COLUMNS: usize = 26;

/// Takes over where logs begin. Where they end is known from the messages; a log without any must not hand out again what
/// it had.
pub(super) async fn ends(db: &impl ConnectionTrait, all: Vec<Reserved>, at: i64) -> Result<Outcome, Error> {
    // A conversation may be there more than once.
    let mut merged: BTreeMap<String, Reserved> = BTreeMap::new();
    for one in all {
        let known = merged.entry(one.id.to_string()).or_insert_with(|| one.clone());
        known.max_seq = known.max_seq.max(one.max_seq);
        known.min_seq = known.min_seq.max(one.min_seq);
    }
    let ids: Vec<String> = merged.keys().cloned().collect();
    let mut known = logs::find(db, ids).await?;
    let views = peers(db, merged.values().filter(|one| !known.contains_key(one.id.as_str()))).await?;
    let lacking: Vec<(&Reserved, Parties)> = merged
        .values()
        .filter(|one| one.max_seq > 0 && !known.contains_key(one.id.as_str()))
        .filter_map(|one| Some((one, parties(&one.id, None).or_else(|| views.get(one.id.as_str()).cloned())?)))
        .collect();
    let made: Vec<_> = lacking.iter().map(|(one, parties)| (&one.id, parties)).collect();
    if !made.is_empty() {
        logs::make(db, &made, at).await?;
        known.extend(logs::find(db, made.iter().map(|(id, _)| id.to_string()).collect()).await?);
    }
    let mut ends = logs::ends(db, known.values().map(|log| log.conv_no).collect()).await?;
    let mut changed = Vec::new();
    for one in merged.values() {
        let Some(end) = known.get(one.id.as_str()).and_then(|log| ends.remove(&log.conv_no)) else { continue };
        if end.max_seq > 0 && end.last_stored_at != at {
            continue;
        }
        changed.push(settled(end, one, at));
    }
    logs::write_ends(db, changed).await?;
    Ok(Outcome::default())
}

fn settled(end: conv_seq::Model, reserved: &Reserved, at: i64) -> conv_seq::Model {
    let (max_seq, min_seq) = match end.max_seq {
        0 => (reserved.max_seq, reserved.max_seq.saturating_add(1)),
        max => (max.max(reserved.min_seq - 1), end.min_seq.max(reserved.min_seq)),
    };
    conv_seq::Model { max_seq, min_seq: min_seq.max(1), last_stored_at: at, ..end }
}

/// Finds out from views who logs are for whose ids tell it in two ways.
async fn peers<'a>(db: &impl ConnectionTrait, logs: impl Iterator<Item = &'a Reserved>) -> Result<HashMap<String, Parties>, Error> {
    let ids: Vec<String> = logs.map(|one| one.id.to_string()).collect();
    let views = user_conv::Entity::find().filter(user_conv::Column::ConversationId.is_in(ids)).all(db).await?;
    let pair = |view: user_conv::Model| {
        let (a, b) = (UserId::parse(view.owner_id).ok()?, UserId::parse(view.peer_id).ok()?);
        Some((view.conversation_id, if a <= b { Parties::Pair(a, b) } else { Parties::Pair(b, a) }))
    };
    Ok(views.into_iter().filter_map(pair).collect())
}

/// Takes over how far readers got and what they may see. Somebody without a view has deleted it: it is there again with the
/// next message, and knows what was read.
pub(super) async fn positions(db: &impl ConnectionTrait, all: Vec<Reader>, at: i64) -> Result<Outcome, Error> {
    let mut merged: BTreeMap<(String, String), Reader> = BTreeMap::new();
    for one in all.into_iter().filter(|one| one.id.kind() != ConversationKind::Notification) {
        let known = merged.entry((one.id.to_string(), one.owner.clone())).or_insert_with(|| one.clone());
        known.read_seq = known.read_seq.max(one.read_seq);
        known.min_seq = known.min_seq.max(one.min_seq);
        known.max_seq = known.max_seq.max(one.max_seq);
    }
    let ids: Vec<String> = merged.keys().map(|(id, _)| id.clone()).collect();
    let known = logs::find(db, ids).await?;
    let mut ends = logs::ends(db, known.values().map(|log| log.conv_no).collect()).await?;
    raise(db, &merged, &known, &mut ends, at).await?;
    let rows: Vec<_> = merged
        .values()
        .filter_map(|one| {
            let log = known.get(one.id.as_str())?;
            // A log that was here before is not of this import, nor is what anybody has read of it.
            let end = ends.get(&log.conv_no).filter(|end| end.max_seq == 0 || end.last_stored_at == at)?;
            view(one, log, end, at)
        })
        .collect();
    for chunk in rows.chunks(VALUES / COLUMNS) {
        user_conv::Entity::insert_many(chunk.to_vec()).on_conflict(forward()).exec_without_returning(db).await?;
    }
    Ok(Outcome::default())
}

/// What somebody has read was there, even when the message is missing: its seq is not given to another one.
async fn raise(
    db: &impl ConnectionTrait,
    readers: &BTreeMap<(String, String), Reader>,
    known: &HashMap<String, conversation::Model>,
    ends: &mut HashMap<i64, conv_seq::Model>,
    at: i64,
) -> Result<(), Error> {
    let mut raised: BTreeMap<i64, conv_seq::Model> = BTreeMap::new();
    for one in readers.values() {
        let Some(end) = known.get(one.id.as_str()).and_then(|log| ends.get_mut(&log.conv_no)) else { continue };
        let behind = one.read_seq - end.max_seq;
        if end.last_stored_at == at && (1..=BLOCK).contains(&behind) {
            end.max_seq = one.read_seq;
            raised.insert(end.conv_no, end.clone());
        }
    }
    logs::write_ends(db, raised.into_values().collect()).await
}

fn view(one: &Reader, log: &conversation::Model, end: &conv_seq::Model, at: i64) -> Option<user_conv::ActiveModel> {
    let (a, b) = (log.user_a.as_deref().unwrap_or_default(), log.user_b.as_deref().unwrap_or_default());
    let group = log.group_id.clone().unwrap_or_default();
    let peer = match group.is_empty() {
        false => "",
        true if one.owner == a => b,
        true if one.owner == b => a,
        true => return None,
    };
    let read_seq = one.read_seq.min(end.max_seq);
    Some(user_conv::ActiveModel {
        read_seq: Set(read_seq),
        min_seq: Set(one.min_seq),
        max_seq: Set(one.max_seq),
        read_at: Set(if read_seq > 0 { at } else { 0 }),
        ..deleted(&one.owner, log, peer, &group, end.max_seq, at)
    })
}

/// Makes a view that its owner has deleted.
pub(crate) fn deleted(
    owner: &str,
    log: &conversation::Model,
    peer: &str,
    group: &str,
    deleted_seq: i64,
    at: i64,
) -> user_conv::ActiveModel {
    user_conv::ActiveModel {
        owner_id: Set(owner.to_owned()),
        conversation_id: Set(log.conversation_id.clone()),
        kind: Set(i32::try_from(log.kind).unwrap_or(0)),
        peer_id: Set(peer.to_owned()),
        group_id: Set(group.to_owned()),
        receive_option: Set(0),
        pinned: Set(false),
        private_chat: Set(false),
        burn_duration: Set(0),
        group_at_type: Set(0),
        group_at_at: Set(at),
        attached_info: Set(String::new()),
        ex: Set(String::new()),
        read_seq: Set(0),
        min_seq: Set(0),
        max_seq: Set(0),
        destructing: Set(false),
        destruct_after: Set(0),
        last_destructed_at: Set(0),
        destruct_due_at: Set(0),
        deleted: Set(true),
        deleted_seq: Set(deleted_seq),
        membership_at: Set(if group.is_empty() { 0 } else { at }),
        created_at: Set(at),
        updated_at: Set(at),
        read_at: Set(0),
    }
}

/// A view that is there only moves forward. Its last visible seq is the nearer one of the two that are known.
fn forward() -> OnConflict {
    use user_conv::Column::{ConversationId, MaxSeq, MinSeq, OwnerId, ReadAt, ReadSeq};
    let greater = |column: &str| {
        Expr::cust(format!("CASE WHEN excluded.{column} > user_conv.{column} THEN excluded.{column} ELSE user_conv.{column} END"))
    };
    let nearer = "CASE WHEN excluded.max_seq > 0 AND (user_conv.max_seq = 0 OR excluded.max_seq < user_conv.max_seq) THEN excluded.max_seq ELSE user_conv.max_seq END";
    OnConflict::columns([OwnerId, ConversationId])
        .value(ReadSeq, greater("read_seq"))
        .value(MinSeq, greater("min_seq"))
        .value(ReadAt, greater("read_at"))
        .value(MaxSeq, Expr::cust(nearer))
        .to_owned()
}
