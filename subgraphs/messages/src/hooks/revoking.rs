//! What the application's own server is told about a message that was revoked.

use openim_core::{ConversationId, Ctx, Result, UserId};
use openim_platform::store::Tx;
use openim_platform::webhooks::{Webhooks, commands};
use serde::Serialize;

#[derive(Serialize)]
struct Revoked<'a> {
    #[serde(rename = "conversationID")]
    conversation_id: &'a str,
    seq: i64,
    #[serde(rename = "userID")]
    user: &'a str,
}

/// Tells that a message was revoked, once the transaction is committed.
///
/// # Errors
/// As any statement.
pub(crate) async fn after_revoked(
    webhooks: &Webhooks,
    ctx: &Ctx,
    tx: &Tx,
    conversation_id: &ConversationId,
    seq: i64,
    user: &UserId,
) -> Result<()> {
    let body = Revoked { conversation_id: conversation_id.as_str(), seq, user: user.as_str() };
    webhooks.after(ctx, tx, &commands::AFTER_REVOKE_MSG, &body).await
}
