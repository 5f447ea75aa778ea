//! One transaction: logs, locks, repeats, numbers, rows, ends, events. Either all of a batch's messages have their places
//! afterwards or none has.

use std::sync::Arc;

use futures_util::future::join;
use openim_contracts::PlacedMessage;
use openim_core::{ConversationId, Ctx, Error, OperationId, Result, Seq, Timestamp};
use openim_platform::store::Tx;
use rustc_hash::FxHashMap;

use super::plan::{Fate, Found, Plan};
use super::{Commits, Pending};
use crate::events;
use crate::hooks;
use crate::model::{Draft, Log, LogKey, Message, State, Stored};
use crate::pushes;
use crate::repository::append::{self, Place, Tail};
use crate::repository::threads::{self, Answer};
use crate::repository::{logs, publishing};

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
    /// The operations that sent them, in the same order.
    pub(crate) operations: Vec<OperationId>,
}

/// What a committed batch came to.
pub(super) struct Outcome {
    /// For each message of the batch, in its order.
    pub(super) placed: Vec<Placed>,
    /// The logs that grew.
    pub(super) appended: Vec<Appended>,
    /// What was stored before and is published again.
    pub(super) repeated: Vec<(Arc<Log>, Arc<Message>)>,
}

/// A batch that is being stored, or was.
pub(super) struct Commit {
    plan: Plan,
    found: Found,
    /// Where the logs ended before, in the order of the plan; those that did not grow have none.
    tails: Vec<Option<Tail>>,
    /// The note of what is to be published.
    pub(super) note: Option<i64>,
}

impl Commit {
    /// Runs the transaction. With `wary`, repeats are looked for before numbering. What is to be done `meanwhile` is done
    /// while the database makes the commit durable.
    pub(super) async fn run(
        commits: &Commits,
        batch: &[Pending],
        plan: Option<Plan>,
        wary: bool,
        meanwhile: impl Future<Output = ()>,
    ) -> Result<Self> {
        let tx = commits.store.begin().await?;
        let written = async {
            let plan = match plan {
                Some(plan) => plan,
                None => Plan::of(batch, &commits.caches).await?,
            };
            Self::write(commits, &tx, batch, plan, wary).await
        };
        match written.await {
            Ok((commit, fresh)) => {
                let (committed, ()) = join(tx.commit(), meanwhile).await;
                committed?;
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
        self.plan.fates.iter().any(|fate| matches!(fate, Fate::Repeat(_) | Fate::Stored(_)))
    }

    /// Does everything but the commit. Returns also the logs that are to be kept once it is committed.
    pub(super) async fn write(commits: &Commits, tx: &Tx, batch: &[Pending], mut plan: Plan, wary: bool) -> Result<(Self, Vec<Arc<Log>>)> {
        let db = tx.connection();
        let now = commits.runtime.clock.now();
        let mut found = Found::default();
        let fresh = resolve(tx, &plan.unknown(), now).await?;
        if !fresh.is_empty() {
            found.logs = fresh.iter().map(|log| (log.key.id.clone(), log.clone())).collect();
            if !plan.settle(&found.logs) {
                found.logs.extend(known(&plan));
                plan = Plan::again(batch, &found)?;
            }
        }
        if wary {
            append::lock(db, &plan.numbers()).await?;
            let drafts: Vec<&Draft> = batch.iter().map(|pending| &pending.draft).collect();
            found.stored = append::find_sent(db, &drafts).await?;
            if !found.stored.is_empty() {
                found.logs.extend(known(&plan));
                plan = Plan::again(batch, &found)?;
            }
        }
        let mut ends = append::advance(db, &plan.growths(batch, now)).await?;
        let tails = plan.gains.iter().map(|gain| ends.remove(&gain.target.log()?.no)).collect();
        let rows = std::mem::take(&mut plan.rows);
        let mut commit = Self { plan, found, tails, note: None };
        append::insert(db, rows, &commit.places()?).await?;
        let answers = commit.answers(batch);
        if !answers.is_empty() {
            threads::add(db, &answers).await?;
        }
        let ranges = commit.ranges();
        if !ranges.is_empty() {
            let note = publishing::fresh_note(&*commits.runtime.ids);
            publishing::owe(db, note, now, &ranges).await?;
            commit.note = Some(note);
        }
        commit.announce(commits, tx, batch, now).await?;
        commit.call_hooks(commits, tx, batch).await?;
        if commits.settings.get().push {
            commit.want_pushes(commits, tx, batch).await?;
        }
        Ok((commit, fresh))
    }

    /// Gives the new messages their places, in the order they came.
    fn places(&self) -> Result<Vec<Place>> {
        let mut places = Vec::with_capacity(self.plan.fates.len());
        for fate in &self.plan.fates {
            let Fate::New { log, offset } = *fate else { continue };
            let (log, tail) = self.end(log).ok_or_else(|| Error::internal("a log's end is missing"))?;
            places.push(Place { log: log.no, seq: tail.max_seq + offset, stored_at: tail.last_stored_at });
        }
        Ok(places)
    }

    /// Returns which of the new messages answer another one.
    fn answers(&self, batch: &[Pending]) -> Vec<Answer> {
        let answer = |(pending, fate): (&Pending, &Fate)| {
            let (root, Fate::New { log, offset }) = (pending.draft.reply_to?, *fate) else { return None };
            let (log, tail) = self.end(log)?;
            Some((log.no, tail.max_seq + offset, root))
        };
        batch.iter().zip(&self.plan.fates).filter_map(answer).collect()
    }

    fn end(&self, place: usize) -> Option<(&Arc<Log>, Tail)> {
        Some((self.plan.gains.get(place)?.target.log()?, (*self.tails.get(place)?)?))
    }

    /// Returns what is to be published: log, first and last seq.
    fn ranges(&self) -> Vec<(i64, i64, i64)> {
        let ends = self.plan.gains.iter().enumerate().filter(|(_, gain)| gain.messages > 0);
        let range = |(place, messages)| self.end(place).map(|(log, tail)| (log.no, tail.max_seq + 1, tail.max_seq + messages));
        ends.filter_map(|(place, gain)| range((place, gain.messages))).collect()
    }

    /// Tells other domains of first messages and of mentions.
    async fn announce(&self, commits: &Commits, tx: &Tx, batch: &[Pending], now: Timestamp) -> Result<()> {
        let first = self.tails.iter().flatten().any(|tail| tail.max_seq == 0);
        if !first && batch.iter().all(|pending| pending.draft.envelope.at_user_ids.is_empty()) {
            return Ok(());
        }
        for grown in &self.outcome(batch).appended {
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

    /// Notes what the application's server is told of the new messages.
    async fn call_hooks(&self, commits: &Commits, tx: &Tx, batch: &[Pending]) -> Result<()> {
        if !hooks::anybody_told(&commits.webhooks) {
            return Ok(());
        }
        let mut calls = Vec::new();
        for (pending, fate) in batch.iter().zip(&self.plan.fates) {
            let Fate::New { log, offset } = *fate else { continue };
            let Some((_, tail)) = self.end(log) else { continue };
            let ctx = Ctx::system(&commits.runtime, pending.operation_id.clone());
            hooks::after_stored(&commits.webhooks, &ctx, &pending.draft.envelope, tail.max_seq + offset, &mut calls)?;
        }
        commits.webhooks.append(tx, calls).await
    }

    /// Says which of the new messages devices that are offline should hear of.
    async fn want_pushes(&self, commits: &Commits, tx: &Tx, batch: &[Pending]) -> Result<()> {
        let place = |(pending, fate): (&Pending, &Fate)| {
            let Fate::New { log, offset } = *fate else { return None };
            let (log, tail) = self.end(log)?;
            let (conversation_id, operation_id) = (log.key.id.clone(), pending.operation_id.clone());
            pushes::wanted(&pending.draft.envelope).then(|| PlacedMessage { conversation_id, seq: tail.max_seq + offset, operation_id })
        };
        let places = batch.iter().zip(&self.plan.fates).filter_map(place).collect();
        pushes::of_stored(&commits.runtime, tx, places).await
    }

    /// Tells what became of the messages of the batch.
    pub(super) fn outcome(&self, batch: &[Pending]) -> Outcome {
        let empty = |place| {
            let (log, tail) = self.end(place)?;
            let messages = Vec::with_capacity(usize::try_from(self.plan.gains.get(place)?.messages).unwrap_or(0));
            let operations = Vec::with_capacity(messages.capacity());
            Some(Appended { log: log.clone(), first: tail.max_seq + 1, last: tail.max_seq, messages, operations })
        };
        let mut grown: Vec<Option<Appended>> = (0..self.plan.gains.len()).map(empty).collect();
        let mut news: Vec<Option<(Arc<Log>, Arc<Message>)>> = Vec::with_capacity(batch.len());
        let mut outcome = Outcome { placed: Vec::with_capacity(batch.len()), appended: Vec::new(), repeated: Vec::new() };
        for (pending, fate) in batch.iter().zip(&self.plan.fates) {
            let envelope = &pending.draft.envelope;
            let (new, known) = match *fate {
                Fate::New { log, offset } => (self.message(pending, log, offset), None),
                Fate::Repeat(place) => (None, news.get(place).cloned().flatten()),
                Fate::Stored(place) => (None, self.found.stored.get(place).cloned()),
                Fate::Ambiguous => (None, None),
            };
            if let (Some((_, message)), Fate::New { log, .. }) = (&new, *fate) {
                if let Some(Some(grown)) = grown.get_mut(log) {
                    grown.last = message.seq.0;
                    grown.messages.push(message.clone());
                    grown.operations.push(pending.operation_id.clone());
                }
                outcome.placed.push(Placed::Stored(Stored { message: message.clone(), duplicate: false }));
            } else if let Some((log, message)) = known {
                // The same server id means that an attempt whose outcome was unknown did succeed.
                let duplicate = message.envelope.server_id != envelope.server_id;
                outcome.placed.push(Placed::Stored(Stored { message: message.clone(), duplicate }));
                outcome.repeated.push((log, message));
            } else {
                outcome.placed.push(Placed::Ambiguous);
            }
            news.push(new);
        }
        outcome.appended = grown.into_iter().flatten().collect();
        outcome
    }

    fn message(&self, pending: &Pending, log: usize, offset: i64) -> Option<(Arc<Log>, Arc<Message>)> {
        let (log, tail) = self.end(log)?;
        let message = Message {
            conversation_id: log.key.id.clone(),
            seq: Seq(tail.max_seq + offset),
            stored_at: tail.last_stored_at,
            envelope: pending.draft.envelope.clone(),
            state: State::default(),
        };
        Some((log.clone(), Arc::new(message)))
    }
}

fn known(plan: &Plan) -> impl Iterator<Item = (ConversationId, Arc<Log>)> {
    plan.gains.iter().filter_map(|gain| gain.target.log()).map(|log| (log.key.id.clone(), log.clone()))
}

/// Returns logs, making those that are new. `keys` must be in id order.
async fn resolve(tx: &Tx, keys: &[&LogKey], now: Timestamp) -> Result<Vec<Arc<Log>>> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<ConversationId> = keys.iter().map(|key| key.id.clone()).collect();
    let found = logs::find(tx.connection(), &ids).await?;
    if found.len() == ids.len() {
        return Ok(found);
    }
    let there: FxHashMap<&ConversationId, ()> = found.iter().map(|log| (&log.key.id, ())).collect();
    let missing: Vec<&LogKey> = keys.iter().filter(|key| !there.contains_key(&key.id)).copied().collect();
    logs::insert(tx.connection(), &missing, now).await?;
    logs::find(tx.connection(), &ids).await
}
