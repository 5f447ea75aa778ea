//! The settings as the house uses them, a struct a section. Their fields are the keys of `defaults.toml`, all of them.

use std::net::SocketAddr;
use std::path::PathBuf;

use openim_core::UserId;
use serde::Deserialize;

use super::network::Network;
use super::objects::Objects;
use super::push::Push;
use super::retention::{Audit, ClientLogs, Timers};
use super::roles::Roles;
use super::secret::{Secret, ServiceUrl};
use super::webhooks::Webhooks;

/// Every setting of a process.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The process itself.
    pub server: Server,
    /// Tokens and administrators.
    pub auth: Auth,
    /// The database.
    pub database: Database,
    /// Redis.
    pub redis: Service,
    /// RabbitMQ.
    pub amqp: Service,
    /// The GraphQL door.
    pub graphql: Graphql,
    /// The REST door.
    pub rest: Rest,
    /// The WebSocket of official SDKs.
    pub sdk: Sdk,
    /// Subscriptions.
    pub realtime: Realtime,
    /// Who is online.
    pub presence: Presence,
    /// Groups.
    pub groups: Groups,
    /// How often callers may come.
    pub limits: Limits,
    /// The message store.
    pub messages: Messages,
    /// What is told to devices.
    pub notifications: Notifications,
    /// Files.
    pub objects: Objects,
    /// Offline push.
    pub push: Push,
    /// The application's server that is asked and told.
    pub webhooks: Webhooks,
    /// The log of administrators' acts.
    pub audit: Audit,
    /// Logs that apps upload.
    pub client_logs: ClientLogs,
    /// When old things are cleared away.
    pub timers: Timers,
    /// Where other processes' subgraphs are.
    pub subgraphs: Subgraphs,
    /// The proof between gateway and subgraph processes.
    pub internal: Internal,
    /// Logs, metrics and traces.
    pub telemetry: Telemetry,
}

/// `[server]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// Addresses of the HTTP door.
    pub listen: Vec<SocketAddr>,
    /// What this process does.
    pub roles: Roles,
    /// Folder of everything that is kept on disk.
    pub data_dir: PathBuf,
    /// Web pages that may call from a browser.
    pub allowed_origins: Vec<String>,
    /// Whether the console is served.
    pub console: bool,
    /// Time for the head of a request.
    pub header_seconds: u64,
    /// Whose word about a client's address is believed.
    pub trusted_proxies: Vec<Network>,
    /// What names in shared services begin with.
    pub deployment: String,
    /// Where other machines reach this one; empty for what can be found out.
    pub advertised_host: String,
    /// Time to finish when stopped.
    pub shutdown_seconds: u64,
    /// Whether a restart that was asked for is done by the process itself.
    pub restart_in_place: bool,
    /// Whether stored settings count.
    pub stored_settings: bool,
}

/// `[auth]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Auth {
    /// Signs tokens and buys the administrator's one.
    pub secret: Secret,
    /// File with the secret; it was read when this is set.
    pub secret_file: PathBuf,
    /// App administrators.
    pub admin_user_ids: Vec<UserId>,
    /// Their nicknames.
    pub admin_nicknames: Vec<String>,
    /// 0 means never.
    pub token_lifetime_seconds: u64,
    /// OpenIM's multi-login policy.
    pub login_policy: i32,
    /// For policy 0.
    pub max_per_platform: usize,
}

/// `[database]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// Empty: SQLite in the data folder.
    pub url: ServiceUrl,
    /// File with the URL; it was read when this is set.
    pub url_file: PathBuf,
    /// Upper bound of the pool; 0 for the measured one.
    pub max_connections: u32,
    /// How long a request waits for a connection.
    pub acquire_timeout_seconds: u64,
    /// How long PostgreSQL works on a statement.
    pub statement_timeout_seconds: u64,
    /// Whether PostgreSQL is migrated at start-up.
    pub migrate_on_start: bool,
}

/// `[redis]` and `[amqp]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// Empty: the embedded adapter.
    pub url: ServiceUrl,
    /// File with the URL; it was read when this is set.
    pub url_file: PathBuf,
}

/// `[graphql]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Graphql {
    /// Nesting of fields.
    pub max_depth: usize,
    /// Weight of an operation.
    pub max_cost: u64,
    /// Aliases of an operation.
    pub max_aliases: usize,
    /// Tokens of a document.
    pub max_tokens: usize,
    /// Operations of a request.
    pub max_batch: usize,
    /// Bytes of a request.
    pub max_body_bytes: usize,
    /// Bytes of an answer.
    pub max_answer_bytes: usize,
    /// Time of an operation.
    pub deadline_milliseconds: u64,
    /// Whether introspection is answered.
    pub introspection: bool,
    /// Whether GraphiQL is served.
    pub graphiql: bool,
    /// Which documents are answered.
    pub documents: Documents,
    /// Where registered documents are.
    pub registered_documents: PathBuf,
    /// WebSockets and event streams of the process.
    pub max_streams: usize,
    /// Operations of one WebSocket.
    pub max_socket_operations: usize,
    /// Bytes that wait for one slow client.
    pub max_socket_queue_bytes: usize,
}

/// Which GraphQL documents are answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Documents {
    /// All; hashes and ids name nothing.
    Off,
    /// All, and persisted ones by hash or id.
    Allow,
    /// Registered ones only.
    Only,
}

/// `[rest]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rest {
    /// Whether the door is open.
    pub enabled: bool,
    /// Bytes of a request.
    pub max_body_bytes: usize,
}

/// `[sdk]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sdk {
    /// Whether the door is open.
    pub enabled: bool,
    /// Its addresses.
    pub listen: Vec<SocketAddr>,
    /// Sockets of the process.
    pub max_connections: usize,
    /// Sockets of one user.
    pub max_connections_per_user: usize,
    /// Messages that wait for one slow client.
    pub max_queue_messages: usize,
    /// The same in bytes.
    pub max_queue_bytes: usize,
    /// Users whose presence one socket follows.
    pub max_watched_users: usize,
}

/// `[realtime]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Realtime {
    /// Signals that wait for one slow stream.
    pub queue_signals: usize,
    /// Missed events that are repeated.
    pub max_missed: i64,
    /// Age of the oldest cursor that is resumed from.
    pub max_cursor_hours: u64,
    /// Streams of one user on this process.
    pub max_streams_per_user: usize,
}

/// `[presence]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Presence {
    /// For how long users of a dead process count, in seconds.
    pub lease_seconds: u64,
    /// For how long a platform may be gone untold, in milliseconds.
    pub grace_milliseconds: u64,
}

/// `[groups]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Groups {
    /// Whether new members read what was written before they came.
    pub enable_history_for_new_members: bool,
    /// The longest list of ids that is told as a whole.
    pub max_listed_ids: u64,
}

/// `[limits]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Operations of a user on one class of device; 0 is without limit.
    pub user_per_minute: u32,
    /// Operations of an app administrator.
    pub admin_per_minute: u32,
    /// Operations of an address without a good token.
    pub anonymous_per_minute: u32,
    /// Wrong secrets from one address.
    pub wrong_secrets_per_address: u32,
    /// Wrong secrets from everywhere.
    pub wrong_secrets_together: u32,
    /// Until they are forgotten.
    pub wrong_secrets_minutes: u64,
}

/// `[messages]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Messages {
    /// Messages of a commit.
    pub batch_messages: usize,
    /// Sends that wait for a commit.
    pub queue_messages: usize,
    /// Bytes of a message's content.
    pub max_content_bytes: usize,
    /// Whether only friends may write to somebody.
    pub friend_verify: bool,
    /// Whether messages can be found by their words.
    pub search: bool,
    /// For how many seconds a sender may edit a message.
    pub edit_within_seconds: u64,
    /// After how many days messages are deleted; 0 means never.
    pub keep_days: u64,
}

/// `[notifications]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notifications {
    /// Kinds that are treated differently from OpenIM's defaults.
    pub changes: Vec<String>,
}

/// `[subgraphs]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subgraphs {
    /// The users subgraph.
    pub users: ServiceUrl,
    /// The relations subgraph.
    pub relations: ServiceUrl,
    /// The groups subgraph.
    pub groups: ServiceUrl,
    /// The messages subgraph.
    pub messages: ServiceUrl,
    /// The conversations subgraph.
    pub conversations: ServiceUrl,
    /// The third subgraph.
    pub third: ServiceUrl,
}

/// `[internal]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Internal {
    /// Signs the proof that travels between processes.
    pub secret: Secret,
    /// File with the secret; it was read when this is set.
    pub secret_file: PathBuf,
}

/// `[telemetry]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Telemetry {
    /// Form of the log.
    pub log_format: LogFormat,
    /// What is logged.
    pub log_filter: String,
    /// Where traces go.
    pub otlp_endpoint: ServiceUrl,
    /// Share of traces that go there.
    pub sampling_ratio: f64,
    /// Whether /metrics is served.
    pub metrics: bool,
    /// Who is told without a token where metrics are read.
    pub discovery_networks: Vec<Network>,
    /// Where dashboards over the metrics are.
    pub dashboard_url: ServiceUrl,
}

/// Form of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Text,
    /// A JSON object a line.
    Json,
}

impl Database {
    /// Tells whether the data lies in PostgreSQL.
    pub fn is_postgres(&self) -> bool {
        self.url.expose().starts_with("postgres")
    }
}
