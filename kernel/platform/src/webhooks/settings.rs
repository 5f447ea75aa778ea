//! What an operator decides about webhooks.

use std::time::Duration;

use super::Command;
use crate::events::RetryPolicy;

/// One hook that is switched on.
#[derive(Debug, Clone)]
pub struct Hook {
    /// Which.
    pub command: &'static Command,
    /// How long the receiver may take.
    pub timeout: Duration,
    /// Before-hooks only: a receiver that gives no usable answer does not stop the operation.
    pub continue_on_failure: bool,
    /// Message hooks only: content types it is not called for.
    pub denied_types: Vec<i32>,
    /// After-hooks of messages only: it is called for these receivers and groups alone, for all when empty.
    pub attention_ids: Vec<String>,
}

impl Hook {
    /// Switches a hook on with five seconds and no filters.
    pub fn new(command: &'static Command) -> Self {
        Self { command, timeout: Duration::from_secs(5), continue_on_failure: false, denied_types: Vec::new(), attention_ids: Vec::new() }
    }
}

/// Where hooks go and how.
#[derive(Debug, Clone)]
pub struct WebhookSettings {
    /// The receiver's base URL, `http` or `https`, without query; each hook is posted to `{url}/{command}`.
    pub url: String,
    /// Signs the requests: `whsec_` and base64, or any text, whose bytes are taken then.
    pub secret: String,
    /// What is switched on.
    pub hooks: Vec<Hook>,
    /// Whether the receiver may have an address of this machine or of a private network.
    pub allow_private_targets: bool,
    /// The most before-hooks of this process that wait for the receiver at the same time; more wait for their turn.
    pub max_before: usize,
    /// The most deliveries that this process makes at the same time.
    pub max_deliveries: usize,
    /// When failed deliveries are tried again. Its time limit is not used: each hook has a timeout.
    pub retry: RetryPolicy,
    /// How long finished deliveries stay in the log.
    pub keep: Duration,
    /// How many deliveries stay in the log at most; those that wait are always kept.
    pub keep_at_most: u64,
}

impl WebhookSettings {
    /// Sends to `url`, signed with `secret`, nothing yet.
    pub fn new(url: impl Into<String>, secret: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            secret: secret.into(),
            hooks: Vec::new(),
            allow_private_targets: false,
            max_before: 100,
            max_deliveries: 16,
            retry: RetryPolicy {
                max_attempts: 16,
                first_delay: Duration::from_secs(2),
                max_delay: Duration::from_secs(3600),
                ..RetryPolicy::default()
            },
            keep: Duration::from_secs(7 * 86_400),
            keep_at_most: 100_000,
        }
    }

    /// Switches a hook on.
    #[must_use]
    pub fn with(mut self, hook: Hook) -> Self {
        self.hooks.push(hook);
        self
    }
}
