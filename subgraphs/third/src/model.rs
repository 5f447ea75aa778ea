//! The terms of the domain.

mod audit;
mod client_logs;
mod files;
pub(crate) mod openim_files;
mod openim_hooks;
mod push;

use openim_core::Result;
use openim_platform::webhooks::log::{Delivery, DeliveryOutcome};
use openim_platform::webhooks::{Command, commands};

use crate::error;

pub(crate) use audit::{AuditFilter, AuditPage};
pub(crate) use client_logs::{ClientLog, ClientLogFilter, ClientLogPage, LogFile, UploadLogs};
pub(crate) use files::{
    CompleteUpload, File, FileFilter, FilePage, FilePlace, ImageFormat, ImageWish, SignedPart, StartForm, StartUpload, Started, Total,
    Upload, UploadKind, WantedParts,
};

pub(crate) use push::{
    Decided, Device, MOST_RECEIVERS, Notice, Provider, ProviderReport, Push, PushAttempt, PushDelivery, PushFilter, PushPage, PushState,
    PushStep, PushToken, RegisterToken, Subject,
};

/// Which deliveries are asked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wanted {
    /// A hook's name or command text.
    pub(crate) command: Option<String>,
    /// What became of them.
    pub(crate) outcome: Option<DeliveryOutcome>,
}

impl Wanted {
    /// Finds the hook.
    pub(crate) fn command(&self) -> Result<Option<&'static Command>> {
        let find = |name: &String| commands::by_name(name).or_else(|| commands::by_text(name)).ok_or_else(error::unknown_hook);
        self.command.as_ref().map(find).transpose()
    }
}

/// Part of a list of deliveries.
#[derive(Debug, Clone)]
pub(crate) struct DeliveryPage {
    /// The deliveries, newest first.
    pub(crate) deliveries: Vec<Delivery>,
    /// Whether older ones follow.
    pub(crate) has_next: bool,
    /// Whether newer ones precede.
    pub(crate) has_previous: bool,
}
