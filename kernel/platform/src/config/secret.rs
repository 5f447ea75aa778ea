//! Values that must not be printed, and the secret that a server makes for itself when nobody gave one.

use std::fmt;
use std::fs;
use std::io::{self, Write};
use std::path::Path;

use openim_core::IdSource;
use serde::Deserialize;

/// A secret text. Debug and Display never show it.
#[derive(Clone, PartialEq, Eq, Deserialize, Default)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Takes a text as secret.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Returns the text, for the one place that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Tells whether nothing is set.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_empty() { "(not set)" } else { "(hidden)" })
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// The URL of a service. Debug and Display show it without its password.
#[derive(Clone, PartialEq, Eq, Deserialize, Default)]
#[serde(transparent)]
pub struct ServiceUrl(String);

impl ServiceUrl {
    /// Takes a URL.
    pub fn new(url: impl Into<String>) -> Self {
        Self(url.into())
    }

    /// Returns the whole URL with its password.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Tells whether nothing is set.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for ServiceUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&without_password(&self.0))
    }
}

impl fmt::Display for ServiceUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// Replaces the password in `scheme://user:password@host` and the query, which may hold another one.
pub(super) fn without_password(url: &str) -> String {
    let (url, query) = url.split_once('?').map_or((url, ""), |(url, _)| (url, "?***"));
    let hidden = url.split_once("://").and_then(|(scheme, rest)| {
        let (login, host) = rest.rsplit_once('@')?;
        let user = login.split_once(':').map_or("***", |(user, _)| user);
        Some(format!("{scheme}://{user}:***@{host}"))
    });
    hidden.unwrap_or_else(|| url.to_owned()) + query
}

/// A secret from a file that this server keeps for itself.
#[derive(Debug)]
pub struct KeptSecret {
    /// The secret.
    pub secret: Secret,
    /// Whether it was made just now.
    pub made: bool,
}

/// Reads the secret in `path`, or makes a random one there that only the owner of the process may read.
///
/// # Errors
/// As the file system's; a file without content is refused.
pub fn kept_secret(path: &Path, ids: &dyn IdSource) -> io::Result<KeptSecret> {
    if let Some(secret) = read_kept(path)? {
        return Ok(KeptSecret { secret, made: false });
    }
    let text = ids.hex32();
    // Written aside and linked: whoever reads the path sees a whole secret, and of two starters one wins.
    let aside = path.with_extension(ids.hex32());
    private_file(&aside)?.write_all(text.as_bytes())?;
    let linked = fs::hard_link(&aside, path);
    fs::remove_file(&aside)?;
    match linked {
        Ok(()) => Ok(KeptSecret { secret: Secret(text), made: true }),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => match read_kept(path)? {
            Some(secret) => Ok(KeptSecret { secret, made: false }),
            None => Err(error),
        },
        Err(error) => Err(error),
    }
}

pub(super) fn read_kept(path: &Path) -> io::Result<Option<Secret>> {
    match fs::read_to_string(path) {
        Ok(text) if text.trim().is_empty() => Err(io::Error::new(io::ErrorKind::InvalidData, "the file is empty")),
        Ok(text) => Ok(Some(Secret(text.trim().to_owned()))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

pub(super) fn private_file(path: &Path) -> io::Result<fs::File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
mod tests {
    use openim_core::RandomIds;

    use super::*;

    #[test]
    fn secrets_are_never_printed() {
        let secret = Secret::new("hunter2");
        let url = ServiceUrl::new("postgres://app:hunter2@db:5432/im?password=hunter2");
        assert_eq!(format!("{secret} {secret:?}"), "(hidden) (hidden)");
        assert_eq!(format!("{url:?}"), "postgres://app:***@db:5432/im?***");
        assert_eq!(ServiceUrl::new("redis://:hunter2@host/1").to_string(), "redis://:***@host/1");
        assert_eq!(ServiceUrl::new("sqlite:./data/openim.db").to_string(), "sqlite:./data/openim.db");
    }

    #[test]
    fn a_made_secret_is_kept_and_private() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("secret");
        let first = kept_secret(&path, &RandomIds)?;
        let second = kept_secret(&path, &RandomIds)?;
        assert!(first.made && !second.made);
        assert_eq!(first.secret, second.secret);
        assert_eq!(fs::read_dir(folder.path())?.count(), 1);
        #[cfg(unix)]
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&path)?.permissions()) & 0o777, 0o600);
        Ok(())
    }

    #[test]
    fn an_empty_secret_file_is_refused() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("secret");
        fs::write(&path, "\n")?;
        assert!(kept_secret(&path, &RandomIds).is_err());
        Ok(())
    }
}
