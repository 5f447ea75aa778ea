//! The table of keys: what each may hold. It is checked for every layer, so that a wrong value is told with the place it
//! was written, even when a later layer replaces it.

use std::net::SocketAddr;

use openim_core::UserId;
use toml::Value;
use tracing_subscriber::EnvFilter;

use super::network::Network;
use super::roles::Roles;

/// One key and its rule.
#[derive(Debug)]
pub(super) struct Key {
    /// `section.key`.
    pub(super) name: &'static str,
    /// What it may hold.
    pub(super) rule: Rule,
}

/// What a value must be.
#[derive(Debug, Clone, Copy)]
pub(super) enum Rule {
    /// A whole number in a range.
    Integer(i64, i64),
    /// A number in a range.
    Number(f64, f64),
    /// true or false.
    Switch,
    /// One of some words.
    OneOf(&'static [&'static str]),
    /// One of some numbers.
    Choice(&'static [i64]),
    /// A file or folder.
    Path,
    /// A list of `address:port`.
    Addresses,
    /// A list of roles.
    Roles,
    /// A list of user ids.
    UserIds,
    /// A text without spaces.
    Text,
    /// A text of one line.
    Line,
    /// A list of texts that are not empty.
    Texts,
    /// A list of web origins or `*`.
    Origins,
    /// A list of networks.
    Networks,
    /// A short name that may stand in keys and queues.
    Name,
    /// A URL of one of some schemes; its password is never shown.
    Url(&'static [&'static str]),
    /// A secret of some length at least; never shown.
    Secret(usize),
    /// A filter for the log.
    Filter,
}

const fn key(name: &'static str, rule: Rule) -> Key {
    Key { name, rule }
}

const MB: i64 = 1 << 20;

/// Every key there is, in the order of the defaults.
#[rustfmt::skip]
pub(super) const KEYS: &[Key] = &[
    key("server.listen", Rule::Addresses),
    key("server.roles", Rule::Roles),
    key("server.data_dir", Rule::Path),
    key("server.allowed_origins", Rule::Origins),
    key("server.console", Rule::Switch),
    key("server.header_seconds", Rule::Integer(1, 300)),
    key("server.trusted_proxies", Rule::Networks),
    key("server.deployment", Rule::Name),
    key("server.advertised_host", Rule::Text),
    key("server.shutdown_seconds", Rule::Integer(1, 9)),
    key("server.restart_in_place", Rule::Switch),
    key("server.stored_settings", Rule::Switch),
    key("auth.secret", Rule::Secret(8)),
    key("auth.secret_file", Rule::Path),
    key("auth.admin_user_ids", Rule::UserIds),
    key("auth.admin_nicknames", Rule::Texts),
    key("auth.token_lifetime_seconds", Rule::Integer(0, 100 * 366 * 86_400)),
    key("auth.login_policy", Rule::Choice(&[0, 1, 4, 5])),
    key("auth.max_per_platform", Rule::Integer(1, 1000)),
    key("database.url", Rule::Url(&["postgres", "postgresql", "sqlite"])),
    key("database.url_file", Rule::Path),
    key("database.max_connections", Rule::Integer(0, 1000)),
    key("database.acquire_timeout_seconds", Rule::Integer(1, 60)),
    key("database.statement_timeout_seconds", Rule::Integer(1, 600)),
    key("database.migrate_on_start", Rule::Switch),
    key("redis.url", Rule::Url(&["redis", "rediss", "redis+unix", "unix"])),
    key("redis.url_file", Rule::Path),
    key("amqp.url", Rule::Url(&["amqp", "amqps"])),
    key("amqp.url_file", Rule::Path),
    key("graphql.max_depth", Rule::Integer(3, 200)),
    key("graphql.max_cost", Rule::Integer(10, 100_000_000)),
    key("graphql.max_aliases", Rule::Integer(0, 10_000)),
    key("graphql.max_tokens", Rule::Integer(100, 1_000_000)),
    key("graphql.max_batch", Rule::Integer(1, 100)),
    key("graphql.max_body_bytes", Rule::Integer(1024, 64 * MB)),
    key("graphql.max_answer_bytes", Rule::Integer(65_536, 1024 * MB)),
    key("graphql.deadline_milliseconds", Rule::Integer(10, 300_000)),
    key("graphql.introspection", Rule::Switch),
    key("graphql.graphiql", Rule::Switch),
    key("graphql.documents", Rule::OneOf(&["off", "allow", "only"])),
    key("graphql.registered_documents", Rule::Path),
    key("graphql.max_streams", Rule::Integer(1, 10_000_000)),
    key("graphql.max_socket_operations", Rule::Integer(1, 10_000)),
    key("graphql.max_socket_queue_bytes", Rule::Integer(4096, 64 * MB)),
    key("rest.enabled", Rule::Switch),
    key("rest.max_body_bytes", Rule::Integer(1024, 64 * MB)),
    key("sdk.enabled", Rule::Switch),
    key("sdk.listen", Rule::Addresses),
    key("sdk.max_connections", Rule::Integer(1, 10_000_000)),
    key("sdk.max_connections_per_user", Rule::Integer(1, 10_000)),
    key("sdk.max_queue_messages", Rule::Integer(8, 100_000)),
    key("sdk.max_queue_bytes", Rule::Integer(65_536, 64 * MB)),
    key("sdk.max_watched_users", Rule::Integer(1, 100_000)),
    key("realtime.queue_signals", Rule::Integer(8, 100_000)),
    key("realtime.max_missed", Rule::Integer(1, 100_000)),
    key("realtime.max_cursor_hours", Rule::Integer(1, 24 * 365)),
    key("realtime.max_streams_per_user", Rule::Integer(1, 10_000)),
    key("presence.lease_seconds", Rule::Integer(3, 3600)),
    key("presence.grace_milliseconds", Rule::Integer(0, 60_000)),
    key("groups.enable_history_for_new_members", Rule::Switch),
    key("groups.max_listed_ids", Rule::Integer(1_000, 10_000_000)),
    key("limits.user_per_minute", Rule::Integer(0, 100_000_000)),
    key("limits.admin_per_minute", Rule::Integer(0, 100_000_000)),
    key("limits.anonymous_per_minute", Rule::Integer(0, 100_000_000)),
    key("limits.wrong_secrets_per_address", Rule::Integer(1, 10_000)),
    key("limits.wrong_secrets_together", Rule::Integer(1, 1_000_000)),
    key("limits.wrong_secrets_minutes", Rule::Integer(1, 1440)),
    key("messages.batch_messages", Rule::Integer(1, 5000)),
    key("messages.queue_messages", Rule::Integer(1, 1_000_000)),
    key("messages.max_content_bytes", Rule::Integer(256, 16 * MB)),
    key("messages.friend_verify", Rule::Switch),
    key("messages.search", Rule::Switch),
    key("messages.edit_within_seconds", Rule::Integer(0, 315_360_000)),
    key("messages.keep_days", Rule::Integer(0, 36_600)),
    key("notifications.changes", Rule::Texts),
    key("objects.engine", Rule::OneOf(&["folder", "s3"])),
    key("objects.public_url", Rule::Url(&["http", "https"])),
    key("objects.folder", Rule::Path),
    key("objects.s3_endpoint", Rule::Url(&["http", "https"])),
    key("objects.s3_public_endpoint", Rule::Url(&["http", "https"])),
    key("objects.s3_bucket", Rule::Text),
    key("objects.s3_region", Rule::Text),
    key("objects.s3_path_style", Rule::Switch),
    key("objects.s3_access_key", Rule::Secret(1)),
    key("objects.s3_access_key_file", Rule::Path),
    key("objects.s3_secret_key", Rule::Secret(1)),
    key("objects.s3_secret_key_file", Rule::Path),
    key("objects.public_read", Rule::Switch),
    key("objects.link_hours", Rule::Integer(1, 168)),
    key("objects.upload_hours", Rule::Integer(1, 168)),
    key("objects.max_file_bytes", Rule::Integer(1, 50_000 * 1024 * MB)),
    key("objects.max_open_uploads", Rule::Integer(1, 1_000_000)),
    key("objects.quota_bytes", Rule::Integer(0, i64::MAX)),
    key("objects.expire_causes", Rule::Texts),
    key("objects.expire_days", Rule::Integer(0, 36_600)),
    key("push.enable", Rule::OneOf(&["off", "log", "fcm", "apns", "getui", "jpush"])),
    key("push.production", Rule::Switch),
    key("push.max_calls", Rule::Integer(1, 256)),
    key("push.max_attempts", Rule::Integer(1, 100)),
    key("push.keep_days", Rule::Integer(1, 3660)),
    key("push.keep_deliveries", Rule::Integer(0, 100_000_000)),
    key("push.fcm_account", Rule::Secret(2)),
    key("push.fcm_account_file", Rule::Path),
    key("push.fcm_auth_url", Rule::Url(&["http", "https"])),
    key("push.fcm_url", Rule::Url(&["http", "https"])),
    key("push.apns_key", Rule::Secret(16)),
    key("push.apns_key_file", Rule::Path),
    key("push.apns_key_id", Rule::Text),
    key("push.apns_team_id", Rule::Text),
    key("push.apns_topic", Rule::Text),
    key("push.apns_url", Rule::Url(&["http", "https"])),
    key("push.getui_push_url", Rule::Url(&["http", "https"])),
    key("push.getui_app_key", Rule::Text),
    key("push.getui_master_secret", Rule::Secret(1)),
    key("push.getui_master_secret_file", Rule::Path),
    key("push.getui_channel_id", Rule::Text),
    key("push.getui_channel_name", Rule::Line),
    key("push.jpush_push_url", Rule::Url(&["http", "https"])),
    key("push.jpush_app_key", Rule::Text),
    key("push.jpush_master_secret", Rule::Secret(1)),
    key("push.jpush_master_secret_file", Rule::Path),
    key("push.jpush_push_intent", Rule::Line),
    key("webhooks.url", Rule::Url(&["http", "https"])),
    key("webhooks.secret", Rule::Secret(16)),
    key("webhooks.secret_file", Rule::Path),
    key("webhooks.enabled", Rule::Texts),
    key("webhooks.timeout_seconds", Rule::Integer(1, 30)),
    key("webhooks.timeouts", Rule::Texts),
    key("webhooks.continue_on_failure", Rule::Texts),
    key("webhooks.denied_types", Rule::Texts),
    key("webhooks.attention_ids", Rule::Texts),
    key("webhooks.allow_private_targets", Rule::Switch),
    key("webhooks.max_attempts", Rule::Integer(1, 100)),
    key("webhooks.max_deliveries", Rule::Integer(1, 1000)),
    key("webhooks.max_before", Rule::Integer(1, 10_000)),
    key("webhooks.keep_days", Rule::Integer(1, 3660)),
    key("webhooks.keep_deliveries", Rule::Integer(0, 100_000_000)),
    key("audit.leave_out", Rule::Texts),
    key("audit.require_reason", Rule::Switch),
    key("audit.keep_days", Rule::Integer(0, 36_600)),
    key("client_logs.keep_days", Rule::Integer(0, 36_600)),
    key("client_logs.max_per_user", Rule::Integer(1, 1_000_000)),
    key("timers.retention_minutes", Rule::Integer(1, 10_080)),
    key("timers.cleanup_seconds", Rule::Integer(1, 86_400)),
    key("timers.keep_changes", Rule::Integer(256, 1_000_000)),
    key("subgraphs.users", Rule::Url(&["http", "https"])),
    key("subgraphs.relations", Rule::Url(&["http", "https"])),
    key("subgraphs.groups", Rule::Url(&["http", "https"])),
    key("subgraphs.messages", Rule::Url(&["http", "https"])),
    key("subgraphs.conversations", Rule::Url(&["http", "https"])),
    key("subgraphs.third", Rule::Url(&["http", "https"])),
    key("internal.secret", Rule::Secret(16)),
    key("internal.secret_file", Rule::Path),
    key("telemetry.log_format", Rule::OneOf(&["text", "json"])),
    key("telemetry.log_filter", Rule::Filter),
    key("telemetry.otlp_endpoint", Rule::Url(&["http", "https"])),
    key("telemetry.sampling_ratio", Rule::Number(0.0, 1.0)),
    key("telemetry.metrics", Rule::Switch),
    key("telemetry.discovery_networks", Rule::Networks),
    key("telemetry.dashboard_url", Rule::Url(&["http", "https"])),
];

/// Returns the key of this name.
pub(super) fn find(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.name == name)
}

impl Rule {
    /// Says what would be right.
    pub(super) fn expected(self) -> String {
        match self {
            Self::Integer(min, max) => format!("a whole number from {min} to {max}"),
            Self::Number(min, max) => format!("a number from {min:?} to {max:?}"),
            Self::Switch => "true or false".into(),
            Self::OneOf(words) => format!("one of {}", words.join(", ")),
            Self::Choice(numbers) => format!("one of {}", numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")),
            Self::Path => "a path".into(),
            Self::Addresses => "a list of address:port, such as 127.0.0.1:10002".into(),
            Self::Roles => format!("a list of {}", Roles::WORDS.join(", ")),
            Self::UserIds => "a list of user ids (letters, digits and _, 64 bytes at most), each once".into(),
            Self::Text => "a text without spaces".into(),
            Self::Line => "a text of one line".into(),
            Self::Texts => "a list of texts".into(),
            Self::Origins => "a list of origins such as https://chat.example.com, or *".into(),
            Self::Networks => "a list of networks such as 10.0.0.0/8 or ::1".into(),
            Self::Name => "a name of 1 to 40 small letters, digits and -".into(),
            Self::Url(schemes) => {
                format!("a URL that starts with {}", schemes.iter().map(|scheme| prefix(scheme)).collect::<Vec<_>>().join(", "))
            }
            Self::Secret(length) => format!("a text of at least {length} characters"),
            Self::Filter => "a filter such as info or info,openim_messages=debug".into(),
        }
    }

    /// Tells whether values may not be shown.
    pub(super) fn hidden(self) -> bool {
        matches!(self, Self::Secret(_))
    }

    /// Tells whether values are lists of texts.
    pub(super) fn is_list(self) -> bool {
        matches!(self, Self::Addresses | Self::Roles | Self::UserIds | Self::Texts | Self::Origins | Self::Networks)
    }

    /// Reads a text from the environment or a flag as this rule's type.
    pub(super) fn read(self, text: &str) -> Option<Value> {
        match self {
            Self::Integer(..) | Self::Choice(_) => text.parse().ok().map(Value::Integer),
            Self::Number(..) => text.parse().ok().map(Value::Float),
            Self::Switch => text.parse().ok().map(Value::Boolean),
            rule if rule.is_list() => {
                Some(Value::Array(text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(Value::from).collect()))
            }
            _ => Some(Value::from(text)),
        }
    }

    /// Tells whether a value is right. Empty text means "not set" and is right for texts that are no words of a list.
    pub(super) fn accepts(self, value: &Value) -> bool {
        match (self, value) {
            (Self::Integer(min, max), Value::Integer(number)) => (min..=max).contains(number),
            (Self::Number(min, max), Value::Float(number)) => (min..=max).contains(number),
            (Self::Number(min, max), Value::Integer(number)) => (min..=max).contains(&(*number as f64)),
            (Self::Switch, Value::Boolean(_)) => true,
            (Self::OneOf(words), Value::String(text)) => words.contains(&text.as_str()),
            (Self::Choice(numbers), Value::Integer(number)) => numbers.contains(number),
            (Self::Path, Value::String(text)) => !text.contains('\0'),
            (Self::Url(schemes), Value::String(text)) => {
                text.is_empty() || schemes.iter().any(|scheme| text.strip_prefix(&prefix(scheme)).is_some_and(|rest| !rest.is_empty()))
            }
            (Self::Secret(length), Value::String(text)) => text.is_empty() || text.chars().count() >= length,
            (Self::Filter, Value::String(text)) => EnvFilter::builder().parse(text).is_ok(),
            (Self::Addresses, Value::Array(items)) => !items.is_empty() && all(items, |item| item.parse::<SocketAddr>().is_ok()),
            (Self::Roles, Value::Array(items)) => all(items, |_| true) && Roles::parse(items.iter().filter_map(Value::as_str)).is_some(),
            (Self::UserIds, Value::Array(items)) => {
                all(items, |item| UserId::parse(item).is_ok()) && items.iter().enumerate().all(|(at, item)| !items[..at].contains(item))
            }
            (Self::Text, Value::String(text)) => text.bytes().all(|byte| byte.is_ascii_graphic()),
            (Self::Line, Value::String(text)) => !text.contains(char::is_control),
            (Self::Texts, Value::Array(items)) => all(items, |item| !item.is_empty()),
            (Self::Origins, Value::Array(items)) => all(items, is_origin),
            (Self::Networks, Value::Array(items)) => all(items, |item| Network::parse(item).is_some()),
            (Self::Name, Value::String(text)) => {
                (1..=40).contains(&text.len()) && text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
            }
            _ => false,
        }
    }
}

fn prefix(scheme: &str) -> String {
    if scheme == "sqlite" { "sqlite:".into() } else { format!("{scheme}://") }
}

fn all(items: &[Value], right: impl Fn(&str) -> bool) -> bool {
    items.iter().all(|item| item.as_str().is_some_and(&right))
}

fn is_origin(text: &str) -> bool {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    text == "*" || host.is_some_and(|host| !host.is_empty() && !host.contains(|c: char| c == '/' || c == '@' || c.is_whitespace()))
}
