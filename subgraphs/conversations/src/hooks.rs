//! The webhooks of this domain: what the receiver is asked and told, with OpenIM's keys (webhooks.json; some of them are
//! odd), and what its answers change. What it changes is checked like what clients send.

use openim_core::{ConversationId, ConversationKind, Ctx, ErrorCode, GroupId, Result, UserId};
use openim_platform::store::Tx;
use openim_platform::webhooks::Webhooks;
use openim_platform::webhooks::commands::{
    AFTER_CREATE_GROUP_CHAT_CONVERSATIONS, AFTER_CREATE_SINGLE_CHAT_CONVERSATIONS, AFTER_GROUP_MSG_READ, AFTER_SINGLE_MSG_READ,
    BEFORE_CREATE_GROUP_CHAT_CONVERSATIONS, BEFORE_CREATE_SINGLE_CHAT_CONVERSATIONS,
};
use serde::{Deserialize, Serialize};

use crate::model::{Conversation, Mark, NewRow, Preferences, PreferencesChange};
use crate::policy;

#[derive(Serialize)]
struct SingleRead<'a> {
    #[serde(rename = "conversationID")]
    conversation_id: &'a ConversationId,
    #[serde(rename = "userID")]
    reader: &'a UserId,
    /// The list that the client gave; null when there is none.
    #[serde(rename = "Seqs")]
    seqs: Option<&'a [i64]>,
    /// The kind of conversation.
    #[serde(rename = "contentType")]
    kind: i32,
}

#[derive(Serialize)]
struct GroupRead<'a> {
    #[serde(rename = "sendID")]
    owner: &'a UserId,
    #[serde(rename = "receiveID")]
    reader: &'a UserId,
    /// The position, not a count.
    #[serde(rename = "unreadMsgNum")]
    read_seq: i64,
    /// The kind of conversation.
    #[serde(rename = "contentType")]
    kind: i32,
}

#[derive(Serialize)]
struct SingleChat<'a> {
    #[serde(rename = "ownerUserId")]
    owner: &'a UserId,
    #[serde(rename = "conversationId")]
    conversation_id: &'a ConversationId,
    #[serde(rename = "conversationType")]
    kind: i32,
    #[serde(rename = "userId")]
    peer: &'a str,
    #[serde(flatten)]
    begins: Begins<'a>,
}

#[derive(Serialize)]
struct GroupChat<'a> {
    /// Nobody: it is about all who enter.
    #[serde(rename = "ownerUserId")]
    owner: &'a str,
    #[serde(rename = "conversationId")]
    conversation_id: &'a ConversationId,
    #[serde(rename = "conversationType")]
    kind: i32,
    #[serde(rename = "groupId")]
    group: &'a GroupId,
    #[serde(flatten)]
    begins: Begins<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Begins<'a> {
    recv_msg_opt: i32,
    is_pinned: bool,
    is_private_chat: bool,
    burn_duration: i32,
    group_at_type: i32,
    attached_info: &'a str,
    ex: &'a str,
}

impl<'a> From<&'a Preferences> for Begins<'a> {
    fn from(preferences: &'a Preferences) -> Self {
        Self {
            recv_msg_opt: preferences.receive_option,
            is_pinned: preferences.pinned,
            is_private_chat: preferences.private_chat,
            burn_duration: preferences.burn_duration,
            group_at_type: preferences.group_at_type,
            attached_info: &preferences.attached_info,
            ex: &preferences.ex,
        }
    }
}

/// What a row begins with, as the receiver wants it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Beginning {
    recv_msg_opt: Option<i32>,
    is_pinned: Option<bool>,
    is_private_chat: Option<bool>,
    burn_duration: Option<i32>,
    group_at_type: Option<i32>,
    attached_info: Option<String>,
    ex: Option<String>,
}

impl Beginning {
    /// Returns the settings of a new row. What cannot be stored is passed over as a whole.
    pub(crate) fn preferences(self) -> Preferences {
        let change = PreferencesChange {
            receive_option: self.recv_msg_opt,
            pinned: self.is_pinned,
            private_chat: self.is_private_chat,
            burn_duration: self.burn_duration,
            group_at_type: self.group_at_type,
            attached_info: self.attached_info,
            ex: self.ex,
            ..PreferencesChange::default()
        };
        match policy::check_change(&change) {
            Ok(()) => change.apply(&Preferences::default()),
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "a webhook gave a conversation settings that it cannot have");
                Preferences::default()
            }
        }
    }
}

/// What the receiver said of a new row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Verdict {
    /// It may be made, and begins like this.
    Begins(Beginning),
    /// It must not be made.
    Refused,
}

/// Tells whether anybody is asked before rows of this kind are made.
pub(crate) fn asks(webhooks: &Webhooks, kind: ConversationKind) -> bool {
    let command = match kind {
        ConversationKind::Group => &BEFORE_CREATE_GROUP_CHAT_CONVERSATIONS,
        _ => &BEFORE_CREATE_SINGLE_CHAT_CONVERSATIONS,
    };
    webhooks.enabled(command)
}

/// Asks before a row is made; for a group once for all who enter.
///
/// # Errors
/// Without a usable answer: then it is asked again later.
pub(crate) async fn before_creation(webhooks: &Webhooks, ctx: &Ctx, row: &NewRow) -> Result<Verdict> {
    let answer: Result<Option<Beginning>> = match &row.group {
        Some(group) => webhooks.before(ctx, &BEFORE_CREATE_GROUP_CHAT_CONVERSATIONS, &group_chat(row, group)).await,
        None => webhooks.before(ctx, &BEFORE_CREATE_SINGLE_CHAT_CONVERSATIONS, &single_chat(row)).await,
    };
    match answer {
        Ok(beginning) => Ok(Verdict::Begins(beginning.unwrap_or_default())),
        Err(error) if matches!(error.code(), ErrorCode::WebhookUnreachable | ErrorCode::Data) => Err(error),
        Err(error) => {
            tracing::info!(conversation.id = %row.id, error = &error as &dyn std::error::Error, "a webhook refused a conversation");
            Ok(Verdict::Refused)
        }
    }
}

/// Tells that a row was made.
pub(crate) async fn after_creation(webhooks: &Webhooks, ctx: &Ctx, tx: &Tx, row: &NewRow) -> Result<()> {
    match &row.group {
        Some(group) => webhooks.after(ctx, tx, &AFTER_CREATE_GROUP_CHAT_CONVERSATIONS, &group_chat(row, group)).await,
        None => webhooks.after(ctx, tx, &AFTER_CREATE_SINGLE_CHAT_CONVERSATIONS, &single_chat(row)).await,
    }
}

/// Tells that somebody has read something. What moves only the reader's own devices tells nobody.
pub(crate) async fn after_read(webhooks: &Webhooks, ctx: &Ctx, tx: &Tx, row: &Conversation, mark: &Mark) -> Result<()> {
    let kind = row.kind.session_type();
    match (row.kind, mark) {
        (_, Mark::Position(_)) => Ok(()),
        (ConversationKind::Group, Mark::Conversation { .. }) => {
            let body = GroupRead { owner: &row.owner, reader: &row.owner, read_seq: row.read_seq, kind };
            webhooks.after(ctx, tx, &AFTER_GROUP_MSG_READ, &body).await
        }
        (ConversationKind::Single, Mark::Conversation { seqs, .. }) | (_, Mark::Messages(seqs)) => {
            let seqs = Some(seqs.as_slice()).filter(|seqs| !seqs.is_empty());
            let body = SingleRead { conversation_id: &row.id, reader: &row.owner, seqs, kind };
            webhooks.after(ctx, tx, &AFTER_SINGLE_MSG_READ, &body).await
        }
        _ => Ok(()),
    }
}

fn single_chat(row: &NewRow) -> SingleChat<'_> {
    SingleChat {
        owner: &row.owner,
        conversation_id: &row.id,
        kind: row.id.kind().session_type(),
        peer: row.peer.as_ref().map(UserId::as_str).unwrap_or_default(),
        begins: Begins::from(&row.preferences),
    }
}

fn group_chat<'a>(row: &'a NewRow, group: &'a GroupId) -> GroupChat<'a> {
    GroupChat { owner: "", conversation_id: &row.id, kind: row.id.kind().session_type(), group, begins: Begins::from(&row.preferences) }
}
