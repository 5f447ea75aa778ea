//! What this subgraph does on events. It sends `users.registered`, `users.updated` and `users.sessions_revoked`, and
//! handles its own to clear caches once more: the change itself clears them at once, but may not have reached them.

use async_trait::async_trait;
use openim_contracts::{DomainEvent, SessionsRevoked, UserUpdated};
use openim_core::{Ctx, Result};
use openim_platform::events::{EventHandler, StoredEvent};
use openim_platform::store::Tx;

use crate::cache::{Summaries, TokenStates};

/// Clears what the caches know of changed users and revoked tokens.
pub(crate) struct ClearCaches {
    states: TokenStates,
    summaries: Summaries,
}

impl ClearCaches {
    pub(crate) fn new(states: TokenStates, summaries: Summaries) -> Self {
        Self { states, summaries }
    }
}

#[async_trait]
impl EventHandler for ClearCaches {
    fn name(&self) -> &'static str {
        "users.clear_caches"
    }

    fn topics(&self) -> &'static [&'static str] {
        &[SessionsRevoked::TOPIC, UserUpdated::TOPIC]
    }

    async fn handle(&self, _ctx: &Ctx, _tx: &Tx, event: &StoredEvent) -> Result<()> {
        if event.topic == UserUpdated::TOPIC {
            self.summaries.forget(&event.decode::<UserUpdated>()?.user_id).await;
            return Ok(());
        }
        self.states.try_forget(&event.decode::<SessionsRevoked>()?.token_hashes).await
    }
}
