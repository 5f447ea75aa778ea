//! The hub of one node: hears every signal once and hands it to the streams it concerns.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};
use openim_contracts::{Signal, SignalKind};
use openim_core::{Ctx, Error, ErrorCode, Result, Runtime, Timestamp};
use openim_graphql::Subgraph;
use openim_platform::fanout::Received;
use openim_platform::nodes::Figures;
use parking_lot::Mutex;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::attendance::Arrivals;
use crate::cursor::key_of;
use crate::event::Event;
use crate::feed::{Feed, Opening, Watched};
use crate::processes::Processes;
use crate::registry::{Registry, conversation_of};
use crate::seat::{End, Item, Notice, Seat, Topic};
use crate::session::Sessions;
use crate::{GraphQuery, Settings, schema};

/// All streams of one node. Streams have no task: a stream works when its client polls it.
pub struct Hub {
    pub(crate) settings: Settings,
    pub(crate) runtime: Runtime,
    pub(crate) graph: Arc<dyn GraphQuery>,
    /// Bounds how many streams ask the graph at once, so that a reconnecting crowd does not take all of it.
    pub(crate) asking: Semaphore,
    registry: Mutex<Registry<Seat>>,
    /// The sockets of SDKs.
    pub(crate) sessions: Mutex<Sessions>,
    /// The processes of the deployment.
    pub(crate) processes: Processes,
    /// When this node last heard anything, in milliseconds.
    heard: AtomicI64,
    stopped: AtomicBool,
    /// Where whoever has a stream or a session is noted as online.
    pub(crate) arrivals: Arrivals,
}

impl Hub {
    /// Makes a hub that asks `graph` what its streams have missed, and notes in `arrivals` who is here.
    pub fn new(settings: Settings, runtime: Runtime, graph: Arc<dyn GraphQuery>, arrivals: Arrivals) -> Arc<Self> {
        let heard = AtomicI64::new(runtime.clock.now().0);
        let asking = Semaphore::new(settings.max_asking.max(1));
        let (registry, sessions, stopped) = (Mutex::default(), Mutex::default(), AtomicBool::new(false));
        let processes = Processes::default();
        Arc::new(Self { settings, runtime, graph, asking, registry, sessions, processes, heard, stopped, arrivals })
    }

    /// Returns the hub's part of the graph.
    pub fn subgraph(self: &Arc<Self>) -> Arc<dyn Subgraph> {
        schema::subgraph(self.clone())
    }

    /// Returns how many streams are open.
    pub fn streams(&self) -> usize {
        self.registry.lock().len()
    }

    /// Returns how many SDK sockets have a place.
    pub fn sessions(&self) -> usize {
        self.sessions.lock().len()
    }

    /// Returns what this node counts for operators.
    pub fn figures(&self) -> &Figures {
        self.arrivals.figures()
    }

    pub(crate) fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::SeqCst)
    }

    /// Hands on what the fan-out brings until `stop` or the end of the fan-out, then ends all streams. Subscribe to the
    /// fan-out before streams can be opened: `received` holds what comes in between.
    pub async fn run(&self, mut received: BoxStream<'static, Received>, stop: CancellationToken) {
        loop {
            let next = tokio::select! {
                () = stop.cancelled() => None,
                next = received.next() => next,
            };
            match next {
                Some(Received::Signals(signals)) => self.hand_on(&signals),
                Some(Received::Lost) => self.lost(),
                None => break,
            }
        }
        self.stopped.store(true, Ordering::SeqCst);
        for seat in self.registry.lock().all() {
            seat.close(End::Stopping);
        }
        self.sessions.lock().close();
        self.processes.wake();
    }

    /// Opens a stream for the caller, from now or after a cursor, who also hears of the presence of some users.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` without a token, `ARGS_ERROR` for too many users, `CONNECTION_LIMIT` for a user with too many
    /// streams, `UNAVAILABLE` while the node stops.
    pub(crate) fn open(
        self: &Arc<Self>,
        ctx: &Ctx,
        after: Option<String>,
        presence_of: &[String],
    ) -> Result<BoxStream<'static, Result<Event>>> {
        let principal = ctx.principal()?.clone();
        let watched = Watched::parse(presence_of, self.settings.max_watched)?;
        let seat = Arc::new(Seat::new(&principal, self.settings.queue));
        if !self.registry.lock().join(seat.clone(), self.settings.max_streams_per_user.max(1)) {
            return Err(Error::new(ErrorCode::ConnectionLimit, "too many event streams of one user"));
        }
        self.count();
        watched.watch(self, &seat);
        let opening = Opening { after, watched };
        let stay = self.arrivals.arrive(&principal, self.runtime.ids.hex32());
        let feed = Box::new(Feed::new(self.clone(), seat.clone(), stay, principal, ctx.operation_id().clone(), opening));
        if self.stopped.load(Ordering::SeqCst) {
            seat.close(End::Stopping);
        }
        Ok(stream::unfold(feed, |mut feed| async move { feed.next().await.map(|event| (event, feed)) }).boxed())
    }

    /// Changes who hears what.
    pub(crate) fn index<T>(&self, change: impl FnOnce(&mut Registry<Seat>) -> T) -> T {
        change(&mut self.registry.lock())
    }

    /// Forgets a stream that was dropped.
    pub(crate) fn leave(&self, seat: &Arc<Seat>) {
        self.registry.lock().leave(seat);
        self.count();
    }

    /// Returns the time.
    pub(crate) fn now(&self) -> Timestamp {
        self.runtime.clock.now()
    }

    fn hand_on(&self, signals: &[Signal]) {
        let at = self.now();
        self.heard.store(at.0, Ordering::Relaxed);
        {
            let mut sessions = self.sessions.lock();
            signals.iter().for_each(|signal| sessions.hear(signal, at));
        }
        let registry = self.registry.lock();
        for signal in signals {
            if let SignalKind::NodeSeen { node, ended } = &signal.kind {
                self.processes.hear(node, *ended, at);
                continue;
            }
            if let SignalKind::SessionsRevoked { user_id, platform, token_hashes } = &signal.kind {
                registry.of_tokens(user_id, *platform, token_hashes).iter().for_each(|seat| seat.close(End::Revoked));
                continue;
            }
            let mut notice = None;
            registry.reach(&signal.audience, |seat| {
                let notice = notice.get_or_insert_with(|| {
                    let key = conversation_of(&signal.kind).map_or(0, |id| key_of(id.as_str()));
                    Arc::new(Notice { kind: signal.kind.clone(), key, topic: Topic::of(&signal.kind, key), at })
                });
                seat.push(Item::Notice { notice: notice.clone(), since: at });
            });
        }
    }

    fn lost(&self) {
        let at = self.now();
        let since = Timestamp(self.heard.swap(at.0, Ordering::Relaxed));
        let seats = self.registry.lock().all();
        tracing::warn!(streams = seats.len(), "signals were lost; the streams of this node catch up from the graph");
        metrics::counter!("openim_events_lost_total").increment(1);
        for seat in seats {
            seat.push(Item::Lost { since, at });
        }
        self.sessions.lock().lost(since);
    }

    fn count(&self) {
        #[expect(clippy::cast_precision_loss, reason = "a gauge is a float")]
        metrics::gauge!("openim_event_streams").set(self.streams() as f64);
    }
}
