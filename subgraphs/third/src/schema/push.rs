//! Offline push as the graph shows it.

mod admin;
mod mutation;

use async_graphql::{Enum, ID, Object, SimpleObject};
use openim_graphql::{DateTime, Long, Platform, admin_only};

use super::files::User;
use crate::model::{self, ProviderReport, PushState};

pub(crate) use admin::PushAdmin;
pub(crate) use mutation::PushMutation;

/// Who brings pushes to devices that are offline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "model::Provider")]
pub(crate) enum PushProviderName {
    /// Firebase Cloud Messaging; knows devices by tokens.
    Fcm,
    /// Apple's service; knows devices by tokens.
    Apns,
    /// Getui; knows users by their ids, which apps bind as alias.
    Getui,
    /// JPush; knows users by their ids, which apps bind as alias.
    Jpush,
    /// Nobody: each push is a line of the server's log, to try things out.
    Log,
}

/// What became of a push.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "PushState")]
pub(crate) enum PushOutcome {
    /// It waits for its first or next attempt.
    Pending,
    /// The provider took it.
    Delivered,
    /// It was given up.
    Failed,
}

pub(crate) struct PushToken(pub(crate) model::PushToken);

/// A device class of a user that a provider of offline push knows, for the user and app administrators. The token itself is
/// not shown.
#[Object]
impl PushToken {
    /// The device class.
    async fn platform(&self) -> Option<Platform> {
        Platform::from_number(self.0.platform)
    }

    /// The provider that gave the token.
    async fn provider(&self) -> PushProviderName {
        self.0.provider.into()
    }

    /// When it was registered last.
    async fn updated_at(&self) -> DateTime {
        self.0.updated_at.into()
    }

    /// Until when it is used; null for ever.
    async fn expires_at(&self) -> Option<DateTime> {
        self.0.expires_at.map(Into::into)
    }
}

pub(crate) struct PushProvider(pub(crate) ProviderReport);

/// How a provider of offline push does, as far as the log of pushes goes back.
#[Object(directive = admin_only::apply())]
impl PushProvider {
    /// Which.
    async fn name(&self) -> PushProviderName {
        self.0.provider.into()
    }

    /// Whether it is the one that pushes (setting `push.enable`).
    async fn enabled(&self) -> bool {
        self.0.enabled
    }

    /// Whether the settings that it needs are there.
    async fn configured(&self) -> bool {
        self.0.configured
    }

    /// How many pushes it took.
    async fn sent(&self) -> Long {
        Long(i64::try_from(self.0.sent).unwrap_or(i64::MAX))
    }

    /// How many pushes were given up.
    async fn failed(&self) -> Long {
        Long(i64::try_from(self.0.failed).unwrap_or(i64::MAX))
    }

    /// When it took the last one.
    async fn last_success_at(&self) -> Option<DateTime> {
        self.0.last_success_at.map(Into::into)
    }

    /// Why the last attempt that failed did.
    async fn last_error(&self) -> Option<&str> {
        self.0.last_failure.as_ref().map(|(_, error)| error.as_str())
    }

    /// When that was.
    async fn last_error_at(&self) -> Option<DateTime> {
        self.0.last_failure.as_ref().map(|(at, _)| (*at).into())
    }
}

/// The message that was pushed.
#[derive(SimpleObject)]
pub(crate) struct PushedMessage {
    /// Its log: the conversation, or a stream of notifications.
    conversation_id: ID,
    /// Its place there; 0 when it is not stored.
    seq: Long,
    /// Its sender's id of it.
    client_message_id: ID,
}

pub(crate) struct PushDelivery(pub(crate) model::PushDelivery);

/// One push to one device; where the provider knows users, to one user.
#[Object(directive = admin_only::apply())]
impl PushDelivery {
    /// The id, the same in all attempts.
    async fn id(&self) -> ID {
        ID::from(self.0.id.as_str())
    }

    /// Whose device it is.
    async fn user_id(&self) -> ID {
        ID::from(self.0.device.user.as_str())
    }

    /// The user; null when the user is not registered any more.
    async fn user(&self) -> Option<User> {
        Some(User::new(&self.0.device.user))
    }

    /// The device class; null where the provider knows users.
    async fn platform(&self) -> Option<Platform> {
        Platform::from_number(self.0.device.platform)
    }

    /// The provider; null for one that this version does not know.
    async fn provider(&self) -> Option<PushProviderName> {
        self.0.provider.map(Into::into)
    }

    /// The headline.
    async fn title(&self) -> &str {
        &self.0.notice.title
    }

    /// The text below it.
    async fn body(&self) -> &str {
        &self.0.notice.body
    }

    /// The number on the icon; null where the provider counts.
    async fn badge(&self) -> Option<Long> {
        self.0.badge.map(|badge| Long(i64::from(badge)))
    }

    /// The message; null for a test.
    async fn message_ref(&self) -> Option<PushedMessage> {
        let delivery = &self.0;
        (!delivery.conversation_id.is_empty()).then(|| PushedMessage {
            conversation_id: ID::from(delivery.conversation_id.as_str()),
            seq: Long(delivery.seq),
            client_message_id: ID::from(delivery.notice.client_message_id.as_str()),
        })
    }

    /// The id of the operation that caused it.
    async fn operation_id(&self) -> &str {
        &self.0.operation_id
    }

    /// What became of it.
    async fn outcome(&self) -> PushOutcome {
        self.0.state.into()
    }

    /// How often it was sent.
    async fn attempts(&self) -> i32 {
        self.0.attempts
    }

    /// Why the last attempt failed; null when it did not.
    async fn error(&self) -> Option<&str> {
        Some(self.0.error.as_str()).filter(|error| !error.is_empty())
    }

    /// What the provider calls it; null when it says nothing.
    async fn reference(&self) -> Option<&str> {
        Some(self.0.reference.as_str()).filter(|reference| !reference.is_empty())
    }

    /// When it was decided.
    async fn created_at(&self) -> DateTime {
        self.0.created_at.into()
    }

    /// When the last attempt ended; null before the first.
    async fn attempted_at(&self) -> Option<DateTime> {
        self.0.attempted_at.map(Into::into)
    }

    /// When it is sent next; null when it is done.
    async fn next_attempt_at(&self) -> Option<DateTime> {
        self.0.due_at.map(Into::into)
    }
}
