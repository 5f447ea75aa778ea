//! What this subgraph does on events. It sends `relations.updated` and notifications, handles its own to clear the cache
//! once more, and tells everybody who has a user as a friend when that user shows another name or picture.

use async_trait::async_trait;
use openim_contracts::{DomainEvent, RelationsUpdated, UserUpdated};
use openim_core::{Ctx, Error, ErrorCode, Result, UserId};
use openim_platform::events::{EventHandler, StoredEvent};
use openim_platform::store::Tx;
use openim_platform::versions::{self, Change, VersionedList};
use serde::{Deserialize, Serialize};

use crate::cache::Standings;
use crate::notifications;
use crate::repository::friends;
use crate::service::friends_changed;

/// Clears what the cache knows of changed lists.
pub(crate) struct ClearCache {
    standings: Standings,
}

impl ClearCache {
    pub(crate) fn new(standings: Standings) -> Self {
        Self { standings }
    }
}

#[async_trait]
impl EventHandler for ClearCache {
    fn name(&self) -> &'static str {
        "relations.clear_cache"
    }

    fn topics(&self) -> &'static [&'static str] {
        &[RelationsUpdated::TOPIC]
    }

    async fn handle(&self, _ctx: &Ctx, _tx: &Tx, event: &StoredEvent) -> Result<()> {
        let RelationsUpdated { owner, user_ids } = event.decode()?;
        self.standings.try_forget(&owner, &user_ids).await
    }
}

/// The queue of steps through those who have a user as a friend, and its topic.
const SPREAD_QUEUE: &str = "relations.spread_profile";
const SPREAD_TOPIC: &str = "job.relations.spread_profile";
/// How many lists one step, and so one transaction, touches.
const SPREAD_STEP: u64 = 500;

/// One step.
#[derive(Debug, Serialize, Deserialize)]
struct Spread {
    /// Who shows something new.
    user_id: UserId,
    /// The last list of the step before.
    after: Option<UserId>,
}

/// Tells the owners of lists that a friend shows something new, also those whom that friend does not have in turn.
pub(crate) struct SpreadProfile;

impl SpreadProfile {
    async fn step(ctx: &Ctx, tx: &Tx, step: Spread) -> Result<()> {
        let owners = friends::owners(tx.connection(), &step.user_id, step.after.as_ref(), SPREAD_STEP).await?;
        let texts: Vec<&str> = owners.iter().map(UserId::as_str).collect();
        let changed = Change::Updated(step.user_id.as_str());
        versions::record_for_each(tx.connection(), ctx, VersionedList::Friends, &texts, changed).await?;
        for owner in &owners {
            notifications::profile_changed(ctx, tx, &step.user_id, owner).await?;
            tx.signal(friends_changed(owner, std::slice::from_ref(&step.user_id)));
        }
        match owners.last() {
            Some(last) if u64::try_from(owners.len()).is_ok_and(|found| found == SPREAD_STEP) => {
                let next = Spread { user_id: step.user_id, after: Some(last.clone()) };
                tx.append_job(ctx, SPREAD_QUEUE, &next, ctx.now()).await
            }
            _ => Ok(()),
        }
    }
}

#[async_trait]
impl EventHandler for SpreadProfile {
    fn name(&self) -> &'static str {
        "relations.spread_profile"
    }

    fn topics(&self) -> &'static [&'static str] {
        &[UserUpdated::TOPIC, SPREAD_TOPIC]
    }

    async fn handle(&self, ctx: &Ctx, tx: &Tx, event: &StoredEvent) -> Result<()> {
        match event.topic.as_str() {
            UserUpdated::TOPIC => {
                let UserUpdated { user_id, appearance_changed, .. } = event.decode()?;
                if !appearance_changed {
                    return Ok(());
                }
                Self::step(ctx, tx, Spread { user_id, after: None }).await
            }
            SPREAD_TOPIC => {
                let step = serde_json::from_value(event.payload.clone());
                Self::step(ctx, tx, step.map_err(|error| Error::new(ErrorCode::Data, "a job cannot be read").with_source(error))?).await
            }
            _ => Err(Error::new(ErrorCode::Data, "an event of a foreign topic")),
        }
    }
}
