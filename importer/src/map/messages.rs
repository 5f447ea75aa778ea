//! Messages: a record holds a hundred places of a log, some of them empty.

use openim_contracts::{Envelope, OfflinePush};
use openim_core::{ClientMessageId, ConversationId, ConversationKind, GroupId, Timestamp, UserId};
use openim_messages::stored::{self, Withdrawn};

use super::conversations::MOST;
use crate::value::{Map, Value, Wrong};

/// Places of a record.
const PLACES: i64 = 100;
/// Characters of a server id that fit.
const SERVER_ID: usize = 128;

/// Who a log is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Parties {
    /// Two people, in id order.
    Pair(UserId, UserId),
    Group(GroupId),
}

/// What a record holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Block {
    pub(crate) id: ConversationId,
    /// Who the log is for; `None` when nothing in the record tells.
    pub(crate) parties: Option<Parties>,
    pub(crate) messages: Vec<Message>,
    /// Places that cannot be read, with the reasons.
    pub(crate) damaged: Vec<String>,
}

/// A message with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) seq: i64,
    pub(crate) sender: String,
    pub(crate) client_id: String,
    pub(crate) server_id: String,
    pub(crate) sent_at: i64,
    pub(crate) created_at: i64,
    pub(crate) content_type: i32,
    pub(crate) body: Vec<u8>,
    pub(crate) state: Option<Vec<u8>>,
    /// Who has deleted it for themselves.
    pub(crate) hidden_from: Vec<String>,
}

/// Reads a record.
pub(crate) fn block(record: &Map) -> Result<Block, Wrong> {
    let name = record.text("doc_id")?;
    let (id, number) = name.rsplit_once(':').ok_or_else(|| Wrong::new(format!("doc_id {name:?} names no block")))?;
    let id = ConversationId::parse(id).map_err(|error| Wrong::new(format!("doc_id {name:?}: {error}")))?;
    let number: i64 = number.parse().map_err(|_| Wrong::new(format!("doc_id {name:?} names no block")))?;
    if !(0..=MOST / PLACES).contains(&number) {
        return Err(Wrong::new(format!("doc_id {name:?}: no log is so long")));
    }
    let mut block = Block { parties: parties(&id, None), id, messages: Vec::new(), damaged: Vec::new() };
    for (place, slot) in record.list("msgs")?.iter().enumerate() {
        let seq = i64::try_from(place).map_or(MOST, |place| number * PLACES + place + 1);
        if place >= 100 {
            return Err(Wrong::new("msgs has more than 100 places"));
        }
        match slot {
            Value::Null => {}
            Value::Map(slot) => match one(&mut block, slot, seq) {
                Ok(message) => block.messages.extend(message),
                Err(wrong) => block.damaged.push(format!("seq {seq}: {wrong}")),
            },
            _ => block.damaged.push(format!("seq {seq}: this is no message")),
        }
    }
    Ok(block)
}

fn one(block: &mut Block, slot: &Map, seq: i64) -> Result<Option<Message>, Wrong> {
    let Some(message) = slot.map("msg")? else { return Ok(None) };
    let told = message.int("seq")?;
    if told != 0 && told != seq {
        return Err(Wrong::new(format!("the message says that its seq is {told}")));
    }
    let envelope = envelope(message, &block.id, seq)?;
    if block.parties.is_none() {
        block.parties = parties(&block.id, Some(&envelope));
    }
    let state = slot.map("revoke")?.map(withdrawn).transpose()?.flatten();
    let hidden_from = slot.texts("del_list")?.into_iter().filter(|user| UserId::parse(user.as_str()).is_ok()).collect();
    Ok(Some(Message {
        seq,
        sender: envelope.sender.to_string(),
        client_id: envelope.client_id.to_string(),
        server_id: envelope.server_id.clone(),
        sent_at: envelope.sent_at.0,
        created_at: envelope.created_at.0,
        content_type: envelope.content_type,
        body: stored::body(&envelope)?,
        state: state.map(|state| stored::state(&state)).transpose()?,
        hidden_from,
    }))
}

fn envelope(message: &Map, id: &ConversationId, seq: i64) -> Result<Envelope, Wrong> {
    let user = |field: &str| message.text(field).and_then(|id| UserId::parse(id).map_err(|error| Wrong::new(format!("{field}: {error}"))));
    let group = GroupId::parse(message.text("group_id")?).ok();
    let client_id = match message.text("client_msg_id")? {
        // Clients need something to know a message by.
        none if none.is_empty() => format!("{id}:{seq}"),
        id => id,
    };
    let push = message.map("offline_push")?.map(offline_push).transpose()?.filter(|push| *push != OfflinePush::default());
    Ok(Envelope {
        server_id: message.short("server_msg_id", SERVER_ID)?,
        client_id: ClientMessageId::parse(client_id).map_err(|error| Wrong::new(format!("client_msg_id: {error}")))?,
        sender: user("send_id")?,
        // In a notification of a group the receiver is the group.
        receiver: UserId::parse(message.text("recv_id")?).ok(),
        group,
        platform: message.small("sender_platform_id")?,
        nickname: message.raw_text("sender_nickname")?.to_owned(),
        face_url: message.raw_text("sender_face_url")?.to_owned(),
        session_type: message.small("session_type")?,
        source: message.small("msg_from")?,
        content_type: message.small("content_type")?,
        content: message.raw_text("content")?.to_owned(),
        sent_at: Timestamp(moment(message, "send_time")?),
        created_at: Timestamp(moment(message, "create_time")?),
        at_user_ids: message.texts("at_user_id_list")?,
        attached_info: message.raw_text("attached_info")?.to_owned(),
        ex: message.raw_text("ex")?.to_owned(),
        options: options(message)?,
        offline_push: push,
    })
}

/// Messages keep their times as numbers of milliseconds.
fn moment(message: &Map, field: &str) -> Result<i64, Wrong> {
    match message.get(field) {
        Some(Value::Time(_)) => message.time(field),
        _ => Ok(message.int(field)?.max(0)),
    }
}

fn options(message: &Map) -> Result<Vec<(String, bool)>, Wrong> {
    let Some(map) = message.map("options")? else { return Ok(Vec::new()) };
    let option = |(name, value): &(String, Value)| match value {
        Value::Bool(value) => Ok((name.clone(), *value)),
        _ => Err(Wrong::new(format!("options.{name} is not true or false"))),
    };
    map.entries().iter().map(option).collect()
}

fn offline_push(push: &Map) -> Result<OfflinePush, Wrong> {
    Ok(OfflinePush {
        title: push.raw_text("title")?.to_owned(),
        description: push.raw_text("desc")?.to_owned(),
        ex: push.raw_text("ex")?.to_owned(),
        ios_sound: push.raw_text("ios_push_sound")?.to_owned(),
        ios_badge_count: push.bool("ios_badge_count")?,
        signal_info: String::new(),
    })
}

fn withdrawn(revoke: &Map) -> Result<Option<Withdrawn>, Wrong> {
    let user = revoke.text("user_id")?;
    if user.is_empty() {
        return Ok(None);
    }
    Ok(Some(Withdrawn {
        by: UserId::parse(user).map_err(|error| Wrong::new(format!("revoke.user_id: {error}")))?,
        role: revoke.small("role")?,
        nickname: revoke.raw_text("nickname")?.to_owned(),
        at: Timestamp(moment(revoke, "time")?),
    }))
}

/// Tells who a log is for: from its id where that can be read in one way, else from a message in it.
pub(crate) fn parties(id: &ConversationId, message: Option<&Envelope>) -> Option<Parties> {
    let (_, rest) = id.as_str().split_once('_')?;
    if id.kind() == ConversationKind::Group {
        return GroupId::parse(rest).ok().map(Parties::Group);
    }
    if let Some(message) = message {
        let told = message.group.as_ref().map(GroupId::as_str).or(message.receiver.as_ref().map(UserId::as_str));
        if id.kind() == ConversationKind::Notification && told == Some(rest) {
            return GroupId::parse(rest).ok().map(Parties::Group);
        }
        let pair = message.receiver.as_ref().map(|receiver| in_order(message.sender.clone(), receiver.clone()));
        return pair
            .filter(|(a, b)| rest.strip_prefix(a.as_str()).and_then(|rest| rest.strip_prefix('_')) == Some(b.as_str()))
            .map(pair_of);
    }
    if id.kind() == ConversationKind::Notification && !rest.contains('_') {
        return GroupId::parse(rest).ok().map(Parties::Group);
    }
    let halves = rest.match_indices('_').filter_map(|(place, _)| {
        let (a, b) = (UserId::parse(rest.get(..place)?).ok()?, UserId::parse(rest.get(place + 1..)?).ok()?);
        (a <= b).then_some((a, b))
    });
    match halves.collect::<Vec<_>>().as_slice() {
        [pair] if !(id.kind() == ConversationKind::Notification && rest.matches('_').count() > 1) => Some(pair_of(pair.clone())),
        _ => None,
    }
}

fn in_order(a: UserId, b: UserId) -> (UserId, UserId) {
    if a <= b { (a, b) } else { (b, a) }
}

fn pair_of((a, b): (UserId, UserId)) -> Parties {
    Parties::Pair(a, b)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(id: &str) -> Option<Parties> {
        parties(&ConversationId::parse(id).expect("an id"), None)
    }

    fn pair(a: &str, b: &str) -> Option<Parties> {
        Some(Parties::Pair(UserId::parse(a).expect("an id"), UserId::parse(b).expect("an id")))
    }

    #[test]
    fn who_a_log_is_for_is_read_where_only_one_reading_is_possible() {
        assert_eq!(of("si_ann_bob"), pair("ann", "bob"));
        assert_eq!(of("n_ann_ann"), pair("ann", "ann"));
        assert!(matches!(of("n_3100"), Some(Parties::Group(group)) if group.as_str() == "3100"));
        assert!(matches!(of("sg_a_b"), Some(Parties::Group(group)) if group.as_str() == "a_b"));
        assert_eq!(of("si_a_b_c"), None, "a_b and c, or a and b_c");
    }
}
