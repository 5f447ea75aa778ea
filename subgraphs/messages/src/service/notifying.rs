//! Notifications that other domains ask for: treated as the policy of their kind says, stored or not, and handed to the
//! streams of whom they concern. Everything happens in the transaction of the handled event, so that each is given once.

use std::sync::Arc;

use openim_contracts::{Audience, MessageData, NotificationRequested, NotificationTarget, Signal, SignalKind};
use openim_core::{ClientMessageId, ConversationId, ConversationKind, Ctx, GroupId, Result, UserId};
use openim_platform::store::Tx;
use serde_json::Value;

use super::Service;
use super::composing::Appearance;
use crate::model::numbers::{self, option};
use crate::model::{Draft, Envelope, LogKey, Parties};
use crate::notices::NoticePolicy;
use crate::pushes;
use crate::repository::announced;
use crate::tips;

/// One notification on its way.
struct Notice {
    sender: UserId,
    to: To,
    /// The content's text.
    content: String,
    policy: NoticePolicy,
}

enum To {
    User(UserId),
    /// Everybody in it, and some who have just entered or left.
    Group(GroupId, Vec<UserId>),
}

impl Service {
    /// Stores and delivers what was asked for. What concerns a group that is gone is given up.
    ///
    /// # Errors
    /// As any statement; then nothing happened.
    pub(crate) async fn notify(&self, ctx: &Ctx, tx: &Tx, request: NotificationRequested) -> Result<()> {
        let notices = self.addressed(&request).await?;
        let appearance = match notices.first() {
            Some(notice) if notice.policy.shows_sender => self.appearance(notice).await?,
            _ => Appearance::default(),
        };
        let mut drafts = Vec::new();
        // Of each notice the place of its stored form among the drafts.
        let mut streams = Vec::with_capacity(notices.len());
        for notice in &notices {
            if notice.policy.as_message {
                drafts.push(notice.line(ctx, &request, &appearance)?);
            }
            streams.push(notice.policy.stored.then_some(drafts.len()));
            if notice.policy.stored {
                drafts.push(notice.stream_message(ctx, &request, &appearance)?);
            }
        }
        let stored = if drafts.is_empty() { Vec::new() } else { self.batcher.within(ctx, tx, drafts).await? };
        let (mut marks, mut pushed) = (Vec::new(), Vec::new());
        for (notice, stream) in notices.into_iter().zip(streams) {
            let stored = stream.and_then(|place| stored.get(place)).and_then(Option::as_ref);
            if stream.is_some() && stored.is_none() {
                tracing::warn!(conversation.id = %notice.stream(), "a notification stream belongs to others, a notification is not stored");
            }
            if stored.is_none() && request.content_type != numbers::CONVERSATION_CHANGED {
                marks.extend(notice.marked());
            }
            let data = match stored {
                Some(stored) => stored.message.data(Some(ctx.operation_id())),
                None => notice.unstored(ctx, &request, &appearance)?,
            };
            let data = Arc::new(data);
            if self.settings.get().push && stored.is_none() && pushes::wanted(&data.envelope) {
                pushed.push(data.clone());
            }
            tx.signal(notice.signal(data));
        }
        pushes::of_passing(ctx, tx, pushed).await?;
        announced::mark(tx.connection(), &marks, request.content_type, ctx.now()).await
    }

    /// Tells for whom a request is; for nobody when there is no such group.
    async fn addressed(&self, request: &NotificationRequested) -> Result<Vec<Notice>> {
        let mut policy = self.settings.get().notifications.of(request.content_type);
        policy.as_message = request.as_message.unwrap_or(policy.as_message);
        let notice = |sender: &UserId, to: To, detail: &Value| -> Result<Notice> {
            let mut policy = policy.clone();
            // What only the reader's own devices hear is not kept.
            policy.stored &= request.content_type != numbers::READ_RECEIPT || !matches!(&to, To::User(user) if user == sender);
            Ok(Notice { sender: sender.clone(), to, content: tips::wrapped(detail)?, policy })
        };
        match &request.target {
            NotificationTarget::User(user) => Ok(vec![notice(&request.sender, To::User(user.clone()), &request.detail)?]),
            NotificationTarget::Themselves(users) => {
                let own = |user: &UserId| {
                    let mut detail = request.detail.clone();
                    if let Some(place) = detail.get_mut("userID") {
                        *place = Value::from(user.as_str());
                    }
                    notice(user, To::User(user.clone()), &detail)
                };
                users.iter().map(own).collect()
            }
            NotificationTarget::Group(group) => {
                if self.groups.group(group).await?.is_none() {
                    tracing::info!(group.id = %group, content_type = request.content_type, "a notification for a group that is not there is given up");
                    return Ok(Vec::new());
                }
                let to = To::Group(group.clone(), moved(request.content_type, &request.detail));
                Ok(vec![notice(&request.sender, to, &request.detail)?])
            }
        }
    }

    async fn appearance(&self, notice: &Notice) -> Result<Appearance> {
        let mut appearance = self.users.user(&notice.sender).await?.map(Appearance::from).unwrap_or_default();
        if let To::Group(group, _) = &notice.to
            && let Some(member) = self.groups.member(group, &notice.sender).await?
        {
            appearance.prefer(member.nickname, member.face_url);
        }
        Ok(appearance)
    }
}

impl Notice {
    /// Returns the conversation it is about.
    fn chat(&self) -> LogKey {
        match &self.to {
            To::User(user) => {
                let (id, parties) = (ConversationId::single(&self.sender, user), Parties::pair(&self.sender, user));
                LogKey { id, kind: ConversationKind::Single, parties }
            }
            To::Group(group, _) => {
                LogKey { id: ConversationId::group(group), kind: ConversationKind::Group, parties: Parties::Group(group.clone()) }
            }
        }
    }

    /// Returns the notification stream it belongs to.
    fn stream(&self) -> ConversationId {
        self.chat().id.notification_twin()
    }

    /// Makes the line of the chat: an ordinary message but for unread count and push.
    fn line(&self, ctx: &Ctx, request: &NotificationRequested, sender: &Appearance) -> Result<Draft> {
        let options = vec![(option::OFFLINE_PUSH.to_owned(), self.policy.push), (option::UNREAD_COUNT.to_owned(), true)];
        let envelope = self.envelope(ctx, request, sender, ClientMessageId::parse(request.key.as_str())?, options);
        Ok(Draft { log: self.chat(), envelope: Arc::new(envelope), reply_to: None })
    }

    /// Makes the message of the notification stream. The line of the chat, if there is one, has the key for itself and is
    /// what counts as unread and is pushed.
    fn stream_message(&self, ctx: &Ctx, request: &NotificationRequested, sender: &Appearance) -> Result<Draft> {
        let line = self.policy.as_message;
        let key = if line { format!("{}.n", request.key) } else { request.key.clone() };
        let switches = [
            (option::IS_NOT_NOTIFICATION, false),
            (option::IS_SEND_MSG, line),
            (option::HISTORY, self.policy.stored),
            (option::PERSISTENT, self.policy.stored),
            (option::OFFLINE_PUSH, self.policy.push && !line),
            (option::UNREAD_COUNT, false),
            (option::CONVERSATION_UPDATE, false),
            (option::SENDER_SYNC, true),
            (option::NOT_PRIVATE, false),
            (option::SENDER_CONVERSATION_UPDATE, false),
            (option::REACTION_FROM_CACHE, false),
        ];
        let options = switches.into_iter().map(|(name, on)| (name.to_owned(), on)).collect();
        let LogKey { id, parties, .. } = self.chat();
        let log = LogKey { id: id.notification_twin(), kind: ConversationKind::Notification, parties };
        let envelope = self.envelope(ctx, request, sender, ClientMessageId::parse(key)?, options);
        Ok(Draft { log, envelope: Arc::new(envelope), reply_to: None })
    }

    fn envelope(
        &self,
        ctx: &Ctx,
        request: &NotificationRequested,
        sender: &Appearance,
        client_id: ClientMessageId,
        options: Vec<(String, bool)>,
    ) -> Envelope {
        let (receiver, group) = match &self.to {
            To::User(user) => (Some(user.clone()), None),
            To::Group(group, _) => (None, Some(group.clone())),
        };
        Envelope {
            server_id: ctx.ids().hex32(),
            client_id,
            sender: self.sender.clone(),
            receiver,
            group,
            platform: 0,
            nickname: sender.nickname.clone(),
            face_url: sender.face_url.clone(),
            session_type: self.chat().kind.session_type(),
            source: numbers::FROM_SYSTEM,
            content_type: request.content_type,
            content: self.content.clone(),
            sent_at: ctx.now(),
            created_at: request.at,
            at_user_ids: Vec::new(),
            attached_info: String::new(),
            ex: String::new(),
            options,
            offline_push: Some(self.policy.texts.clone()),
        }
    }

    /// Returns the streams under which it is remembered that it was given although it is not stored.
    fn marked(&self) -> Vec<ConversationId> {
        match &self.to {
            To::User(user) if *user == self.sender => vec![ConversationId::own_notifications(user)],
            To::User(user) => vec![ConversationId::own_notifications(user), ConversationId::own_notifications(&self.sender)],
            To::Group(group, moved) => {
                let own = moved.iter().map(ConversationId::own_notifications);
                [ConversationId::group(group)].into_iter().chain(own).collect()
            }
        }
    }

    /// Makes what is told and not kept.
    fn unstored(&self, ctx: &Ctx, request: &NotificationRequested, sender: &Appearance) -> Result<MessageData> {
        let Draft { log, envelope, .. } = self.stream_message(ctx, request, sender)?;
        Ok(MessageData { conversation_id: log.id, seq: 0, envelope, operation_id: ctx.operation_id().to_string() })
    }

    fn signal(self, message: Arc<MessageData>) -> Signal {
        let audience = match self.to {
            To::User(user) if user == self.sender => Audience::Users(vec![user]),
            // The sender's other devices hear of it, too.
            To::User(user) => Audience::Users(vec![user, self.sender]),
            To::Group(group, moved) => {
                let chat = ConversationId::group(&group);
                if moved.is_empty() { Audience::Conversation(chat) } else { Audience::ConversationAnd(chat, moved) }
            }
        };
        Signal { audience, kind: SignalKind::Notified { message } }
    }
}

/// Returns who has just entered the group or was removed from it: their streams may not follow it yet, or no more, and
/// they must hear of it all the same.
fn moved(content_type: i32, detail: &Value) -> Vec<UserId> {
    let list = |field: &str| detail.get(field).and_then(Value::as_array).into_iter().flatten().collect();
    let one = |field: &str| detail.get(field).into_iter().collect();
    let members: Vec<&Value> = match content_type {
        numbers::GROUP_CREATED => list("memberList"),
        numbers::MEMBER_INVITED => list("invitedUserList"),
        numbers::MEMBER_ENTERED => one("entrantUser"),
        numbers::MEMBER_KICKED => list("kickedUserList"),
        numbers::MEMBER_QUIT => one("quitUser"),
        _ => Vec::new(),
    };
    let id = |member: &&Value| UserId::parse(member.get("userID")?.as_str()?).ok();
    members.iter().filter_map(id).collect()
}
