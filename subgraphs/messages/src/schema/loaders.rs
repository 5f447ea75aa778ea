//! The loaders of one request: many places, windows or positions become one question each.

mod additions;

use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::sync::Arc;
use std::time::Duration;

use async_graphql::dataloader::{DataLoader, Loader};
use async_graphql::{Context, Request};
use openim_core::{ConversationId, Error, Timestamp, UserId};
use openim_graphql::loader_error;

use crate::caches::StateKey;
use crate::model::{Message, Slot, Window};
use crate::policy::Reader;
use crate::service::Service;

pub(super) use additions::{AnswerCountKey, AnsweredKey, AnswersKey, EditsKey, PinsKey, ReactingUsersKey, ReactionsKey};

/// Loads for one request.
pub(super) struct Loads(Arc<Service>);

/// A message as one reader may see it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct MessageKey {
    pub(super) reader: Reader,
    pub(super) conversation_id: ConversationId,
    pub(super) seq: i64,
}

/// One reader's part of a log.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct WindowKey {
    pub(super) reader: Reader,
    pub(super) conversation_id: ConversationId,
}

/// The newest message of a window.
#[derive(Debug, Clone)]
pub(super) struct NewestKey(pub(super) Window);

impl NewestKey {
    fn identity(&self) -> (i64, i64, i64, Option<Timestamp>, Option<&UserId>) {
        (self.0.head.log.no, self.0.lower, self.0.upper, self.0.left_at, self.0.hider.as_ref())
    }
}

impl PartialEq for NewestKey {
    fn eq(&self, other: &Self) -> bool {
        self.identity() == other.identity()
    }
}

impl Eq for NewestKey {}

impl Hash for NewestKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.identity().hash(state);
    }
}

/// A user's read position in a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct PositionKey(pub(super) StateKey);

/// Gives a request its loaders. They live as long as the request, because answers depend on the caller.
pub(super) fn provide(request: Request, service: &Arc<Service>) -> Request {
    request.data(DataLoader::new(Loads(service.clone()), tokio::spawn).delay(Duration::ZERO))
}

/// Loads one value through the request's loader.
pub(super) async fn load<K>(ctx: &Context<'_>, key: K) -> async_graphql::Result<Option<<Loads as Loader<K>>::Value>>
where
    K: Send + Sync + Hash + Eq + Clone + 'static,
    Loads: Loader<K, Error = Arc<Error>>,
{
    let loader = ctx.data::<DataLoader<Loads>>().map_err(|_| Error::internal("a request came without its loaders"))?;
    Ok(loader.load_one(key).await.map_err(loader_error)?)
}

impl Loader<MessageKey> for Loads {
    type Value = Slot;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[MessageKey]) -> Result<HashMap<MessageKey, Slot>, Arc<Error>> {
        let mut found = HashMap::new();
        for (reader, keys) in by_reader(keys, |key| &key.reader) {
            let places: Vec<_> = keys.iter().map(|key| (key.conversation_id.clone(), key.seq)).collect();
            for ((conversation_id, seq), slot) in self.0.messages(&reader, &places).await? {
                found.insert(MessageKey { reader: reader.clone(), conversation_id, seq }, slot);
            }
        }
        Ok(found)
    }
}

impl Loader<WindowKey> for Loads {
    type Value = Window;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[WindowKey]) -> Result<HashMap<WindowKey, Window>, Arc<Error>> {
        let mut found = HashMap::new();
        for (reader, keys) in by_reader(keys, |key| &key.reader) {
            let ids: Vec<_> = keys.iter().map(|key| key.conversation_id.clone()).collect();
            for (conversation_id, window) in self.0.windows(&reader, &ids).await? {
                found.insert(WindowKey { reader: reader.clone(), conversation_id }, window);
            }
        }
        Ok(found)
    }
}

impl Loader<NewestKey> for Loads {
    type Value = Arc<Message>;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[NewestKey]) -> Result<HashMap<NewestKey, Arc<Message>>, Arc<Error>> {
        let mut found = HashMap::new();
        // Two readers of one log may have different windows; within one question a log appears once.
        let mut rest: Vec<&NewestKey> = keys.iter().collect();
        while !rest.is_empty() {
            let mut round: HashMap<i64, &NewestKey> = HashMap::new();
            rest.retain(|key| {
                let again = round.contains_key(&key.0.head.log.no);
                if !again {
                    round.insert(key.0.head.log.no, key);
                }
                again
            });
            let windows: Vec<Window> = round.values().map(|key| key.0.clone()).collect();
            let mut newest = self.0.newest(&windows).await?;
            for key in round.into_values() {
                if let Some(message) = newest.remove(&key.0.head.log.key.id) {
                    found.insert(key.clone(), message);
                }
            }
        }
        Ok(found)
    }
}

impl Loader<PositionKey> for Loads {
    type Value = i64;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[PositionKey]) -> Result<HashMap<PositionKey, i64>, Arc<Error>> {
        let states: Vec<StateKey> = keys.iter().map(|key| key.0.clone()).collect();
        let found = self.0.conversations.states_of(&states).await?;
        Ok(keys.iter().zip(found).filter_map(|(key, state)| Some((key.clone(), state?.read_seq))).collect())
    }
}

fn by_reader<K>(keys: &[K], reader: impl Fn(&K) -> &Reader) -> HashMap<Reader, Vec<&K>> {
    let mut groups: HashMap<Reader, Vec<&K>> = HashMap::new();
    for key in keys {
        groups.entry(reader(key).clone()).or_default().push(key);
    }
    groups
}
