//! The way back of an application that was told of a message: it answers in the conversation that the key of the hook
//! names. The key is no credential: whoever brings it sends in the own name, and every rule of sending holds.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use openim_core::{ClientMessageId, Ctx, GroupId, Result, UserId};
use serde::Deserialize;

use super::Service;
use crate::error;
use crate::model::{OfflinePush, Recipient, SendMessage, Sent, numbers};

/// The longest key: three ids and a little JSON, in base64.
const LONGEST_KEY: usize = 4 * 1_024;

/// A text for the conversation of a hook.
#[derive(Debug, Clone)]
pub(crate) struct SimpleMessage {
    /// The key that came with the hook.
    pub(crate) reply_key: String,
    /// Who answers; in a conversation of two it is who got the message.
    pub(crate) sender: Option<UserId>,
    /// The text, in Markdown.
    pub(crate) text: String,
    /// The key that makes it repeatable; made by the server when left out.
    pub(crate) client_id: Option<ClientMessageId>,
    /// Free data.
    pub(crate) ex: String,
    /// What to push to devices that are offline.
    pub(crate) offline_push: Option<OfflinePush>,
}

/// What a key says.
#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct ReplyKey {
    #[serde(rename = "sendID")]
    sender: String,
    #[serde(rename = "recvID")]
    receiver: String,
    #[serde(rename = "groupID")]
    group: String,
}

impl Service {
    /// Answers in the conversation of a hook.
    ///
    /// # Errors
    /// `ARGS_ERROR` for a key that cannot be read or names nobody; otherwise as any send.
    pub(crate) async fn send_simple_message(&self, ctx: &Ctx, command: SimpleMessage) -> Result<Sent> {
        let key = read(&command.reply_key)?;
        let (sender, recipient) = if key.group.is_empty() {
            let sender = UserId::parse(key.receiver)?;
            if command.sender.is_some_and(|named| named != sender) {
                return Err(error::args("who answers is not who the key says"));
            }
            (sender, Recipient::User(UserId::parse(key.sender)?))
        } else {
            let sender = command.sender.ok_or_else(|| error::args("in a group it must be said who answers"))?;
            (sender, Recipient::Group(GroupId::parse(key.group)?))
        };
        if command.text.is_empty() {
            return Err(error::args("the answer is empty"));
        }
        let client_id = match command.client_id {
            Some(id) => id,
            None => ClientMessageId::parse(ctx.ids().hex32())?,
        };
        let message = SendMessage {
            sender: Some(sender),
            nickname: None,
            face_url: None,
            platform: Some(numbers::ADMINISTRATION),
            recipient,
            client_id: Some(client_id),
            content_type: numbers::MARKDOWN,
            content: serde_json::json!({ "content": command.text }).to_string(),
            sent_at: None,
            created_at: None,
            source: None,
            at_user_ids: None,
            attached_info: String::new(),
            ex: command.ex,
            options: Vec::new(),
            offline_push: command.offline_push,
            reply_to: None,
        };
        self.deliver(ctx, message).await
    }
}

fn read(key: &str) -> Result<ReplyKey> {
    if key.is_empty() || key.len() > LONGEST_KEY {
        return Err(error::args("key is missing or too long"));
    }
    let bytes = STANDARD.decode(key).map_err(|cause| error::args("key is no base64").with_source(cause))?;
    serde_json::from_slice(&bytes).map_err(|cause| error::args("key holds no JSON object of ids").with_source(cause))
}
