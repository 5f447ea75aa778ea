//! Acts on the messages domain's events: rows for a new conversation, read positions of who wrote something.

pub(crate) mod groups;
pub(crate) mod jobs;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use async_trait::async_trait;
use openim_contracts::{Audience, ConversationStarted, DomainEvent, GroupReader, ReadAdvanced, Signal, SignalKind};
use openim_core::{ConversationId, ConversationKind, Ctx, Error, ErrorCode, GroupId, Result, UserId};
use openim_platform::events::{EventHandler, StoredEvent};
use openim_platform::store::{Store, Tx};
use openim_platform::versions::{self, Change, VersionedList};
use openim_platform::webhooks::Webhooks;
use serde_json::Value;

use crate::hooks::{self, Verdict};
use crate::model::NewRow;
use crate::repository;

/// The most members that are asked about at once, as [`GroupReader::members`] allows.
const MEMBERS: usize = 1_000;

/// Keeps the rows up with the logs.
pub(crate) struct RowKeeper {
    pub(crate) store: Store,
    pub(crate) groups: Arc<dyn GroupReader>,
    pub(crate) webhooks: Webhooks,
}

/// What a webhook said of each new row.
type Verdicts = BTreeMap<UserId, Verdict>;

impl RowKeeper {
    /// Asks for each owner whose row is missing.
    async fn ask(&self, ctx: &Ctx, event: &ConversationStarted) -> Result<Verdicts> {
        let mut verdicts = Verdicts::new();
        if event.kind == ConversationKind::Notification || !hooks::asks(&self.webhooks, event.kind) {
            return Ok(verdicts);
        }
        for row in rows(ctx, event) {
            if repository::find(self.store.read(), &row.owner, &row.id).await?.is_none() {
                let verdict = hooks::before_creation(&self.webhooks, ctx, &row).await?;
                verdicts.insert(row.owner, verdict);
            }
        }
        Ok(verdicts)
    }

    async fn started(&self, ctx: &Ctx, tx: &Tx, event: ConversationStarted, mut verdicts: Verdicts) -> Result<()> {
        if event.kind == ConversationKind::Notification {
            return Ok(());
        }
        let rows: Vec<_> = rows(ctx, &event).map(|row| judged(row.clone(), verdicts.remove(&row.owner))).collect();
        let made = repository::insert_missing(tx.connection(), rows.clone()).await?;
        let made: Vec<_> = made.into_iter().filter(|(owner, _)| rows.iter().any(|row| row.owner == *owner && !row.refused)).collect();
        rows_made(ctx, tx, &made).await?;
        for row in rows.iter().filter(|row| made.iter().any(|(owner, _)| *owner == row.owner)) {
            hooks::after_creation(&self.webhooks, ctx, tx, row).await?;
        }
        for row in rows.into_iter().filter(|row| !row.refused) {
            tx.signal(row_changed(row.owner, row.id));
        }
        Ok(())
    }

    async fn advanced(&self, ctx: &Ctx, tx: &Tx, event: ReadAdvanced) -> Result<()> {
        let at = ctx.now();
        let mut furthest: HashMap<(UserId, ConversationId), i64> = HashMap::new();
        for position in event.positions {
            if position.seq < 1 || position.conversation_id.kind() == ConversationKind::Notification {
                continue;
            }
            let seq = furthest.entry((position.user_id, position.conversation_id)).or_default();
            *seq = position.seq.max(*seq);
        }
        let rows = furthest.into_iter().map(|((owner, id), read_seq)| NewRow { read_seq, ..NewRow::of(owner, id, &[], at) });
        // A row that somebody is still asked about is not made behind the answer's back.
        let (singles, groups): (Vec<_>, Vec<_>) = rows.partition(|row| row.group.is_none());
        let groups = self.of_members(tx, groups).await?;
        let make = |kind| !hooks::asks(&self.webhooks, kind);
        let mut made = repository::advance(tx.connection(), singles, make(ConversationKind::Single), at).await?;
        made.extend(repository::advance(tx.connection(), groups, make(ConversationKind::Group), at).await?);
        rows_made(ctx, tx, &made).await
    }

    /// Leaves out what would be made for who is no member: an administrator who writes into a group, or about it, gets no view
    /// of it.
    async fn of_members(&self, tx: &Tx, rows: Vec<NewRow>) -> Result<Vec<NewRow>> {
        let missing: BTreeSet<_> = repository::missing(tx.connection(), &rows).await?.into_iter().collect();
        let mut asked: BTreeMap<&GroupId, Vec<UserId>> = BTreeMap::new();
        for row in &rows {
            if let Some(group) = row.group.as_ref().filter(|_| missing.contains(&(row.owner.clone(), row.id.clone()))) {
                asked.entry(group).or_default().push(row.owner.clone());
            }
        }
        let mut strangers = BTreeSet::new();
        for (group, users) in asked {
            for chunk in users.chunks(MEMBERS) {
                let members = self.groups.members(group, chunk).await?;
                let strange = chunk.iter().filter(|user| !members.iter().any(|member| member.user_id == **user));
                strangers.extend(strange.map(|user| (user.clone(), group.clone())));
            }
        }
        let strange = |row: &NewRow| row.group.clone().is_some_and(|group| strangers.contains(&(row.owner.clone(), group)));
        Ok(rows.into_iter().filter(|row| !strange(row)).collect())
    }
}

/// Returns the rows that a new conversation gives. They appear now, not when the event happened: a stream that resumes asks for
/// what became visible since.
fn rows(ctx: &Ctx, event: &ConversationStarted) -> impl Iterator<Item = NewRow> {
    let at = ctx.now();
    event.owners.iter().map(move |owner| NewRow::of(owner.clone(), event.conversation_id.clone(), &event.participants, at))
}

/// Returns a row as it may begin.
pub(crate) fn judged(row: NewRow, verdict: Option<Verdict>) -> NewRow {
    match verdict {
        None => row,
        Some(Verdict::Begins(beginning)) => NewRow { preferences: beginning.preferences(), ..row },
        Some(Verdict::Refused) => NewRow { refused: true, ..row },
    }
}

/// Records new rows in the version logs of their owners.
pub(crate) async fn rows_made(ctx: &Ctx, tx: &Tx, made: &[(UserId, ConversationId)]) -> Result<()> {
    // In owner order, as every writer of version logs.
    let mut made: Vec<_> = made.iter().collect();
    made.sort_unstable();
    for (owner, id) in made {
        let change = [Change::Inserted(id.as_str())];
        versions::record(tx.connection(), ctx, VersionedList::Conversations, owner.as_str(), &change).await?;
    }
    Ok(())
}

/// Makes the hint that an owner's row was made or changed.
pub(crate) fn row_changed(owner: UserId, conversation_id: ConversationId) -> Signal {
    Signal { audience: Audience::Users(vec![owner]), kind: SignalKind::ConversationChanged { conversation_id } }
}

#[async_trait]
impl EventHandler for RowKeeper {
    fn name(&self) -> &'static str {
        "conversations.rows"
    }

    fn topics(&self) -> &'static [&'static str] {
        &[ConversationStarted::TOPIC, ReadAdvanced::TOPIC]
    }

    async fn prepare(&self, ctx: &Ctx, event: &StoredEvent) -> Result<Option<Value>> {
        if event.topic != ConversationStarted::TOPIC {
            return Ok(None);
        }
        let verdicts = self.ask(ctx, &event.decode()?).await?;
        serde_json::to_value(verdicts).map(Some).map_err(Error::internal)
    }

    async fn handle_prepared(&self, ctx: &Ctx, tx: &Tx, event: &StoredEvent, prepared: Option<Value>) -> Result<()> {
        match event.topic.as_str() {
            ConversationStarted::TOPIC => {
                let verdicts = prepared.map(serde_json::from_value).transpose().map_err(Error::internal)?;
                self.started(ctx, tx, event.decode()?, verdicts.unwrap_or_default()).await
            }
            ReadAdvanced::TOPIC => self.advanced(ctx, tx, event.decode()?).await,
            _ => Err(Error::new(ErrorCode::Data, "an event of a foreign topic")),
        }
    }

    async fn handle(&self, ctx: &Ctx, tx: &Tx, event: &StoredEvent) -> Result<()> {
        self.handle_prepared(ctx, tx, event, None).await
    }
}
