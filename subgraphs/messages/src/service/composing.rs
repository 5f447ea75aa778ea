//! From a command to an envelope: checks of everything that needs no look-up, and the defaults.

use openim_contracts::UserSummary;
use openim_core::{ClientMessageId, ConversationKind, Ctx, Result, UserId};
use serde_json::Value;

use crate::error;
use crate::model::numbers::{self, option};
use crate::model::{Envelope, OfflinePush, Recipient, SendMessage, Way, switched};
use crate::policy::{self, Reception};
use crate::settings::MessagesSettings;

/// The most switches of one message; OpenIM has twelve.
const MOST_OPTIONS: usize = 32;
/// The most users that one message mentions.
const MOST_MENTIONS: usize = 1_000;
/// The longest name, picture address, switch name and push text, in bytes.
const LONGEST_NAME: usize = 1_024;
const LONGEST_OPTION: usize = 64;
const LONGEST_PUSH_TEXT: usize = 4_096;

/// A checked command.
pub(super) struct Checked {
    pub(super) sender: UserId,
    pub(super) recipient: Recipient,
    pub(super) kind: ConversationKind,
    pub(super) options: Vec<(String, bool)>,
    pub(super) at_user_ids: Vec<String>,
}

/// Checks shape and size, and decides what kind of conversation it is.
pub(super) fn check(ctx: &Ctx, settings: &MessagesSettings, command: &SendMessage) -> Result<Checked> {
    let sender = policy::may_send(ctx, command)?;
    if command.content_type <= 0 {
        return Err(error::args("contentType must be positive"));
    }
    let content = object(settings, &command.content)?;
    sizes(settings, command)?;
    let at_user_ids = mentions(command, &content)?;
    let kind = match (&command.recipient, command.content_type) {
        (Recipient::User(_), numbers::SYSTEM_NOTICE) => ConversationKind::System,
        (Recipient::User(_), _) => ConversationKind::Single,
        (Recipient::Group(_), numbers::SYSTEM_NOTICE) => return Err(error::args("a system notice goes to one user")),
        (Recipient::Group(_), _) => ConversationKind::Group,
    };
    let options = switches(ctx, command)?;
    Ok(Checked { sender, recipient: command.recipient.clone(), kind, options, at_user_ids })
}

pub(super) fn object(settings: &MessagesSettings, content: &str) -> Result<serde_json::Map<String, Value>> {
    if content.len() > settings.max_content_bytes {
        return Err(error::args(format!("content must not be longer than {} bytes", settings.max_content_bytes)));
    }
    match serde_json::from_str(content) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(error::args("content must be a JSON object")),
        Err(cause) => Err(error::args("content must be a JSON object").with_source(cause)),
    }
}

fn sizes(settings: &MessagesSettings, command: &SendMessage) -> Result<()> {
    if command.ex.len() > settings.max_extra_bytes || command.attached_info.len() > settings.max_extra_bytes {
        return Err(error::args(format!("ex and attachedInfo must not be longer than {} bytes each", settings.max_extra_bytes)));
    }
    let names = [command.nickname.as_deref(), command.face_url.as_deref()];
    if names.into_iter().flatten().any(|name| name.len() > LONGEST_NAME) {
        return Err(error::args(format!("senderNickname and senderFaceUrl must not be longer than {LONGEST_NAME} bytes each")));
    }
    if let Some(OfflinePush { title, description, ex, ios_sound, signal_info, .. }) = &command.offline_push
        && [title, description, ex, ios_sound, signal_info].into_iter().any(|text| text.len() > LONGEST_PUSH_TEXT)
    {
        return Err(error::args(format!("texts of offlinePush must not be longer than {LONGEST_PUSH_TEXT} bytes each")));
    }
    if command.platform.is_some_and(|platform| !(0..=11).contains(&platform)) {
        return Err(error::args("senderPlatform is unknown"));
    }
    Ok(())
}

/// Returns who is mentioned: what the caller says, else what the content of an at-text says.
fn mentions(command: &SendMessage, content: &serde_json::Map<String, Value>) -> Result<Vec<String>> {
    let mentions = match &command.at_user_ids {
        Some(ids) => ids.clone(),
        None if command.content_type == numbers::AT_TEXT => {
            let list = content.get("atUserList").and_then(Value::as_array);
            list.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
        }
        None => Vec::new(),
    };
    if mentions.len() > MOST_MENTIONS || mentions.iter().any(|id| id.len() > openim_core::MAX_ID_BYTES) {
        return Err(error::args(format!(
            "at most {MOST_MENTIONS} users can be mentioned, with ids of at most {} bytes",
            openim_core::MAX_ID_BYTES
        )));
    }
    Ok(mentions)
}

/// Returns the switches with those that the content type forces, and refuses what cannot be honoured.
fn switches(ctx: &Ctx, command: &SendMessage) -> Result<Vec<(String, bool)>> {
    if command.options.len() > MOST_OPTIONS || command.options.iter().any(|(key, _)| key.is_empty() || key.len() > LONGEST_OPTION) {
        return Err(error::args(format!("at most {MOST_OPTIONS} options with keys of at most {LONGEST_OPTION} bytes")));
    }
    let mut options: Vec<(String, bool)> = Vec::with_capacity(command.options.len());
    for (key, value) in &command.options {
        set(&mut options, key, *value);
    }
    for key in policy::forced_off(command.content_type) {
        set(&mut options, key, false);
    }
    // A client that wants nothing to be kept switches off all there is: that makes it neither a notification nor private.
    if !switched(&options, option::HISTORY) && (!ctx.is_admin() || command.content_type == numbers::TYPING) {
        options
            .retain(|(name, _)| name != option::IS_NOT_NOTIFICATION && (name != option::NOT_PRIVATE || !command.attached_info.is_empty()));
    }
    let off = |key: &str| !switched(&options, key);
    if off(option::IS_NOT_NOTIFICATION) && !(ctx.is_admin() && command.content_type != numbers::SYSTEM_NOTICE) {
        return Err(error::args("notifications are made by the server"));
    }
    // OpenIM's Go client dereferences the missing part and ends.
    if off(option::NOT_PRIVATE) && command.attached_info.is_empty() && Way::of(&options) != Way::Notice {
        return Err(error::args("a private message needs attachedInfo"));
    }
    Ok(options)
}

fn set(options: &mut Vec<(String, bool)>, key: &str, value: bool) {
    match options.iter_mut().find(|(name, _)| name == key) {
        Some(option) => option.1 = value,
        None => options.push((key.to_owned(), value)),
    }
}

/// Who the sender is, as far as the message shows it.
#[derive(Debug, Clone, Default)]
pub(super) struct Appearance {
    pub(super) nickname: String,
    pub(super) face_url: String,
}

impl From<UserSummary> for Appearance {
    fn from(user: UserSummary) -> Self {
        Self { nickname: user.nickname, face_url: user.face_url }
    }
}

impl Appearance {
    /// Takes a name and a picture that go before the account's own, as far as they are not empty.
    pub(super) fn prefer(&mut self, nickname: String, face_url: String) {
        if !nickname.is_empty() {
            self.nickname = nickname;
        }
        if !face_url.is_empty() {
            self.face_url = face_url;
        }
    }
}

/// Puts the envelope together.
pub(super) fn envelope(ctx: &Ctx, command: SendMessage, checked: Checked, sender: Appearance, reception: Reception) -> Result<Envelope> {
    let mut options = checked.options;
    if reception == Reception::Silent {
        set(&mut options, option::OFFLINE_PUSH, false);
    }
    let now = ctx.now();
    let client_id = match command.client_id {
        Some(id) => id,
        None => ClientMessageId::parse(ctx.ids().hex32())?,
    };
    let own_platform = ctx.principal().map_or(0, |principal| principal.platform.number());
    let source = command.source.unwrap_or(numbers::FROM_USER);
    if source != numbers::FROM_USER && source != numbers::FROM_SYSTEM {
        return Err(error::args("the source is unknown"));
    }
    let (receiver, group) = match checked.recipient {
        Recipient::User(receiver) => (Some(receiver), None),
        Recipient::Group(group) => (None, Some(group)),
    };
    Ok(Envelope {
        server_id: ctx.ids().hex32(),
        client_id,
        sender: checked.sender,
        receiver,
        group,
        platform: command.platform.unwrap_or(own_platform),
        nickname: command.nickname.unwrap_or(sender.nickname),
        face_url: command.face_url.unwrap_or(sender.face_url),
        session_type: checked.kind.session_type(),
        source,
        content_type: command.content_type,
        content: command.content,
        sent_at: command.sent_at.filter(|time| time.0 > 0).unwrap_or(now),
        created_at: command.created_at.filter(|time| time.0 > 0).unwrap_or(now),
        at_user_ids: checked.at_user_ids,
        attached_info: command.attached_info,
        ex: command.ex,
        options,
        offline_push: command.offline_push,
    })
}
