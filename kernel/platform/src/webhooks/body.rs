//! A hook's body: one JSON object that begins with what the engine adds, and ends with a newline.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use openim_core::{Ctx, Error, Result};
use serde::Serialize;

use super::Command;

/// What a receiver may hand back to `/msg/send_simple_msg?key=…` to answer in the conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReplyKey<'a> {
    /// Who sent the message.
    #[serde(rename = "sendID")]
    pub sender: &'a str,
    /// Who gets it; empty in a group.
    #[serde(rename = "recvID")]
    pub receiver: &'a str,
    /// The group; empty in a single chat.
    #[serde(rename = "groupID")]
    pub group: &'a str,
}

impl ReplyKey<'_> {
    /// Returns the value of the query parameter, not yet escaped for a URL.
    pub(super) fn encode(&self) -> Result<String> {
        Ok(STANDARD.encode(serde_json::to_vec(self).map_err(Error::internal)?))
    }
}

/// Writes a body: `callbackCommand`, `operationID` where the hook has one, then the fields of `fields`.
pub(super) fn compose<Q: Serialize + ?Sized>(ctx: &Ctx, command: &Command, fields: &Q) -> Result<String> {
    let fields = serde_json::to_string(fields).map_err(Error::internal)?;
    let rest = fields.strip_prefix('{').ok_or_else(|| Error::internal("the body of a webhook must be a struct"))?;
    let mut body = String::with_capacity(fields.len() + 128);
    body.push_str("{\"callbackCommand\":\"");
    body.push_str(command.text);
    body.push('"');
    if command.operation_id {
        body.push_str(",\"operationID\":");
        body.push_str(&serde_json::to_string(ctx.operation_id().as_str()).map_err(Error::internal)?);
    }
    if rest != "}" {
        body.push(',');
    }
    body.push_str(rest);
    body.push('\n');
    Ok(body)
}

#[cfg(test)]
mod tests {
    use openim_core::{Actor, OperationId, Runtime, Timestamp};

    use super::*;
    use crate::webhooks::commands;

    #[derive(Serialize)]
    struct Nothing {}

    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Invitation {
        #[serde(rename = "groupID")]
        group: &'static str,
        list: Option<Vec<String>>,
    }

    #[test]
    fn the_engine_adds_the_command_and_the_operation_where_the_hook_has_one() {
        let operation = OperationId::parse("op\"1").unwrap();
        let ctx = Ctx::new(Runtime::system(), Actor::System, operation, Timestamp(0));
        let body = compose(&ctx, &commands::BEFORE_INVITE_USER_TO_GROUP, &Invitation { group: "g", list: None }).unwrap();
        assert_eq!(
            body,
            "{\"callbackCommand\":\"callbackBeforeInviteJoinGroupCommand\",\"operationID\":\"op\\\"1\",\"groupID\":\"g\",\"list\":null}\n"
        );
        let body = compose(&ctx, &commands::AFTER_QUIT_GROUP, &Nothing {}).unwrap();
        assert_eq!(body, "{\"callbackCommand\":\"callbackAfterQuitGroupCommand\"}\n");
        assert!(compose(&ctx, &commands::AFTER_QUIT_GROUP, &[1]).is_err());
    }

    #[test]
    fn the_reply_key_is_base64_of_the_three_ids() {
        let key = ReplyKey { sender: "a", receiver: "b", group: "" }.encode().unwrap();
        assert_eq!(STANDARD.decode(key).unwrap(), br#"{"sendID":"a","recvID":"b","groupID":""}"#);
    }
}
