//! What this subgraph does on events: it spreads changed profiles, does its jobs, and forgets what it remembered of what its
//! own events changed, once more: the change itself and its signal may not have reached every process.

use std::sync::Arc;

use async_trait::async_trait;
use openim_contracts::{DomainEvent, GroupMembersJoined, GroupMembersLeft, GroupUpdated, GroupWasDismissed, UserUpdated};
use openim_core::{Ctx, Error, ErrorCode, Result};
use openim_platform::events::{EventHandler, StoredEvent};
use openim_platform::store::Tx;

use crate::caches::Caches;
use crate::jobs::{ClearMembers, SpreadProfile};
use crate::service::Service;

/// Starts and does the jobs.
pub(crate) struct Jobs(pub(crate) Arc<Service>);

#[async_trait]
impl EventHandler for Jobs {
    fn name(&self) -> &'static str {
        "groups.jobs"
    }

    fn topics(&self) -> &'static [&'static str] {
        &[UserUpdated::TOPIC, ClearMembers::TOPIC, SpreadProfile::TOPIC]
    }

    async fn handle(&self, ctx: &Ctx, tx: &Tx, event: &StoredEvent) -> Result<()> {
        match event.topic.as_str() {
            UserUpdated::TOPIC => {
                let UserUpdated { user_id, appearance_changed } = event.decode()?;
                if !appearance_changed {
                    return Ok(());
                }
                self.0.spread_profile(ctx, tx, &SpreadProfile { user_id, after: None }).await
            }
            SpreadProfile::TOPIC => self.0.spread_profile(ctx, tx, &event.decode()?).await,
            ClearMembers::TOPIC => self.0.clear_members(ctx, tx, &event.decode()?).await,
            _ => Err(Error::new(ErrorCode::Data, "an event of a foreign topic")),
        }
    }
}

/// Clears what the caches know of changed groups and members.
pub(crate) struct ClearCaches(pub(crate) Caches);

#[async_trait]
impl EventHandler for ClearCaches {
    fn name(&self) -> &'static str {
        "groups.clear_caches"
    }

    fn topics(&self) -> &'static [&'static str] {
        &[GroupUpdated::TOPIC, GroupMembersJoined::TOPIC, GroupMembersLeft::TOPIC, GroupWasDismissed::TOPIC]
    }

    async fn handle(&self, _ctx: &Ctx, _tx: &Tx, event: &StoredEvent) -> Result<()> {
        match event.topic.as_str() {
            GroupUpdated::TOPIC => {
                let event: GroupUpdated = event.decode()?;
                self.0.forget(&event.group_id, &event.user_ids).await;
            }
            GroupMembersJoined::TOPIC => {
                let event: GroupMembersJoined = event.decode()?;
                self.0.forget(&event.group_id, &event.user_ids).await;
            }
            GroupMembersLeft::TOPIC => {
                let event: GroupMembersLeft = event.decode()?;
                self.0.forget(&event.group_id, &event.user_ids).await;
            }
            GroupWasDismissed::TOPIC => self.0.forget_all_of(&event.decode::<GroupWasDismissed>()?.group_id).await,
            _ => return Err(Error::new(ErrorCode::Data, "an event of a foreign topic")),
        }
        Ok(())
    }
}
