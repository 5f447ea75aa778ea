//! OpenIM's notifications of this domain, with the keys of notifications.json: a row of the user changed (1300), a chat became
//! private (1701), conversations were cleared (1703), messages were read (2200).

use openim_contracts::{NotificationRequested, NotificationTarget};
use openim_core::{ConversationId, ConversationKind, Ctx, Error, Result, UserId};
use openim_platform::store::Tx;
use serde::Serialize;

use crate::model::Conversation;

/// `ConversationChangeNotification`.
const CONVERSATION_CHANGED: i32 = 1300;
/// `ConversationPrivateChatNotification`.
const PRIVATE_CHAT: i32 = 1701;
/// `ClearConversationNotification`.
const CLEARED: i32 = 1703;
/// `HasReadReceipt`.
const READ: i32 = 2200;
/// The most users of one request.
const CHUNK: usize = 1_000;

/// `ConversationUpdateTips`.
#[derive(Serialize)]
struct ConversationUpdateTips<'a> {
    /// Filled in for each user.
    #[serde(rename = "userID")]
    user_id: &'a str,
    #[serde(rename = "conversationIDList")]
    conversation_ids: &'a [ConversationId],
}

/// `ConversationSetPrivateTips`.
#[derive(Serialize)]
struct PrivateChatTips<'a> {
    #[serde(rename = "recvID")]
    peer: &'a UserId,
    #[serde(rename = "sendID")]
    owner: &'a UserId,
    #[serde(rename = "isPrivate")]
    private: bool,
    #[serde(rename = "conversationID")]
    conversation_id: &'a ConversationId,
}

/// `ClearConversationTips`.
#[derive(Serialize)]
struct ClearTips<'a> {
    #[serde(rename = "userID")]
    user_id: &'a UserId,
    #[serde(rename = "conversationIDs")]
    conversation_ids: &'a [ConversationId],
}

/// `MarkAsReadTips`.
#[derive(Serialize)]
struct ReadTips<'a> {
    #[serde(rename = "markAsReadUserID")]
    reader: &'a UserId,
    #[serde(rename = "conversationID")]
    conversation_id: &'a ConversationId,
    seqs: Option<&'a [i64]>,
    #[serde(rename = "hasReadSeq")]
    read_seq: i64,
}

/// Requests 1300 for each of these owners of a row in the conversation.
pub(crate) async fn rows_changed(ctx: &Ctx, tx: &Tx, owners: &[UserId], id: &ConversationId) -> Result<()> {
    for chunk in owners.chunks(CHUNK) {
        let Some(sender) = chunk.first() else { continue };
        let tips = ConversationUpdateTips { user_id: "", conversation_ids: std::slice::from_ref(id) };
        request(ctx, tx, CONVERSATION_CHANGED, sender, NotificationTarget::Themselves(chunk.to_vec()), &tips).await?;
    }
    Ok(())
}

/// Requests one 1300 for an owner of whose rows several changed.
pub(crate) async fn list_changed(ctx: &Ctx, tx: &Tx, owner: &UserId, ids: &[ConversationId]) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let tips = ConversationUpdateTips { user_id: "", conversation_ids: ids };
    request(ctx, tx, CONVERSATION_CHANGED, owner, NotificationTarget::Themselves(vec![owner.clone()]), &tips).await
}

/// Requests 1701: the owner has made the chat with the peer private, or has ended that.
pub(crate) async fn private_chat(ctx: &Ctx, tx: &Tx, row: &Conversation, peer: &UserId) -> Result<()> {
    let tips = PrivateChatTips { peer, owner: &row.owner, private: row.preferences.private_chat, conversation_id: &row.id };
    request(ctx, tx, PRIVATE_CHAT, &row.owner, NotificationTarget::User(peer.clone()), &tips).await
}

/// Requests 1703 for the owner's own devices.
pub(crate) async fn cleared(ctx: &Ctx, tx: &Tx, owner: &UserId, ids: &[ConversationId]) -> Result<()> {
    let tips = ClearTips { user_id: owner, conversation_ids: ids };
    request(ctx, tx, CLEARED, owner, NotificationTarget::User(owner.clone()), &tips).await
}

/// Requests 1703 for everybody in a conversation.
pub(crate) async fn cleared_for_everybody(ctx: &Ctx, tx: &Tx, row: &Conversation) -> Result<()> {
    let target = match (&row.group, &row.peer) {
        (Some(group), _) => NotificationTarget::Group(group.clone()),
        (None, Some(peer)) if row.kind == ConversationKind::Single => NotificationTarget::User(peer.clone()),
        // A system account reads no notifications.
        _ => NotificationTarget::User(row.owner.clone()),
    };
    let tips = ClearTips { user_id: &row.owner, conversation_ids: std::slice::from_ref(&row.id) };
    request(ctx, tx, CLEARED, &row.owner, target, &tips).await
}

/// Requests 2200: for the other one of a chat of two when `seqs` are told, else for the owner's own devices.
pub(crate) async fn read(ctx: &Ctx, tx: &Tx, row: &Conversation, seqs: Option<&[i64]>) -> Result<()> {
    let told = row.peer.as_ref().filter(|_| seqs.is_some()).unwrap_or(&row.owner);
    let tips = ReadTips { reader: &row.owner, conversation_id: &row.id, seqs, read_seq: row.read_seq };
    request(ctx, tx, READ, &row.owner, NotificationTarget::User(told.clone()), &tips).await
}

async fn request(
    ctx: &Ctx,
    tx: &Tx,
    content_type: i32,
    sender: &UserId,
    target: NotificationTarget,
    tips: &(impl Serialize + Sync),
) -> Result<()> {
    let request = NotificationRequested {
        key: ctx.ids().hex32(),
        content_type,
        sender: sender.clone(),
        target,
        detail: serde_json::to_value(tips).map_err(Error::internal)?,
        as_message: None,
        at: ctx.now(),
    };
    tx.append(ctx, &request).await
}
