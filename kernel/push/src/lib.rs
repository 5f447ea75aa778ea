//! The port of offline pushes: one notification for many devices or users, handed to the service that reaches them.
//!
//! [`Fcm`] and [`Apns`] send to device tokens, [`Getui`] and [`Jpush`] to users by their id as alias; [`LogSender`] sends
//! nothing. A sender keeps nothing but its own access token: decisions, repetition and records are the caller's.

mod aliases;
mod apns;
mod budget;
mod devices;
mod fcm;
mod getui;
mod http;
mod jpush;
mod log;
mod outcome;
mod request;
mod slot;
mod text;

use std::time::Duration;

use async_trait::async_trait;

pub use apns::{Apns, ApnsSettings};
pub use fcm::{Fcm, FcmSettings, ServiceAccount};
pub use getui::{Getui, GetuiSettings};
pub use jpush::{Jpush, JpushSettings};
pub use log::LogSender;
pub use outcome::PushOutcome;
pub use request::{Address, PushRequest, Target};

/// How long one request to a provider may take unless its settings say otherwise.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(10);

/// The most targets of one request; what is beyond is refused.
pub const MAX_TARGETS: usize = 10_000;

/// What a sender's targets are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Addressing {
    /// Tokens of devices.
    Devices,
    /// Ids of users, which their apps have bound at the provider.
    Aliases,
    /// Either.
    Any,
}

/// Sends notifications through one provider.
#[async_trait]
pub trait PushSender: Send + Sync + 'static {
    /// Returns the provider's name as in the configuration.
    fn name(&self) -> &'static str;

    /// Returns what its targets are.
    fn addressing(&self) -> Addressing;

    /// Sends one notification to all targets and returns an outcome for each, in their order.
    ///
    /// It never fails as a whole and ends within about a minute: what was not sent by then is to be repeated.
    async fn send(&self, request: &PushRequest) -> Vec<PushOutcome>;
}
