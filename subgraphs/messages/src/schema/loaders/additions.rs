//! Loading what was added to messages: edits, reactions, pins, answers.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use openim_core::{ConversationId, Error, UserId};

use super::{Loads, by_reader};
use crate::model::{Edit, Message, Pin, Reaction, Window};
use crate::policy::Reader;
use crate::service::{Answers, Kind, ThreadPart};

/// A message that was given to somebody.
type Place = (ConversationId, i64);

/// What a message said before.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(in crate::schema) struct EditsKey(pub(in crate::schema) Reader, pub(in crate::schema) Place);

/// The emojis at a message, as one person sees them for a reader.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(in crate::schema) struct ReactionsKey {
    pub(in crate::schema) reader: Reader,
    pub(in crate::schema) viewer: Option<UserId>,
    pub(in crate::schema) place: Place,
}

/// Who used an emoji.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(in crate::schema) struct ReactingUsersKey {
    pub(in crate::schema) reader: Reader,
    pub(in crate::schema) kind: Kind,
    pub(in crate::schema) first: i64,
}

/// What a message answers.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(in crate::schema) struct AnsweredKey(pub(in crate::schema) Reader, pub(in crate::schema) Place);

/// How many answers a message has.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(in crate::schema) struct AnswerCountKey(pub(in crate::schema) Reader, pub(in crate::schema) Place);

/// A page of the answers that a reader may see.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(in crate::schema) struct AnswersKey {
    pub(in crate::schema) reader: Reader,
    pub(in crate::schema) part: ThreadPart,
    pub(in crate::schema) first: i64,
}

/// What is pinned in a conversation.
#[derive(Debug, Clone)]
pub(in crate::schema) struct PinsKey {
    pub(in crate::schema) reader: Reader,
    pub(in crate::schema) window: Window,
}

impl PartialEq for PinsKey {
    fn eq(&self, other: &Self) -> bool {
        self.reader == other.reader && self.window.head.log.no == other.window.head.log.no
    }
}

impl Eq for PinsKey {}

impl Hash for PinsKey {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.reader.hash(state);
        self.window.head.log.no.hash(state);
    }
}

/// Puts keys that can be asked for together into one group each.
fn groups<K, G: Eq + Hash>(keys: &[K], group: impl Fn(&K) -> G) -> HashMap<G, Vec<&K>> {
    let mut groups: HashMap<G, Vec<&K>> = HashMap::new();
    for key in keys {
        groups.entry(group(key)).or_default().push(key);
    }
    groups
}

impl Loader<EditsKey> for Loads {
    type Value = Vec<Edit>;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[EditsKey]) -> Result<HashMap<EditsKey, Vec<Edit>>, Arc<Error>> {
        let mut found = HashMap::new();
        for (reader, keys) in by_reader(keys, |key| &key.0) {
            let places: Vec<Place> = keys.iter().map(|key| key.1.clone()).collect();
            let edits = self.0.edits(&reader, &places).await?;
            found.extend(edits.into_iter().map(|(place, edits)| (EditsKey(reader.clone(), place), edits)));
        }
        Ok(found)
    }
}

impl Loader<ReactionsKey> for Loads {
    type Value = Vec<Reaction>;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[ReactionsKey]) -> Result<HashMap<ReactionsKey, Vec<Reaction>>, Arc<Error>> {
        let mut found = HashMap::new();
        for ((reader, viewer), keys) in groups(keys, |key| (key.reader.clone(), key.viewer.clone())) {
            let places: Vec<Place> = keys.iter().map(|key| key.place.clone()).collect();
            let reactions = self.0.reactions(&reader, viewer.as_ref(), &places).await?;
            let key = |place| ReactionsKey { reader: reader.clone(), viewer: viewer.clone(), place };
            found.extend(reactions.into_iter().map(|(place, reactions)| (key(place), reactions)));
        }
        Ok(found)
    }
}

impl Loader<ReactingUsersKey> for Loads {
    type Value = Vec<UserId>;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[ReactingUsersKey]) -> Result<HashMap<ReactingUsersKey, Vec<UserId>>, Arc<Error>> {
        let mut found = HashMap::new();
        for ((reader, first), keys) in groups(keys, |key| (key.reader.clone(), key.first)) {
            let kinds: Vec<Kind> = keys.iter().map(|key| key.kind.clone()).collect();
            let users = self.0.reacting_users(&reader, &kinds, first).await?;
            found.extend(users.into_iter().map(|(kind, users)| (ReactingUsersKey { reader: reader.clone(), kind, first }, users)));
        }
        Ok(found)
    }
}

impl Loader<AnsweredKey> for Loads {
    type Value = i64;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[AnsweredKey]) -> Result<HashMap<AnsweredKey, i64>, Arc<Error>> {
        let mut found = HashMap::new();
        for (reader, keys) in by_reader(keys, |key| &key.0) {
            let places: Vec<Place> = keys.iter().map(|key| key.1.clone()).collect();
            let roots = self.0.answered(&reader, &places).await?;
            found.extend(roots.into_iter().map(|(place, root)| (AnsweredKey(reader.clone(), place), root)));
        }
        Ok(found)
    }
}

impl Loader<AnswerCountKey> for Loads {
    type Value = i64;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[AnswerCountKey]) -> Result<HashMap<AnswerCountKey, i64>, Arc<Error>> {
        let mut found = HashMap::new();
        for (reader, keys) in by_reader(keys, |key| &key.0) {
            let places: Vec<Place> = keys.iter().map(|key| key.1.clone()).collect();
            let counts = self.0.answer_counts(&reader, &places).await?;
            found.extend(counts.into_iter().map(|(place, count)| (AnswerCountKey(reader.clone(), place), count)));
        }
        Ok(found)
    }
}

impl Loader<AnswersKey> for Loads {
    type Value = Answers;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[AnswersKey]) -> Result<HashMap<AnswersKey, Answers>, Arc<Error>> {
        let mut found = HashMap::new();
        for ((reader, first), keys) in groups(keys, |key| (key.reader.clone(), key.first)) {
            let parts: Vec<ThreadPart> = keys.iter().map(|key| key.part.clone()).collect();
            for (part, answers) in self.0.answers(&reader, &parts, first).await? {
                found.insert(AnswersKey { reader: reader.clone(), part, first }, answers);
            }
        }
        Ok(found)
    }
}

impl Loader<PinsKey> for Loads {
    type Value = Vec<(Arc<Message>, Pin)>;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[PinsKey]) -> Result<HashMap<PinsKey, Vec<(Arc<Message>, Pin)>>, Arc<Error>> {
        let mut found = HashMap::new();
        for (reader, keys) in by_reader(keys, |key| &key.reader) {
            let windows: Vec<Window> = keys.iter().map(|key| key.window.clone()).collect();
            let mut pinned = self.0.pinned(&reader, &windows).await?;
            for key in keys {
                if let Some(pins) = pinned.remove(&key.window.head.log.key.id) {
                    found.insert(key.clone(), pins);
                }
            }
        }
        Ok(found)
    }
}
