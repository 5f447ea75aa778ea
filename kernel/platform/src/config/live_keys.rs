//! The settings that running processes take over at once. Each has a test that shows it.

/// In the order of the sections.
const LIVE: &[&str] = &[
    "limits.user_per_minute",
    "limits.admin_per_minute",
    "limits.anonymous_per_minute",
    "limits.wrong_secrets_per_address",
    "limits.wrong_secrets_together",
    "limits.wrong_secrets_minutes",
    "groups.enable_history_for_new_members",
    "groups.max_listed_ids",
    "messages.max_content_bytes",
    "messages.friend_verify",
    "messages.edit_within_seconds",
    "notifications.changes",
    "objects.public_read",
    "objects.link_hours",
    "objects.upload_hours",
    "objects.max_file_bytes",
    "objects.max_open_uploads",
    "objects.quota_bytes",
    "objects.expire_causes",
    "objects.expire_days",
    "webhooks.url",
    "webhooks.enabled",
    "webhooks.timeout_seconds",
    "webhooks.timeouts",
    "webhooks.continue_on_failure",
    "webhooks.denied_types",
    "webhooks.attention_ids",
    "webhooks.max_attempts",
    "webhooks.max_deliveries",
    "webhooks.max_before",
    "webhooks.keep_days",
    "webhooks.keep_deliveries",
    "telemetry.log_filter",
];

/// Tells whether a changed value counts without a restart.
pub fn is_live(key: &str) -> bool {
    LIVE.contains(&key)
}

/// Returns all of them.
pub fn live_keys() -> &'static [&'static str] {
    LIVE
}
