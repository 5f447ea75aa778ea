//! The configuration of a running process: what was loaded at its start with the stored settings on top, followed while it
//! runs.
//!
//! A change is a transaction: the values, the history, a higher version number and a signal to all processes. Who misses the
//! signal finds the number a little later. A process applies what it can ([`is_live`]) and says of the rest that it counts
//! after a restart.

mod changing;
mod restarting;
mod rows;
mod view;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use futures_util::StreamExt as _;
use openim_contracts::SignalKind;
use openim_core::{Result, Timestamp};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

pub use changing::{Change, ChangePage};
pub use view::{Setting, SettingKind, SettingSource};

use super::problem::Problem;
use super::stored::Stored;
use super::{Config, Loaded};
use crate::fanout::Received;
use crate::store::Store;

/// How often is looked for what a lost signal would have told.
const POLL: Duration = Duration::from_secs(5);

/// Lower than every version.
const UNREAD: i64 = -1;

/// The configuration of this process.
#[derive(Clone)]
pub struct Configuration(Arc<Inner>);

struct Inner {
    store: Store,
    /// What this process is called among the others.
    node: String,
    /// Without stored settings.
    base: Loaded,
    /// As it was when the process started.
    first: Loaded,
    state: watch::Sender<Arc<State>>,
    /// The newest request to restart that was looked at.
    seen_restart: AtomicI64,
    restart: CancellationToken,
}

/// The configuration of one moment.
#[derive(Debug)]
pub struct State {
    version: i64,
    managed: bool,
    /// What counts, at once or after a restart.
    loaded: Loaded,
    /// What this process works with.
    running: Config,
    notes: BTreeMap<String, (Timestamp, String)>,
    ignored: Vec<Problem>,
}

impl State {
    /// Returns the settings that this process works with: those that count at once as they are now, all others as they were
    /// when it started.
    pub fn config(&self) -> &Config {
        &self.running
    }

    /// Tells whether stored settings count.
    pub fn managed(&self) -> bool {
        self.managed
    }

    /// Returns what is stored but does not fit, and is left out for that.
    pub fn ignored(&self) -> &[Problem] {
        &self.ignored
    }
}

impl Configuration {
    /// Reads what is stored and puts it on top of what was loaded.
    ///
    /// # Errors
    /// As any statement.
    pub async fn open(base: Loaded, store: Store, node: impl Into<String>) -> Result<Self> {
        let head = rows::head(store.read()).await?;
        let state = read(&base, None, &store, &head).await?;
        tell(&state);
        // What was asked for before this start is done by it.
        Ok(Self::with(base, store, node.into(), state, head.newest_restart))
    }

    /// Begins without looking at what is stored; [`Configuration::refresh`] does.
    pub fn unread(base: Loaded, store: Store, node: impl Into<String>) -> Self {
        let state = State {
            version: UNREAD,
            managed: true,
            running: base.config.clone(),
            loaded: base.clone(),
            notes: BTreeMap::new(),
            ignored: Vec::new(),
        };
        Self::with(base, store, node.into(), state, 0)
    }

    fn with(base: Loaded, store: Store, node: String, state: State, seen_restart: i64) -> Self {
        let inner = Inner {
            store,
            node,
            first: state.loaded.clone(),
            base,
            state: watch::Sender::new(Arc::new(state)),
            seen_restart: AtomicI64::new(seen_restart),
            restart: CancellationToken::new(),
        };
        Self(Arc::new(inner))
    }

    /// Returns the configuration of now.
    pub fn now(&self) -> Arc<State> {
        self.0.state.borrow().clone()
    }

    /// Returns all settings with where they come from, as they count now or after a restart.
    pub fn loaded(&self) -> Loaded {
        self.now().loaded.clone()
    }

    /// Returns what says when the configuration changed.
    pub fn changes(&self) -> watch::Receiver<Arc<State>> {
        self.0.state.subscribe()
    }

    /// Returns what is cancelled once this process is to start anew.
    pub fn restart(&self) -> &CancellationToken {
        &self.0.restart
    }

    /// Follows what other processes change, until `stop`.
    pub async fn follow(self, stop: CancellationToken) {
        let mut received = self.0.store.fanout().subscribe();
        loop {
            let look = tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(POLL) => true,
                next = received.next() => match next {
                    Some(Received::Signals(signals)) => signals.iter().any(|signal| signal.kind == SignalKind::ConfigurationChanged),
                    Some(Received::Lost) => true,
                    None => {
                        stop.run_until_cancelled(tokio::time::sleep(POLL)).await;
                        true
                    }
                },
            };
            if look && let Err(error) = self.refresh().await {
                tracing::warn!(error = &error as &dyn std::error::Error, "the stored configuration cannot be read now");
            }
        }
    }

    /// Looks whether something is stored that this process does not know yet.
    ///
    /// # Errors
    /// As any statement.
    pub async fn refresh(&self) -> Result<()> {
        let inner = &*self.0;
        let head = rows::head(inner.store.read()).await?;
        if head.version != self.now().version {
            let state = read(&inner.base, Some(&inner.first), &inner.store, &head).await?;
            tell(&state);
            let newer = |known: &mut Arc<State>| {
                let newer = state.version > known.version;
                if newer {
                    *known = Arc::new(state);
                }
                newer
            };
            inner.state.send_if_modified(newer);
        }
        let seen = inner.seen_restart.fetch_max(head.newest_restart, Ordering::Relaxed);
        if head.newest_restart > seen && rows::restart_is_for(inner.store.read(), seen, &inner.node).await? {
            tracing::info!("a restart was asked for");
            inner.restart.cancel();
        }
        Ok(())
    }
}

/// Reads everything that is stored; `first` is what the process started with.
async fn read(base: &Loaded, first: Option<&Loaded>, store: &Store, head: &rows::Head) -> Result<State> {
    let rows = rows::stored(store.read()).await?;
    let counts = head.managed && base.config.server.stored_settings;
    let mut stored = Stored::new();
    let mut notes = BTreeMap::new();
    for row in rows {
        notes.insert(row.name.clone(), (row.changed_at, row.changed_by));
        stored.insert(row.name, row.value);
    }
    let (loaded, ignored) = if counts { base.with_stored(&stored) } else { (base.clone(), Vec::new()) };
    let running = first.map_or_else(|| loaded.config.clone(), |first| first.with_live_of(&loaded));
    Ok(State { version: head.version, managed: head.managed, loaded, running, notes, ignored })
}

fn tell(state: &State) {
    for problem in &state.ignored {
        tracing::warn!(setting.key = problem.key, setting.problem = problem.message, "a stored setting is left out");
    }
}
