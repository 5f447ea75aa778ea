//! What the domain is configured with.

mod push;

use std::time::Duration;

use openim_platform::config::Network;

pub use push::PushSettings;

/// Everything.
#[derive(Debug, Clone)]
pub struct ThirdSettings {
    /// Files.
    pub files: FileSettings,
    /// The log of administrators' acts.
    pub audit: AuditSettings,
    /// Logs that apps upload.
    pub client_logs: ClientLogSettings,
    /// Offline push.
    pub push: PushSettings,
    /// Where metrics are read and shown.
    pub monitoring: MonitoringSettings,
    /// How often is looked for what was kept long enough.
    pub retention_interval: Duration,
}

impl Default for ThirdSettings {
    fn default() -> Self {
        Self {
            files: FileSettings::default(),
            audit: AuditSettings::default(),
            client_logs: ClientLogSettings::default(),
            push: PushSettings::default(),
            monitoring: MonitoringSettings::default(),
            retention_interval: Duration::from_secs(3_600),
        }
    }
}

impl From<FileSettings> for ThirdSettings {
    fn from(files: FileSettings) -> Self {
        Self { files, ..Self::default() }
    }
}

/// Where metrics are read and shown.
#[derive(Debug, Clone, Default)]
pub struct MonitoringSettings {
    /// Who is told without a token where metrics are read.
    pub discovery_networks: Vec<Network>,
    /// Where dashboards are; empty for nowhere.
    pub dashboard_url: String,
}

/// How the log of administrators' acts is kept.
#[derive(Debug, Clone)]
pub struct AuditSettings {
    /// For how long; for ever when it is zero.
    pub keep: Duration,
    /// Whether destructive acts need a reason; told here, demanded where acts are noted.
    pub require_reason: bool,
    /// The mutations that are not noted; told here as well.
    pub skip: Vec<String>,
}

impl Default for AuditSettings {
    fn default() -> Self {
        Self { keep: Duration::from_secs(365 * 86_400), require_reason: false, skip: Vec::new() }
    }
}

/// How logs of apps are kept.
#[derive(Debug, Clone)]
pub struct ClientLogSettings {
    /// For how long; for ever when it is zero.
    pub keep: Duration,
    /// The most logs of one user.
    pub most_per_user: u64,
}

impl Default for ClientLogSettings {
    fn default() -> Self {
        Self { keep: Duration::from_secs(30 * 86_400), most_per_user: 1_000 }
    }
}

/// How files are treated.
#[derive(Debug, Clone)]
pub struct FileSettings {
    /// What the lasting addresses of files begin with; empty for addresses without a host.
    pub public_url: String,
    /// Whether files can be read without a token.
    pub public_read: bool,
    /// How long an upload may take.
    pub upload_time: Duration,
    /// How long a signed address for reading is good.
    pub link_time: Duration,
    /// The biggest file in bytes.
    pub max_file_bytes: u64,
    /// The most uploads that a user has under way.
    pub max_open_uploads: u64,
    /// The most bytes of a user's files; 0 is without limit.
    pub quota_bytes: u64,
    /// The causes whose files are deleted in time.
    pub expire_causes: Vec<String>,
    /// After which time; never when it is zero.
    pub expire_after: Duration,
    /// How often what is over is cleared away.
    pub cleanup_interval: Duration,
}

impl Default for FileSettings {
    fn default() -> Self {
        let week = Duration::from_secs(7 * 86_400);
        Self {
            public_url: String::new(),
            public_read: true,
            upload_time: week,
            link_time: week,
            max_file_bytes: 5 << 30,
            max_open_uploads: 100,
            quota_bytes: 0,
            expire_causes: Vec::new(),
            expire_after: Duration::ZERO,
            cleanup_interval: Duration::from_secs(600),
        }
    }
}
