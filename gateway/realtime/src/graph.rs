//! What the hub asks the graph, as any client could ask it.

use std::sync::Arc;

use async_graphql::{ErrorExtensionValues, Response, ScalarType, ServerError, Value, Variables};
use async_trait::async_trait;
use openim_core::{ConversationId, Ctx, Error, ErrorCode, Result, Timestamp, UserId};
use openim_graphql::DateTime;
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// Where the viewer's logs end.
const HEADS: &str = "query EventHeads($ids: [ID!]) { viewer { heads(ids: $ids, includeEmpty: true) { conversationId maxSeq live } } }";

/// What happened in the viewer's conversations since a moment.
const CHANGES: &str = "query EventChanges($since: DateTime!) { viewer { changesSince(since: $since) {
  truncated conversations { conversationId maxSeq rowChanged reads { userId readSeq } } } } }";

/// Which messages of some conversations were stored since a moment.
const STORED: &str = "query EventStored($conversationIds: [ID!]!, $since: DateTime!) { viewer {
  storedSince(conversationIds: $conversationIds, since: $since) { conversationId firstSeq lastSeq } } }";

/// Every document the hub runs, so that a gateway can plan them at start-up.
pub const OPERATIONS: [&str; 3] = [HEADS, CHANGES, STORED];

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

    async fn ask<T: DeserializeOwned>(
        &self,
        operation: &'static str,
        variables: impl IntoIterator<Item = (&'static str, Value)>,
    ) -> Result<T> {
        let mut named = Variables::default();
        for (name, value) in variables {
            named.insert(async_graphql::Name::new(name), value);
        }
        let response = self.graph.query(operation, named, &self.ctx).await;
        if let Some(error) = response.errors.into_iter().next() {
            return Err(failed(error));
        }
        let json = response.data.into_json().map_err(Error::internal)?;
        let answer: Answer<T> = serde_json::from_value(json).map_err(Error::internal)?;
        answer.viewer.ok_or_else(|| Error::internal("the graph answered without a viewer"))
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
