//! Work in bounded steps, each in a transaction of its own: writing `ex` into the rows that other people have of a user.

use async_trait::async_trait;
use openim_contracts::DomainEvent;
use openim_core::{ConversationId, Ctx, Result, UserId};
use openim_platform::events::{EventHandler, StoredEvent};
use openim_platform::store::Tx;
use openim_platform::versions::{self, Change, VersionedList};
use serde::{Deserialize, Serialize};

use super::row_changed;
use crate::model::{Conversation, PreferencesChange};
use crate::repository::settings;

/// How many rows one step, and so one transaction, touches.
const STEP: u64 = 500;

/// Writes the `ex` that is wanted by then into the rows that other people have of a user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SpreadEx {
    pub(crate) user_id: UserId,
    /// The last row of the step before.
    pub(crate) after: Option<(UserId, ConversationId)>,
}

impl SpreadEx {
    /// The job's queue.
    pub(crate) const QUEUE: &'static str = "conversations.spread_ex";
}

impl DomainEvent for SpreadEx {
    const TOPIC: &'static str = "job.conversations.spread_ex";
}

/// Does the jobs.
pub(crate) struct Jobs;

#[async_trait]
impl EventHandler for Jobs {
    fn name(&self) -> &'static str {
        "conversations.jobs"
    }

    fn topics(&self) -> &'static [&'static str] {
        &[SpreadEx::TOPIC]
    }

    async fn handle(&self, ctx: &Ctx, tx: &Tx, event: &StoredEvent) -> Result<()> {
        let step: SpreadEx = event.decode()?;
        // Not from the job: one that comes again may be older than what was written since.
        let Some(ex) = settings::wanted_ex(tx.connection(), &step.user_id).await? else { return Ok(()) };
        let rows = settings::with_peer(tx.connection(), &step.user_id, step.after.as_ref(), STEP).await?;
        let change = PreferencesChange { ex: Some(ex.clone()), ..PreferencesChange::default() };
        // The rows come in owner order, as every writer of version logs wants it.
        for row in rows.iter().filter(|row| row.preferences.ex != ex) {
            let after = Conversation { preferences: change.apply(&row.preferences), ..row.clone() };
            settings::write(tx.connection(), &after, &change, ctx.now()).await?;
            let changes = [Change::Updated(row.id.as_str())];
            versions::record(tx.connection(), ctx, VersionedList::Conversations, row.owner.as_str(), &changes).await?;
            tx.signal(row_changed(row.owner.clone(), row.id.clone()));
        }
        match rows.last() {
            Some(last) if u64::try_from(rows.len()).is_ok_and(|found| found == STEP) => {
                let next = SpreadEx { after: Some((last.owner.clone(), last.id.clone())), ..step };
                tx.append_job(ctx, SpreadEx::QUEUE, &next, ctx.now()).await
            }
            _ => Ok(()),
        }
    }
}
