//! What a process keeps in memory so that the hot paths ask the database once: all bounded, all rebuildable.

mod recent;

use std::sync::Arc;
use std::time::Duration;

use moka::future::Cache;
use openim_contracts::{ConversationReader, ReaderState};
use openim_core::{ConversationId, Result, UserId};
use rustc_hash::FxHashMap;

use crate::batcher::Appended;
use crate::model::{Log, Message};
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
    /// Readers' limits and receive options. A change is signalled; the short life covers a lost signal.
    states: Cache<StateKey, Option<ReaderState>>,
}

const LOGS: u64 = 100_000;
const RECENT_BYTES: usize = 16 * 1024 * 1024;
const MESSAGE_BYTES: u64 = 16 * 1024 * 1024;
const MESSAGE_LIFE: Duration = Duration::from_secs(60);
const STATES: u64 = 100_000;
const STATE_LIFE: Duration = Duration::from_secs(5);

impl Caches {
    pub(crate) fn new() -> Self {
        let weight = |_: &(i64, i64), message: &Arc<Message>| u32::try_from(message.envelope.content.len() + OVERHEAD).unwrap_or(u32::MAX);
        Self {
            logs: Cache::new(LOGS),
            recent: Arc::new(Recent::new(RECENT_BYTES)),
            messages: Cache::builder().max_capacity(MESSAGE_BYTES).weigher(weight).time_to_live(MESSAGE_LIFE).build(),
            states: Cache::builder().max_capacity(STATES).time_to_live(STATE_LIFE).build(),
        }
    }

    pub(crate) async fn log(&self, id: &ConversationId) -> Option<Arc<Log>> {
        self.logs.get(id).await
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

    /// Keeps a message that was read.
    pub(crate) async fn keep_message(&self, log: i64, message: &Arc<Message>) {
        self.messages.insert((log, message.seq.0), message.clone()).await;
    }

    /// Returns a message, loading it at most once however many ask at the same time.
    pub(crate) async fn message_or(
        &self,
        log: i64,
        seq: i64,
        load: impl Future<Output = Result<Option<Arc<Message>>>> + Send,
    ) -> Result<Option<Arc<Message>>> {
        let wanted = async { load.await.map_err(Some)?.ok_or(None::<openim_core::Error>) };
        match self.messages.try_get_with((log, seq), wanted).await {
            Ok(message) => Ok(Some(message)),
            Err(failure) => match &*failure {
                None => Ok(None),
                Some(error) => Err(openim_core::Error::new(error.code(), error.message().to_owned()).with_source(Shared(failure))),
            },
        }
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
