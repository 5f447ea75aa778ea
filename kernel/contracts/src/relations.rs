//! What others may ask of the relations domain.

use async_trait::async_trait;
use openim_core::{Result, UserId};
use serde::{Deserialize, Serialize};

/// How a receiver stands to somebody who wants to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Standing {
    /// The receiver has blocked the sender.
    pub blocked: bool,
    /// The sender is in the receiver's list of friends.
    pub friend: bool,
}

/// Reads friends and black lists; implemented by the relations subgraph, cached, invalidated by its events.
#[async_trait]
pub trait RelationReader: Send + Sync + 'static {
    /// Returns how `receiver` stands to `sender`.
    async fn standing(&self, receiver: &UserId, sender: &UserId) -> Result<Standing>;

    /// Returns the next users who have `user` in their list of friends, in id order after `after`, at most `limit`
    /// (1,000); an empty page is the end.
    async fn friend_of(&self, user: &UserId, after: Option<&UserId>, limit: u64) -> Result<Vec<UserId>>;
}
