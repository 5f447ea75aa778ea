//! What OpenIM's clients read about changed messages: the tips of notifications 2101 and 2102, and what stands in the place
//! of a message that was revoked. Keys are OpenIM's, all fields are always there.

use openim_contracts::Envelope;
use openim_core::{Error, Result, Seq};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::model::{Message, Revocation, numbers};

/// OpenIM's `RevokeMsgTips`.
#[derive(Serialize)]
pub(crate) struct RevokeTips<'a> {
    #[serde(rename = "revokerUserID")]
    pub(crate) revoker: &'a str,
    #[serde(rename = "clientMsgID")]
    pub(crate) client_id: &'a str,
    #[serde(rename = "revokeTime")]
    pub(crate) at: i64,
    /// Clients know it by this spelling.
    #[serde(rename = "sesstionType")]
    pub(crate) session_type: i32,
    pub(crate) seq: i64,
    #[serde(rename = "conversationID")]
    pub(crate) conversation_id: &'a str,
    #[serde(rename = "isAdminRevoke")]
    pub(crate) by_app_admin: bool,
}

/// OpenIM's `DeleteMsgsTips`.
#[derive(Serialize)]
pub(crate) struct DeleteTips<'a> {
    #[serde(rename = "userID")]
    pub(crate) user: &'a str,
    #[serde(rename = "conversationID")]
    pub(crate) conversation_id: &'a str,
    pub(crate) seqs: &'a [i64],
}

/// OpenIM's `MessageRevokedContent`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RevokedContent<'a> {
    #[serde(rename = "revokerID")]
    revoker: &'a str,
    revoker_role: i32,
    #[serde(rename = "clientMsgID")]
    client_id: &'a str,
    revoker_nickname: &'a str,
    revoke_time: i64,
    source_message_send_time: i64,
    #[serde(rename = "sourceMessageSendID")]
    sender: &'a str,
    source_message_sender_nickname: &'a str,
    session_type: i32,
    seq: i64,
    ex: &'a str,
}

/// Returns what stands in the place of a message that was revoked: it keeps its place, sender and ids.
///
/// # Errors
/// When the description cannot be written.
pub(crate) fn revoked(sent: Envelope, seq: Seq, revocation: &Revocation) -> Result<Envelope> {
    let description = RevokedContent {
        revoker: revocation.by.as_str(),
        revoker_role: revocation.role,
        client_id: sent.client_id.as_str(),
        revoker_nickname: &revocation.nickname,
        revoke_time: revocation.at.0,
        source_message_send_time: sent.sent_at.0,
        sender: sent.sender.as_str(),
        source_message_sender_nickname: &sent.nickname,
        session_type: sent.session_type,
        seq: seq.0,
        ex: "",
    };
    let content = wrapped(&description)?;
    Ok(Envelope { content_type: numbers::REVOKED, content, ..sent })
}

/// Wraps the object of a notification: its JSON text inside JSON.
///
/// # Errors
/// When the object cannot be written.
pub(crate) fn wrapped(detail: &impl Serialize) -> Result<String> {
    let text = serde_json::to_string(detail).map_err(Error::internal)?;
    serde_json::to_string(&serde_json::json!({ "detail": text })).map_err(Error::internal)
}

/// What a quoting message says of the one it quotes.
pub(crate) struct Quote {
    content: Map<String, Value>,
    /// The place of the quoted message.
    pub(crate) seq: i64,
    client_id: String,
}

impl Quote {
    /// Reads the quote of a message; `None` when it quotes nothing that came before it in the same log.
    pub(crate) fn of(message: &Message) -> Option<Self> {
        if message.envelope.content_type != numbers::QUOTE {
            return None;
        }
        let content: Map<String, Value> = serde_json::from_str(&message.envelope.content).ok()?;
        let quoted = content.get("quoteMessage")?;
        let seq = quoted.get("seq")?.as_i64().filter(|seq| (1..message.seq.0).contains(seq))?;
        let client_id = quoted.get("clientMsgID").and_then(Value::as_str).unwrap_or_default().to_owned();
        Some(Self { content, seq, client_id })
    }

    /// Returns the content as it is to be shown when the quoted message was revoked or is gone; `None` when it may stay.
    /// A quote that was forwarded speaks of another log: then the client id there is a different one.
    pub(crate) fn shown(mut self, quoted: Option<&Message>) -> Option<String> {
        let content = match quoted {
            Some(quoted) if !self.client_id.is_empty() && quoted.envelope.client_id.as_str() != self.client_id => return None,
            Some(quoted) if quoted.state.revoked.is_some() => quoted.envelope.content.clone(),
            Some(quoted) if !quoted.state.emptied => return None,
            Some(_) | None => "{}".to_owned(),
        };
        let place = self.content.get_mut("quoteMessage")?.as_object_mut()?;
        // The client's copy of the text goes, too.
        place.retain(|key, _| !key.ends_with("Elem") || key == "attachedInfoElem");
        place.insert("contentType".to_owned(), Value::from(numbers::REVOKED));
        place.insert("content".to_owned(), Value::from(content));
        serde_json::to_string(&self.content).ok()
    }
}
