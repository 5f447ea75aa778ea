//! What lies on this machine's disk: the data folder, and the file of an SQLite database.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use openim_platform::config::Config;

use super::database_settings;

/// Returns the data folder and makes it when it is missing, for its owner alone: secrets and what people write are in it.
///
/// # Errors
/// When it cannot be made.
pub(crate) fn data_folder(config: &Config) -> anyhow::Result<PathBuf> {
    let folder = &config.server.data_dir;
    make(folder).with_context(|| format!("server.data_dir: {} cannot be made", folder.display()))?;
    Ok(folder.clone())
}

#[cfg(unix)]
fn make(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(not(unix))]
fn make(folder: &Path) -> std::io::Result<()> {
    fs::create_dir_all(folder)
}

/// Returns the file of an SQLite database; nothing with PostgreSQL.
pub(crate) fn database_file(config: &Config) -> Option<PathBuf> {
    let settings = database_settings(config);
    let path = settings.url.strip_prefix("sqlite:")?;
    let path = path.strip_prefix("//").unwrap_or(path);
    Some(path.split('?').next().unwrap_or(path).into())
}

/// Refuses to go on without the file of an SQLite database: a command for a server that is there must not make a new one.
///
/// # Errors
/// When no server was ever started with this file.
pub(crate) fn expect_database(config: &Config) -> anyhow::Result<()> {
    match database_file(config) {
        Some(file) if !file.exists() => bail!(
            "there is no {}: no server was started with this folder; --data-dir (server.data_dir) names that of the server",
            file.display()
        ),
        _ => Ok(()),
    }
}

/// Takes the file of an SQLite database for this process, as long as the answer lives; the end of a process, however it
/// comes, gives it back. Two servers over one file would not hear of each other: everything beside it is in the process.
///
/// # Errors
/// When another server has it.
pub(crate) fn hold_database(config: &Config) -> anyhow::Result<Option<File>> {
    let Some(database) = database_file(config) else { return Ok(None) };
    if config.database.url.is_empty() {
        data_folder(config)?;
    }
    let path = PathBuf::from(format!("{}.lock", database.display()));
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .with_context(|| format!("{}: {} cannot be written", named(config), path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => bail!(
            "another server uses {}: give this one a folder of its own (server.data_dir), or several of them one PostgreSQL (database.url)",
            database.display()
        ),
        Err(TryLockError::Error(error)) => {
            tracing::warn!(path = %path.display(), error.cause = %error, "the file cannot be locked: see that no second server uses it");
            Ok(Some(file))
        }
    }
}

/// Names the setting from which the place of the database comes.
fn named(config: &Config) -> &'static str {
    if config.database.url.is_empty() { "server.data_dir" } else { "database.url" }
}
