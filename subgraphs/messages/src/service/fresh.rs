//! Reading single messages by their places: what every event of every reader asks for. A message that was just sent is in
//! memory, and so are its log and the reader's limits, so that a thousand readers of one event cost no thousand queries.

use std::sync::Arc;

use openim_contracts::ReaderState;
use openim_core::{ConversationId, Result};
use rustc_hash::FxHashMap;

use super::Service;
use crate::caches::StateKey;
use crate::model::{Log, Message};
use crate::policy::Reader;
use crate::repository::{Range, logs, reading};

/// A place: conversation and seq.
pub(crate) type Place = (ConversationId, i64);

impl Service {
    /// Returns the messages at these places that the reader may see.
    pub(crate) async fn messages(&self, reader: &Reader, places: &[Place]) -> Result<FxHashMap<Place, Arc<Message>>> {
        let logs = self.logs(places).await?;
        let limits = self.limits(reader, &logs).await?;
        let mut found = FxHashMap::default();
        let mut missing = Vec::new();
        for place in places {
            let Some(log) = logs.get(&place.0) else { continue };
            if !visible(reader, log, place.1, &limits) {
                continue;
            }
            match self.caches.message(log.no, place.1).await {
                Some(message) => {
                    found.insert(place.clone(), message);
                }
                None => missing.push(Range { log: log.clone(), first: place.1, last: place.1 }),
            }
        }
        for message in self.load(&missing).await? {
            found.insert((message.conversation_id.clone(), message.seq.0), message);
        }
        Ok(found)
    }

    /// Loads single places and keeps them: where one reader asks, others follow.
    async fn load(&self, places: &[Range]) -> Result<Vec<Arc<Message>>> {
        match places {
            [] => Ok(Vec::new()),
            [place] => {
                let one = async {
                    Ok(reading::in_ranges(self.store.read(), std::slice::from_ref(place)).await?.pop().map(|(_, message)| message))
                };
                Ok(self.caches.message_or(place.log.no, place.first, one).await?.into_iter().collect())
            }
            many => {
                let loaded = reading::in_ranges(self.store.read(), many).await?;
                for (log, message) in &loaded {
                    self.caches.keep_message(*log, message).await;
                }
                Ok(loaded.into_iter().map(|(_, message)| message).collect())
            }
        }
    }

    async fn logs(&self, places: &[Place]) -> Result<FxHashMap<ConversationId, Arc<Log>>> {
        let mut known = FxHashMap::default();
        let mut unknown = Vec::new();
        for (id, _) in places {
            if known.contains_key(id) || unknown.contains(id) {
                continue;
            }
            match self.caches.log(id).await {
                Some(log) => {
                    known.insert(id.clone(), log);
                }
                None => unknown.push(id.clone()),
            }
        }
        if !unknown.is_empty() {
            for log in logs::find(self.store.read(), &unknown).await? {
                self.caches.keep_log(&log).await;
                known.insert(log.key.id.clone(), log);
            }
        }
        Ok(known)
    }

    async fn limits(
        &self,
        reader: &Reader,
        logs: &FxHashMap<ConversationId, Arc<Log>>,
    ) -> Result<FxHashMap<StateKey, Option<ReaderState>>> {
        let Reader::User(user) = reader else { return Ok(FxHashMap::default()) };
        let own = logs.values().filter(|log| log.has(user));
        let keys: Vec<StateKey> = own.map(|log| (user.clone(), log.key.id.clone())).collect();
        self.caches.states(&*self.conversations, &keys).await
    }
}

/// Tells whether the reader may see this place. The log's own beginning needs no look: what lies before it is gone.
fn visible(reader: &Reader, log: &Log, seq: i64, limits: &FxHashMap<StateKey, Option<ReaderState>>) -> bool {
    let Reader::User(user) = reader else { return true };
    if !log.has(user) {
        return false;
    }
    let limits = limits.get(&(user.clone(), log.key.id.clone())).copied().flatten().unwrap_or_default();
    seq >= limits.min_seq && (limits.max_seq <= 0 || seq <= limits.max_seq)
}
