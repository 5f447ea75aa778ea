//! The signs of life of one process.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use openim_contracts::{Audience, Node, NodeFigures, NodePart, Signal, SignalKind};
use openim_core::{Error, Result, Runtime};
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use super::figures::{Lately, SocketKind};
use super::unwritten::{Unwritten, Word};
use super::{BEAT, Backlog, REMEMBERED, process, table};
use crate::ports::Ports;
use crate::readiness::Readiness;
use crate::webhooks::log::{self, DeliveryFilter, DeliveryOutcome};

/// How many signs of life lie between two looks for processes to forget.
const FORGET_EVERY: u32 = 100;

/// What a process says of itself and does not change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The words of its roles.
    pub roles: Vec<String>,
    /// The version of the binary.
    pub version: String,
    /// Where others reach its doors, `host:port`.
    pub address: String,
    /// Where others read its metrics, `host:port`.
    pub metrics_address: Option<String>,
}

/// Which shared services a process looks after, and so measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Duties {
    /// It carries events from the outbox.
    pub carries_events: bool,
    /// It delivers webhooks.
    pub delivers_webhooks: bool,
}

/// Gives signs of life.
pub struct Heart {
    ports: Arc<Ports>,
    readiness: Arc<Readiness>,
    runtime: Runtime,
    duties: Duties,
    node: Node,
    beats: u32,
    /// Whose queues were measured.
    queues: BTreeSet<String>,
    /// What became of the rows.
    unwritten: Unwritten,
}

impl Heart {
    /// Makes the heart of a process that starts now.
    pub fn new(readiness: Arc<Readiness>, identity: Identity, duties: Duties, runtime: Runtime) -> Self {
        let ports = readiness.ports().clone();
        let Identity { roles, version, address, metrics_address } = identity;
        let now = runtime.clock.now();
        let node = Node {
            id: ports.node_id.clone(),
            roles,
            version,
            host: process::host(),
            pid: std::process::id(),
            address,
            metrics_address,
            started_at: now,
            seen_at: now,
            stopping: false,
            figures: NodeFigures::default(),
        };
        Self { ports, readiness, runtime, duties, node, beats: 0, queues: BTreeSet::new(), unwritten: Unwritten::new(now) }
    }

    /// Beats until `ended`, and says from `stopping` on that the process stops. The last word takes the process off the list.
    pub async fn run(mut self, stopping: CancellationToken, ended: CancellationToken) {
        let mut tick = tokio::time::interval(BEAT);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                biased;
                () = ended.cancelled() => break,
                () = stopping.cancelled(), if !self.node.stopping => self.node.stopping = true,
                _ = tick.tick() => {}
            }
            self.beat().await;
        }
        self.end().await;
    }

    /// Gives one sign of life.
    pub async fn beat(&mut self) {
        self.measure().await;
        self.tell(false).await;
        let forgetting = self.beats.is_multiple_of(FORGET_EVERY);
        self.beats = self.beats.wrapping_add(1);
        let written = in_time(self.write(forgetting)).await;
        let cause = written.as_ref().err().map(|error| error as &dyn std::error::Error);
        match self.unwritten.note(self.node.seen_at, written.is_ok()) {
            Some(Word::Missed) => tracing::info!(error = cause, "a sign of life could not be written; the next one is tried soon"),
            Some(Word::Silent) => tracing::warn!(error = cause, "the list of processes cannot be written: others take this one for dead"),
            Some(Word::Back) => tracing::info!("this process is on the list again"),
            None => {}
        }
    }

    async fn end(mut self) {
        self.node.stopping = true;
        self.node.seen_at = self.runtime.clock.now();
        self.tell(true).await;
        if let Err(error) = in_time(self.take_away()).await {
            tracing::debug!(error = &error as &dyn std::error::Error, "the process stays on the list until it is forgotten");
        }
    }

    async fn tell(&self, ended: bool) {
        let kind = SignalKind::NodeSeen { node: Arc::new(self.node.clone()), ended };
        self.ports.fanout.publish(vec![Signal { audience: Audience::Operators, kind }]).await;
    }

    async fn write(&self, forgetting: bool) -> Result<()> {
        let tx = self.ports.store.begin().await?;
        table::keep(tx.connection(), &self.node).await?;
        if forgetting {
            table::forget(tx.connection(), self.node.seen_at.minus(REMEMBERED)).await?;
        }
        tx.commit().await
    }

    async fn take_away(&self) -> Result<()> {
        let tx = self.ports.store.begin().await?;
        table::remove(tx.connection(), &self.node.id).await?;
        tx.commit().await
    }

    async fn measure(&mut self) {
        let now = self.runtime.clock.now();
        let (counts, usage) = (&self.ports.figures, process::usage());
        let Lately { stored, delivered, p50_ms, p99_ms } = counts.take();
        let sockets = |kind| counts.sockets(kind).load(Ordering::Relaxed);
        let online = self.ports.presence.here() as u64;
        let (parts, backlog, webhooks) = tokio::join!(self.parts(), self.backlog(), self.webhooks());
        #[expect(clippy::cast_precision_loss, reason = "a gauge")]
        metrics::gauge!("online_user_num").set(online as f64);
        self.node.figures = NodeFigures {
            parts,
            interval_ms: millis(self.node.seen_at.until(now)),
            messages_stored: counts.total_stored(),
            messages_lately: stored,
            deliveries_lately: delivered,
            delivery_p50_ms: p50_ms,
            delivery_p99_ms: p99_ms,
            graphql_sockets: sockets(SocketKind::Graphql),
            sdk_sockets: sockets(SocketKind::Sdk),
            online_users: online,
            outbox_waiting: backlog.as_ref().map(|backlog| backlog.waiting),
            outbox_lag_ms: backlog.as_ref().map(|backlog| millis(backlog.lag)),
            queue_depth: backlog.as_ref().and_then(|backlog| Some(backlog.queues.as_ref()?.values().sum())),
            webhook_backlog: webhooks,
            memory_bytes: usage.memory,
            cpu_ms: usage.cpu_ms,
        };
        self.node.seen_at = now;
        if let Some(backlog) = backlog {
            self.show(&backlog);
        }
    }

    /// Asks what the process stands on. A change is a line in the log.
    async fn parts(&self) -> Vec<NodePart> {
        let signs = self.readiness.signs().await.into_iter().map(|(name, sign)| {
            let before = self.node.figures.parts.iter().find(|part| part.name == name);
            match (&sign, before.is_none_or(|part| part.ready)) {
                (Err(error), true) => tracing::warn!(part = name, error = error as &dyn std::error::Error, "a part is not ready"),
                (Ok(()), false) => tracing::info!(part = name, "a part is ready again"),
                _ => {}
            }
            metrics::gauge!("openim_part_ready", "part" => name).set(f64::from(u8::from(sign.is_ok())));
            NodePart { name: name.to_owned(), ready: sign.is_ok() }
        });
        signs.collect()
    }

    async fn backlog(&self) -> Option<Backlog> {
        if !self.duties.carries_events {
            return None;
        }
        let measured = in_time(self.ports.events.backlog()).await;
        measured.inspect_err(|error| tracing::debug!(error = error as &dyn std::error::Error, "the outbox cannot be measured")).ok()
    }

    async fn webhooks(&self) -> Option<u64> {
        if !self.duties.delivers_webhooks {
            return None;
        }
        let pending = DeliveryFilter { command: None, outcome: Some(DeliveryOutcome::Pending) };
        let waiting = in_time(log::count(self.ports.store.read(), &pending)).await.ok()?;
        #[expect(clippy::cast_precision_loss, reason = "a gauge")]
        metrics::gauge!("openim_webhooks_waiting").set(waiting as f64);
        Some(waiting)
    }

    #[expect(clippy::cast_precision_loss, reason = "gauges are floats")]
    fn show(&mut self, backlog: &Backlog) {
        metrics::gauge!("openim_outbox_waiting").set(backlog.waiting as f64);
        metrics::gauge!("openim_outbox_lag_seconds").set(backlog.lag.as_secs_f64());
        let none = BTreeMap::new();
        let depths = backlog.queues.as_ref().unwrap_or(&none);
        self.queues.extend(depths.keys().cloned());
        for queue in &self.queues {
            // A queue that is not measured any more is empty.
            let depth = depths.get(queue).copied().unwrap_or(0);
            metrics::gauge!("openim_queue_depth", "consumer" => queue.clone()).set(depth as f64);
        }
    }
}

/// Waits for what must not hold up the next sign of life.
async fn in_time<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::time::timeout(BEAT, work).await.unwrap_or_else(|late| Err(Error::unavailable(late)))
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
