//! Which devices get a message: one pure function.

use openim_contracts::MessageData;
use openim_core::{Platform, UserId};

const IOS: i32 = 1;

/// The switch that keeps a message from its sender's own devices.
const SENDER_SYNC: &str = "senderSync";

/// Tells whether a device of a user gets a message that was signalled to the user.
///
/// All devices of a receiver do, and the sender's as well, the one that sent it among them: a client learns the place of
/// its own message by that. A sender who switched it off hears nothing of a chat with somebody else. An iOS app in the
/// background gets nothing.
pub(crate) fn receives(message: &MessageData, user: &UserId, platform: Platform, background: bool) -> bool {
    if background && platform.number() == IOS {
        return false;
    }
    let envelope = &message.envelope;
    let only_sender = envelope.sender == *user && envelope.group.is_none() && envelope.receiver.as_ref() != Some(user);
    !only_sender || envelope.options.iter().all(|(name, on)| *on || name != SENDER_SYNC)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use openim_contracts::Envelope;
    use openim_core::{ClientMessageId, ConversationId, GroupId, Result, Timestamp};

    use super::*;

    fn message(receiver: Option<&str>, options: &[(&str, bool)]) -> Result<MessageData> {
        let sender = UserId::parse("a")?;
        let envelope = Envelope {
            server_id: "1".into(),
            client_id: ClientMessageId::parse("c")?,
            sender,
            receiver: receiver.map(UserId::parse).transpose()?,
            group: if receiver.is_none() { Some(GroupId::parse("g")?) } else { None },
            platform: 5,
            nickname: String::new(),
            face_url: String::new(),
            session_type: if receiver.is_none() { 3 } else { 1 },
            source: 100,
            content_type: 101,
            content: "{}".into(),
            sent_at: Timestamp(1),
            created_at: Timestamp(1),
            at_user_ids: Vec::new(),
            attached_info: String::new(),
            ex: String::new(),
            options: options.iter().map(|(name, on)| ((*name).to_owned(), *on)).collect(),
            offline_push: None,
        };
        Ok(MessageData {
            conversation_id: ConversationId::parse("si_a_b")?,
            seq: 1,
            envelope: Arc::new(envelope),
            operation_id: String::new(),
        })
    }

    #[test]
    fn every_device_gets_it_but_senders_who_do_not_want_it_and_sleeping_phones() -> Result<()> {
        let (phone, web) = (Platform::parse(1)?, Platform::WEB);
        let quiet = [("senderSync", false)];
        for (receiver, options, user, platform, background, expected) in [
            (Some("b"), &[][..], "b", web, false, true),
            (Some("b"), &[], "a", web, false, true),
            (Some("b"), &quiet, "a", web, false, false),
            (Some("b"), &quiet, "b", web, false, true),
            (Some("b"), &[("senderSync", true), ("history", false)], "a", web, false, true),
            (Some("a"), &quiet, "a", web, false, true),
            (None, &quiet, "a", web, false, true),
            (Some("b"), &[], "b", phone, true, false),
            (Some("b"), &[], "b", phone, false, true),
            (Some("b"), &[], "b", web, true, true),
        ] {
            let got = receives(&message(receiver, options)?, &UserId::parse(user)?, platform, background);
            assert_eq!(got, expected, "to {receiver:?} with {options:?}: {user} on {platform:?}, background {background}");
        }
        Ok(())
    }
}
