//! What this domain tells others: the first message of a conversation and who was mentioned (durable), and every new one
//! (a hint). What it does for others: it gives the notifications they ask for.

use std::sync::Arc;

use async_trait::async_trait;
use openim_contracts::{ConversationStarted, DomainEvent, MembersMentioned, MessageData, NotificationRequested, Signal, SignalKind};
use openim_core::{ConversationKind, Ctx, Result, Timestamp, UserId};
use openim_platform::events::{EventHandler, StoredEvent};
use openim_platform::store::Tx;

use crate::batcher::Appended;
use crate::model::{Log, Message, Parties, audience, numbers};
use crate::service::Service;

/// The most messages, and bytes of their contents, that a signal carries.
const MOST_CARRIED: usize = 100;
const MOST_CARRIED_BYTES: usize = 128 * 1024;

/// Gives the notifications that other domains ask for.
pub(crate) struct Notifier(pub(crate) Arc<Service>);

#[async_trait]
impl EventHandler for Notifier {
    fn name(&self) -> &'static str {
        "messages.notifications"
    }

    fn topics(&self) -> &'static [&'static str] {
        &[NotificationRequested::TOPIC]
    }

    async fn handle(&self, ctx: &Ctx, tx: &Tx, event: &StoredEvent) -> Result<()> {
        self.0.notify(ctx, tx, event.decode()?).await
    }
}

/// Tells who needs a row now; notification streams have no rows, groups make theirs with their members.
pub(crate) fn started(appended: &Appended, at: Timestamp) -> Option<ConversationStarted> {
    let key = &appended.log.key;
    let participants = key.parties.people();
    let owners = match key.kind {
        ConversationKind::Single => participants.clone(),
        ConversationKind::System => vec![appended.messages.first()?.envelope.receiver.clone()?],
        ConversationKind::Group => Vec::new(),
        ConversationKind::Notification => return None,
    };
    Some(ConversationStarted { conversation_id: key.id.clone(), kind: key.kind, owners, participants, at })
}

/// Tells who was named in a group's new messages.
pub(crate) fn mentions(appended: &Appended, at: Timestamp) -> Vec<MembersMentioned> {
    let Parties::Group(group_id) = &appended.log.key.parties else { return Vec::new() };
    let mention = |message: &Arc<Message>| {
        let (envelope, seq) = (&message.envelope, message.seq.0);
        let everybody = envelope.at_user_ids.iter().any(|id| id == numbers::AT_ALL);
        let named = envelope.at_user_ids.iter().filter(|id| *id != numbers::AT_ALL);
        // What can be no user's id names nobody.
        let user_ids: Vec<UserId> = named.filter_map(|id| UserId::parse(id).ok()).collect();
        let sender = envelope.sender.clone();
        (everybody || !user_ids.is_empty()).then(|| MembersMentioned { group_id: group_id.clone(), seq, sender, user_ids, everybody, at })
    };
    appended.messages.iter().filter_map(mention).collect()
}

/// Makes the signals of one commit: one for each log that grew, one for each repeated message.
pub(crate) fn signals(appended: &[Appended], repeated: &[(Arc<Log>, Arc<Message>)]) -> Vec<Signal> {
    let grown = appended.iter().map(|grown| signal(&grown.log, grown.first, grown.last, carried(grown), stored_at(grown)));
    let again = |(log, message): &(Arc<Log>, Arc<Message>)| signal(log, message.seq.0, message.seq.0, Vec::new(), Timestamp::default());
    grown.chain(repeated.iter().map(again)).collect()
}

fn stored_at(grown: &Appended) -> Timestamp {
    grown.messages.last().map(|message| message.stored_at).unwrap_or_default()
}

fn signal(log: &Log, first_seq: i64, last_seq: i64, messages: Vec<Arc<MessageData>>, stored_at: Timestamp) -> Signal {
    let kind = SignalKind::MessagesAppended { conversation_id: log.key.id.clone(), first_seq, last_seq, messages, stored_at };
    Signal { audience: audience(&log.key), kind }
}

/// Returns the messages that go with the signal, so that nodes need not read what they hand on; none when they are many.
fn carried(grown: &Appended) -> Vec<Arc<MessageData>> {
    let size: usize = grown.messages.iter().map(|message| message.envelope.content.len()).sum();
    if grown.messages.len() > MOST_CARRIED || size > MOST_CARRIED_BYTES {
        return Vec::new();
    }
    grown.messages.iter().enumerate().map(|(place, message)| Arc::new(message.data(grown.operations.get(place)))).collect()
}
