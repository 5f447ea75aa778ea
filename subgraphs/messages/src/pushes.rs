//! What devices that are offline should hear of. It is said in the transaction of the message itself, so that no crash
//! loses it, as one event a commit; who is really told is decided elsewhere, later, so that nobody who sends waits for it.

use std::sync::Arc;

use openim_contracts::{Envelope, MessageData, PlacedMessage, PushWanted};
use openim_core::{Ctx, Result, Runtime};
use openim_platform::store::Tx;

use crate::model::numbers::{self, option};
use crate::model::switched;

/// The most messages of one event.
const MOST: usize = 500;

/// Tells whether a message is for devices that are offline, too. Nobody is told of what he wrote to himself.
pub(crate) fn wanted(envelope: &Envelope) -> bool {
    switched(&envelope.options, option::OFFLINE_PUSH)
        && !numbers::ROOM_NEWS.contains(&envelope.content_type)
        && envelope.receiver.as_ref() != Some(&envelope.sender)
}

/// Says so of stored messages.
///
/// # Errors
/// As any statement.
pub(crate) async fn of_stored(runtime: &Runtime, tx: &Tx, places: Vec<PlacedMessage>) -> Result<()> {
    for chunk in places.chunks(MOST) {
        let Some(first) = chunk.first() else { continue };
        let ctx = Ctx::system(runtime, first.operation_id.clone());
        tx.append(&ctx, &PushWanted { stored: chunk.to_vec(), passing: Vec::new() }).await?;
    }
    Ok(())
}

/// Says so of messages that nobody stores.
///
/// # Errors
/// As any statement.
pub(crate) async fn of_passing(ctx: &Ctx, tx: &Tx, messages: Vec<Arc<MessageData>>) -> Result<()> {
    if messages.is_empty() {
        return Ok(());
    }
    tx.append(ctx, &PushWanted { stored: Vec::new(), passing: messages }).await
}

#[cfg(test)]
mod tests {
    use openim_core::{ClientMessageId, Timestamp, UserId};

    use super::*;

    fn envelope(content_type: i32, receiver: &str, options: &[(&str, bool)]) -> Result<Envelope> {
        Ok(Envelope {
            server_id: String::new(),
            client_id: ClientMessageId::parse("m")?,
            sender: UserId::parse("ann")?,
            receiver: Some(UserId::parse(receiver)?),
            group: None,
            platform: 1,
            nickname: String::new(),
            face_url: String::new(),
            session_type: 1,
            source: 100,
            content_type,
            content: "{}".into(),
            sent_at: Timestamp(0),
            created_at: Timestamp(0),
            at_user_ids: Vec::new(),
            attached_info: String::new(),
            ex: String::new(),
            options: options.iter().map(|(key, on)| ((*key).to_owned(), *on)).collect(),
            offline_push: None,
        })
    }

    #[test]
    fn the_switch_and_the_content_type_decide_and_a_missing_switch_is_on() -> Result<()> {
        assert!(wanted(&envelope(101, "bob", &[])?));
        assert!(wanted(&envelope(101, "bob", &[("offlinePush", true), ("unreadCount", false)])?));
        assert!(!wanted(&envelope(101, "bob", &[("offlinePush", false)])?));
        assert!(wanted(&envelope(1601, "bob", &[])?));
        assert!(!wanted(&envelope(1602, "bob", &[])?));
        assert!(!wanted(&envelope(1603, "bob", &[])?));
        assert!(!wanted(&envelope(101, "ann", &[])?), "a note to oneself");
        Ok(())
    }
}
