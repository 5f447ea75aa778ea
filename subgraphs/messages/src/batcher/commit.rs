//! One transaction: logs, locks, repeats, numbers, rows, ends, events. Either all of a batch's messages have their places
//! afterwards or none has.

use std::collections::BTreeMap;
use std::sync::Arc;

use openim_core::{ConversationId, Ctx, Error, Result, Seq, Timestamp, UserId};
use openim_platform::store::Tx;
use rustc_hash::{FxHashMap, FxHashSet};

use super::{Commits, Pending};
use crate::events;
use crate::model::{Draft, Log, LogKey, Message, Stored};
use crate::repository::append::{self, Growth, Numbered, Tail};
use crate::repository::logs;

/// What became of one message of the batch.
pub(super) enum Placed {
    /// It has a place, now or since an earlier send.
    Stored(Stored),
    /// Its conversation's id belongs to other people.
    Ambiguous,
}

/// The messages that one log gained.
pub(crate) struct Appended {
    pub(crate) log: Arc<Log>,
    pub(crate) first: i64,
    pub(crate) last: i64,
    pub(crate) messages: Vec<Arc<Message>>,
}

/// What a committed batch came to.
pub(super) struct Commit {
    /// For each message of the batch, in its order.
    pub(super) placed: Vec<Placed>,
    /// The logs that grew.
    pub(super) appended: Vec<Appended>,
    /// What was stored before and is published again.
    pub(super) repeated: Vec<(Arc<Log>, Arc<Message>)>,
}

/// The key that makes a send repeatable.
type SendKey<'a> = (&'a UserId, &'a str);

fn key(draft: &Draft) -> SendKey<'_> {
    (&draft.envelope.sender, draft.envelope.client_id.as_str())
}

impl Commit {
    /// Runs the transaction. With `wary`, repeats are looked for before numbering.
    pub(super) async fn run(commits: &Commits, batch: &[Pending], wary: bool) -> Result<Self> {
        let tx = commits.store.begin().await?;
        match Self::write(commits, &tx, batch, wary).await {
            Ok((commit, fresh)) => {
                tx.commit().await?;
                for log in &fresh {
                    commits.caches.keep_log(log).await;
                }
                Ok(commit)
            }
            Err(failure) => {
                tx.rollback().await;
                Err(failure)
            }
        }
    }

    pub(super) fn found_repeats(&self) -> bool {
        !self.repeated.is_empty()
    }

    pub(super) async fn write(commits: &Commits, tx: &Tx, batch: &[Pending], wary: bool) -> Result<(Self, Vec<Arc<Log>>)> {
        let db = tx.connection();
        let now = commits.runtime.clock.now();
        let (logs, fresh) = resolve(commits, tx, batch, now).await?;
        let drafts: Vec<&Draft> = batch.iter().map(|pending| &pending.draft).collect();
        let stored = if wary {
            let mut numbers: Vec<i64> = logs.values().map(|log| log.no).collect();
            numbers.sort_unstable();
            append::lock(db, &numbers).await?;
            append::find_sent(db, &drafts).await?
        } else {
            Vec::new()
        };
        let tails = append::advance(db, &growths(&logs, &drafts, &stored, now)).await?;
        let mut numbering = Numbering {
            logs: &logs,
            tails: &tails,
            grown: BTreeMap::new(),
            placed: Vec::new(),
            known: FxHashMap::default(),
            repeated: Vec::new(),
        };
        for (log, message) in &stored {
            numbering.known.insert((&message.envelope.sender, message.envelope.client_id.as_str()), (log.clone(), message.clone()));
        }
        for draft in drafts {
            numbering.place(draft)?;
        }
        let Numbering { grown, placed, repeated, .. } = numbering;
        let appended: Vec<Appended> = grown.into_values().collect();
        insert(tx, &appended).await?;
        announce(commits, tx, batch, &appended, now).await?;
        Ok((Self { placed, appended, repeated }, fresh))
    }
}

/// Returns the logs of a batch, making those that are new, and which of them are not in the cache yet.
async fn resolve(
    commits: &Commits,
    tx: &Tx,
    batch: &[Pending],
    now: Timestamp,
) -> Result<(FxHashMap<ConversationId, Arc<Log>>, Vec<Arc<Log>>)> {
    let mut logs = FxHashMap::default();
    let mut unknown: BTreeMap<&ConversationId, &LogKey> = BTreeMap::new();
    for key in batch.iter().map(|pending| &pending.draft.log) {
        if logs.contains_key(&key.id) || unknown.contains_key(&key.id) {
            continue;
        }
        match commits.caches.log(&key.id).await {
            Some(log) => {
                logs.insert(key.id.clone(), log);
            }
            None => {
                unknown.insert(&key.id, key);
            }
        }
    }
    if unknown.is_empty() {
        return Ok((logs, Vec::new()));
    }
    let ids: Vec<ConversationId> = unknown.keys().map(|id| (*id).clone()).collect();
    let mut fresh = logs::find(tx.connection(), &ids).await?;
    if fresh.len() < ids.len() {
        let missing: Vec<&LogKey> = unknown.values().filter(|key| !fresh.iter().any(|log| log.key.id == key.id)).copied().collect();
        logs::insert(tx.connection(), &missing, now).await?;
        fresh = logs::find(tx.connection(), &ids).await?;
    }
    logs.extend(fresh.iter().map(|log| (log.key.id.clone(), log.clone())));
    Ok((logs, fresh))
}

/// Counts what each log gains: the messages that are neither stored already, nor repeated in the batch, nor of others.
fn growths(
    logs: &FxHashMap<ConversationId, Arc<Log>>,
    drafts: &[&Draft],
    stored: &[(Arc<Log>, Arc<Message>)],
    now: Timestamp,
) -> Vec<Growth> {
    let mut known: FxHashSet<SendKey<'_>> =
        stored.iter().map(|(_, message)| (&message.envelope.sender, message.envelope.client_id.as_str())).collect();
    let mut growths: BTreeMap<i64, Growth> = BTreeMap::new();
    for draft in drafts {
        let Some(log) = logs.get(&draft.log.id).filter(|log| log.key == draft.log) else { continue };
        if !known.insert(key(draft)) {
            continue;
        }
        let growth = growths.entry(log.no).or_insert_with(|| Growth {
            log: log.no,
            messages: 0,
            stored_at: now,
            sent_at: now,
            sender: String::new(),
        });
        growth.messages += 1;
        growth.sent_at = draft.envelope.sent_at;
        growth.sender.clear();
        growth.sender.push_str(draft.envelope.sender.as_str());
    }
    growths.into_values().collect()
}

/// Tells other domains of first messages and of mentions.
async fn announce(commits: &Commits, tx: &Tx, batch: &[Pending], appended: &[Appended], now: Timestamp) -> Result<()> {
    for grown in appended {
        let started = if grown.first == 1 { events::started(grown, now) } else { None };
        let mentions = events::mentions(grown, now);
        if started.is_none() && mentions.is_empty() {
            continue;
        }
        let pending = batch.iter().find(|pending| pending.draft.log.id == grown.log.key.id);
        let pending = pending.ok_or_else(|| Error::internal("a log grew without a message"))?;
        let ctx = Ctx::system(&commits.runtime, pending.operation_id.clone());
        if let Some(event) = started {
            tx.append(&ctx, &event).await?;
        }
        for event in mentions {
            tx.append(&ctx, &event).await?;
        }
    }
    Ok(())
}

/// Inserts the rows.
async fn insert(tx: &Tx, appended: &[Appended]) -> Result<()> {
    let rows: Vec<Numbered<'_>> =
        appended.iter().flat_map(|grown| grown.messages.iter().map(|message| Numbered { log: grown.log.no, message })).collect();
    append::insert(tx.connection(), &rows).await
}

/// Gives messages their places, in the order they came.
struct Numbering<'a> {
    logs: &'a FxHashMap<ConversationId, Arc<Log>>,
    tails: &'a FxHashMap<i64, Tail>,
    grown: BTreeMap<i64, Appended>,
    placed: Vec<Placed>,
    known: FxHashMap<SendKey<'a>, (Arc<Log>, Arc<Message>)>,
    repeated: Vec<(Arc<Log>, Arc<Message>)>,
}

impl<'a> Numbering<'a> {
    fn place(&mut self, draft: &'a Draft) -> Result<()> {
        let lost = || Error::internal("a log's end is missing");
        let log = self.logs.get(&draft.log.id).ok_or_else(lost)?;
        if log.key != draft.log {
            self.placed.push(Placed::Ambiguous);
            return Ok(());
        }
        if let Some((log, message)) = self.known.get(&key(draft)) {
            // The same server id means that an attempt whose outcome was unknown did succeed.
            let duplicate = message.envelope.server_id != draft.envelope.server_id;
            self.repeated.push((log.clone(), message.clone()));
            self.placed.push(Placed::Stored(Stored { message: message.clone(), duplicate }));
            return Ok(());
        }
        let tail = self.tails.get(&log.no).ok_or_else(lost)?;
        let grown = self.grown.entry(log.no).or_insert_with(|| Appended {
            log: log.clone(),
            first: tail.max_seq + 1,
            last: tail.max_seq,
            messages: Vec::new(),
        });
        grown.last += 1;
        let message = Arc::new(Message {
            conversation_id: log.key.id.clone(),
            seq: Seq(grown.last),
            stored_at: tail.last_stored_at,
            envelope: draft.envelope.clone(),
        });
        grown.messages.push(message.clone());
        self.known.insert(key(draft), (log.clone(), message.clone()));
        self.placed.push(Placed::Stored(Stored { message, duplicate: false }));
        Ok(())
    }
}
