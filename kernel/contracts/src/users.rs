//! What others may ask of the users domain.

use async_trait::async_trait;
use openim_core::{Principal, Result, Timestamp, UserId};
use serde::{Deserialize, Serialize};

/// The facts of a user that other domains decide by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserSummary {
    /// The user.
    pub user_id: UserId,
    /// Shown name.
    pub nickname: String,
    /// Picture.
    pub face_url: String,
    /// OpenIM `appMangerLevel`: 0 and 1 ordinary, 2 system account, 3 notification account, 4 robot.
    pub level: i32,
    /// OpenIM `globalRecvMsgOpt`: 0 receive, 1 receive nothing, 2 receive without offline push.
    pub global_receive_option: i32,
}

/// Reads users; implemented by the users subgraph, cached, invalidated by `UserUpdated`.
#[async_trait]
pub trait UserReader: Send + Sync + 'static {
    /// Returns the users that exist among `ids`, in the order asked, repeated ids once.
    async fn users(&self, ids: &[UserId]) -> Result<Vec<UserSummary>>;

    /// Returns the next users in id order after `after`, at most `limit` of them; an empty page is the end. It is the
    /// way through everybody for jobs that address all users.
    async fn page(&self, after: Option<&UserId>, limit: u64) -> Result<Vec<UserSummary>>;

    /// Returns the users as [`UserReader::users`] does, but never as they were some seconds ago: for whoever spreads what a
    /// `UserUpdated` announced.
    async fn fresh(&self, ids: &[UserId]) -> Result<Vec<UserSummary>> {
        self.users(ids).await
    }

    /// Returns one user.
    async fn user(&self, id: &UserId) -> Result<Option<UserSummary>> {
        Ok(self.users(std::slice::from_ref(id)).await?.pop())
    }
}

/// Turns a token into a principal: signature, times, and the stored state (so that a forced logout works at once).
#[async_trait]
pub trait Authenticator: Send + Sync + 'static {
    /// Checks a token.
    ///
    /// # Errors
    /// The 15xx code of errors.json that names what is wrong with it.
    async fn authenticate(&self, token: &str) -> Result<(Principal, Timestamp)>;
}
