//! Between rows and model types.

use std::sync::Arc;

use openim_core::{ClientMessageId, ConversationId, ConversationKind, Error, ErrorCode, GroupId, Result, Seq, Timestamp, UserId};
use openim_platform::store::db_error;
use sea_orm::{QueryResult, TryGetable};
use serde::{Deserialize, Serialize};

use super::states;
use crate::model::{Envelope, Head, Log, LogKey, Message, OfflinePush, Parties, State};
use crate::tips;

/// A part of a log.
#[derive(Debug, Clone)]
pub(crate) struct Range {
    pub(crate) log: Arc<Log>,
    pub(crate) first: i64,
    pub(crate) last: i64,
}

/// The columns that [`message`] reads, of the table `m`.
pub(super) const MESSAGE_COLUMNS: &str = "m.conv_no, m.seq, m.sender_id, m.client_msg_id, m.server_msg_id, m.send_time, m.create_time, m.stored_at, m.content_type, m.body, m.state";

/// The columns that [`log`] reads, of the table `c`.
pub(super) const LOG_COLUMNS: &str = "c.conv_no, c.conversation_id, c.kind, c.user_a, c.user_b, c.group_id";

/// Everything of a message that no statement looks at. Keys are short because every row repeats them; a key's meaning
/// never changes, new ones are added with defaults.
#[derive(Default, Serialize, Deserialize)]
struct Body {
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    receiver: Option<UserId>,
    #[serde(rename = "g", default, skip_serializing_if = "Option::is_none")]
    group: Option<GroupId>,
    #[serde(rename = "p")]
    platform: i32,
    #[serde(rename = "n", default, skip_serializing_if = "String::is_empty")]
    nickname: String,
    #[serde(rename = "f", default, skip_serializing_if = "String::is_empty")]
    face_url: String,
    #[serde(rename = "s")]
    session_type: i32,
    #[serde(rename = "m")]
    source: i32,
    #[serde(rename = "c")]
    content: String,
    #[serde(rename = "a", default, skip_serializing_if = "Vec::is_empty")]
    at_user_ids: Vec<String>,
    #[serde(rename = "i", default, skip_serializing_if = "String::is_empty")]
    attached_info: String,
    #[serde(rename = "x", default, skip_serializing_if = "String::is_empty")]
    ex: String,
    #[serde(rename = "o", default, skip_serializing_if = "Vec::is_empty")]
    options: Vec<(String, bool)>,
    #[serde(rename = "u", default, skip_serializing_if = "Option::is_none")]
    offline_push: Option<OfflinePush>,
}

/// The same, borrowed: what a commit writes is not copied first.
#[derive(Serialize)]
struct BodyRef<'a> {
    #[serde(rename = "r", skip_serializing_if = "Option::is_none")]
    receiver: Option<&'a UserId>,
    #[serde(rename = "g", skip_serializing_if = "Option::is_none")]
    group: Option<&'a GroupId>,
    #[serde(rename = "p")]
    platform: i32,
    #[serde(rename = "n", skip_serializing_if = "str::is_empty")]
    nickname: &'a str,
    #[serde(rename = "f", skip_serializing_if = "str::is_empty")]
    face_url: &'a str,
    #[serde(rename = "s")]
    session_type: i32,
    #[serde(rename = "m")]
    source: i32,
    #[serde(rename = "c")]
    content: &'a str,
    #[serde(rename = "a", skip_serializing_if = "<[_]>::is_empty")]
    at_user_ids: &'a [String],
    #[serde(rename = "i", skip_serializing_if = "str::is_empty")]
    attached_info: &'a str,
    #[serde(rename = "x", skip_serializing_if = "str::is_empty")]
    ex: &'a str,
    #[serde(rename = "o", skip_serializing_if = "<[_]>::is_empty")]
    options: &'a [(String, bool)],
    #[serde(rename = "u", skip_serializing_if = "Option::is_none")]
    offline_push: Option<&'a OfflinePush>,
}

/// Writes what goes into the `body` column.
pub(crate) fn body(envelope: &Envelope) -> Result<Vec<u8>> {
    serde_json::to_vec(&BodyRef {
        receiver: envelope.receiver.as_ref(),
        group: envelope.group.as_ref(),
        platform: envelope.platform,
        nickname: &envelope.nickname,
        face_url: &envelope.face_url,
        session_type: envelope.session_type,
        source: envelope.source,
        content: &envelope.content,
        at_user_ids: &envelope.at_user_ids,
        attached_info: &envelope.attached_info,
        ex: &envelope.ex,
        options: &envelope.options,
        offline_push: envelope.offline_push.as_ref(),
    })
    .map_err(Error::internal)
}

/// Reads one column.
pub(super) fn get<T: TryGetable>(row: &QueryResult, column: &str) -> Result<T> {
    row.try_get("", column).map_err(db_error)
}

/// Reads a row of three numbers, by place: what every commit reads for every log does not look names up.
pub(super) fn triple(row: &QueryResult) -> Result<(i64, i64, i64)> {
    let number = |place| row.try_get_by_index::<i64>(place).map_err(db_error);
    Ok((number(0)?, number(1)?, number(2)?))
}

/// Reads a message as it is shown; the row does not hold the conversation's id.
pub(super) fn message(row: &QueryResult, conversation_id: &ConversationId) -> Result<Message> {
    let (message, envelope) = parts(row, conversation_id)?;
    let envelope = match &message.state.revoked {
        Some(revocation) => tips::revoked(envelope, message.seq, revocation)?,
        None => envelope,
    };
    Ok(message.with(envelope))
}

/// Reads a message as it was sent, or last edited, even when it was revoked.
pub(super) fn original(row: &QueryResult, conversation_id: &ConversationId) -> Result<Message> {
    let (message, envelope) = parts(row, conversation_id)?;
    Ok(message.with(envelope))
}

/// A message without its envelope.
struct Bare {
    conversation_id: ConversationId,
    seq: Seq,
    stored_at: Timestamp,
    state: State,
}

impl Bare {
    fn with(self, envelope: Envelope) -> Message {
        let Self { conversation_id, seq, stored_at, state } = self;
        Message { conversation_id, seq, stored_at, envelope: Arc::new(envelope), state }
    }
}

fn parts(row: &QueryResult, conversation_id: &ConversationId) -> Result<(Bare, Envelope)> {
    let text: Vec<u8> = get(row, "body")?;
    let emptied = text.is_empty();
    let body: Body = if emptied {
        Body::default()
    } else {
        serde_json::from_slice(&text).map_err(|error| Error::new(ErrorCode::Data, "a stored message cannot be read").with_source(error))?
    };
    let bare = Bare {
        conversation_id: conversation_id.clone(),
        seq: Seq(get(row, "seq")?),
        stored_at: Timestamp(get(row, "stored_at")?),
        state: State { emptied, ..states::read(get::<Option<Vec<u8>>>(row, "state")?)? },
    };
    let envelope = Envelope {
        server_id: get(row, "server_msg_id")?,
        client_id: ClientMessageId::parse(get::<String>(row, "client_msg_id")?)?,
        sender: UserId::parse(get::<String>(row, "sender_id")?)?,
        receiver: body.receiver,
        group: body.group,
        platform: body.platform,
        nickname: body.nickname,
        face_url: body.face_url,
        session_type: body.session_type,
        source: body.source,
        content_type: i32::try_from(get::<i64>(row, "content_type")?).unwrap_or(0),
        content: body.content,
        sent_at: Timestamp(get(row, "send_time")?),
        created_at: Timestamp(get(row, "create_time")?),
        at_user_ids: body.at_user_ids,
        attached_info: body.attached_info,
        ex: body.ex,
        options: body.options,
        offline_push: body.offline_push,
    };
    Ok((bare, envelope))
}

/// Reads a log.
pub(super) fn log(row: &QueryResult) -> Result<Log> {
    let id = ConversationId::parse(get::<String>(row, "conversation_id")?)?;
    let group: Option<String> = get(row, "group_id")?;
    let parties = match group {
        Some(group) => Parties::Group(GroupId::parse(group)?),
        None => Parties::Pair(UserId::parse(get::<String>(row, "user_a")?)?, UserId::parse(get::<String>(row, "user_b")?)?),
    };
    let kind = kind_of(get(row, "kind")?)?;
    Ok(Log { no: get(row, "conv_no")?, key: LogKey { id, kind, parties } })
}

/// Reads a log's end; the row also has the columns of [`log`].
pub(super) fn head(row: &QueryResult) -> Result<Head> {
    let last_sender: Option<String> = get(row, "last_sender")?;
    Ok(Head {
        log: Arc::new(log(row)?),
        max_seq: get(row, "max_seq")?,
        min_seq: get(row, "min_seq")?,
        last_sent_at: Timestamp(get(row, "last_sent_at")?),
        last_stored_at: Timestamp(get(row, "last_stored_at")?),
        last_sender: last_sender.map(UserId::parse).transpose()?,
    })
}

/// Returns the number that stands for a kind: OpenIM's session type, 0 for notification streams.
pub(super) fn kind_number(kind: ConversationKind) -> i64 {
    i64::from(kind.session_type())
}

fn kind_of(number: i64) -> Result<ConversationKind> {
    [ConversationKind::Single, ConversationKind::Group, ConversationKind::System, ConversationKind::Notification]
        .into_iter()
        .find(|kind| kind_number(*kind) == number)
        .ok_or_else(|| Error::new(ErrorCode::Data, "a stored conversation has an unknown kind"))
}
