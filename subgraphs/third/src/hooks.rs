//! What the application's own server is asked before a push: OpenIM's callbacks, with their keys.

use std::collections::BTreeSet;

use openim_contracts::{MessageData, OfflinePush};
use openim_core::{Ctx, ErrorCode, Platform, Result, UserId};
use openim_platform::webhooks::{Command, Webhooks, commands};
use serde::{Deserialize, Serialize};

use crate::model::MOST_RECEIVERS;

/// Notifications have these content types; their hooks show the detail itself.
const NOTIFICATIONS: std::ops::RangeInclusive<i32> = 1000..=5000;

/// The body of the hooks of a push.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Payload<'a> {
    #[serde(rename = "platformID")]
    platform_id: i32,
    platform: &'static str,
    #[serde(rename = "userIDList", skip_serializing_if = "Option::is_none")]
    users: Option<&'a [UserId]>,
    #[serde(flatten)]
    info: Option<Info>,
    #[serde(rename = "clientMsgID")]
    client_id: &'a str,
    #[serde(rename = "sendID")]
    sender: &'a str,
    #[serde(rename = "groupID")]
    group: &'a str,
    content_type: i32,
    session_type: i32,
    #[serde(rename = "atUserIDList")]
    at_user_ids: Option<&'a [String]>,
    content: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    seq: Option<i64>,
}

/// Texts of a push, in OpenIM's keys.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Info {
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

impl From<&OfflinePush> for Info {
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

impl From<Info> for OfflinePush {
    fn from(info: Info) -> Self {
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

/// What an answer may change.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Changes {
    #[serde(rename = "userIDList")]
    users: Option<Vec<String>>,
    #[serde(rename = "offlinePushInfo")]
    info: Option<Info>,
}

/// What the application's server wants.
#[derive(Debug)]
pub(crate) enum Wish {
    /// Nobody is told.
    Nothing,
    /// Go on; with other receivers and other texts, where it named some.
    GoOn { receivers: Option<Vec<UserId>>, info: Option<OfflinePush> },
}

/// Tells whether anybody is asked about a message of that kind.
pub(crate) fn is_asked(webhooks: &Webhooks, in_group: bool) -> bool {
    webhooks.enabled(before_any(in_group)) || webhooks.enabled(&commands::BEFORE_OFFLINE_PUSH)
}

/// Tells whether any of these hooks is switched on.
pub(crate) fn any_enabled(webhooks: &Webhooks) -> bool {
    is_asked(webhooks, true) || is_asked(webhooks, false)
}

fn before_any(in_group: bool) -> &'static Command {
    if in_group { &commands::BEFORE_GROUP_ONLINE_PUSH } else { &commands::BEFORE_ONLINE_PUSH }
}

/// Asks about a message as a whole; for a group, the answer may name receivers.
///
/// # Errors
/// `WEBHOOK_UNREACHABLE`: it will be asked again.
pub(crate) async fn before_all(webhooks: &Webhooks, ctx: &Ctx, message: &MessageData) -> Result<Wish> {
    let envelope = &message.envelope;
    let in_group = envelope.group.is_some();
    let command = before_any(in_group);
    if in_group {
        let payload = Payload { seq: Some(message.seq), ..Payload::of(message, None) };
        return Ok(match ask(webhooks, ctx, command, &payload).await? {
            Some(changes) => Wish::GoOn { receivers: receivers(changes.users), info: None },
            None => Wish::Nothing,
        });
    }
    let people: Vec<UserId> = envelope.receiver.iter().chain([&envelope.sender]).cloned().collect();
    let asked = ask(webhooks, ctx, command, &Payload::of(message, Some(&people))).await?;
    Ok(if asked.is_some() { Wish::GoOn { receivers: None, info: None } } else { Wish::Nothing })
}

/// Asks about those who would be told.
///
/// # Errors
/// As [`before_all`].
pub(crate) async fn before_offline(webhooks: &Webhooks, ctx: &Ctx, message: &MessageData, users: &[UserId]) -> Result<Wish> {
    let info = message.envelope.offline_push.as_ref().map(Info::from);
    let payload = Payload { info, ..Payload::of(message, Some(users)) };
    Ok(match ask(webhooks, ctx, &commands::BEFORE_OFFLINE_PUSH, &payload).await? {
        Some(changes) => Wish::GoOn { receivers: receivers(changes.users), info: changes.info.map(OfflinePush::from) },
        None => Wish::Nothing,
    })
}

/// Returns what the answer changes, `None` for a refusal.
async fn ask(webhooks: &Webhooks, ctx: &Ctx, command: &'static Command, body: &Payload<'_>) -> Result<Option<Changes>> {
    match webhooks.before(ctx, command, body).await {
        Ok(changes) => Ok(Some(changes.unwrap_or_default())),
        Err(error) if error.code() == ErrorCode::WebhookUnreachable => Err(error),
        Err(error) => {
            let cause = &error as &dyn std::error::Error;
            tracing::info!(webhook.command = command.name, error = cause, "nobody is pushed to, as a webhook wants");
            Ok(None)
        }
    }
}

/// Reads named receivers, each once; an empty list names nobody, as in OpenIM.
fn receivers(named: Option<Vec<String>>) -> Option<Vec<UserId>> {
    let ids = named.into_iter().flatten().take(MOST_RECEIVERS);
    let users: BTreeSet<UserId> = ids.filter_map(|id| UserId::parse(id).ok()).collect();
    (!users.is_empty()).then(|| users.into_iter().collect())
}

impl<'a> Payload<'a> {
    fn of(message: &'a MessageData, users: Option<&'a [UserId]>) -> Self {
        let envelope = &message.envelope;
        Self {
            platform_id: envelope.platform,
            platform: Platform::parse(envelope.platform).map_or("", Platform::name),
            users,
            info: None,
            client_id: envelope.client_id.as_str(),
            sender: envelope.sender.as_str(),
            group: envelope.group.as_ref().map_or("", |group| group.as_str()),
            content_type: envelope.content_type,
            session_type: envelope.session_type,
            at_user_ids: Some(&envelope.at_user_ids[..]).filter(|ids| !ids.is_empty()),
            content: content(envelope.content_type, &envelope.content),
            seq: None,
        }
    }
}

/// Returns what a hook shows of a message: of a notification, the detail.
fn content(content_type: i32, content: &str) -> String {
    #[derive(Deserialize)]
    struct Wrapped {
        detail: String,
    }
    let detail = NOTIFICATIONS.contains(&content_type).then(|| serde_json::from_str::<Wrapped>(content).ok()).flatten();
    detail.map_or_else(|| content.to_owned(), |wrapped| wrapped.detail)
}
