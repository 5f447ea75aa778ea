//! Each request of a client as an operation of the graph.

use std::sync::Arc;
use std::time::Instant;

use async_graphql::{Name, Value};
use bytes::Bytes;
use openim_core::{Ctx, ErrorCode};
use openim_protocol::prost::Message;
use openim_protocol::sdkws::{GetMaxSeqReq, MsgData, PullMessageBySeqsReq, PullOrder, SubUserOnlineStatus};
use openim_protocol::{Request, Response, identifier, msg, push};
use tracing::Instrument as _;

use crate::answers::{self, Sent};
use crate::caller::Caller;
use crate::catching_up;
use crate::door::Service;
use crate::frames::{self, Failure};
use crate::numbers::{self, PLATFORM};
use crate::operations::{object, variables};
use crate::sending;

type Outcome = Result<Bytes, Failure>;

/// Tells whether clients send requests of this identifier.
pub(crate) fn is_known(identifier: i32) -> bool {
    matches!(
        identifier,
        identifier::NEWEST_SEQS..=identifier::LAST_MESSAGES | identifier::LOGOUT | identifier::BACKGROUND | identifier::ONLINE_STATUS
    )
}

/// Answers a request. `done` is what the socket itself had to do for it first.
pub(crate) async fn answer(service: Arc<Service>, caller: Arc<Caller>, request: Request, done: Result<(), Failure>) -> Response {
    let started = Instant::now();
    let ctx = caller.ctx(&service, &request.operation_id);
    let span = tracing::info_span!(
        "sdk",
        operation.id = %ctx.operation_id(),
        sdk.request = request.req_identifier,
        user.id = %caller.principal.user_id,
    );
    let outcome = async {
        service.limits.admit(Some(&caller.principal), caller.origin).await?;
        done?;
        run(&service, &ctx, &request).await
    };
    let outcome = outcome.instrument(span).await;
    let code = outcome.as_ref().map_or_else(|failure| failure.code, |_| 0);
    service.meters.request(request.req_identifier, code, started.elapsed());
    frames::answer(&request, outcome)
}

async fn run(service: &Service, ctx: &Ctx, request: &Request) -> Outcome {
    let data = request.data.clone();
    match request.req_identifier {
        identifier::NEWEST_SEQS => newest_seqs(service, ctx, read(data)?).await,
        identifier::SEND => send(service, ctx, read(data)?).await,
        // Signalling of OpenIM's commercial edition.
        identifier::SIGNAL => Err(ErrorCode::Args.into()),
        identifier::PULL_SEQS => pull_seqs(service, ctx, read_whole(request)?).await,
        identifier::PULL_RANGES => pull_ranges(service, ctx, read_whole(request)?).await,
        identifier::READ_POSITIONS => read_positions(service, ctx, read_whole(request)?).await,
        identifier::LAST_MESSAGES => last_messages(service, ctx, read(data)?).await,
        identifier::ONLINE_STATUS => presences(service, ctx, read(data)?).await,
        identifier::LOGOUT => logout(service, ctx, read(data)?).await,
        // What it asks for is the socket's own business, and was done.
        identifier::BACKGROUND => Ok(Bytes::new()),
        _ => Err(ErrorCode::Args.into()),
    }
}

/// Reads a protobuf message.
///
/// # Errors
/// `ARGS_ERROR` for garbage.
pub(crate) fn read<T: Message + Default>(data: Bytes) -> Result<T, Failure> {
    T::decode(data).map_err(|_| ErrorCode::Args.into())
}

/// Reads a protobuf message of a request of which everything must be there by which it is answered.
///
/// # Errors
/// `INTERNAL` when something is missing: the number clients know.
pub(crate) fn read_whole<T: Message + Default>(request: &Request) -> Result<T, Failure> {
    if !request.is_complete() {
        return Err(ErrorCode::Internal.into());
    }
    read(request.data.clone())
}

fn written(message: &impl Message) -> Outcome {
    Ok(message.encode_to_vec().into())
}

fn ids(ids: Vec<String>) -> Value {
    Value::List(ids.into_iter().map(Value::String).collect())
}

fn order(order: i32) -> Value {
    let descending = order == i32::from(PullOrder::Desc);
    Value::Enum(Name::new(if descending { "DESCENDING" } else { "ASCENDING" }))
}

async fn newest_seqs(service: &Service, ctx: &Ctx, request: GetMaxSeqReq) -> Outcome {
    let variables = variables([("userID", request.user_id.into())]);
    written(&answers::newest_seqs(service.operations.newest_seqs.run(variables, ctx).await?))
}

async fn pull_ranges(service: &Service, ctx: &Ctx, request: PullMessageBySeqsReq) -> Outcome {
    let ranges = request.seq_ranges.into_iter().map(|range| {
        object([
            ("conversationId", range.conversation_id.into()),
            ("begin", range.begin.into()),
            ("end", range.end.into()),
            ("limit", range.num.into()),
        ])
    });
    let variables =
        variables([("userID", request.user_id.into()), ("ranges", Value::List(ranges.collect())), ("order", order(request.order))]);
    written(&answers::pulled(service.operations.pull_ranges.run(variables, ctx).await?))
}

async fn send(service: &Service, ctx: &Ctx, message: MsgData) -> Outcome {
    let sender = message.send_id.clone();
    let variables = variables([("input", sending::input(message)?)]);
    let Sent { mut answer, changed } = answers::sent(service.operations.send.run(variables, ctx).await?);
    if let Some((conversation_id, seq)) = changed {
        // The message is sent, whether it can be read back or not.
        let stored = catching_up::page(service, ctx, &sender, &conversation_id, (seq, seq)).await;
        answer.modify = stored.ok().and_then(|messages| messages.into_iter().next());
    }
    written(&answer)
}

async fn pull_seqs(service: &Service, ctx: &Ctx, request: msg::GetSeqMessageReq) -> Outcome {
    let lists = request.conversations.into_iter().map(|list| {
        let seqs = list.seqs.into_iter().map(Value::from).collect();
        object([("conversationId", list.conversation_id.into()), ("seqs", Value::List(seqs))])
    });
    let variables =
        variables([("userID", request.user_id.into()), ("lists", Value::List(lists.collect())), ("order", order(request.order))]);
    written(&answers::pulled_seqs(service.operations.pull_seqs.run(variables, ctx).await?))
}

async fn read_positions(service: &Service, ctx: &Ctx, request: msg::GetConversationsHasReadAndMaxSeqReq) -> Outcome {
    let variables = variables([("userID", request.user_id.into()), ("conversationIDs", ids(request.conversation_ids))]);
    let data = service.operations.read_positions.run(variables, ctx).await?;
    written(&answers::read_positions(data, request.return_pinned))
}

async fn last_messages(service: &Service, ctx: &Ctx, request: msg::GetLastMessageReq) -> Outcome {
    let variables = variables([("userID", request.user_id.into()), ("conversationIDs", ids(request.conversation_ids))]);
    written(&answers::last_messages(service.operations.last_messages.run(variables, ctx).await?))
}

async fn presences(service: &Service, ctx: &Ctx, request: SubUserOnlineStatus) -> Outcome {
    // Who only unsubscribes gets an empty message.
    if request.subscribe_user_id.is_empty() {
        return Ok(Bytes::new());
    }
    let variables = variables([("userIDs", ids(request.subscribe_user_id))]);
    written(&answers::presences(service.operations.presences.run(variables, ctx).await?))
}

/// The device is not pushed to any more; one that does not say which it is, is the socket's.
async fn logout(service: &Service, ctx: &Ctx, request: push::DelUserPushTokenReq) -> Outcome {
    let number = match request.platform_id {
        0 => ctx.principal()?.platform.number(),
        number => number,
    };
    let platform = numbers::word(PLATFORM, number).ok_or(ErrorCode::Args)?;
    let user = if request.user_id.is_empty() { Value::Null } else { request.user_id.into() };
    let variables = variables([("userID", user), ("platform", Value::Enum(Name::new(platform)))]);
    service.operations.logout.run(variables, ctx).await?;
    written(&push::DelUserPushTokenResp {})
}
