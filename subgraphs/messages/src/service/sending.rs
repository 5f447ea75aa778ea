//! Sending one message: check, look at what the receiver, or the group, thinks of it, append. The order of the checks
//! decides which code a client sees; it is OpenIM's.

use std::sync::Arc;

use openim_contracts::UserSummary;
use openim_core::{ConversationId, ConversationKind, Ctx, Error, ErrorCode, GroupId, Result, UserId};

use super::Service;
use super::composing::{self, Appearance, Checked};
use crate::error;
use crate::meters;
use crate::model::{Draft, LogKey, Parties, Recipient, SendMessage, Sent, Way, numbers};
use crate::policy::{self, Reception};

/// Where a message goes, how its sender looks there, and what the receiver's settings do to it.
struct Passed {
    log: LogKey,
    appearance: Appearance,
    reception: Reception,
}

impl Service {
    /// Sends a message, and remembers of an administrator's that it went well ([`Service::send_status`]).
    ///
    /// # Errors
    /// As [`Service::deliver`].
    pub(crate) async fn send(&self, ctx: &Ctx, command: SendMessage) -> Result<Sent> {
        let sent = self.deliver(ctx, command).await?;
        if ctx.is_admin() {
            self.note_success(ctx).await;
        }
        Ok(sent)
    }

    /// Sends a message and returns it once it is durable, or on its way when it is not to be stored.
    ///
    /// # Errors
    /// `NO_PERMISSION`, `ARGS_ERROR`, `RECORD_NOT_FOUND`, `USER_ID_NOT_FOUND`, `BLOCKED_BY_PEER`, `NOT_PEERS_FRIEND`,
    /// `NOT_IN_GROUP`, `GROUP_DISMISSED`, `MUTED_IN_GROUP`, `MUTED_GROUP`, `UNAVAILABLE`; nothing is stored then, but for
    /// `UNAVAILABLE`, where the same client id finds out.
    pub(super) async fn deliver(&self, ctx: &Ctx, command: SendMessage) -> Result<Sent> {
        let checked = composing::check(ctx, &self.settings.get(), &command)?;
        let own = own_administrator(ctx, &checked.sender);
        let passed = match &checked.recipient {
            Recipient::User(receiver) => self.to_user(ctx, &checked, receiver, command.content_type).await?,
            Recipient::Group(group) => {
                let passed = self.to_group(ctx, &checked, group, command.content_type).await;
                // As in OpenIM: of a group's messages, those that are refused count as failed.
                passed.inspect_err(|_| meters::sent(ConversationKind::Group, &Result::<()>::Err(ErrorCode::NoPermission.into())))?
            }
        };
        let Passed { log, appearance, reception } = passed;
        let kind = log.kind;
        let reply_to = command.reply_to;
        self.may_answer(ctx, &log.id, reply_to).await?;
        let envelope = composing::envelope(ctx, command, checked, appearance, reception)?;
        let (envelope, changes) = self.ask_hooks(ctx, envelope, own).await?;
        let (way, draft) = (Way::of(&envelope.options), Draft { log, envelope: Arc::new(envelope), reply_to });
        if reply_to.is_some() && way != Way::Log {
            return Err(error::args("an answer is stored: it has a place"));
        }
        let stored = match way {
            Way::Log => {
                let stored = self.batcher.append(ctx, draft).await;
                meters::sent(kind, &stored);
                stored?
            }
            Way::Passing => self.pass_on(ctx, draft).await?,
            Way::Notice => self.give(ctx, draft).await?,
        };
        Ok(Sent { message: stored.message, duplicate: stored.duplicate, changes })
    }

    async fn to_user(&self, ctx: &Ctx, checked: &Checked, receiver: &UserId, content_type: i32) -> Result<Passed> {
        let (sender, receiver) = self.both(&checked.sender, receiver).await?;
        let own_administrator = own_administrator(ctx, &checked.sender);
        policy::sender_account(checked.kind, own_administrator, sender.as_ref())?;
        let receiver = receiver.ok_or_else(|| error::missing("the receiver does not exist"))?;
        let level = sender.as_ref().map_or(0, |sender| sender.level);
        let asks = checked.kind == ConversationKind::Single && checked.sender != receiver.user_id;
        if asks && level < numbers::SYSTEM_ACCOUNT_LEVEL && !policy::writes_freely(own_administrator, content_type) {
            let standing = self.relations.standing(&receiver.user_id, &checked.sender).await?;
            policy::may_write_to(standing, self.settings.get().friend_verify)?;
        }
        let id = match checked.kind {
            ConversationKind::System => ConversationId::system(&checked.sender, &receiver.user_id),
            _ => ConversationId::single(&checked.sender, &receiver.user_id),
        };
        let reception = self.reception(checked.kind, &receiver, &id, content_type).await;
        let reception = reception.inspect_err(|error| meters::sent(checked.kind, &Err::<(), _>(error.code().into())))?;
        let log = LogKey { id, kind: checked.kind, parties: Parties::pair(&checked.sender, &receiver.user_id) };
        Ok(Passed { log, appearance: sender.map(Appearance::from).unwrap_or_default(), reception })
    }

    /// What members want to receive does not stop a message to the group.
    async fn to_group(&self, ctx: &Ctx, checked: &Checked, group: &GroupId, content_type: i32) -> Result<Passed> {
        let summary = self.groups.group(group).await?.ok_or_else(|| error::missing("the group does not exist"))?;
        if summary.dismissed && content_type != numbers::GROUP_DISMISSED {
            return Err(Error::new(ErrorCode::GroupDismissed, "the group was dismissed"));
        }
        let own_administrator = own_administrator(ctx, &checked.sender);
        let member = self.groups.member(group, &checked.sender).await?;
        if !policy::writes_freely(own_administrator, content_type) {
            policy::may_write_in(&summary, member.as_ref(), ctx.now())?;
        }
        let sender = self.users.user(&checked.sender).await?;
        policy::sender_account(checked.kind, own_administrator, sender.as_ref())?;
        let mut appearance = sender.map(Appearance::from).unwrap_or_default();
        if let Some(member) = member {
            appearance.prefer(member.nickname, member.face_url);
        }
        let log = LogKey { id: ConversationId::group(group), kind: ConversationKind::Group, parties: Parties::Group(group.clone()) };
        Ok(Passed { log, appearance, reception: Reception::Normal })
    }

    async fn both(&self, sender: &UserId, receiver: &UserId) -> Result<(Option<UserSummary>, Option<UserSummary>)> {
        let users = self.users.users(&[sender.clone(), receiver.clone()]).await?;
        let find = |id: &UserId| users.iter().find(|user| &user.user_id == id).cloned();
        Ok((find(sender), find(receiver)))
    }

    async fn reception(
        &self,
        kind: ConversationKind,
        receiver: &UserSummary,
        log: &ConversationId,
        content_type: i32,
    ) -> Result<Reception> {
        if !policy::asks_receiver(kind, content_type) {
            return Ok(Reception::Normal);
        }
        if let Some(decided) = policy::account_reception(receiver)? {
            return Ok(decided);
        }
        let key = (receiver.user_id.clone(), log.clone());
        let states = self.caches.states(&*self.conversations, std::slice::from_ref(&key)).await?;
        policy::conversation_reception(states.get(&key).and_then(Option::as_ref), content_type)
    }
}

fn own_administrator(ctx: &Ctx, sender: &UserId) -> bool {
    ctx.principal().is_ok_and(|principal| principal.app_admin && principal.user_id == *sender)
}
