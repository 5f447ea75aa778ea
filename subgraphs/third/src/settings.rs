//! What the domain is configured with.

use std::time::Duration;

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
