//! Views of conversations, the ends of logs, and how far readers got.

use openim_core::{ConversationId, ConversationKind};
use openim_entities::conversations::user_conv;
use sea_orm::ActiveValue::Set;

use super::{somebody, user};
use crate::value::{Map, Wrong};

/// Reads an owner's view. `at` is the time of the import: marks that are older than it do not count.
pub(crate) fn view(record: &Map, at: i64) -> Result<user_conv::ActiveModel, Wrong> {
    let id = conversation(record, "conversation_id")?;
    if id.kind() == ConversationKind::Notification {
        return Err(Wrong::new("conversation_id is a stream of notifications, nobody's view"));
    }
    let kind = record.one_of("conversation_type", &[1, 3, 4])?;
    if kind != id.kind().session_type() {
        return Err(Wrong::new(format!("conversation_type is {kind}, but {id} is of another kind")));
    }
    let group = id.as_str().split_once('_').map_or("", |(_, group)| group);
    let created_at = record.time("create_time")?;
    let destructing = record.bool("is_msg_destruct")?;
    let destruct_after = record.int("msg_destruct_time")?.max(0);
    Ok(user_conv::ActiveModel {
        owner_id: Set(user(record, "owner_user_id")?),
        kind: Set(kind),
        peer_id: Set(if kind == 3 { String::new() } else { peer(record, &id)? }),
        group_id: Set(if kind == 3 { group.to_owned() } else { String::new() }),
        receive_option: Set(record.one_of("recv_msg_opt", &[0, 1, 2])?),
        pinned: Set(record.bool("is_pinned")?),
        private_chat: Set(record.bool("is_private_chat")?),
        burn_duration: Set(record.small("burn_duration")?),
        group_at_type: Set(record.one_of("group_at_type", &[0, 1, 2, 3, 4])?),
        group_at_at: Set(at),
        attached_info: Set(record.text("attached_info")?),
        ex: Set(record.text("ex")?),
        read_seq: Set(0),
        min_seq: Set(record.int("min_seq")?.max(0)),
        max_seq: Set(record.int("max_seq")?.max(0)),
        destructing: Set(destructing),
        destruct_after: Set(destruct_after),
        last_destructed_at: Set(record.time("latest_msg_destruct_time")?),
        destruct_due_at: Set(if destructing && destruct_after > 0 { at } else { 0 }),
        deleted: Set(false),
        deleted_seq: Set(0),
        // Without a time, the news of entering would be still to come.
        membership_at: Set(if kind == 3 { created_at.max(1) } else { 0 }),
        created_at: Set(created_at),
        updated_at: Set(at),
        read_at: Set(0),
        conversation_id: Set(id.to_string()),
    })
}

/// Reads the other one of two people: from the record, else from the conversation's id.
fn peer(record: &Map, id: &ConversationId) -> Result<String, Wrong> {
    let told = somebody(record, "user_id")?;
    if !told.is_empty() {
        return Ok(told);
    }
    let owner = record.text("owner_user_id")?;
    let pair = id.as_str().split_once('_').map_or("", |(_, pair)| pair);
    let behind = pair.strip_prefix(owner.as_str()).and_then(|rest| rest.strip_prefix('_'));
    let before = pair.strip_suffix(owner.as_str()).and_then(|rest| rest.strip_suffix('_'));
    match behind.or(before).filter(|peer| !peer.is_empty()) {
        Some(peer) => Ok(peer.to_owned()),
        None => Err(Wrong::new("user_id is missing, and conversation_id does not tell it")),
    }
}

/// The end of a log, as it is reserved: OpenIM hands out seqs in blocks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reserved {
    pub(crate) id: ConversationId,
    pub(crate) max_seq: i64,
    pub(crate) min_seq: i64,
}

pub(crate) fn reserved(record: &Map) -> Result<Reserved, Wrong> {
    Ok(Reserved { id: conversation(record, "conversation_id")?, max_seq: seq(record, "max_seq")?, min_seq: seq(record, "min_seq")? })
}

/// How far somebody has read, and what the reader may see; 0 is without limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reader {
    pub(crate) owner: String,
    pub(crate) id: ConversationId,
    pub(crate) min_seq: i64,
    pub(crate) max_seq: i64,
    pub(crate) read_seq: i64,
}

pub(crate) fn reader(record: &Map) -> Result<Reader, Wrong> {
    Ok(Reader {
        owner: user(record, "user_id")?,
        id: conversation(record, "conversation_id")?,
        min_seq: seq(record, "min_seq")?,
        max_seq: seq(record, "max_seq")?,
        read_seq: seq(record, "read_seq")?,
    })
}

fn seq(record: &Map, field: &str) -> Result<i64, Wrong> {
    match record.int(field)? {
        seq @ 0..=MOST => Ok(seq),
        seq => Err(Wrong::new(format!("{field} is {seq}: no log is so long"))),
    }
}

/// No log is longer: a seq beyond was never handed out.
pub(crate) const MOST: i64 = 1 << 50;

fn conversation(record: &Map, field: &str) -> Result<ConversationId, Wrong> {
    ConversationId::parse(record.text(field)?).map_err(|error| Wrong::new(format!("{field}: {error}")))
}
