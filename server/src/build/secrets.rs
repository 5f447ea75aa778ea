//! The secrets that sign tokens and webhooks: configured, or made once and kept in the data folder.

use std::path::PathBuf;

use anyhow::Context as _;
use openim_core::Runtime;
use openim_platform::config::{Config, Secret, kept_secret};

use super::data_folder;

/// The name of the kept secret below the data folder.
const FILE: &str = "secret";

/// The name of the kept secret of webhooks.
const WEBHOOK_FILE: &str = "webhook_secret";

/// The secret and where it is, when this server made it.
#[derive(Debug, Clone)]
pub(crate) struct AuthSecret {
    /// The secret.
    pub(crate) secret: Secret,
    /// The file it is kept in; `None` when it is configured.
    pub(crate) kept_in: Option<PathBuf>,
}

/// Returns the configured secret, or the kept one, or makes one.
///
/// # Errors
/// When the data folder cannot be used.
pub(crate) fn auth_secret(config: &Config, runtime: &Runtime) -> anyhow::Result<AuthSecret> {
    if !config.auth.secret.is_empty() {
        return Ok(AuthSecret { secret: config.auth.secret.clone(), kept_in: None });
    }
    let path = data_folder(config)?.join(FILE);
    let kept = kept_secret(&path, &*runtime.ids).with_context(|| format!("the secret in {} cannot be used", path.display()))?;
    if kept.made {
        tracing::warn!(secret.path = %path.display(), "no auth.secret is configured: a random one was made; set one before others depend on it");
    }
    Ok(AuthSecret { secret: kept.secret, kept_in: Some(path) })
}

/// Returns the configured secret of webhooks, or the kept one, or makes one.
///
/// # Errors
/// When the data folder cannot be used.
pub(crate) fn webhook_secret(config: &Config, runtime: &Runtime) -> anyhow::Result<Secret> {
    if !config.webhooks.secret.is_empty() {
        return Ok(config.webhooks.secret.clone());
    }
    let path = data_folder(config)?.join(WEBHOOK_FILE);
    let kept = kept_secret(&path, &*runtime.ids).with_context(|| format!("the secret in {} cannot be used", path.display()))?;
    if kept.made {
        tracing::warn!(secret.path = %path.display(), "no webhooks.secret is configured: a random one was made; the receiver needs it to verify requests");
    }
    Ok(kept.secret)
}
