//! What a batch comes to, as far as it can be said before its transaction: which logs grow by how much, which messages
//! repeat each other, and the columns of the rows. A writer works this out while the commit before is under way; when the
//! transaction then finds what could not be known, the plan is made again with that.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use openim_core::{ConversationId, Result, Timestamp};
use rustc_hash::FxHashMap;

use super::Pending;
use crate::caches::Caches;
use crate::model::{Envelope, Log, LogKey, Message};
use crate::repository::append::{Drafted, Growth};

/// What happens to one message of the batch.
#[derive(Clone, Copy)]
pub(super) enum Fate {
    /// It gets the place `offset` after the end of a log of the plan.
    New { log: usize, offset: i64 },
    /// It repeats this earlier message of the batch.
    Repeat(usize),
    /// It repeats this one of the messages that were stored before.
    Stored(usize),
    /// Its conversation's id belongs to other people.
    Ambiguous,
}

/// A log, or what is known of it before it is looked up.
pub(super) enum Target {
    Known(Arc<Log>),
    Unknown(LogKey),
}

impl Target {
    pub(super) fn key(&self) -> &LogKey {
        match self {
            Self::Known(log) => &log.key,
            Self::Unknown(key) => key,
        }
    }

    pub(super) fn log(&self) -> Option<&Arc<Log>> {
        match self {
            Self::Known(log) => Some(log),
            Self::Unknown(_) => None,
        }
    }
}

/// What a log gains.
pub(super) struct Gain {
    pub(super) target: Target,
    /// The newest message that it gains.
    pub(super) newest: usize,
    /// How many messages it gains.
    pub(super) messages: i64,
}

/// What the transaction found out.
#[derive(Default)]
pub(super) struct Found {
    pub(super) logs: FxHashMap<ConversationId, Arc<Log>>,
    pub(super) stored: Vec<(Arc<Log>, Arc<Message>)>,
}

/// The key that makes a send repeatable: sender and client id.
struct SendKey(Arc<Envelope>);

impl PartialEq for SendKey {
    fn eq(&self, other: &Self) -> bool {
        self.0.client_id == other.0.client_id && self.0.sender == other.0.sender
    }
}

impl Eq for SendKey {}

impl Hash for SendKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.client_id.hash(state);
        self.0.sender.hash(state);
    }
}

/// The plan of one batch.
#[derive(Default)]
pub(super) struct Plan {
    /// The logs, in the order in which they were named.
    pub(super) gains: Vec<Gain>,
    /// For each message, in order.
    pub(super) fates: Vec<Fate>,
    /// The rows of the new ones, in order.
    pub(super) rows: Drafted,
    logs: FxHashMap<ConversationId, usize>,
    /// The fate of whoever comes with this key again.
    keys: FxHashMap<SendKey, Fate>,
}

impl Plan {
    /// Plans a batch.
    pub(super) async fn of(batch: &[Pending], caches: &Caches) -> Result<Self> {
        let mut plan = Self::default();
        for pending in batch {
            plan.add(pending, caches).await?;
        }
        Ok(plan)
    }

    /// Plans a batch again, with what was found out.
    pub(super) fn again(batch: &[Pending], found: &Found) -> Result<Self> {
        let mut plan = Self::default();
        for (place, (_, message)) in found.stored.iter().enumerate() {
            plan.keys.insert(SendKey(message.envelope.clone()), Fate::Stored(place));
        }
        for pending in batch {
            let log = found.logs.get(&pending.draft.log.id).cloned();
            plan.place(pending, log)?;
        }
        Ok(plan)
    }

    /// Adds the next message of the batch.
    pub(super) async fn add(&mut self, pending: &Pending, caches: &Caches) -> Result<()> {
        let id = &pending.draft.log.id;
        let log = if self.logs.contains_key(id) { None } else { caches.log(id).await };
        self.place(pending, log)
    }

    fn place(&mut self, pending: &Pending, log: Option<Arc<Log>>) -> Result<()> {
        let (draft, at) = (&pending.draft, self.fates.len());
        let place = match self.logs.get(&draft.log.id) {
            Some(place) => *place,
            None => {
                let target = log.map_or_else(|| Target::Unknown(draft.log.clone()), Target::Known);
                self.gains.push(Gain { target, newest: at, messages: 0 });
                self.logs.insert(draft.log.id.clone(), self.gains.len() - 1);
                self.gains.len() - 1
            }
        };
        let Some(gain) = self.gains.get_mut(place).filter(|gain| *gain.target.key() == draft.log) else {
            self.fates.push(Fate::Ambiguous);
            return Ok(());
        };
        let key = SendKey(draft.envelope.clone());
        if let Some(fate) = self.keys.get(&key) {
            self.fates.push(*fate);
            return Ok(());
        }
        self.rows.push(&draft.envelope)?;
        self.keys.insert(key, Fate::Repeat(at));
        gain.messages += 1;
        gain.newest = at;
        self.fates.push(Fate::New { log: place, offset: gain.messages });
        Ok(())
    }

    /// Returns the logs that are to be looked up, or made, in id order.
    pub(super) fn unknown(&self) -> Vec<&LogKey> {
        let mut keys: Vec<&LogKey> = self
            .gains
            .iter()
            .filter_map(|gain| match &gain.target {
                Target::Unknown(key) => Some(key),
                Target::Known(_) => None,
            })
            .collect();
        keys.sort_unstable_by(|a, b| a.id.cmp(&b.id));
        keys
    }

    /// Takes in logs that were looked up, and tells whether they are whose they were thought to be.
    pub(super) fn settle(&mut self, logs: &FxHashMap<ConversationId, Arc<Log>>) -> bool {
        let mut right = true;
        for gain in &mut self.gains {
            if let Target::Unknown(key) = &gain.target
                && let Some(log) = logs.get(&key.id)
            {
                right &= log.key == *key;
                gain.target = Target::Known(log.clone());
            }
        }
        right
    }

    /// Returns the numbers of the logs, in order.
    pub(super) fn numbers(&self) -> Vec<i64> {
        let mut numbers: Vec<i64> = self.gains.iter().filter_map(|gain| gain.target.log()).map(|log| log.no).collect();
        numbers.sort_unstable();
        numbers
    }

    /// Returns what the logs gain, in the order of their numbers.
    pub(super) fn growths(&self, batch: &[Pending], now: Timestamp) -> Vec<Growth> {
        let growth = |gain: &Gain| {
            let (log, newest) = (gain.target.log()?, batch.get(gain.newest)?);
            (gain.messages > 0).then(|| Growth {
                log: log.no,
                messages: gain.messages,
                stored_at: now,
                sent_at: newest.draft.envelope.sent_at,
                sender: newest.draft.envelope.sender.to_string(),
            })
        };
        let mut growths: Vec<Growth> = self.gains.iter().filter_map(growth).collect();
        growths.sort_unstable_by_key(|growth| growth.log);
        growths
    }
}
