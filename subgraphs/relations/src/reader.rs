//! What other domains learn from this one.

use async_trait::async_trait;
use openim_contracts::{RelationReader, Standing};
use openim_core::{Result, UserId};
use openim_platform::store::Store;

use crate::cache::Standings;
use crate::repository::friends;

/// The most users of one step through those who have a user as a friend.
const MAX_STEP: u64 = 1_000;

/// Reads relations for other domains, through the shared cache.
pub(crate) struct Reader {
    store: Store,
    standings: Standings,
}

impl Reader {
    pub(crate) fn new(store: Store, standings: Standings) -> Self {
        Self { store, standings }
    }
}

#[async_trait]
impl RelationReader for Reader {
    async fn standing(&self, receiver: &UserId, sender: &UserId) -> Result<Standing> {
        self.standings.get(receiver, sender).await
    }

    async fn friend_of(&self, user: &UserId, after: Option<&UserId>, limit: u64) -> Result<Vec<UserId>> {
        friends::owners(self.store.read(), user, after, limit.clamp(1, MAX_STEP)).await
    }
}
