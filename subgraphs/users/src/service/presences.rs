//! Who is online, as the presence port knows it.

use std::sync::Arc;

use async_trait::async_trait;
use openim_core::{Ctx, Result, UserId};
use openim_platform::presence::{Presence, PresenceChange, PresenceListener};
use openim_platform::store::Store;
use openim_platform::webhooks::Webhooks;

use super::Range;
use crate::hooks;
use crate::model::{OnlinePage, UserPresence};
use crate::policy;

/// The most users of the list of who is online.
const MOST_ONLINE: usize = 100_000;

/// The use cases about presence.
#[derive(Clone)]
pub(crate) struct Presences {
    presence: Arc<dyn Presence>,
    store: Store,
    webhooks: Webhooks,
}

impl Presences {
    pub(crate) fn new(presence: Arc<dyn Presence>, store: Store, webhooks: Webhooks) -> Self {
        Self { presence, store, webhooks }
    }

    /// Returns the presence of each id, for everybody with a token. Ids nobody has are offline.
    pub(crate) async fn of_ids(&self, ctx: &Ctx, ids: Vec<String>) -> Result<Vec<UserPresence>> {
        policy::may_read_users(ctx)?;
        policy::check_batch(ids.len())?;
        let users: Vec<UserId> = ids.iter().filter_map(|id| UserId::parse(id.as_str()).ok()).collect();
        let mut found = self.of_users(ctx, &users).await?.into_iter().peekable();
        let mut next = |id: &String| found.next_if(|presence| &presence.user_id == id);
        let offline = |user_id| UserPresence { user_id, connections: Vec::new() };
        Ok(ids.into_iter().map(|id| next(&id).unwrap_or_else(|| offline(id))).collect())
    }

    /// Returns a page of who is online, in order of the ids, for an app administrator.
    pub(crate) async fn everybody(&self, ctx: &Ctx, wanted: &Range<UserId>) -> Result<OnlinePage> {
        ctx.require_admin()?;
        let all = self.presence.everybody(MOST_ONLINE).await?;
        let past = wanted.after.as_ref().map_or(0, |after| all.partition_point(|user| user <= after));
        let size = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        let start = past.saturating_add(size(wanted.offset)).min(all.len());
        let end = start.saturating_add(size(wanted.limit)).min(all.len());
        let user_ids = all.get(start..end).unwrap_or_default().to_vec();
        Ok(OnlinePage { user_ids, total: all.len() as u64, has_next: end < all.len(), has_previous: start > 0 })
    }

    /// Returns the presence of each user in the order asked.
    pub(crate) async fn of_users(&self, ctx: &Ctx, users: &[UserId]) -> Result<Vec<UserPresence>> {
        policy::may_read_users(ctx)?;
        let open = self.presence.connections(users).await?;
        Ok(users.iter().zip(open).map(|(user, connections)| UserPresence { user_id: user.to_string(), connections }).collect())
    }
}

/// The node that tells other nodes of a change also tells the receiver of webhooks.
#[async_trait]
impl PresenceListener for Presences {
    async fn changed(&self, ctx: &Ctx, changes: &[PresenceChange]) -> Result<()> {
        hooks::after_presence(&self.webhooks, &self.store, ctx, changes).await
    }
}
