//! Streams of answers over HTTP: server-sent events (graphql-sse, distinct connections) and Apollo's multipart protocol.
//!
//! A task of its own pumps each stream into a short queue, so that a client that reads nothing costs a few frames and is
//! given up after a while, and so that the stream ends with its token even then.

use std::convert::Infallible;
use std::sync::Arc;

use async_graphql::{Executor, Response, Value};
use axum::body::Body;
use axum::http::{HeaderValue, header};
use bytes::Bytes;
use futures_util::stream::{self, BoxStream, StreamExt};
use openim_core::ErrorCode;
use tokio::sync::mpsc;
use tokio::time::{Interval, MissedTickBehavior};

use crate::accept::Framing;
use crate::answer::Wire;
use crate::caller::Caller;
use crate::document::Kind;
use crate::meters::{Open, Transport};
use crate::problem::{Problem, plain};
use crate::service::{Operation, Service};
use crate::streams::{End, Lifeline};

/// Frames between the pump and the connection.
const QUEUE: usize = 8;

/// Starts an operation as a stream.
pub(super) async fn open<E: Executor>(
    service: Arc<Service<E>>,
    operation: Operation,
    caller: Caller,
    mark: u64,
    framing: Framing,
) -> Result<axum::response::Response, Problem> {
    let lifeline = service.streams.open(Arc::new(caller), mark).await?;
    let answers = match operation.kind {
        Some(Kind::Subscription) => service.subscribe(operation, framing.transport()),
        _ => stream::iter([service.execute(operation, framing.transport()).await]).boxed(),
    };
    let (frames, mut receiver) = mpsc::channel::<Bytes>(QUEUE);
    let mut heartbeat = tokio::time::interval(service.settings.heartbeat);
    heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let tasks = service.tasks.clone();
    tasks.spawn(async move {
        let open = Open::new(&service.meters.streams);
        let pump = Pump { framing, frames, patience: service.settings.slow_timeout };
        let reason = pump.run(answers, lifeline, heartbeat).await;
        drop(open);
        service.meters.closed(framing.transport(), reason);
    });
    let body = Body::from_stream(stream::poll_fn(move |cx| receiver.poll_recv(cx)).map(Ok::<_, Infallible>));
    let mut response = axum::response::Response::new(body);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(framing.content_type()));
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    Ok(response)
}

struct Pump {
    framing: Framing,
    frames: mpsc::Sender<Bytes>,
    patience: std::time::Duration,
}

/// Why a pump stopped early.
struct Stopped(&'static str);

impl Pump {
    async fn run(self, mut answers: BoxStream<'static, Response>, lifeline: Lifeline, mut heartbeat: Interval) -> &'static str {
        let pumping = async {
            if let Some(opening) = self.framing.opening() {
                self.send(opening).await?;
            }
            loop {
                tokio::select! {
                    biased;
                    () = self.frames.closed() => return Err(Stopped("client")),
                    end = lifeline.ended() => return self.finish(end).await,
                    answer = answers.next() => match answer {
                        Some(answer) => {
                            self.send(self.framing.event(&answer)?).await?;
                            heartbeat.reset();
                        }
                        None => {
                            self.send(self.framing.closing()).await?;
                            return Ok("complete");
                        }
                    },
                    _ = heartbeat.tick() => self.send(self.framing.heartbeat()).await?,
                }
            }
        };
        pumping.await.unwrap_or_else(|Stopped(reason)| reason)
    }

    /// Says why the stream ends. After a shutdown an event stream is not completed: the client shall come again.
    async fn finish(&self, end: End) -> Result<&'static str, Stopped> {
        let (code, text, label) = match end {
            End::Token(code) => (code, "the token is not good any more", code.word()),
            End::Crowded => (ErrorCode::ConnectionLimit, "too many streams are open on this server", "crowded"),
            End::Shutdown => (ErrorCode::Unavailable, "server is shutting down", "shutdown"),
        };
        self.send(self.framing.refusal(&plain(code, text))?).await?;
        if end != End::Shutdown || self.framing == Framing::Multipart {
            self.send(self.framing.closing()).await?;
        }
        Ok(label)
    }

    async fn send(&self, frame: Bytes) -> Result<(), Stopped> {
        match tokio::time::timeout(self.patience, self.frames.send(frame)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(Stopped("client")),
            Err(_) => Err(Stopped("slow")),
        }
    }
}

impl Framing {
    fn transport(self) -> Transport {
        match self {
            Self::Sse => Transport::Sse,
            Self::Multipart => Transport::Multipart,
        }
    }

    fn content_type(self) -> &'static str {
        match self {
            Self::Sse => "text/event-stream; charset=utf-8",
            Self::Multipart => "multipart/mixed; boundary=\"graphql\"; subscriptionSpec=1.0",
        }
    }

    /// What comes before the first part. Each part ends with the next one's delimiter, so that a client can use it at once.
    fn opening(self) -> Option<Bytes> {
        (self == Self::Multipart).then(|| Bytes::from_static(b"--graphql"))
    }

    fn heartbeat(self) -> Bytes {
        match self {
            Self::Sse => Bytes::from_static(b":\n\n"),
            Self::Multipart => Bytes::from_static(b"\r\ncontent-type: application/json\r\n\r\n{}\r\n--graphql"),
        }
    }

    fn closing(self) -> Bytes {
        match self {
            Self::Sse => Bytes::from_static(b"event: complete\ndata:\n\n"),
            Self::Multipart => Bytes::from_static(b"--\r\n"),
        }
    }

    fn event(self, answer: &Response) -> Result<Bytes, Stopped> {
        let json = serde_json::to_string(&Wire(answer)).map_err(|_| Stopped("internal"))?;
        Ok(match self {
            Self::Sse => {
                let id = cursor(answer).map(|cursor| format!("id: {cursor}\n")).unwrap_or_default();
                format!("event: next\n{id}data: {json}\n\n").into()
            }
            Self::Multipart => part(&format!("{{\"payload\":{json}}}")),
        })
    }

    /// An error of the stream itself.
    fn refusal(self, answer: &Response) -> Result<Bytes, Stopped> {
        match self {
            Self::Sse => self.event(answer),
            Self::Multipart => {
                let errors = serde_json::to_string(&answer.errors).map_err(|_| Stopped("internal"))?;
                Ok(part(&format!("{{\"payload\":null,\"errors\":{errors}}}")))
            }
        }
    }
}

fn part(json: &str) -> Bytes {
    format!("\r\ncontent-type: application/json\r\n\r\n{json}\r\n--graphql").into()
}

/// Returns where an event lies in its stream: the `cursor` that the client selected, if it selected one. Browsers send the
/// last one back in `Last-Event-ID` when they reconnect.
fn cursor(answer: &Response) -> Option<&str> {
    let Value::Object(root) = &answer.data else { return None };
    let Some(Value::Object(event)) = root.values().next() else { return None };
    match event.get("cursor") {
        Some(Value::String(cursor)) if !cursor.contains(['\n', '\r', '\0']) => Some(cursor),
        _ => None,
    }
}
