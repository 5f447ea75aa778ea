//! How offline push is done.

use std::time::Duration;

use openim_platform::events::RetryPolicy;

/// How offline push is done.
#[derive(Debug, Clone)]
pub struct PushSettings {
    /// The providers whose settings are there.
    pub configured: Vec<&'static str>,
    /// Whether devices are those of customers and not of developers (APNs, and JPush on iOS).
    pub production: bool,
    /// The most calls of the provider that this process makes at the same time.
    pub max_calls: usize,
    /// When pushes that failed are tried again. Its time limit is not used.
    pub retry: RetryPolicy,
    /// How long finished pushes stay in the log.
    pub keep: Duration,
    /// How many pushes stay in the log at most; those that wait are always kept.
    pub keep_at_most: u64,
}

impl Default for PushSettings {
    fn default() -> Self {
        Self {
            configured: Vec::new(),
            production: false,
            max_calls: 16,
            retry: RetryPolicy {
                max_attempts: 6,
                first_delay: Duration::from_secs(2),
                max_delay: Duration::from_secs(600),
                ..RetryPolicy::default()
            },
            keep: Duration::from_secs(7 * 86_400),
            keep_at_most: 100_000,
        }
    }
}
