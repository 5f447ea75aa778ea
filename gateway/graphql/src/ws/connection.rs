//! The life of one socket: handshake, operations, keepalive, end.
//!
//! One task a socket, and no task an operation. Each turn of the loop asks, in this order: must it end, is the token
//! checked, what does the client say, what do the operations say; only when all are silent is the outbox flushed, so that
//! events that come together leave together.

use std::future::poll_fn;
use std::ops::ControlFlow;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use async_graphql::{Executor, Value};
use axum::extract::ws::{CloseFrame, Message, WebSocket};
use futures_util::future::{BoxFuture, FutureExt};
use futures_util::{SinkExt, StreamExt};
use openim_core::{Error, ErrorCode, OperationId};
use openim_platform::nodes::OpenSocket;
use openim_realtime::{Outbox, OutboxLimits};
use serde_json::value::RawValue;
use tokio::time::{Instant, Sleep};
use tokio_tungstenite::tungstenite;

use super::operations::{Begun, Event, Operations};
use super::protocol::{ClientMessage, Closing, Protocol, ServerMessage};
use crate::caller::{self, Caller};
use crate::document::Kind;
use crate::incoming::Incoming;
use crate::meters::Transport;
use crate::problem::{failure, is_token_code, plain};
use crate::service::Service;
use crate::streams::{End, Lifeline};

/// How long a client may take to receive what is left and to answer the close frame.
const FAREWELL: Duration = Duration::from_secs(5);

type Admission = Result<(Arc<Caller>, Lifeline), Error>;

enum Phase {
    /// Nothing was said yet.
    Waiting,
    /// The token is being checked.
    Checking(BoxFuture<'static, Admission>),
    /// Operations may come.
    Open,
}

/// What happens next on a socket.
#[expect(clippy::large_enum_variant, reason = "it lives for one turn of the loop, on the stack")]
enum Step {
    Frame(Option<Result<Message, axum::Error>>),
    Admitted(Admission),
    Event(Event),
    Ended(End),
    Drained,
    Alarm,
    Gone,
}

/// Who opened a socket, before `connection_init` says more.
pub(super) struct Visitor {
    /// Whom the handshake's headers name; a token in `connection_init` takes precedence.
    pub(super) caller: Arc<Caller>,
    /// The mark of the streams from before that was checked.
    pub(super) mark: u64,
}

pub(super) struct Connection<E> {
    service: Arc<Service<E>>,
    socket: WebSocket,
    protocol: Protocol,
    phase: Phase,
    caller: Arc<Caller>,
    mark: u64,
    lifeline: Lifeline,
    operations: Operations,
    outbox: Outbox,
    open: OpenSocket,
    timer: Pin<Box<Sleep>>,
    /// When the client must have said `connection_init`, later when the next ping is due.
    due: Instant,
    heard: bool,
    draining: bool,
}

impl<E: Executor> Connection<E> {
    pub(super) fn new(service: Arc<Service<E>>, socket: WebSocket, protocol: Protocol, visitor: Visitor, lifeline: Lifeline) -> Self {
        let limits = &service.settings.socket;
        let outbox = OutboxLimits { frames: limits.queue_frames, bytes: limits.queue_bytes };
        let due = Instant::now() + limits.init_timeout;
        Self {
            outbox: Outbox::new(outbox, service.meters.frames_out.clone()),
            open: service.meters.open(visitor.caller.platform()),
            service,
            socket,
            protocol,
            phase: Phase::Waiting,
            caller: visitor.caller,
            mark: visitor.mark,
            lifeline,
            operations: Operations::default(),
            timer: Box::pin(tokio::time::sleep_until(due)),
            due,
            heard: true,
            draining: false,
        }
    }

    /// Serves the socket until it is closed. Boxed, as is the farewell: what a task's future holds by value, it holds several
    /// times while it is moved from state to state.
    pub(super) async fn run(mut self: Box<Self>) {
        let closing = loop {
            let step = poll_fn(|cx| self.poll_step(cx)).await;
            if let ControlFlow::Break(closing) = self.take(step) {
                break closing;
            }
        };
        Box::pin(self.close(closing)).await;
    }

    fn poll_step(&mut self, cx: &mut Context<'_>) -> Poll<Step> {
        loop {
            if !self.draining
                && let Poll::Ready(end) = self.lifeline.poll_ended(cx)
            {
                return Poll::Ready(Step::Ended(end));
            }
            if self.draining && self.operations.len() == 0 {
                return Poll::Ready(Step::Drained);
            }
            let full = self.outbox.is_full();
            if !full && let Poll::Ready(step) = self.poll_input(cx) {
                return Poll::Ready(step);
            }
            if let Poll::Ready(Err(_)) = self.outbox.poll_drain(&mut self.socket, cx) {
                return Poll::Ready(Step::Gone);
            }
            if !full || self.outbox.is_full() {
                break;
            }
        }
        let alarm = self.outbox.blocked_at(self.service.settings.slow_timeout).unwrap_or(self.due);
        if self.timer.deadline() != alarm {
            self.timer.as_mut().reset(alarm);
        }
        self.timer.as_mut().poll(cx).map(|()| Step::Alarm)
    }

    fn poll_input(&mut self, cx: &mut Context<'_>) -> Poll<Step> {
        if let Phase::Checking(admission) = &mut self.phase
            && let Poll::Ready(admission) = admission.poll_unpin(cx)
        {
            return Poll::Ready(Step::Admitted(admission));
        }
        if let Poll::Ready(frame) = self.socket.poll_next_unpin(cx) {
            return Poll::Ready(Step::Frame(frame));
        }
        self.operations.poll_event(cx).map(Step::Event)
    }

    fn take(&mut self, step: Step) -> ControlFlow<Closing> {
        match step {
            Step::Gone | Step::Frame(None | Some(Ok(Message::Close(_)))) => ControlFlow::Break(Closing::gone("client")),
            Step::Frame(Some(Err(error))) => ControlFlow::Break(broken(error)),
            Step::Frame(Some(Ok(message))) => self.receive(&message),
            Step::Admitted(admission) => self.admit(admission),
            Step::Event(event) => self.tell(event),
            Step::Ended(End::Token(code)) => ControlFlow::Break(Closing::forbidden(code)),
            Step::Ended(End::Crowded) => ControlFlow::Break(Closing::new(1013, "too many sockets wait for connection_init", "crowded")),
            Step::Ended(End::Shutdown) => {
                self.draining = true;
                self.operations.drain();
                ControlFlow::Continue(())
            }
            Step::Drained => ControlFlow::Break(Closing::new(1001, "server is shutting down", "shutdown")),
            Step::Alarm => self.alarm(),
        }
    }

    fn receive(&mut self, message: &Message) -> ControlFlow<Closing> {
        self.heard = true;
        self.service.meters.frames_in.increment(1);
        let text = match message {
            Message::Text(text) => text,
            Message::Binary(_) => return ControlFlow::Break(Closing::bad("only text frames are understood")),
            Message::Ping(_) | Message::Pong(_) | Message::Close(_) => return ControlFlow::Continue(()),
        };
        match ClientMessage::parse(self.protocol, text) {
            Ok(ClientMessage::Init(payload)) => self.init(payload),
            Ok(ClientMessage::Start { id, payload }) => self.start(id.into_owned(), payload),
            Ok(ClientMessage::Stop { id }) => {
                // The older protocol confirms; the newer one does not, because a confirmation could cross the client's next start.
                if self.operations.stop(&id) && self.protocol == Protocol::Legacy {
                    return self.send(&ServerMessage::Complete { id: &id });
                }
                ControlFlow::Continue(())
            }
            Ok(ClientMessage::Ping(payload)) => self.send(&ServerMessage::Pong { payload }),
            Ok(ClientMessage::Pong) => ControlFlow::Continue(()),
            Ok(ClientMessage::Terminate) => ControlFlow::Break(Closing::new(1000, "", "client")),
            Err(closing) => ControlFlow::Break(closing),
        }
    }

    fn init(&mut self, payload: Option<&RawValue>) -> ControlFlow<Closing> {
        if !matches!(self.phase, Phase::Waiting) {
            return ControlFlow::Break(Closing::new(4429, "too many initialisation requests", "bad message"));
        }
        let token = match payload.map(init_token).transpose() {
            Ok(token) => token.flatten(),
            Err(error) if is_token_code(error.code()) => return ControlFlow::Break(Closing::forbidden(error.code())),
            Err(error) => return ControlFlow::Break(Closing::bad(error.message().to_owned())),
        };
        let (service, mut caller, mut mark) = (self.service.clone(), self.caller.clone(), self.mark);
        self.phase = Phase::Checking(Box::pin(async move {
            if let Some(token) = token {
                mark = service.streams.mark();
                caller = Arc::new(service.authenticate(Some(&token), caller.origin()).await?);
            }
            let lifeline = service.streams.open(caller.clone(), mark).await?;
            Ok((caller, lifeline))
        }));
        ControlFlow::Continue(())
    }

    fn admit(&mut self, admission: Admission) -> ControlFlow<Closing> {
        match admission {
            Ok((caller, lifeline)) => {
                self.open = self.service.meters.open(caller.platform());
                self.caller = caller;
                self.lifeline = lifeline;
                self.phase = Phase::Open;
                self.due = Instant::now() + self.service.settings.socket.keepalive;
                self.send(&ServerMessage::ConnectionAck)
            }
            Err(error) => {
                let code = error.code();
                let refusal = failure(error);
                if self.protocol == Protocol::Legacy
                    && let Some(payload) = refusal.errors.first()
                {
                    self.send(&ServerMessage::ConnectionError { payload })?;
                }
                ControlFlow::Break(if is_token_code(code) {
                    Closing::forbidden(code)
                } else {
                    Closing::new(1013, code.word(), code.word())
                })
            }
        }
    }

    fn start(&mut self, id: String, payload: &RawValue) -> ControlFlow<Closing> {
        let limit = self.service.settings.socket.operations;
        if !matches!(self.phase, Phase::Open) {
            return ControlFlow::Break(Closing::new(4401, "unauthorized: connection_init comes first", "bad message"));
        }
        if self.operations.contains(&id) {
            return ControlFlow::Break(Closing::new(4409, format!("subscriber for {id} already exists"), "bad message"));
        }
        let incoming = match Incoming::from_json(payload.get().as_bytes()) {
            Ok(incoming) => incoming,
            Err(error) => return ControlFlow::Break(Closing::bad(error.message().to_owned())),
        };
        if self.draining {
            return self.tell(Event::Refused(id, plain(ErrorCode::Unavailable, "server is shutting down")));
        }
        if self.operations.len() >= limit {
            let text = format!("a connection may have at most {limit} operations at a time");
            return self.tell(Event::Refused(id, plain(ErrorCode::LimitExceeded, &text)));
        }
        self.operations.start(id, begin(self.service.clone(), self.caller.clone(), incoming).boxed());
        ControlFlow::Continue(())
    }

    fn tell(&mut self, event: Event) -> ControlFlow<Closing> {
        let protocol = self.protocol;
        match event {
            Event::Next(id, response) => self.send(&ServerMessage::next(protocol, &id, &response)),
            Event::Last(id, response) => {
                self.send(&ServerMessage::next(protocol, &id, &response))?;
                self.send(&ServerMessage::Complete { id: &id })
            }
            Event::Refused(id, response) => self.send(&ServerMessage::error(protocol, &id, &response)),
            Event::Complete(id) => self.send(&ServerMessage::Complete { id: &id }),
        }
    }

    fn send(&mut self, message: &ServerMessage<'_>) -> ControlFlow<Closing> {
        match serde_json::to_string(message) {
            Ok(text) => {
                self.outbox.push(Message::Text(text.into()));
                ControlFlow::Continue(())
            }
            Err(error) => {
                tracing::error!(error.cause = %error, "an answer cannot be written as JSON");
                ControlFlow::Break(Closing::new(1011, "internal error", "internal"))
            }
        }
    }

    fn alarm(&mut self) -> ControlFlow<Closing> {
        let now = Instant::now();
        if self.outbox.blocked_at(self.service.settings.slow_timeout).is_some_and(|at| at <= now) {
            self.outbox.clear();
            return ControlFlow::Break(Closing::new(1013, "the client reads too slowly", "slow"));
        }
        if !matches!(self.phase, Phase::Open) {
            return ControlFlow::Break(Closing::new(4408, "connection initialisation timeout", "init timeout"));
        }
        if !std::mem::take(&mut self.heard) {
            return ControlFlow::Break(Closing::new(4408, "no answer to ping", "dead"));
        }
        self.due = now + self.service.settings.socket.keepalive;
        self.outbox.push(Message::Ping(bytes::Bytes::new()));
        if self.protocol == Protocol::Legacy { self.send(&ServerMessage::KeepAlive) } else { ControlFlow::Continue(()) }
    }

    /// Sends what is left and the reason, and waits for the client to close its side, all within [`FAREWELL`].
    async fn close(self: Box<Self>, closing: Closing) {
        let Self { service, mut socket, mut outbox, operations, lifeline, open, .. } = *self;
        drop((operations, lifeline, open));
        service.meters.closed(Transport::Socket, closing.label);
        tracing::debug!(close.code = closing.code, close.reason = closing.label, "a websocket was closed");
        let farewell = async {
            if let Some(code) = closing.code {
                outbox.push(Message::Close(Some(CloseFrame { code, reason: closing.reason.into_owned().into() })));
            } else {
                outbox.clear();
            }
            poll_fn(|cx| outbox.poll_drain(&mut socket, cx)).await?;
            socket.flush().await?;
            while let Some(Ok(_)) = socket.next().await {}
            Ok::<(), axum::Error>(())
        };
        // A client that is gone or never answers is no failure of ours.
        let _outcome = tokio::time::timeout(FAREWELL, farewell).await;
    }
}

/// Starts one operation with a context of its own.
async fn begin<E: Executor>(service: Arc<Service<E>>, caller: Arc<Caller>, incoming: Incoming) -> Begun {
    let chosen = match incoming.extensions.get("operationID") {
        Some(Value::String(id)) => OperationId::parse(id.as_str()).ok(),
        _ => None,
    };
    let operation_id = chosen.unwrap_or_else(|| OperationId::fresh(&*service.runtime.ids));
    if let Err(error) = service.admit(&caller, Transport::Socket).await {
        return Begun::Answer(failure(error));
    }
    match service.prepare(incoming, &caller, operation_id, Transport::Socket).await {
        Ok(operation) if operation.kind == Some(Kind::Subscription) => Begun::Stream(service.subscribe(operation, Transport::Socket)),
        Ok(operation) => Begun::Answer(service.execute(operation, Transport::Socket).await),
        Err(error) => Begun::Answer(failure(error)),
    }
}

/// Takes the token out of `{"token": ".."}` or `{"authorization": "Bearer .."}`; the names' case does not matter.
fn init_token(payload: &RawValue) -> Result<Option<Box<str>>, Error> {
    let wrong = || Error::new(ErrorCode::Args, "the payload of connection_init must be an object");
    let members: serde_json::Map<String, serde_json::Value> = serde_json::from_str(payload.get()).map_err(|_| wrong())?;
    let text = |name: &str| {
        let found = members.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value);
        match found {
            None | Some(serde_json::Value::Null) => Ok(None),
            Some(serde_json::Value::String(text)) => Ok(Some(text.as_str())),
            Some(_) => Err(Error::new(ErrorCode::TokenMalformed, "a token is text")),
        }
    };
    let token = match text("token")? {
        Some(token) => Some(token.trim()).filter(|token| !token.is_empty()),
        None => text("authorization")?.map(caller::bearer).transpose()?.flatten(),
    };
    Ok(token.map(Into::into))
}

fn broken(error: axum::Error) -> Closing {
    match error.into_inner().downcast_ref::<tungstenite::Error>() {
        Some(tungstenite::Error::Capacity(_)) => Closing::new(1009, "the frame is too long", "bad message"),
        Some(tungstenite::Error::Protocol(_) | tungstenite::Error::Utf8(_)) => Closing::new(1002, "protocol error", "bad message"),
        _ => Closing::gone("client"),
    }
}
