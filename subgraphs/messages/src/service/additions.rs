//! Reading what was added to messages: many messages become one question. Whoever asks was given the message before.

use openim_core::{ConversationId, Result, UserId};
use rustc_hash::FxHashMap;

use super::Service;
use super::fresh::Place;
use crate::model::{Edit, Message, Reaction, Slot};
use crate::policy::Reader;
use crate::repository::{edits, reactions, threads};

/// An emoji at a message.
pub(crate) type Kind = (ConversationId, i64, String);

/// A part of a thread: what is answered, and the seq after which answers are wanted.
pub(crate) type ThreadPart = (ConversationId, i64, i64);

/// A page of answers.
#[derive(Debug, Clone, Default)]
pub(crate) struct Answers {
    pub(crate) messages: Vec<std::sync::Arc<Message>>,
    /// The last place that was looked at; `None` for an empty page.
    pub(crate) last: Option<i64>,
    pub(crate) has_next: bool,
}

/// Between conversations and the numbers of their logs.
struct Numbers(FxHashMap<ConversationId, i64>);

impl Numbers {
    fn place(&self, place: &Place) -> Option<(i64, i64)> {
        Some((*self.0.get(&place.0)?, place.1))
    }

    /// Finds the place of a row among those asked.
    fn back<'a>(&self, places: &'a [Place]) -> FxHashMap<(i64, i64), &'a Place> {
        places.iter().filter_map(|place| Some((self.place(place)?, place))).collect()
    }
}

impl Service {
    async fn numbers(&self, places: &[Place]) -> Result<Numbers> {
        Ok(Numbers(self.logs(places).await?.into_iter().map(|(id, log)| (id, log.no)).collect()))
    }

    /// Returns what edited messages said before, oldest first.
    pub(crate) async fn edits(&self, places: &[Place]) -> Result<FxHashMap<Place, Vec<Edit>>> {
        let numbers = self.numbers(places).await?;
        let back = numbers.back(places);
        let keys: Vec<_> = back.keys().copied().collect();
        let mut found: FxHashMap<Place, Vec<Edit>> = FxHashMap::default();
        for (key, edit) in edits::of(self.store.read(), &keys).await? {
            if let Some(place) = back.get(&key) {
                found.entry((*place).clone()).or_default().push(edit);
            }
        }
        Ok(found)
    }

    /// Returns the emojis at messages, in the order in which they came.
    pub(crate) async fn reactions(&self, viewer: Option<&UserId>, places: &[Place]) -> Result<FxHashMap<Place, Vec<Reaction>>> {
        let numbers = self.numbers(places).await?;
        let back = numbers.back(places);
        let keys: Vec<_> = back.keys().copied().collect();
        let mut found: FxHashMap<Place, Vec<Reaction>> = FxHashMap::default();
        for (key, reaction) in reactions::of(self.store.read(), &keys, viewer.map_or("", |viewer| viewer.as_str())).await? {
            if let Some(place) = back.get(&key) {
                found.entry((*place).clone()).or_default().push(reaction);
            }
        }
        Ok(found)
    }

    /// Returns who used these emojis, at most `first` for each, in the order of ids.
    pub(crate) async fn reacting_users(&self, kinds: &[Kind], first: i64) -> Result<FxHashMap<Kind, Vec<UserId>>> {
        let places: Vec<Place> = kinds.iter().map(|kind| (kind.0.clone(), kind.1)).collect();
        let numbers = self.numbers(&places).await?;
        let key = |kind: &Kind| Some((*numbers.0.get(&kind.0)?, kind.1, kind.2.clone()));
        let back: FxHashMap<reactions::Kind, &Kind> = kinds.iter().filter_map(|kind| Some((key(kind)?, kind))).collect();
        let keys: Vec<_> = back.keys().cloned().collect();
        let mut found: FxHashMap<Kind, Vec<UserId>> = FxHashMap::default();
        for (key, user) in reactions::users(self.store.read(), &keys, first).await? {
            if let Some(kind) = back.get(&key) {
                found.entry((*kind).clone()).or_default().push(user);
            }
        }
        Ok(found)
    }

    /// Returns what messages answer; those that answer nothing are left out.
    pub(crate) async fn answered(&self, places: &[Place]) -> Result<FxHashMap<Place, i64>> {
        let numbers = self.numbers(places).await?;
        let back = numbers.back(places);
        let found = threads::roots(self.store.read(), &back.keys().copied().collect::<Vec<_>>()).await?;
        Ok(found.into_iter().filter_map(|(key, root)| Some(((*back.get(&key)?).clone(), root))).collect())
    }

    /// Returns how many answers messages have; those without any are left out.
    pub(crate) async fn answer_counts(&self, places: &[Place]) -> Result<FxHashMap<Place, i64>> {
        let numbers = self.numbers(places).await?;
        let back = numbers.back(places);
        let found = threads::counts(self.store.read(), &back.keys().copied().collect::<Vec<_>>()).await?;
        Ok(found.into_iter().filter_map(|(key, count)| Some(((*back.get(&key)?).clone(), count))).collect())
    }

    /// Returns pages of the answers that a reader may see, in the order of the log.
    pub(crate) async fn answers(&self, reader: &Reader, parts: &[ThreadPart], first: i64) -> Result<FxHashMap<ThreadPart, Answers>> {
        let places: Vec<Place> = parts.iter().map(|part| (part.0.clone(), part.1)).collect();
        let numbers = self.numbers(&places).await?;
        let key = |part: &ThreadPart| Some((*numbers.0.get(&part.0)?, part.1, part.2));
        let back: FxHashMap<threads::Part, &ThreadPart> = parts.iter().filter_map(|part| Some((key(part)?, part))).collect();
        let keys: Vec<_> = back.keys().copied().collect();
        let mut seqs: FxHashMap<ThreadPart, Vec<i64>> = FxHashMap::default();
        for (key, seq) in threads::answers(self.store.read(), &keys, first + 1).await? {
            if let Some(part) = back.get(&key) {
                seqs.entry((*part).clone()).or_default().push(seq);
            }
        }
        let limit = usize::try_from(first).unwrap_or(0);
        let wanted: Vec<Place> = seqs.iter().flat_map(|(part, seqs)| seqs.iter().take(limit).map(|seq| (part.0.clone(), *seq))).collect();
        let messages = self.messages(reader, &wanted).await?;
        let page = |(part, mut seqs): (ThreadPart, Vec<i64>)| {
            let has_next = seqs.len() > limit;
            seqs.truncate(limit);
            let message = |seq: &i64| match messages.get(&(part.0.clone(), *seq)) {
                Some(Slot::Message(message)) => Some(message.clone()),
                _ => None,
            };
            let answers = Answers { messages: seqs.iter().filter_map(message).collect(), last: seqs.last().copied(), has_next };
            (part, answers)
        };
        Ok(seqs.into_iter().map(page).collect())
    }
}
