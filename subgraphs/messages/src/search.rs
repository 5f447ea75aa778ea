//! Finding messages by their words. The logs know nothing of it: after a commit it is noted which logs have grown, and a
//! worker ([`follow`]) reads what is new and puts its words into the index, about a second later. What a hit shows is read
//! from the log each time and looked at again, so that the index only has to be complete: what it has too much is no hit.

pub(crate) mod follow;
mod query;
mod texts;
mod words;

use std::sync::Arc;

use openim_core::{ConversationKind, Result, UserId};
use openim_platform::versions::id_hash;
use parking_lot::Mutex;
use rustc_hash::FxHashMap;
use sea_orm::ConnectionTrait;

use crate::batcher::Appended;
use crate::model::{Envelope, Log, Message, Parties};
use crate::repository::search::{self, Entry};

pub(crate) use query::{Excerpt, Query, Term};

/// The most logs that wait; further ones are found in the database.
const MOST: usize = 100_000;
/// The most terms of one message.
const MOST_TERMS: usize = 2_000;
/// What terms begin with that are no words: characters that no text has letters of.
const PERSON: char = '\u{E000}';
const LOG: char = '\u{E001}';

/// The logs that have grown since the worker last looked.
#[derive(Default)]
pub(crate) struct Grown {
    switched_on: bool,
    waiting: Mutex<Waiting>,
}

#[derive(Default)]
struct Waiting {
    /// By log: first and last seq.
    ranges: FxHashMap<i64, (Arc<Log>, i64, i64)>,
    /// Whether there was no room for all of them.
    overflow: bool,
}

impl Grown {
    pub(crate) fn new(switched_on: bool) -> Self {
        Self { switched_on, ..Self::default() }
    }

    /// Notes what a commit appended.
    pub(crate) fn note(&self, appended: &[Appended]) {
        if self.switched_on {
            let mut waiting = self.waiting.lock();
            for grown in appended {
                waiting.add(&grown.log, grown.first, grown.last);
            }
        }
    }

    /// Tells whether nothing waits.
    fn is_empty(&self) -> bool {
        self.waiting.lock().ranges.is_empty()
    }
}

impl Waiting {
    /// Takes what is to be looked at now.
    fn take(&mut self) -> (Vec<(Arc<Log>, i64, i64)>, bool) {
        (std::mem::take(&mut self.ranges).into_values().collect(), std::mem::take(&mut self.overflow))
    }

    fn add(&mut self, log: &Arc<Log>, first: i64, last: i64) {
        if log.key.kind == ConversationKind::Notification {
            return;
        }
        if let Some(range) = self.ranges.get_mut(&log.no) {
            *range = (log.clone(), range.1.min(first), range.2.max(last));
        } else if self.ranges.len() < MOST {
            self.ranges.insert(log.no, (log.clone(), first, last));
        } else {
            self.overflow = true;
        }
    }
}

/// Takes messages out of the index: they were revoked, emptied or purged.
///
/// # Errors
/// As any statement.
pub(crate) async fn forget(db: &impl ConnectionTrait, log: i64, seqs: &[i64]) -> Result<()> {
    search::delete(db, log, seqs).await
}

/// Puts messages into the index as they are now: they were edited.
///
/// # Errors
/// As any statement.
pub(crate) async fn again(db: &impl ConnectionTrait, log: &Log, messages: &[Arc<Message>]) -> Result<()> {
    search::lock(db).await?;
    let seqs: Vec<i64> = messages.iter().map(|message| message.seq.0).collect();
    search::delete(db, log.no, &seqs).await?;
    search::insert(db, entries(log, messages)?).await
}

/// Returns the term that every message of a log has.
pub(crate) fn of_log(log: i64) -> String {
    format!("{LOG}{log}")
}

/// Returns the term that every message of a pair has for each of its people.
///
/// # Errors
/// When the id cannot be written.
pub(crate) fn of_person(user: &UserId) -> Result<String> {
    Ok(format!("{PERSON}{:016x}", id_hash(&[user.as_str()])?))
}

/// Returns the text by which a message is found, as it is shown.
pub(crate) fn text(envelope: &Envelope) -> Option<String> {
    texts::of(envelope)
}

/// Composes what the index keeps of messages; those without words are left out.
fn entries(log: &Log, messages: &[Arc<Message>]) -> Result<Vec<Entry>> {
    let mut whose = vec![of_log(log.no)];
    if let Parties::Pair(..) = &log.key.parties {
        for person in log.key.parties.people() {
            whose.push(of_person(&person)?);
        }
    }
    let entry = |message: &Arc<Message>| {
        let mut terms = words::terms(&words::pieces(&text(&message.envelope)?));
        terms.sort_unstable();
        terms.dedup();
        terms.truncate(MOST_TERMS);
        if terms.is_empty() {
            return None;
        }
        terms.extend(whose.iter().cloned());
        Some(Entry {
            log: log.no,
            seq: message.seq.0,
            stored_at: message.stored_at,
            sent_at: message.envelope.sent_at,
            sender: message.envelope.sender.to_string(),
            content_type: i64::from(message.envelope.content_type),
            words: terms.join(" "),
        })
    };
    Ok(messages.iter().filter_map(entry).collect())
}
