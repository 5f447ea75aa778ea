//! Reading single messages by their places: what every event of every reader asks for. A message that was just sent is in
//! memory, and so are its log and the reader's limits, so that a thousand readers of one event cost no thousand queries.

use std::sync::Arc;

use openim_core::{ConversationId, Result};
use rustc_hash::FxHashMap;

use super::Service;
use super::access::row_of;
use crate::caches::StateKey;
use crate::model::{Log, Message};
use crate::policy::{Access, Reader};
use crate::repository::{Range, logs, reading};

/// A place: conversation and seq.
pub(crate) type Place = (ConversationId, i64);

impl Service {
    /// Returns the messages at these places that the reader may see.
    pub(crate) async fn messages(&self, reader: &Reader, places: &[Place]) -> Result<FxHashMap<Place, Arc<Message>>> {
        let logs = self.logs(places).await?;
        let accesses = self.limits(reader, &logs).await?;
        let mut found = FxHashMap::default();
        let mut missing = Vec::new();
        for place in places {
            let Some(log) = logs.get(&place.0) else { continue };
            if !visible(reader, place, &accesses) {
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
        found.retain(|place, message| match accesses.get(&place.0) {
            Some(Access::Since(moment)) => message.stored_at >= *moment,
            _ => true,
        });
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

    async fn limits(&self, reader: &Reader, logs: &FxHashMap<ConversationId, Arc<Log>>) -> Result<FxHashMap<ConversationId, Access>> {
        let Reader::User(user) = reader else { return Ok(FxHashMap::default()) };
        let keys: Vec<StateKey> = logs.values().map(|log| (user.clone(), row_of(log))).collect();
        let states = self.caches.states(&*self.conversations, &keys).await?;
        let states = states.into_iter().map(|((_, id), state)| (id, state)).collect();
        let logs: Vec<Arc<Log>> = logs.values().cloned().collect();
        self.accesses(user, &logs, &states).await
    }
}

/// Tells whether the reader may see this place. The log's own beginning needs no look: what lies before it is gone.
fn visible(reader: &Reader, place: &Place, accesses: &FxHashMap<ConversationId, Access>) -> bool {
    match (reader, accesses.get(&place.0)) {
        (Reader::Everything, _) | (Reader::User(_), Some(Access::Since(_))) => true,
        (Reader::User(_), Some(Access::Within(limits))) => place.1 >= limits.min_seq && (limits.max_seq <= 0 || place.1 <= limits.max_seq),
        (Reader::User(_), Some(Access::Nothing) | None) => false,
    }
}
