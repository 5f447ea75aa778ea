//! The life of one socket: requests one after the other, pushes between them, and why it ends.
//!
//! One task a socket. Each turn of the loop asks, in this order: must it end, is the request at hand answered, what does the
//! client say, what does the hub say; only when all are silent is the outbox flushed, so that what comes together leaves
//! together. The next frame is read when the answer to the one before waits to be sent, as in OpenIM: a client that sends
//! faster than it is served is slowed down by its own connection.

use std::future::poll_fn;
use std::ops::ControlFlow;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket};
use bytes::Bytes;
use futures_util::StreamExt as _;
use futures_util::future::{BoxFuture, FutureExt as _};
use openim_core::{Error, ErrorCode, Platform, UserId};
use openim_protocol::heartbeat::{self, Heartbeat};
use openim_protocol::sdkws::{SetAppBackgroundStatusReq, SubUserOnlineStatus};
use openim_protocol::{MAX_UNFOLDED, Request, Response, identifier};
use openim_realtime::{Outbox, Push, Session, SessionEnd};
use tokio::time::{Instant, Sleep};

use crate::caller::Caller;
use crate::catching_up::{self, Missed};
use crate::closing::Closing;
use crate::door::Service;
use crate::frames::{self, Failure};
use crate::own::Own;
use crate::requests::{self, read, read_whole};
use crate::settings::OUTBOX;

/// How long a client may take to receive what is left and to answer the close frame.
const FAREWELL: Duration = Duration::from_secs(5);

/// The longest and the shortest that a socket does not look at the clock.
const LONGEST_SLEEP: Duration = Duration::from_secs(3600);
const SHORTEST_SLEEP: Duration = Duration::from_millis(50);

/// What the client waits for.
enum Busy {
    /// The hub learns which groups the user is in.
    Opening,
    /// A request is being answered.
    Answering(BoxFuture<'static, Response>),
}

/// What happens next on a socket.
enum Step {
    Frame(Option<Result<Message, axum::Error>>),
    Opened(openim_core::Result<()>),
    Answered(Response),
    Push(Push),
    CaughtUp(Result<Missed, Closing>),
    Ended(SessionEnd),
    Drained,
    Alarm,
    Gone,
}

pub(crate) struct Connection {
    service: Arc<Service>,
    socket: WebSocket,
    caller: Arc<Caller>,
    session: Session,
    busy: Option<Busy>,
    /// What must be read from the graph before the next push.
    missed: Option<BoxFuture<'static, Result<Missed, Closing>>>,
    /// The message that the client sends at the moment.
    own: Own,
    /// Why it ends once the request at hand is answered.
    draining: Option<Closing>,
    outbox: Outbox,
    timer: Pin<Box<Sleep>>,
    heard: Instant,
    /// When the next ping is due, for clients that are pinged.
    ping: Option<Instant>,
    /// When the clock must be looked at because the token may have ended.
    expiry: Instant,
}

impl Connection {
    pub(crate) fn new(service: Arc<Service>, socket: WebSocket, caller: Arc<Caller>, session: Session, first: Option<Message>) -> Self {
        let now = Instant::now();
        let principal = &caller.principal;
        let mut outbox = Outbox::new(OUTBOX, service.meters.frames_out.clone());
        if let Some(first) = first {
            outbox.push(first);
        }
        Self {
            busy: Some(Busy::Opening),
            ping: (principal.platform == Platform::WEB).then(|| now + service.settings.ping_interval),
            service,
            socket,
            caller,
            session,
            missed: None,
            own: Own::default(),
            draining: None,
            outbox,
            timer: Box::pin(tokio::time::sleep_until(now)),
            heard: now,
            expiry: now,
        }
    }

    /// Serves the socket until it is closed. Boxed, as is the farewell: what a task's future holds by value, it holds several
    /// times while it is moved from state to state.
    pub(crate) async fn run(mut self: Box<Self>) {
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
            if self.draining.is_none()
                && let Poll::Ready(end) = self.session.poll_end(cx)
            {
                return Poll::Ready(Step::Ended(end));
            }
            match &mut self.busy {
                Some(Busy::Opening) => {
                    if let Poll::Ready(opened) = self.session.poll_open(cx) {
                        return Poll::Ready(Step::Opened(opened));
                    }
                }
                Some(Busy::Answering(answering)) => {
                    if let Poll::Ready(response) = answering.poll_unpin(cx) {
                        return Poll::Ready(Step::Answered(response));
                    }
                }
                None if self.draining.is_some() => return Poll::Ready(Step::Drained),
                None => {}
            }
            let full = self.outbox.is_full();
            if !full && let Poll::Ready(step) = self.poll_sources(cx) {
                return Poll::Ready(step);
            }
            if let Poll::Ready(Err(_)) = self.outbox.poll_drain(&mut self.socket, cx) {
                return Poll::Ready(Step::Gone);
            }
            if !full || self.outbox.is_full() {
                break;
            }
        }
        let alarm = self.alarm_at();
        if self.timer.deadline() != alarm {
            self.timer.as_mut().reset(alarm);
        }
        self.timer.as_mut().poll(cx).map(|()| Step::Alarm)
    }

    fn poll_sources(&mut self, cx: &mut Context<'_>) -> Poll<Step> {
        if self.draining.is_some() {
            return Poll::Pending;
        }
        if self.busy.is_none()
            && let Poll::Ready(frame) = self.socket.poll_next_unpin(cx)
        {
            return Poll::Ready(Step::Frame(frame));
        }
        match &mut self.missed {
            _ if self.own.is_held() => Poll::Pending,
            Some(missed) => missed.poll_unpin(cx).map(Step::CaughtUp),
            None => self.session.poll_next(cx).map(|next| next.map_or_else(Step::Ended, Step::Push)),
        }
    }

    fn take(&mut self, step: Step) -> ControlFlow<Closing> {
        match step {
            Step::Gone | Step::Frame(None | Some(Ok(Message::Close(_)))) => ControlFlow::Break(Closing::GONE),
            Step::Frame(Some(Err(error))) => ControlFlow::Break(Closing::of_error(error)),
            Step::Frame(Some(Ok(message))) => self.receive(message),
            Step::Opened(opened) => {
                self.busy = None;
                self.opened(opened)
            }
            Step::Answered(response) => {
                self.busy = None;
                self.heard = Instant::now();
                let logout = response.req_identifier == identifier::LOGOUT && response.err_code == 0;
                self.send(self.caller.encoding.encode_response(&response));
                self.own.answered().into_iter().for_each(|push| self.push(push));
                if logout { ControlFlow::Break(Closing::LOGOUT) } else { ControlFlow::Continue(()) }
            }
            Step::Push(push) => {
                self.push(push);
                ControlFlow::Continue(())
            }
            Step::CaughtUp(missed) => {
                self.missed = None;
                self.caught_up(missed)
            }
            Step::Ended(SessionEnd::Revoked) => {
                self.send(frames::kick(self.caller.encoding));
                ControlFlow::Break(Closing::of_session(SessionEnd::Revoked))
            }
            Step::Ended(SessionEnd::TooSlow) => {
                self.outbox.clear();
                ControlFlow::Break(Closing::SLOW)
            }
            Step::Ended(end) => {
                self.draining = Some(Closing::of_session(end));
                ControlFlow::Continue(())
            }
            Step::Drained => ControlFlow::Break(self.draining.unwrap_or(Closing::GONE)),
            Step::Alarm => self.alarm(),
        }
    }

    fn opened(&mut self, opened: openim_core::Result<()>) -> ControlFlow<Closing> {
        match opened {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "the groups of a user cannot be asked, the socket is closed");
                ControlFlow::Break(Closing::of_session(SessionEnd::Failed))
            }
        }
    }

    fn receive(&mut self, message: Message) -> ControlFlow<Closing> {
        self.heard = Instant::now();
        self.service.meters.frames_in.increment(1);
        match message {
            Message::Binary(frame) => self.request(&frame),
            Message::Text(text) => match heartbeat::parse(&text) {
                Some(Heartbeat::Ping(pong)) => {
                    self.outbox.push(Message::Text(pong.into()));
                    ControlFlow::Continue(())
                }
                Some(Heartbeat::Pong) => ControlFlow::Continue(()),
                None => ControlFlow::Break(Closing::bad("a text frame is a ping or a pong")),
            },
            Message::Ping(_) | Message::Pong(_) | Message::Close(_) => ControlFlow::Continue(()),
        }
    }

    /// Begins to answer a request.
    fn request(&mut self, frame: &[u8]) -> ControlFlow<Closing> {
        let request = match self.caller.encoding.decode_request(frame, MAX_UNFOLDED) {
            Ok(request) => request,
            Err(error) => {
                tracing::debug!(error = &error as &dyn std::error::Error, "a frame cannot be read");
                return ControlFlow::Break(Closing::bad("the frame cannot be read"));
            }
        };
        if request.send_id != self.caller.principal.user_id.as_str() {
            return ControlFlow::Break(Closing::bad("sendID is not the user of the connection"));
        }
        if !requests::is_known(request.req_identifier) {
            return ControlFlow::Break(Closing::bad("reqIdentifier is unknown"));
        }
        let done = self.own_business(&request);
        self.own.asked(&request);
        let answering = requests::answer(self.service.clone(), self.caller.clone(), request, done);
        self.busy = Some(Busy::Answering(answering.boxed()));
        ControlFlow::Continue(())
    }

    /// Does what a request asks of the socket itself.
    fn own_business(&mut self, request: &Request) -> Result<(), Failure> {
        match request.req_identifier {
            identifier::BACKGROUND => {
                let status: SetAppBackgroundStatusReq = read_whole(request)?;
                self.session.set_background(status.is_background);
            }
            identifier::ONLINE_STATUS => {
                // Before the present state is asked, so that no change is missed between the two.
                let SubUserOnlineStatus { subscribe_user_id, unsubscribe_user_id } = read(request.data.clone())?;
                self.session.unwatch(&users(unsubscribe_user_id));
                self.session.watch(&users(subscribe_user_id))?;
            }
            _ => {}
        }
        Ok(())
    }

    fn push(&mut self, push: Push) {
        let Some(push) = self.own.pass(push) else { return };
        let encoding = self.caller.encoding;
        match push {
            Push::Message(pushed) => {
                self.service.meters.pushes.increment(1);
                self.send(pushed.form(encoding.index(), |message| frames::push_of(encoding, message)));
                self.session.handed(&pushed);
            }
            Push::Presence { user_id, platforms } => self.send(frames::presence(encoding, &user_id, &platforms)),
            Push::Range { conversation_id, first, last } => {
                let (service, caller) = (self.service.clone(), self.caller.clone());
                self.missed = Some(catching_up::range(service, caller, conversation_id, first, last).boxed());
            }
            Push::Lost => {
                let (service, caller, watched) = (self.service.clone(), self.caller.clone(), self.session.watched());
                self.missed = Some(catching_up::lost(service, caller, watched).boxed());
            }
        }
    }

    fn caught_up(&mut self, missed: Result<Missed, Closing>) -> ControlFlow<Closing> {
        match missed {
            Ok(Missed { frames, rest }) => {
                frames.into_iter().for_each(|frame| self.send(frame));
                if let Some((conversation_id, first, last)) = rest {
                    self.push(Push::Range { conversation_id, first, last });
                }
                ControlFlow::Continue(())
            }
            Err(closing) => {
                if closing == Closing::forbidden(ErrorCode::TokenKicked) {
                    self.send(frames::kick(self.caller.encoding));
                }
                ControlFlow::Break(closing)
            }
        }
    }

    fn send(&mut self, frame: Bytes) {
        self.outbox.push(Message::Binary(frame));
    }

    /// Returns when the socket must look at the clock again.
    fn alarm_at(&self) -> Instant {
        let silent = self.busy.is_none().then(|| self.heard + self.service.settings.read_deadline);
        let times = [self.ping, silent, self.outbox.stalled_at(self.service.settings.slow_timeout)];
        times.into_iter().flatten().fold(self.expiry, Instant::min)
    }

    fn alarm(&mut self) -> ControlFlow<Closing> {
        let (now, settings) = (Instant::now(), &self.service.settings);
        let left = self.service.runtime.clock.now().until(self.caller.expires_at);
        if left.is_zero() {
            return ControlFlow::Break(Closing::forbidden(ErrorCode::TokenExpired));
        }
        self.expiry = now + left.clamp(SHORTEST_SLEEP, LONGEST_SLEEP);
        if self.outbox.stalled_at(settings.slow_timeout).is_some_and(|at| at <= now) {
            self.outbox.clear();
            return ControlFlow::Break(Closing::SLOW);
        }
        if self.busy.is_none() && now >= self.heard + settings.read_deadline {
            return ControlFlow::Break(Closing::SILENT);
        }
        if self.ping.is_some_and(|at| at <= now) {
            self.ping = Some(now + settings.ping_interval);
            self.outbox.push(Message::Ping(Bytes::new()));
        }
        ControlFlow::Continue(())
    }

    /// Sends what is left and the reason, and waits for the client to close its side.
    async fn close(self: Box<Self>, closing: Closing) {
        let Self { service, mut socket, mut outbox, session, .. } = *self;
        drop(session);
        service.meters.closed(closing.label);
        tracing::debug!(close.code = closing.code, close.reason = closing.label, "an SDK socket was closed");
        if closing.code.is_none() {
            return;
        }
        let drained = tokio::time::timeout(FAREWELL, poll_fn(|cx| outbox.poll_drain(&mut socket, cx))).await;
        if matches!(drained, Ok(Ok(()))) {
            farewell(&mut socket, None, closing).await;
        }
    }
}

/// Sends a last frame and the reason, and waits for the client to close its side, within [`FAREWELL`].
pub(crate) async fn farewell(socket: &mut WebSocket, last: Option<Message>, closing: Closing) {
    let goodbye = async {
        if let Some(last) = last {
            socket.send(last).await?;
        }
        let code = closing.code.unwrap_or(1000);
        socket.send(Message::Close(Some(CloseFrame { code, reason: closing.reason.into() }))).await?;
        while let Some(Ok(_)) = socket.next().await {}
        Ok::<(), axum::Error>(())
    };
    // A client that is gone or never answers is no failure of ours.
    let _outcome = tokio::time::timeout(FAREWELL, goodbye).await;
}

/// Returns the users that can exist among some names.
fn users(names: Vec<String>) -> Vec<UserId> {
    names.into_iter().filter_map(|name| UserId::parse(name).ok()).collect()
}

impl From<Error> for Closing {
    fn from(error: Error) -> Self {
        match error.code() {
            code if (1501..=1507).contains(&code.number()) => Self::forbidden(code),
            _ => Self::of_session(SessionEnd::Failed),
        }
    }
}
