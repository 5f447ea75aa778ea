//! Logs that apps uploaded: where their files are, and of what they are.

use openim_core::{Platform, Timestamp, UserId};

/// A file that a client wants to be known.
#[derive(Debug, Clone)]
pub(crate) struct LogFile {
    /// Its name on the device.
    pub(crate) name: String,
    /// Where it can be read.
    pub(crate) url: String,
}

/// What a client says about its logs.
#[derive(Debug, Clone)]
pub(crate) struct UploadLogs {
    /// The device class; `None` when it is not told.
    pub(crate) platform: Option<Platform>,
    /// The operating system.
    pub(crate) system_type: String,
    /// The framework of the app.
    pub(crate) app_framework: String,
    /// The version of the app.
    pub(crate) version: String,
    /// Free data of the application.
    pub(crate) ex: String,
    /// The files.
    pub(crate) files: Vec<LogFile>,
}

/// One file of a client's log.
#[derive(Debug, Clone)]
pub(crate) struct ClientLog {
    /// Ten digits.
    pub(crate) id: String,
    /// Who uploaded it.
    pub(crate) user_id: UserId,
    /// The device class.
    pub(crate) platform: Option<Platform>,
    /// Where it can be read.
    pub(crate) url: String,
    /// Its name on the device.
    pub(crate) file_name: String,
    /// The operating system.
    pub(crate) system_type: String,
    /// The framework of the app.
    pub(crate) app_framework: String,
    /// The version of the app.
    pub(crate) version: String,
    /// Free data of the application.
    pub(crate) ex: String,
    /// When it was uploaded.
    pub(crate) created_at: Timestamp,
}

/// Which logs are asked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct ClientLogFilter {
    /// Only those whose user id, file name, version or free data have this in them.
    pub(crate) search: Option<String>,
    /// Not before this moment.
    pub(crate) since: Option<Timestamp>,
    /// Not after this moment.
    pub(crate) until: Option<Timestamp>,
}

/// Part of a list of logs.
#[derive(Debug, Clone)]
pub(crate) struct ClientLogPage {
    /// The logs, newest first.
    pub(crate) logs: Vec<ClientLog>,
    /// Whether older ones follow.
    pub(crate) has_next: bool,
    /// Whether newer ones precede.
    pub(crate) has_previous: bool,
}
