//! What the hub asks the graph, as any client could ask it.

use std::sync::Arc;

use async_graphql::{ErrorExtensionValues, Name, Response, ScalarType, ServerError, Value, Variables};
use async_trait::async_trait;
use openim_core::{ConversationId, Ctx, Error, ErrorCode, GroupId, Platform, Result, Timestamp, UserId};
use openim_graphql::DateTime;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::event::{MissedNews, Notification};

/// Where the viewer's logs end.
const HEADS: &str = "query EventHeads($ids: [ID!]) { viewer { heads(ids: $ids, includeEmpty: true) { conversationId maxSeq live } } }";

/// What happened in the viewer's conversations since a moment.
const CHANGES: &str = "query EventChanges($since: DateTime!) { viewer { changesSince(since: $since) {
  truncated conversations { conversationId maxSeq rowChanged reads { userId readSeq } } } } }";

/// Which messages of some conversations were stored since a moment.
const STORED: &str = "query EventStored($conversationIds: [ID!]!, $since: DateTime!) { viewer {
  storedSince(conversationIds: $conversationIds, since: $since) { conversationId firstSeq lastSeq } } }";

/// Which kinds of notifications were given since a moment without being stored.
const ANNOUNCED: &str = "query EventAnnounced($since: DateTime!) { viewer { announcedSince(since: $since) { contentType groupId } } }";

/// The stored notifications of a part of a stream.
const NOTIFICATIONS: &str = "query EventNotifications($ranges: [SeqRangeInput!]!) { viewer { pullMessages(ranges: $ranges) {
  messages { seq contentType senderId receiverId groupId rawText sentAt } } } }";

/// Who is online where.
const PRESENCES: &str = "query EventPresences($userIds: [ID!]!) { presences(userIds: $userIds) { userId platforms } }";

/// The most users that one question about presence names.
pub(crate) const MOST_PRESENCES: usize = 1_000;

/// Every document the hub runs, so that a gateway can plan them at start-up.
pub const OPERATIONS: [&str; 6] = [HEADS, CHANGES, STORED, ANNOUNCED, NOTIFICATIONS, PRESENCES];

/// Runs one of [`OPERATIONS`] over the whole graph.
#[async_trait]
pub trait GraphQuery: Send + Sync + 'static {
    /// Answers for the caller in `ctx`.
    async fn query(&self, operation: &'static str, variables: Variables, ctx: &Ctx) -> Response;
}

/// The end of a log.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Head {
    pub(crate) conversation_id: ConversationId,
    pub(crate) max_seq: i64,
    pub(crate) live: bool,
}

/// What happened since a moment.
#[derive(Debug, Deserialize)]
pub(crate) struct Changes {
    pub(crate) truncated: bool,
    pub(crate) conversations: Vec<Change>,
}

/// What happened in one conversation.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Change {
    pub(crate) conversation_id: ConversationId,
    pub(crate) max_seq: i64,
    pub(crate) row_changed: bool,
    pub(crate) reads: Vec<Read>,
}

/// A read position that moved.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Read {
    pub(crate) user_id: UserId,
    pub(crate) read_seq: i64,
}

/// Messages that were stored since a moment.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Stored {
    pub(crate) conversation_id: ConversationId,
    pub(crate) first_seq: i64,
    pub(crate) last_seq: i64,
}

/// A kind of notification that was given without being stored.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Announced {
    content_type: i32,
    group_id: Option<GroupId>,
}

/// A place of a notification stream; what is gone has no sender.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Place {
    seq: i64,
    content_type: i32,
    sender_id: Option<UserId>,
    receiver_id: Option<UserId>,
    group_id: Option<GroupId>,
    raw_text: String,
    sent_at: Option<String>,
}

impl Place {
    fn notification(self, conversation_id: &ConversationId) -> Option<Notification> {
        Some(Notification {
            content_type: self.content_type,
            conversation_id: conversation_id.clone(),
            sender: self.sender_id?,
            receiver: self.receiver_id,
            group: self.group_id,
            seq: self.seq,
            content: self.raw_text,
            sent_at: DateTime::parse(Value::String(self.sent_at?)).ok()?.0,
        })
    }
}

#[derive(Deserialize)]
struct Answer<T> {
    viewer: Option<T>,
}

/// Asks in the name of one viewer.
pub(crate) struct Asking<'a> {
    pub(crate) graph: &'a Arc<dyn GraphQuery>,
    pub(crate) ctx: Ctx,
}

impl Asking<'_> {
    /// Asks where logs end: all of the viewer's, or some.
    pub(crate) async fn heads(&self, only: Option<&ConversationId>) -> Result<Vec<Head>> {
        #[derive(Deserialize)]
        struct Viewer {
            heads: Vec<Head>,
        }
        let ids = only.map_or(Value::Null, |id| ids([id]));
        Ok(self.ask::<Viewer>(HEADS, [("ids", ids)]).await?.heads)
    }

    /// Asks what happened since a moment.
    pub(crate) async fn changes(&self, since: Timestamp) -> Result<Changes> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Viewer {
            changes_since: Changes,
        }
        Ok(self.ask::<Viewer>(CHANGES, [("since", time(since))]).await?.changes_since)
    }

    /// Asks which messages of these conversations were stored since a moment.
    pub(crate) async fn stored(&self, conversations: &[&ConversationId], since: Timestamp) -> Result<Vec<Stored>> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Viewer {
            stored_since: Vec<Stored>,
        }
        if conversations.is_empty() {
            return Ok(Vec::new());
        }
        let variables = [("conversationIds", ids(conversations.iter().copied())), ("since", time(since))];
        Ok(self.ask::<Viewer>(STORED, variables).await?.stored_since)
    }

    /// Asks what was told since a moment and is not kept.
    pub(crate) async fn announced(&self, since: Timestamp) -> Result<MissedNews> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Viewer {
            announced_since: Vec<Announced>,
        }
        let mut missed = MissedNews::default();
        for one in self.ask::<Viewer>(ANNOUNCED, [("since", time(since))]).await?.announced_since {
            missed.note(one.content_type, one.group_id);
        }
        Ok(missed)
    }

    /// Asks for a part of a notification stream, in ascending order; what is gone is left out.
    pub(crate) async fn notifications(&self, id: &ConversationId, first: i64, last: i64) -> Result<Vec<Notification>> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Viewer {
            pull_messages: Vec<Pulled>,
        }
        #[derive(Deserialize)]
        struct Pulled {
            messages: Vec<Place>,
        }
        let fields = [("conversationId", Value::String(id.to_string())), ("begin", Value::from(first)), ("end", Value::from(last))];
        let range = Value::Object(fields.into_iter().map(|(name, value)| (Name::new(name), value)).collect());
        let pulled = self.ask::<Viewer>(NOTIFICATIONS, [("ranges", Value::List(vec![range]))]).await?.pull_messages;
        Ok(pulled.into_iter().flat_map(|range| range.messages).filter_map(|place| place.notification(id)).collect())
    }

    /// Asks who is online where; all are told, in the order asked. At most [`MOST_PRESENCES`] at a time.
    pub(crate) async fn presences(&self, users: &[UserId]) -> Result<Vec<(UserId, Vec<Platform>)>> {
        #[derive(Deserialize)]
        struct Presences {
            presences: Vec<Known>,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Known {
            user_id: UserId,
            platforms: Vec<Name>,
        }
        let ids = Value::List(users.iter().map(|user| Value::String(user.to_string())).collect());
        let platform = |name| {
            let parsed = <openim_graphql::Platform as async_graphql::InputType>::parse(Some(Value::Enum(name)));
            parsed.ok()?.to_core().ok()
        };
        let platforms = |names: Vec<Name>| names.into_iter().filter_map(platform).collect();
        let found: Presences = self.ask_root(PRESENCES, [("userIds", ids)]).await?;
        Ok(found.presences.into_iter().map(|known| (known.user_id, platforms(known.platforms))).collect())
    }

    async fn ask<T: DeserializeOwned>(
        &self,
        operation: &'static str,
        variables: impl IntoIterator<Item = (&'static str, Value)>,
    ) -> Result<T> {
        let answer: Answer<T> = self.ask_root(operation, variables).await?;
        answer.viewer.ok_or_else(|| Error::internal("the graph answered without a viewer"))
    }

    async fn ask_root<T: DeserializeOwned>(
        &self,
        operation: &'static str,
        variables: impl IntoIterator<Item = (&'static str, Value)>,
    ) -> Result<T> {
        let mut named = Variables::default();
        for (name, value) in variables {
            named.insert(Name::new(name), value);
        }
        let response = self.graph.query(operation, named, &self.ctx).await;
        if let Some(error) = response.errors.into_iter().next() {
            return Err(failed(error));
        }
        let json = response.data.into_json().map_err(Error::internal)?;
        serde_json::from_value(json).map_err(Error::internal)
    }
}

fn ids<'a>(ids: impl IntoIterator<Item = &'a ConversationId>) -> Value {
    Value::List(ids.into_iter().map(|id| Value::String(id.to_string())).collect())
}

fn time(time: Timestamp) -> Value {
    DateTime(time).to_value()
}

/// The client did nothing wrong: whatever the graph complains about, the stream can be opened again.
fn failed(error: ServerError) -> Error {
    let code = error.extensions.as_ref().and_then(code_of).and_then(|word| ErrorCode::from_word(&word));
    match code {
        Some(code @ (ErrorCode::Unauthenticated | ErrorCode::NoPermission)) => Error::new(code, code.text()),
        _ => Error::new(ErrorCode::Unavailable, "the missed events cannot be read now").with_source(error.message),
    }
}

fn code_of(extensions: &ErrorExtensionValues) -> Option<String> {
    match extensions.get("code") {
        Some(Value::String(word)) => Some(word.clone()),
        _ => None,
    }
}
