//! The secrets that sign tokens and webhooks: configured, or made once and kept in the data folder.

use anyhow::Context as _;
use openim_core::Runtime;
use openim_platform::config::{Config, Secret, SigningSecrets, kept_secret};

use super::data_folder;

/// The name of the kept secret below the data folder.
const FILE: &str = "secret";

/// The name of the kept secret of webhooks.
const WEBHOOK_FILE: &str = "webhook_secret";

/// The name of the kept secret of files' addresses.
const FILES_FILE: &str = "files_secret";

/// Returns the configured secret, or the kept one, or makes one. `origin` says where it is configured.
///
/// # Errors
/// When the data folder cannot be used.
pub(crate) fn auth_secrets(config: &Config, origin: Option<String>, runtime: &Runtime) -> anyhow::Result<SigningSecrets> {
    if !config.auth.secret.is_empty() {
        return Ok(SigningSecrets::configured(config.auth.secret.clone(), origin.unwrap_or_default()));
    }
    let path = data_folder(config)?.join(FILE);
    let kept = kept_secret(&path, &*runtime.ids).with_context(|| format!("the secret in {} cannot be used", path.display()))?;
    if kept.made {
        tracing::warn!(secret.path = %path.display(), "no auth.secret is configured: a random one was made; set one before others depend on it");
    }
    // Processes that share events may have folders of their own, where nobody would hear of a new secret.
    let shared = "this deployment has several processes (amqp.url): give all of them the same auth.secret, and change it there";
    SigningSecrets::kept(path, (!config.amqp.url.is_empty()).then_some(shared)).context("the secret cannot be read")
}

/// Returns what signs the addresses of files: the configured secret, else one of its own that is kept, so that addresses
/// outlive an exchanged secret of tokens.
///
/// # Errors
/// When the data folder cannot be used.
pub(crate) fn files_secret(config: &Config, runtime: &Runtime) -> anyhow::Result<Secret> {
    if !config.auth.secret.is_empty() {
        return Ok(config.auth.secret.clone());
    }
    let path = data_folder(config)?.join(FILES_FILE);
    let kept = kept_secret(&path, &*runtime.ids).with_context(|| format!("the secret in {} cannot be used", path.display()))?;
    Ok(kept.secret)
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
