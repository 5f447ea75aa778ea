//! Reading what was added to messages: many messages become one question. Whoever asks was given the message before; who has
//! left sees what was added until then.

use openim_core::{ConversationId, Result, Timestamp, UserId};
use rustc_hash::FxHashMap;

use super::Service;
use super::fresh::Place;
use crate::model::{Edit, Message, Reaction, Slot};
use crate::policy::{Access, Reader};
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

/// What a reader sees of the additions in a log.
#[derive(Clone, Copy)]
struct Seen {
    log: i64,
    /// Of what has a time what was added before.
    before: Timestamp,
    /// Of answers those up to this seq.
    last: i64,
}

impl Seen {
    fn new(log: i64, access: Option<&Access>) -> Option<Self> {
        match access {
            Some(Access::Nothing) => None,
            Some(Access::Within(limits)) if limits.max_seq > 0 => Some(Self { log, before: limits.left_at, last: limits.max_seq }),
            Some(Access::Within(_) | Access::Since(..)) | None => Some(Self { log, before: reactions::EVER, last: threads::END }),
        }
    }
}

/// What a reader sees of some logs.
struct Extent(FxHashMap<ConversationId, Seen>);

impl Extent {
    /// Returns the places that are seen, by the keys of their rows.
    fn of<'a>(&self, places: &'a [Place]) -> FxHashMap<(i64, i64), (&'a Place, Seen)> {
        let seen = |place: &'a Place| self.0.get(&place.0).map(|seen| ((seen.log, place.1), (place, *seen)));
        places.iter().filter_map(seen).collect()
    }
}

impl Service {
    async fn extent(&self, reader: &Reader, places: &[Place]) -> Result<Extent> {
        let logs = self.logs(places).await?;
        let accesses = self.limits(reader, &logs).await?;
        let seen = logs.into_iter().filter_map(|(id, log)| Some((Seen::new(log.no, accesses.get(&id))?, id)));
        Ok(Extent(seen.map(|(seen, id)| (id, seen)).collect()))
    }

    /// Returns what edited messages said before, oldest first.
    pub(crate) async fn edits(&self, reader: &Reader, places: &[Place]) -> Result<FxHashMap<Place, Vec<Edit>>> {
        let extent = self.extent(reader, places).await?;
        let asked = extent.of(places);
        let mut found: FxHashMap<Place, Vec<Edit>> = FxHashMap::default();
        for (key, edit) in edits::of(self.store.read(), &asked.keys().copied().collect::<Vec<_>>()).await? {
            if let Some((place, _)) = asked.get(&key) {
                found.entry((*place).clone()).or_default().push(edit);
            }
        }
        Ok(found)
    }

    /// Returns the emojis at messages, in the order in which they came.
    pub(crate) async fn reactions(
        &self,
        reader: &Reader,
        viewer: Option<&UserId>,
        places: &[Place],
    ) -> Result<FxHashMap<Place, Vec<Reaction>>> {
        let extent = self.extent(reader, places).await?;
        let asked = extent.of(places);
        let keys: Vec<_> = asked.iter().map(|(key, (_, seen))| (*key, seen.before)).collect();
        let mut found: FxHashMap<Place, Vec<Reaction>> = FxHashMap::default();
        for (key, reaction) in reactions::of(self.store.read(), &keys, viewer.map_or("", |viewer| viewer.as_str())).await? {
            if let Some((place, _)) = asked.get(&key) {
                found.entry((*place).clone()).or_default().push(reaction);
            }
        }
        Ok(found)
    }

    /// Returns who used these emojis, at most `first` for each, in the order of ids.
    pub(crate) async fn reacting_users(&self, reader: &Reader, kinds: &[Kind], first: i64) -> Result<FxHashMap<Kind, Vec<UserId>>> {
        let places: Vec<Place> = kinds.iter().map(|kind| (kind.0.clone(), kind.1)).collect();
        let extent = self.extent(reader, &places).await?;
        let seen = |kind| {
            let (id, seq, emoji): &Kind = kind;
            let seen = extent.0.get(id)?;
            Some(((seen.log, *seq, emoji.clone()), (kind, seen.before)))
        };
        let asked: FxHashMap<reactions::Kind, (&Kind, Timestamp)> = kinds.iter().filter_map(seen).collect();
        let keys: Vec<_> = asked.iter().map(|(key, (_, before))| (key.clone(), *before)).collect();
        let mut found: FxHashMap<Kind, Vec<UserId>> = FxHashMap::default();
        for (key, user) in reactions::users(self.store.read(), &keys, first).await? {
            if let Some((kind, _)) = asked.get(&key) {
                found.entry((*kind).clone()).or_default().push(user);
            }
        }
        Ok(found)
    }

    /// Returns what messages answer; those that answer nothing are left out.
    pub(crate) async fn answered(&self, reader: &Reader, places: &[Place]) -> Result<FxHashMap<Place, i64>> {
        let extent = self.extent(reader, places).await?;
        let asked = extent.of(places);
        let found = threads::roots(self.store.read(), &asked.keys().copied().collect::<Vec<_>>()).await?;
        Ok(found.into_iter().filter_map(|(key, root)| Some((asked.get(&key)?.0.clone(), root))).collect())
    }

    /// Returns how many answers messages have; those without any are left out.
    pub(crate) async fn answer_counts(&self, reader: &Reader, places: &[Place]) -> Result<FxHashMap<Place, i64>> {
        let extent = self.extent(reader, places).await?;
        let asked = extent.of(places);
        let keys: Vec<_> = asked.iter().map(|(key, (_, seen))| (*key, seen.last)).collect();
        let found = threads::counts(self.store.read(), &keys).await?;
        Ok(found.into_iter().filter_map(|(key, count)| Some((asked.get(&key)?.0.clone(), count))).collect())
    }

    /// Returns pages of the answers that a reader may see, in the order of the log.
    pub(crate) async fn answers(&self, reader: &Reader, parts: &[ThreadPart], first: i64) -> Result<FxHashMap<ThreadPart, Answers>> {
        let places: Vec<Place> = parts.iter().map(|part| (part.0.clone(), part.1)).collect();
        let extent = self.extent(reader, &places).await?;
        let seen = |part| {
            let (id, root, after): &ThreadPart = part;
            let seen = extent.0.get(id)?;
            Some(((seen.log, *root, *after), (part, seen.last)))
        };
        let asked: FxHashMap<threads::Part, (&ThreadPart, i64)> = parts.iter().filter_map(seen).collect();
        let keys: Vec<_> = asked.iter().map(|(key, (_, last))| (*key, *last)).collect();
        let mut seqs: FxHashMap<ThreadPart, Vec<i64>> = FxHashMap::default();
        for (key, seq) in threads::answers(self.store.read(), &keys, first + 1).await? {
            if let Some((part, _)) = asked.get(&key) {
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
