//! What a process keeps in memory so that the hot paths ask the database once: all bounded, all rebuildable.

mod recent;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use moka::future::Cache;
use openim_contracts::{ConversationReader, ReaderState};
use openim_core::{ConversationId, Result, UserId};
use openim_platform::store::Store;
use rustc_hash::FxHashMap;

use crate::batcher::Appended;
use crate::model::{Log, Message};
use crate::repository::logs;
use recent::{OVERHEAD, Recent};

/// One owner's state in one conversation.
pub(crate) type StateKey = (UserId, ConversationId);

/// The caches of one process.
#[derive(Clone)]
pub(crate) struct Caches {
    /// Logs by conversation: rows that never change, entered after the commit that made them.
    logs: Cache<ConversationId, Arc<Log>>,
    /// What this process committed last: one event makes many readers ask for the same message.
    recent: Arc<Recent>,
    /// Messages that were read, by (log, seq): those of other processes, and older ones that many ask for at once.
    messages: Cache<(i64, i64), Arc<Message>>,
    /// How often messages were forgotten: what was read before the last time is not kept.
    forgettings: Arc<AtomicU64>,
    /// Where logs begin: what lies before was cleared or purged. A change is signalled or soon noticed.
    beginnings: Cache<i64, i64>,
    /// Which readers have deleted anything for themselves: for most of them nobody needs to look.
    hiders: Cache<UserId, bool>,
    /// Readers' limits and receive options. A change is signalled; the short life covers a lost signal.
    states: Cache<StateKey, Option<ReaderState>>,
}

const LOGS: u64 = 100_000;
const RECENT_BYTES: usize = 16 * 1024 * 1024;
const MESSAGE_BYTES: u64 = 16 * 1024 * 1024;
const MESSAGE_LIFE: Duration = Duration::from_secs(60);
const HIDERS: u64 = 100_000;
const HIDER_LIFE: Duration = Duration::from_secs(30);
const STATES: u64 = 100_000;
const STATE_LIFE: Duration = Duration::from_secs(5);

impl Caches {
    pub(crate) fn new() -> Self {
        let weight = |_: &(i64, i64), message: &Arc<Message>| u32::try_from(message.envelope.content.len() + OVERHEAD).unwrap_or(u32::MAX);
        Self {
            logs: Cache::new(LOGS),
            recent: Arc::new(Recent::new(RECENT_BYTES)),
            messages: Cache::builder().max_capacity(MESSAGE_BYTES).weigher(weight).time_to_live(MESSAGE_LIFE).build(),
            forgettings: Arc::default(),
            beginnings: Cache::builder().max_capacity(LOGS).time_to_live(STATE_LIFE).build(),
            hiders: Cache::builder().max_capacity(HIDERS).time_to_live(HIDER_LIFE).build(),
            states: Cache::builder().max_capacity(STATES).time_to_live(STATE_LIFE).build(),
        }
    }

    pub(crate) async fn log(&self, id: &ConversationId) -> Option<Arc<Log>> {
        self.logs.get(id).await
    }

    /// Returns a log, looking it up when it is not kept.
    pub(crate) async fn log_or(&self, store: &Store, id: &ConversationId) -> Result<Option<Arc<Log>>> {
        if let Some(log) = self.log(id).await {
            return Ok(Some(log));
        }
        let found = logs::find(store.read(), std::slice::from_ref(id)).await?.pop();
        if let Some(log) = &found {
            self.keep_log(log).await;
        }
        Ok(found)
    }

    pub(crate) async fn keep_log(&self, log: &Arc<Log>) {
        self.logs.insert(log.key.id.clone(), log.clone()).await;
    }

    pub(crate) async fn message(&self, log: i64, seq: i64) -> Option<Arc<Message>> {
        match self.recent.get((log, seq)) {
            Some(message) => Some(message),
            None => self.messages.get(&(log, seq)).await,
        }
    }

    /// Keeps what a commit appended.
    pub(crate) fn keep_appended(&self, appended: &[Appended]) {
        self.recent.keep(appended.iter().flat_map(|grown| grown.messages.iter().map(|message| (grown.log.no, message))));
    }

    /// Returns what [`Caches::keep_message`] is to be given: taken before the message is read.
    pub(crate) fn forgettings(&self) -> u64 {
        self.forgettings.load(Ordering::SeqCst)
    }

    /// Keeps a message that was read; not when any was forgotten meanwhile, as it may be this one.
    pub(crate) async fn keep_message(&self, log: i64, message: &Arc<Message>, forgettings: u64) {
        let place = (log, message.seq.0);
        self.messages.insert(place, message.clone()).await;
        self.keep_if(place, forgettings).await;
    }

    async fn keep_if(&self, place: (i64, i64), forgettings: u64) {
        if self.forgettings() != forgettings {
            self.messages.invalidate(&place).await;
        }
    }

    /// Forgets messages that look different now.
    pub(crate) async fn forget_messages(&self, log: i64, seqs: &[i64]) {
        self.forgettings.fetch_add(1, Ordering::SeqCst);
        self.recent.forget(seqs.iter().map(|seq| (log, *seq)));
        for seq in seqs {
            self.messages.invalidate(&(log, *seq)).await;
        }
    }

    /// Forgets all messages: some were changed, and it was not heard which.
    pub(crate) fn forget_all_messages(&self) {
        self.forgettings.fetch_add(1, Ordering::SeqCst);
        self.recent.clear();
        self.messages.invalidate_all();
        self.hiders.invalidate_all();
    }

    /// Tells whether a reader has deleted anything for themselves, asking only when it is not known.
    pub(crate) async fn hides(&self, user: &UserId, ask: impl Future<Output = Result<bool>> + Send) -> Result<bool> {
        if let Some(hides) = self.hiders.get(user).await {
            return Ok(hides);
        }
        let before = self.forgettings();
        let hides = ask.await?;
        self.hiders.insert(user.clone(), hides).await;
        if self.forgettings() != before {
            self.hiders.invalidate(user).await;
        }
        Ok(hides)
    }

    /// Forgets whether a reader has deleted anything.
    pub(crate) async fn forget_hider(&self, user: &UserId) {
        self.forgettings.fetch_add(1, Ordering::SeqCst);
        self.hiders.invalidate(user).await;
    }

    /// Returns a message, loading it at most once however many ask at the same time.
    pub(crate) async fn message_or(
        &self,
        log: i64,
        seq: i64,
        load: impl Future<Output = Result<Option<Arc<Message>>>> + Send,
    ) -> Result<Option<Arc<Message>>> {
        let forgettings = self.forgettings();
        let wanted = async { load.await.map_err(Some)?.ok_or(None::<openim_core::Error>) };
        let loaded = self.messages.try_get_with((log, seq), wanted).await;
        self.keep_if((log, seq), forgettings).await;
        match loaded {
            Ok(message) => Ok(Some(message)),
            Err(failure) => match &*failure {
                None => Ok(None),
                Some(error) => Err(openim_core::Error::new(error.code(), error.message().to_owned()).with_source(Shared(failure))),
            },
        }
    }

    /// Returns where logs begin, asking for the unknown ones in one call.
    pub(crate) async fn beginnings(&self, store: &Store, numbers: &[i64]) -> Result<FxHashMap<i64, i64>> {
        let mut found = FxHashMap::default();
        let mut unknown = Vec::new();
        for log in numbers {
            match self.beginnings.get(log).await {
                Some(beginning) => {
                    found.insert(*log, beginning);
                }
                None => unknown.push(*log),
            }
        }
        if !unknown.is_empty() {
            for (log, beginning) in logs::beginnings(store.read(), &unknown).await? {
                self.beginnings.insert(log, beginning).await;
                found.insert(log, beginning);
            }
        }
        Ok(found)
    }

    pub(crate) async fn forget_beginning(&self, log: i64) {
        self.beginnings.invalidate(&log).await;
    }

    /// Returns owners' states, asking for the unknown ones in one call.
    pub(crate) async fn states(
        &self,
        reader: &dyn ConversationReader,
        keys: &[StateKey],
    ) -> Result<FxHashMap<StateKey, Option<ReaderState>>> {
        let mut found = FxHashMap::default();
        let mut unknown = Vec::new();
        for key in keys {
            match self.states.get(key).await {
                Some(state) => {
                    found.insert(key.clone(), state);
                }
                None => unknown.push(key.clone()),
            }
        }
        if !unknown.is_empty() {
            for (key, state) in unknown.iter().zip(reader.states_of(&unknown).await?) {
                self.states.insert(key.clone(), state).await;
                found.insert(key.clone(), state);
            }
        }
        Ok(found)
    }

    pub(crate) async fn forget_state(&self, owner: &UserId, conversation: &ConversationId) {
        self.states.invalidate(&(owner.clone(), conversation.clone())).await;
    }

    pub(crate) fn forget_states(&self) {
        self.states.invalidate_all();
    }
}

/// An error that several waiters of one load share.
#[derive(Debug)]
struct Shared(Arc<Option<openim_core::Error>>);

impl std::fmt::Display for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a shared load failed")
    }
}

impl std::error::Error for Shared {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        (*self.0).as_ref().and_then(std::error::Error::source)
    }
}
