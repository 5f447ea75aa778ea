//! Who holds an event stream or an SDK socket open counts as online: each is noted in the presence port when it is opened
//! and forgotten when it is dropped. What changes by that is told to all nodes, and to a listener, by this node.
//!
//! Coming is told at once; going is told when it has lasted, so that a device which only reconnects does not flicker.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream;
use openim_contracts::{Audience, Signal, SignalKind};
use openim_core::{Ctx, OperationId, Platform, Principal, Result, Runtime, Timestamp, UserId};
use openim_platform::fanout::Fanout;
use openim_platform::nodes::Figures;
use openim_platform::presence::{Presence, PresenceChange, PresenceListener};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::{Instant, MissedTickBehavior};
use tokio_util::sync::CancellationToken;

/// How many connections are told about at the same time.
const AT_ONCE: usize = 32;

/// How many changes are taken up at a time; of one connection only the last counts.
const BATCH: usize = 1_000;

/// How many of those that wait are tried before the next are.
const SLICE: usize = 256;

/// How long to wait before what could not be told is told again.
const RETRY: Duration = Duration::from_secs(1);

/// The most changes that wait for the listener; of more, the oldest are forgotten.
const MOST_UNHEARD: usize = 10_000;

/// The times of telling.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// How long a platform must be gone before that is told.
    pub grace: Duration,
    /// How often to look for what dead nodes have left behind.
    pub look: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self { grace: Duration::from_secs(2), look: Duration::from_secs(5) }
    }
}

/// What attendance stands on.
pub struct AttendancePorts {
    /// Where connections are noted.
    pub presence: Arc<dyn Presence>,
    /// How other nodes hear of changes.
    pub fanout: Arc<dyn Fanout>,
    /// Who else is told of them.
    pub listener: Arc<dyn PresenceListener>,
    /// What this node counts for operators.
    pub figures: Figures,
}

/// A connection as the presence port sees it.
struct Visit {
    user: UserId,
    platform: Platform,
    connection: String,
    here: bool,
}

/// The connections of a node on their way to the presence port, and what is to be told of them.
pub struct Attendance {
    ports: AttendancePorts,
    runtime: Runtime,
    pace: Pace,
    /// Two changes a connection at most; connections are bounded by the doors.
    visits: UnboundedReceiver<Visit>,
    /// The last visits that could not be noted, by connection.
    waiting: HashMap<String, Visit>,
    /// Who left when, in that order, and has still to be looked at.
    leaving: VecDeque<(Instant, UserId)>,
    /// What the listener did not take.
    unheard: VecDeque<PresenceChange>,
}

/// Where connections are noted. Cheap to clone.
#[derive(Clone)]
pub struct Arrivals {
    sender: UnboundedSender<Visit>,
    /// What this node counts for operators.
    figures: Figures,
}

impl Attendance {
    /// Returns what must [`run`](Self::run), and where to note connections.
    pub fn new(ports: AttendancePorts, runtime: Runtime, pace: Pace) -> (Self, Arrivals) {
        let (sender, visits) = unbounded_channel();
        let figures = ports.figures.clone();
        let attendance = Self { ports, runtime, pace, visits, waiting: HashMap::new(), leaving: VecDeque::new(), unheard: VecDeque::new() };
        (attendance, Arrivals { sender, figures })
    }

    /// Tells who comes and goes until `stop`, again and again what was not taken. What is left then ends with the node's
    /// lease, and is told by another node.
    pub async fn run(mut self, stop: CancellationToken) {
        let mut looks = tokio::time::interval(self.pace.look);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (mut overdue, mut more) = (false, false);
        loop {
            let mut visits = Vec::new();
            let due = self.leaving.front().map(|(due, _)| *due);
            let retry = !self.waiting.is_empty() || !self.unheard.is_empty();
            tokio::select! {
                () = stop.cancelled() => return,
                taken = self.visits.recv_many(&mut visits, BATCH) => if taken == 0 { return },
                () = tokio::time::sleep(RETRY), if retry => {}
                () = tokio::time::sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => {}
                _ = looks.tick() => overdue = true,
                () = std::future::ready(()), if more => overdue = true,
            }
            let mut changes = self.note(visits).await;
            changes.extend(self.settle().await);
            if std::mem::take(&mut overdue) {
                more = self.settle_overdue(&mut changes).await;
            }
            self.tell(changes).await;
        }
    }

    /// Notes visits and those that wait; returns what is to be told. After a failure the rest waits, too.
    async fn note(&mut self, visits: Vec<Visit>) -> Vec<PresenceChange> {
        self.waiting.extend(visits.into_iter().map(|visit| (visit.connection.clone(), visit)));
        let mut changes = Vec::new();
        while !self.waiting.is_empty() {
            let next: Vec<String> = self.waiting.keys().take(SLICE).cloned().collect();
            let visits: Vec<Visit> = next.into_iter().filter_map(|connection| self.waiting.remove(&connection)).collect();
            let mut failed = None;
            for (visit, noted) in note_all(&*self.ports.presence, visits).await {
                match noted {
                    Ok(change) => {
                        changes.extend(change);
                        if !visit.here {
                            self.leaving.push_back((Instant::now() + self.pace.grace, visit.user));
                        }
                    }
                    Err(error) => {
                        self.waiting.insert(visit.connection.clone(), visit);
                        failed = Some(error);
                    }
                }
            }
            if let Some(error) = failed {
                tracing::warn!(error = &error as &dyn std::error::Error, connections = self.waiting.len(), "presence cannot be told now");
                break;
            }
        }
        changes
    }

    /// Settles who left long enough ago.
    async fn settle(&mut self) -> Vec<PresenceChange> {
        let now = Instant::now();
        let due = self.leaving.partition_point(|(due, _)| *due <= now).min(BATCH);
        let users: Vec<UserId> = self.leaving.drain(..due).map(|(_, user)| user).collect();
        if users.is_empty() {
            return Vec::new();
        }
        // Of whom nothing could be learned, the port keeps as overdue.
        self.ports.presence.settle(&users).await.unwrap_or_else(|error| {
            tracing::warn!(error = &error as &dyn std::error::Error, users = users.len(), "presence cannot be settled now");
            Vec::new()
        })
    }

    /// Settles whom others left behind; returns whether there are more.
    async fn settle_overdue(&self, changes: &mut Vec<PresenceChange>) -> bool {
        match self.ports.presence.settle_overdue().await {
            Ok(overdue) => {
                changes.extend(overdue.changes);
                overdue.more
            }
            Err(error) => {
                tracing::debug!(error = &error as &dyn std::error::Error, "what dead nodes left behind cannot be looked at now");
                false
            }
        }
    }

    async fn tell(&mut self, changes: Vec<PresenceChange>) {
        if !changes.is_empty() {
            metrics::counter!("openim_presence_changes_total").increment(changes.len() as u64);
            self.ports.fanout.publish(changes.iter().map(signal).collect()).await;
        }
        self.unheard.extend(changes);
        let surplus = self.unheard.len().saturating_sub(MOST_UNHEARD);
        self.unheard.drain(..surplus);
        if self.unheard.is_empty() {
            return;
        }
        let Ok(operation_id) = OperationId::parse(self.runtime.ids.hex32()) else { return };
        let ctx = Ctx::system(&self.runtime, operation_id);
        match self.ports.listener.changed(&ctx, self.unheard.make_contiguous()).await {
            Ok(()) => self.unheard = VecDeque::new(),
            Err(error) => tracing::warn!(error = &error as &dyn std::error::Error, "changes of presence are not taken now"),
        }
    }
}

async fn note_all(presence: &dyn Presence, visits: Vec<Visit>) -> Vec<(Visit, Result<Option<PresenceChange>>)> {
    let noted = stream::iter(visits).map(|visit| async move {
        let noted = note(presence, &visit).await;
        (visit, noted)
    });
    noted.buffer_unordered(AT_ONCE).collect().await
}

async fn note(presence: &dyn Presence, visit: &Visit) -> Result<Option<PresenceChange>> {
    if visit.here {
        presence.connect(&visit.user, visit.platform, &visit.connection).await
    } else {
        presence.disconnect(&visit.user, &visit.connection).await.map(|()| None)
    }
}

fn signal(change: &PresenceChange) -> Signal {
    let PresenceChange { user_id, platforms, version, .. } = change.clone();
    Signal { audience: Audience::Watchers(user_id.clone()), kind: SignalKind::PresenceChanged { user_id, platforms, version } }
}

impl Arrivals {
    /// Returns a place where nothing is noted, for a hub whose connections are nobody's presence.
    pub fn unnoted() -> Self {
        Self { sender: unbounded_channel().0, figures: Figures::new() }
    }

    pub(crate) fn figures(&self) -> &Figures {
        &self.figures
    }

    /// Counts a message that is handed to a socket now, if it was stored.
    pub(crate) fn handed(&self, stored_at: Timestamp, now: Timestamp) {
        if stored_at.0 > 0 {
            self.figures.delivered(stored_at.until(now));
        }
    }

    /// Notes a connection of a user; it stays until the stay is dropped.
    pub(crate) fn arrive(&self, principal: &Principal, connection: String) -> Stay {
        let stay = Stay { user: principal.user_id.clone(), platform: principal.platform, connection, sender: self.sender.clone() };
        stay.tell(true);
        stay
    }
}

/// Says that a connection is open as long as it lives.
pub(crate) struct Stay {
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
