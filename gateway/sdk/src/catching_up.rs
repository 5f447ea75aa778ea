//! What a socket reads from the graph because no signal brought it: as its own user, as any client could.

use std::sync::Arc;

use async_graphql::{Name, Value};
use bytes::Bytes;
use openim_core::{ConversationId, Ctx, ErrorCode, UserId};
use openim_protocol::prost::Message as _;
use openim_protocol::sdkws::MsgData;
use openim_protocol::{Response, identifier};
use openim_realtime::SessionEnd;

use crate::answers;
use crate::caller::Caller;
use crate::closing::Closing;
use crate::door::Service;
use crate::frames::{self, Failure};
use crate::operations::{object, variables};

/// How many messages are read at a time.
const PAGE: i64 = 20;
/// The longest part of a log that is pushed whole. Of a longer one the end is: a client that sees the gap asks for the rest.
const LONGEST: i64 = 1_000;

/// Frames to send, and what is to be read after them.
pub(crate) struct Missed {
    pub(crate) frames: Vec<Bytes>,
    pub(crate) rest: Option<(ConversationId, i64, i64)>,
}

/// Reads a part of a log, a page of it at a time.
///
/// # Errors
/// When the graph does not answer: the client connects again and asks itself.
pub(crate) async fn range(
    service: Arc<Service>,
    caller: Arc<Caller>,
    id: ConversationId,
    first: i64,
    last: i64,
) -> Result<Missed, Closing> {
    let first = first.max(1);
    let first = if last - first >= LONGEST { last - PAGE + 1 } else { first };
    let end = last.min(first + PAGE - 1);
    let ctx = caller.ctx(&service, "");
    let messages = page(&service, &ctx, caller.principal.user_id.as_str(), id.as_str(), (first, end)).await.map_err(|failure| {
        tracing::warn!(code = failure.code, "missed messages cannot be read, the socket is closed");
        Closing::of_session(SessionEnd::Failed)
    })?;
    let frames = messages.into_iter().map(|message| frames::push(caller.encoding, id.as_str(), message, String::new())).collect();
    Ok(Missed { frames, rest: (end < last).then_some((id, end + 1, last)) })
}

/// Reads the messages of a short part of a log that are there, as a user.
///
/// # Errors
/// What the graph says.
pub(crate) async fn page(service: &Service, ctx: &Ctx, user: &str, id: &str, (first, last): (i64, i64)) -> Result<Vec<MsgData>, Failure> {
    let range = object([("conversationId", id.into()), ("begin", first.into()), ("end", last.into())]);
    let variables =
        variables([("userID", user.into()), ("ranges", Value::List(vec![range])), ("order", Value::Enum(Name::new("ASCENDING")))]);
    Ok(answers::messages(service.operations.pull_ranges.run(variables, ctx).await?))
}

/// Looks again at what cannot be read from a log: whether the token is still good, and who is online.
///
/// # Errors
/// When the token is not, or when nobody can tell who is online.
pub(crate) async fn lost(service: Arc<Service>, caller: Arc<Caller>, watched: Vec<UserId>) -> Result<Missed, Closing> {
    let check = tokio::time::timeout(service.settings.deadline, service.authenticator.authenticate(&caller.token)).await;
    check.unwrap_or_else(|_| Err(ErrorCode::DeadlineExceeded.into()))?;
    let mut frames = Vec::new();
    for users in watched.chunks(1_000) {
        let ctx = caller.ctx(&service, "");
        let ids = users.iter().map(|user| user.as_str().into()).collect();
        let data = service.operations.presences.run(variables([("userIDs", Value::List(ids))]), &ctx).await;
        let data = data.map_err(|_| Closing::of_session(SessionEnd::Failed))?;
        let data = answers::presences(data).encode_to_vec().into();
        frames.push(caller.encoding.encode_response(&Response { req_identifier: identifier::ONLINE_STATUS, data, ..Response::default() }));
    }
    Ok(Missed { frames, rest: None })
}
