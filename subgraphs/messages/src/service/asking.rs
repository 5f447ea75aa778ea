//! Asking the application's own server before a message is sent. What it changes is checked like a client's.

use openim_core::{Ctx, Error, ErrorCode, Result};

use super::Service;
use super::composing::{self, Appearance};
use crate::hooks::{self, Changes};
use crate::model::numbers::{self, option};
use crate::model::{Change, Envelope, Recipient, SendMessage, Way};
use crate::policy::Reception;

impl Service {
    /// Asks whether a message may go, and returns it as it shall, with what is new in it.
    ///
    /// # Errors
    /// What the application's server refused with; `ARGS_ERROR` when it changes the message into one that cannot be.
    pub(super) async fn ask_hooks(&self, ctx: &Ctx, envelope: Envelope, own_administrator: bool) -> Result<(Envelope, Vec<Change>)> {
        hooks::before_send(&self.webhooks, ctx, &envelope, own_administrator).await?;
        match hooks::changes(&self.webhooks, ctx, &envelope).await? {
            Some(changes) => {
                let changed = self.changed(ctx, envelope.clone(), changes)?;
                let changes = hooks::differences(&envelope, &changed)?;
                Ok((changed, changes))
            }
            None => Ok((envelope, Vec::new())),
        }
    }

    fn changed(&self, ctx: &Ctx, old: Envelope, changes: Changes) -> Result<Envelope> {
        let wrong = |what: &'static str| Error::new(ErrorCode::Args, what);
        let recipient = match (old.receiver, old.group) {
            (Some(receiver), _) => Recipient::User(receiver),
            (None, Some(group)) => Recipient::Group(group),
            (None, None) => return Err(Error::internal("a message for nobody")),
        };
        let source = changes.msg_from.unwrap_or(old.source);
        if source != numbers::FROM_USER && source != numbers::FROM_SYSTEM {
            return Err(wrong("a webhook changed msgFrom to an unknown number"));
        }
        // What the receiver's settings have switched off stays off.
        let silent = old.options.iter().any(|(key, on)| key == option::OFFLINE_PUSH && !on);
        let reception = if silent { Reception::Silent } else { Reception::Normal };
        let command = SendMessage {
            sender: Some(old.sender),
            nickname: Some(changes.sender_nickname.unwrap_or(old.nickname)),
            face_url: Some(changes.sender_face_url.unwrap_or(old.face_url)),
            platform: Some(changes.platform.unwrap_or(old.platform)),
            recipient,
            client_id: Some(old.client_id),
            content_type: changes.content_type.unwrap_or(old.content_type),
            content: changes.content.unwrap_or(old.content),
            sent_at: None,
            created_at: Some(old.created_at),
            source: None,
            at_user_ids: Some(changes.at_user_ids.unwrap_or(old.at_user_ids)),
            attached_info: changes.attached_info.unwrap_or(old.attached_info),
            ex: changes.ex.unwrap_or(old.ex),
            options: changes.options.map_or(old.options, |options| options.into_iter().collect()),
            offline_push: changes.offline_push_info.map(Into::into).or(old.offline_push),
            reply_to: None,
        };
        let checked = composing::check(ctx, &self.settings.get(), &command)?;
        if checked.kind.session_type() != old.session_type || Way::of(&checked.options) == Way::Notice {
            return Err(wrong("a webhook changed the kind of conversation"));
        }
        let envelope = composing::envelope(ctx, command, checked, Appearance::default(), reception)?;
        Ok(Envelope { server_id: old.server_id, sent_at: old.sent_at, source, ..envelope })
    }
}
