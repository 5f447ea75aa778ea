//! Who holds an event stream open counts as online: each stream is noted in the presence port when it is opened and
//! forgotten when it is dropped.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::{Request, Response};
use async_trait::async_trait;
use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};
use openim_core::{Ctx, Platform, Result, UserId};
use openim_graphql::Subgraph;
use openim_platform::presence::Presence;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio_util::sync::CancellationToken;

/// How many streams are told about at the same time.
const AT_ONCE: usize = 32;

/// How many changes are taken up at a time; of one stream only the last counts.
const BATCH: usize = 1_000;

/// How long to wait before what could not be told is told again.
const RETRY: Duration = Duration::from_secs(1);

/// A stream as the presence port sees it.
struct Visit {
    user: UserId,
    platform: Platform,
    connection: String,
    here: bool,
}

/// The streams of a node on their way to the presence port.
pub struct Attendance {
    presence: Arc<dyn Presence>,
    /// Two changes a stream at most; streams are bounded by the doors.
    changes: UnboundedReceiver<Visit>,
}

impl Attendance {
    /// Lets the streams of `inner` count as presence; returns what to offer in its place, and what must [`run`](Self::run).
    pub fn of(inner: Arc<dyn Subgraph>, presence: Arc<dyn Presence>) -> (Arc<dyn Subgraph>, Self) {
        let (sender, changes) = unbounded_channel();
        (Arc::new(Attended { inner, sender }), Self { presence, changes })
    }

    /// Tells the presence port who comes and goes until `stop`, again and again what it did not take. What is left then ends
    /// with the node's lease.
    pub async fn run(mut self, stop: CancellationToken) {
        let mut waiting: HashMap<String, Visit> = HashMap::new();
        loop {
            let mut changes = Vec::new();
            tokio::select! {
                () = stop.cancelled() => return,
                taken = self.changes.recv_many(&mut changes, BATCH) => if taken == 0 { return },
                () = tokio::time::sleep(RETRY), if !waiting.is_empty() => {}
            }
            waiting.extend(changes.into_iter().map(|visit| (visit.connection.clone(), visit)));
            let presence = &*self.presence;
            let told = stream::iter(std::mem::take(&mut waiting).into_values()).map(|visit| async move {
                let told = tell(presence, &visit).await;
                told.err().map(|error| (visit, error))
            });
            let failed: Vec<_> = told.buffer_unordered(AT_ONCE).filter_map(std::future::ready).collect().await;
            if let Some((_, error)) = failed.first() {
                tracing::warn!(error = error as &dyn std::error::Error, streams = failed.len(), "presence cannot be told now");
            }
            waiting.extend(failed.into_iter().map(|(visit, _)| (visit.connection.clone(), visit)));
        }
    }
}

async fn tell(presence: &dyn Presence, visit: &Visit) -> Result<()> {
    if visit.here {
        presence.connect(&visit.user, visit.platform, &visit.connection).await
    } else {
        presence.disconnect(&visit.user, &visit.connection).await
    }
}

/// A subgraph whose streams are noted.
struct Attended {
    inner: Arc<dyn Subgraph>,
    sender: UnboundedSender<Visit>,
}

#[async_trait]
impl Subgraph for Attended {
    fn name(&self) -> &'static str {
        self.inner.name()
    }

    fn sdl(&self) -> String {
        self.inner.sdl()
    }

    async fn execute(&self, ctx: Ctx, request: Request) -> Response {
        self.inner.execute(ctx, request).await
    }

    fn subscribe(&self, ctx: Ctx, request: Request) -> BoxStream<'static, Response> {
        let Ok(principal) = ctx.principal() else { return self.inner.subscribe(ctx, request) };
        let (user, platform, connection) = (principal.user_id.clone(), principal.platform, ctx.ids().hex32());
        let stay = Stay { user, platform, connection, sender: self.sender.clone() };
        stay.tell(true);
        let events = self.inner.subscribe(ctx, request);
        // The stay ends with the stream, when it has nothing more to say or nobody listens any more.
        stream::unfold((events, stay), |(mut events, stay)| async move { Some((events.next().await?, (events, stay))) }).boxed()
    }
}

/// Says that a stream is open as long as it lives.
struct Stay {
    user: UserId,
    platform: Platform,
    connection: String,
    sender: UnboundedSender<Visit>,
}

impl Stay {
    fn tell(&self, here: bool) {
        let Self { user, platform, connection, .. } = self;
        let visit = Visit { user: user.clone(), platform: *platform, connection: connection.clone(), here };
        // Nobody takes it any more while the node stops.
        let _ = self.sender.send(visit);
    }
}

impl Drop for Stay {
    fn drop(&mut self) {
        self.tell(false);
    }
}
