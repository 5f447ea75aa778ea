//! OpenIM's notifications of this domain: 1300, which a user's devices get when a row of the user changed (notifications.json).

use openim_contracts::{NotificationRequested, NotificationTarget};
use openim_core::{ConversationId, Ctx, Error, Result, UserId};
use openim_platform::store::Tx;
use serde::Serialize;

/// `ConversationChangeNotification`.
const CONVERSATION_CHANGED: i32 = 1300;
/// The most users of one request.
const CHUNK: usize = 1_000;

/// `ConversationUpdateTips`.
#[derive(Serialize)]
struct ConversationUpdateTips<'a> {
    /// Filled in for each user.
    #[serde(rename = "userID")]
    user_id: &'a str,
    #[serde(rename = "conversationIDList")]
    conversation_ids: [&'a str; 1],
}

/// Requests 1300 for each of these owners of a row in the conversation.
pub(crate) async fn rows_changed(ctx: &Ctx, tx: &Tx, owners: &[UserId], id: &ConversationId) -> Result<()> {
    for chunk in owners.chunks(CHUNK) {
        let Some(sender) = chunk.first() else { continue };
        let tips = ConversationUpdateTips { user_id: "", conversation_ids: [id.as_str()] };
        let request = NotificationRequested {
            key: ctx.ids().hex32(),
            content_type: CONVERSATION_CHANGED,
            sender: sender.clone(),
            target: NotificationTarget::Themselves(chunk.to_vec()),
            detail: serde_json::to_value(tips).map_err(Error::internal)?,
            as_message: None,
            at: ctx.now(),
        };
        tx.append(ctx, &request).await?;
    }
    Ok(())
}
