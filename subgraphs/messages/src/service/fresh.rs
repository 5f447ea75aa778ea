//! Reading single messages by their places: what every event of every reader asks for. A message that was just sent is in
//! memory, and so are its log and the reader's limits, so that a thousand readers of one event cost no thousand queries.

use std::sync::Arc;

use openim_core::{ConversationId, Result};
use rustc_hash::FxHashMap;

use super::Service;
use super::access::row_of;
use crate::caches::StateKey;
use crate::model::{Log, Message, Slot};
use crate::policy::{Access, Reader};
use crate::repository::{Range, logs, reading};

/// A place: conversation and seq.
pub(crate) type Place = (ConversationId, i64);

impl Service {
    /// Returns what is at these places for the reader: messages, and holes where they were deleted for everybody or by
    /// the reader. Places that the reader may not see, or where nothing ever was, are left out.
    pub(crate) async fn messages(&self, reader: &Reader, places: &[Place]) -> Result<FxHashMap<Place, Slot>> {
        let logs = self.logs(places).await?;
        let accesses = self.limits(reader, &logs).await?;
        let numbers: Vec<i64> = logs.values().map(|log| log.no).collect();
        let beginnings = self.caches.beginnings(&self.store, &numbers).await?;
        let mut found = Vec::new();
        let mut missing = Vec::new();
        for place in places {
            let Some(log) = logs.get(&place.0) else { continue };
            if !visible(reader, place, &accesses) || beginnings.get(&log.no).is_some_and(|beginning| place.1 < *beginning) {
                continue;
            }
            match self.caches.message(log.no, place.1).await {
                Some(message) => found.push((log.no, message)),
                None => missing.push(Range { log: log.clone(), first: place.1, last: place.1 }),
            }
        }
        found.extend(self.load(&missing).await?);
        found.retain(|(_, message)| match accesses.get(&message.conversation_id) {
            Some(Access::Since(moment, _)) => message.stored_at >= *moment,
            _ => true,
        });
        let left = accesses.iter().filter_map(|(id, access)| Some((logs.get(id)?.no, access.left()?))).collect();
        self.rewind(&mut found, &left).await?;
        let parts: Vec<_> = found.iter().map(|(log, message)| (*log, message.seq.0, message.seq.0)).collect();
        let hidden = self.hidden(self.hider(reader).await?.as_ref(), &parts).await?;
        self.requote(&mut found, logs.values()).await?;
        let slot = |(log, message): (i64, Arc<Message>)| {
            let place = (message.conversation_id.clone(), message.seq.0);
            let gone = message.state.emptied || hidden.contains(&(log, message.seq.0));
            let slot = if gone { Slot::Hole(place.0.clone(), message.seq) } else { Slot::Message(message) };
            (place, slot)
        };
        Ok(found.into_iter().map(slot).collect())
    }

    /// Loads single places and keeps them: where one reader asks, others follow.
    async fn load(&self, places: &[Range]) -> Result<Vec<(i64, Arc<Message>)>> {
        match places {
            [] => Ok(Vec::new()),
            [place] => {
                let one = async {
                    Ok(reading::in_ranges(self.store.read(), std::slice::from_ref(place)).await?.pop().map(|(_, message)| message))
                };
                let loaded = self.caches.message_or(place.log.no, place.first, one).await?;
                Ok(loaded.into_iter().map(|message| (place.log.no, message)).collect())
            }
            many => {
                let forgettings = self.caches.forgettings();
                let loaded = reading::in_ranges(self.store.read(), many).await?;
                for (log, message) in &loaded {
                    self.caches.keep_message(*log, message, forgettings).await;
                }
                Ok(loaded)
            }
        }
    }

    pub(super) async fn logs(&self, places: &[Place]) -> Result<FxHashMap<ConversationId, Arc<Log>>> {
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

    /// Returns how much of each log a reader may see; nothing at all for who sees everything.
    pub(super) async fn limits(
        &self,
        reader: &Reader,
        logs: &FxHashMap<ConversationId, Arc<Log>>,
    ) -> Result<FxHashMap<ConversationId, Access>> {
        let Reader::User(user) = reader else { return Ok(FxHashMap::default()) };
        let keys: Vec<StateKey> = logs.values().map(|log| (user.clone(), row_of(log))).collect();
        let states = self.caches.states(&*self.conversations, &keys).await?;
        let states = states.into_iter().map(|((_, id), state)| (id, state)).collect();
        let logs: Vec<Arc<Log>> = logs.values().cloned().collect();
        self.accesses(user, &logs, &states).await
    }
}

/// Tells whether the reader's limits allow this place.
fn visible(reader: &Reader, place: &Place, accesses: &FxHashMap<ConversationId, Access>) -> bool {
    match (reader, accesses.get(&place.0)) {
        (Reader::Everything, _) => true,
        (Reader::User(_), Some(Access::Within(limits) | Access::Since(_, limits))) => {
            place.1 >= limits.min_seq && (limits.max_seq <= 0 || place.1 <= limits.max_seq)
        }
        (Reader::User(_), Some(Access::Nothing) | None) => false,
    }
}
