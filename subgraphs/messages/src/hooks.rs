//! What the application's own server is asked and told about messages: OpenIM's callbacks, with their keys. Notifications,
//! typing and system notices are nobody's business there.

mod revoking;

use std::collections::BTreeMap;

use openim_core::{ConversationKind, Ctx, Error, Result};
use openim_platform::webhooks::{Accepted, Command, Prepared, ReplyKey, Webhooks, commands};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::model::{Change, Envelope, OfflinePush};

pub(crate) use revoking::after_revoked;

/// OpenIM's status of a message on its way, and of a stored one.
const SENDING: i32 = 1;
const SENT: i32 = 2;

/// The body of every message hook.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Payload<'a> {
    #[serde(rename = "sendID")]
    sender: &'a str,
    #[serde(rename = "serverMsgID")]
    server_id: &'a str,
    #[serde(rename = "clientMsgID")]
    client_id: &'a str,
    #[serde(rename = "senderPlatformID")]
    platform: i32,
    sender_nickname: &'a str,
    session_type: i32,
    msg_from: i32,
    content_type: i32,
    status: i32,
    send_time: i64,
    create_time: i64,
    content: &'a str,
    seq: i64,
    at_user_list: Option<&'a [String]>,
    #[serde(rename = "faceURL")]
    face_url: &'a str,
    ex: &'a str,
    #[serde(rename = "recvID", skip_serializing_if = "Option::is_none")]
    receiver: Option<&'a str>,
    #[serde(rename = "groupID", skip_serializing_if = "Option::is_none")]
    group: Option<&'a str>,
}

impl<'a> Payload<'a> {
    fn of(envelope: &'a Envelope, status: i32, seq: i64) -> Self {
        Self {
            sender: envelope.sender.as_str(),
            server_id: &envelope.server_id,
            client_id: envelope.client_id.as_str(),
            platform: envelope.platform,
            sender_nickname: &envelope.nickname,
            session_type: envelope.session_type,
            msg_from: envelope.source,
            content_type: envelope.content_type,
            status,
            send_time: envelope.sent_at.0,
            create_time: envelope.created_at.0,
            content: &envelope.content,
            seq,
            at_user_list: Some(&envelope.at_user_ids[..]).filter(|ids| !ids.is_empty()),
            face_url: &envelope.face_url,
            ex: &envelope.ex,
            receiver: envelope.receiver.as_ref().map(|receiver| receiver.as_str()),
            group: envelope.group.as_ref().map(|group| group.as_str()),
        }
    }

    /// Returns whom the message is for: the receiver or the group.
    fn target(&self) -> &'a str {
        self.receiver.or(self.group).unwrap_or_default()
    }
}

/// What the answer of `beforeMsgModify` may change. Whose message it is and where it goes stays: that was checked.
#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Changes {
    pub(crate) content: Option<String>,
    pub(crate) content_type: Option<i32>,
    #[serde(rename = "senderPlatformID")]
    pub(crate) platform: Option<i32>,
    pub(crate) sender_nickname: Option<String>,
    #[serde(rename = "senderFaceURL")]
    pub(crate) sender_face_url: Option<String>,
    pub(crate) msg_from: Option<i32>,
    pub(crate) options: Option<BTreeMap<String, bool>>,
    pub(crate) offline_push_info: Option<PushInfo>,
    #[serde(rename = "atUserIDList")]
    pub(crate) at_user_ids: Option<Vec<String>>,
    pub(crate) attached_info: Option<String>,
    pub(crate) ex: Option<String>,
}

/// Texts for devices that are offline, in OpenIM's keys.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct PushInfo {
    title: Option<String>,
    desc: Option<String>,
    ex: Option<String>,
    #[serde(rename = "iOSPushSound")]
    ios_sound: Option<String>,
    #[serde(rename = "iOSBadgeCount")]
    ios_badge_count: Option<bool>,
    #[serde(rename = "signalInfo")]
    signal_info: Option<String>,
}

impl From<PushInfo> for OfflinePush {
    fn from(info: PushInfo) -> Self {
        Self {
            title: info.title.unwrap_or_default(),
            description: info.desc.unwrap_or_default(),
            ex: info.ex.unwrap_or_default(),
            ios_sound: info.ios_sound.unwrap_or_default(),
            ios_badge_count: info.ios_badge_count.unwrap_or_default(),
            signal_info: info.signal_info.unwrap_or_default(),
        }
    }
}

impl From<&OfflinePush> for PushInfo {
    fn from(push: &OfflinePush) -> Self {
        Self {
            title: Some(push.title.clone()),
            desc: Some(push.description.clone()),
            ex: Some(push.ex.clone()),
            ios_sound: Some(push.ios_sound.clone()),
            ios_badge_count: Some(push.ios_badge_count),
            signal_info: Some(push.signal_info.clone()),
        }
    }
}

/// Returns what is different in a message that was changed, by OpenIM's names.
///
/// # Errors
/// When a value cannot be written.
pub(crate) fn differences(old: &Envelope, new: &Envelope) -> Result<Vec<Change>> {
    let push = new.offline_push.as_ref().map(PushInfo::from);
    let options: Map<String, Value> = new.options.iter().map(|(key, on)| (key.clone(), Value::from(*on))).collect();
    let fields = [
        ("content", old.content != new.content, Value::from(new.content.as_str())),
        ("contentType", old.content_type != new.content_type, Value::from(new.content_type)),
        ("senderPlatformID", old.platform != new.platform, Value::from(new.platform)),
        ("senderNickname", old.nickname != new.nickname, Value::from(new.nickname.as_str())),
        ("senderFaceURL", old.face_url != new.face_url, Value::from(new.face_url.as_str())),
        ("msgFrom", old.source != new.source, Value::from(new.source)),
        ("options", old.options != new.options, Value::Object(options)),
        ("offlinePushInfo", old.offline_push != new.offline_push, serde_json::to_value(push).map_err(Error::internal)?),
        ("atUserIDList", old.at_user_ids != new.at_user_ids, Value::from(new.at_user_ids.clone())),
        ("attachedInfo", old.attached_info != new.attached_info, Value::from(new.attached_info.as_str())),
        ("ex", old.ex != new.ex, Value::from(new.ex.as_str())),
    ];
    Ok(fields.into_iter().filter(|(_, differs, _)| *differs).map(|(name, _, value)| (name, value)).collect())
}

/// Asks whether a message may be sent. Administrators who write to one user in their own name are not asked about.
///
/// # Errors
/// What the receiver refused with, or that it could not be asked.
pub(crate) async fn before_send(webhooks: &Webhooks, ctx: &Ctx, envelope: &Envelope, own_administrator: bool) -> Result<()> {
    let command = match envelope.kind() {
        ConversationKind::Single if !own_administrator => &commands::BEFORE_SEND_SINGLE_MSG,
        ConversationKind::Group => &commands::BEFORE_SEND_GROUP_MSG,
        _ => return Ok(()),
    };
    let payload = Payload::of(envelope, SENDING, 0);
    if webhooks.wants_message(command, envelope.content_type, payload.target()) {
        webhooks.before::<_, Accepted>(ctx, command, &payload).await?;
    }
    Ok(())
}

/// Asks what is to be changed in a message; `None` for nothing.
///
/// # Errors
/// As [`before_send`].
pub(crate) async fn changes(webhooks: &Webhooks, ctx: &Ctx, envelope: &Envelope) -> Result<Option<Changes>> {
    let command = &commands::BEFORE_MSG_MODIFY;
    // OpenIM tells this hook neither receiver nor group.
    let payload = Payload { receiver: None, group: None, ..Payload::of(envelope, SENDING, 0) };
    if envelope.kind() == ConversationKind::System || !webhooks.wants_message(command, envelope.content_type, "") {
        return Ok(None);
    }
    let answer: Option<Changes> = webhooks.before(ctx, command, &payload).await?;
    Ok(answer.filter(|changes| *changes != Changes::default()))
}

/// Tells whether anybody wants to know about stored messages.
pub(crate) fn anybody_told(webhooks: &Webhooks) -> bool {
    [&commands::AFTER_SEND_SINGLE_MSG, &commands::AFTER_SEND_GROUP_MSG, &commands::AFTER_MSG_SAVE_DB]
        .into_iter()
        .any(|command| webhooks.enabled(command))
}

/// Composes what is told about a message that was sent and is not stored.
///
/// # Errors
/// When a payload cannot be written.
pub(crate) fn after_passed(webhooks: &Webhooks, ctx: &Ctx, envelope: &Envelope) -> Result<Vec<Prepared>> {
    let mut calls = Vec::new();
    tell(webhooks, ctx, envelope, 0, sent_command(envelope).as_slice(), &mut calls)?;
    Ok(calls)
}

/// Composes what is told about a message that has its place.
///
/// # Errors
/// When a payload cannot be written.
pub(crate) fn after_stored(webhooks: &Webhooks, ctx: &Ctx, envelope: &Envelope, seq: i64, calls: &mut Vec<Prepared>) -> Result<()> {
    let told: Vec<&'static Command> = sent_command(envelope).into_iter().chain([&commands::AFTER_MSG_SAVE_DB]).collect();
    tell(webhooks, ctx, envelope, seq, &told, calls)
}

fn sent_command(envelope: &Envelope) -> Option<&'static Command> {
    match envelope.kind() {
        ConversationKind::Single => Some(&commands::AFTER_SEND_SINGLE_MSG),
        ConversationKind::Group => Some(&commands::AFTER_SEND_GROUP_MSG),
        _ => None,
    }
}

fn tell(webhooks: &Webhooks, ctx: &Ctx, envelope: &Envelope, seq: i64, told: &[&'static Command], calls: &mut Vec<Prepared>) -> Result<()> {
    let payload = Payload::of(envelope, SENT, seq);
    let key = ReplyKey { sender: payload.sender, receiver: payload.receiver.unwrap_or_default(), group: payload.group.unwrap_or_default() };
    for command in told.iter().copied() {
        if webhooks.wants_message(command, envelope.content_type, payload.target()) {
            calls.extend(webhooks.prepare(ctx, command, Some(&key), &payload)?);
        }
    }
    Ok(())
}
