//! The secret that signs tokens, and those that did before.
//!
//! A configured secret is changed where it is configured. One that the server keeps in its data folder can be exchanged while
//! it runs: the new one replaces the file at once, and the old one goes to a second file beside it for as long as tokens that
//! it signed are good. Other processes on the same folder notice when they meet something that the secret they know does not
//! fit, and before every login of an administrator.

use std::fmt;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use openim_core::{IdSource, Timestamp};
use parking_lot::RwLock;

use super::secret::{Secret, private_file, read_kept};

/// Secrets of the past that are kept at most.
const MOST_PREVIOUS: usize = 16;

/// The secrets of one process.
#[derive(Clone)]
pub struct SigningSecrets {
    place: Arc<Place>,
    known: Arc<RwLock<Arc<Known>>>,
}

enum Place {
    /// Somebody configured it; this is where.
    Configured(String),
    /// The server keeps it in this file.
    Kept { path: PathBuf, fixed: Option<&'static str> },
}

/// The secrets of one moment.
#[derive(Clone, PartialEq, Eq)]
pub struct Known {
    /// What signs, and what administrators log in with.
    pub current: Secret,
    /// What signed before.
    pub previous: Vec<Previous>,
}

/// A secret of the past.
#[derive(Clone, PartialEq, Eq)]
pub struct Previous {
    /// The secret.
    pub secret: Secret,
    /// Until when tokens that it signed are good; `None` without end.
    pub until: Option<Timestamp>,
}

impl SigningSecrets {
    /// Takes a secret that was configured; `place` says where, for people.
    pub fn configured(secret: Secret, place: impl Into<String>) -> Self {
        Self::with(Place::Configured(place.into()), Known { current: secret, previous: Vec::new() })
    }

    /// Takes the secret that is kept in a file. `fixed` says why it cannot be exchanged, if it cannot.
    ///
    /// # Errors
    /// As the file system's.
    pub fn kept(path: PathBuf, fixed: Option<&'static str>) -> io::Result<Self> {
        let known = read(&path)?;
        Ok(Self::with(Place::Kept { path, fixed }, known))
    }

    fn with(place: Place, known: Known) -> Self {
        Self { place: Arc::new(place), known: Arc::new(RwLock::new(Arc::new(known))) }
    }

    /// Returns the secrets as this process knows them.
    pub fn known(&self) -> Arc<Known> {
        self.known.read().clone()
    }

    /// Returns the file that the server keeps the secret in; `None` when it is configured.
    pub fn kept_in(&self) -> Option<&Path> {
        match &*self.place {
            Place::Configured(_) => None,
            Place::Kept { path, .. } => Some(path),
        }
    }

    /// Says for people where the secret comes from.
    pub fn origin(&self) -> String {
        match &*self.place {
            Place::Configured(place) => place.clone(),
            Place::Kept { path, .. } => path.display().to_string(),
        }
    }

    /// Says why the secret cannot be exchanged; `None` when it can.
    pub fn fixed(&self) -> Option<String> {
        match &*self.place {
            Place::Configured(place) => Some(format!("auth.secret is set by {place}: change it there and restart every process")),
            Place::Kept { fixed, .. } => fixed.map(str::to_owned),
        }
    }

    /// Looks whether another process has exchanged the secret. Tells whether something is new.
    ///
    /// # Errors
    /// As the file system's.
    pub async fn refresh(&self) -> io::Result<bool> {
        let Place::Kept { path, .. } = &*self.place else { return Ok(false) };
        let path = path.clone();
        let found = tokio::task::spawn_blocking(move || read(&path)).await.map_err(io::Error::other)??;
        Ok(self.take_over(found))
    }

    /// Makes a new secret. The one of before stays good for tokens until `until`: without end for `Some(None)`, not at all
    /// for `None`, and then none of the past is.
    ///
    /// # Errors
    /// `Unsupported` when it cannot be exchanged, else as the file system's.
    pub async fn rotate(&self, ids: &dyn IdSource, now: Timestamp, until: Option<Option<Timestamp>>) -> io::Result<Secret> {
        let path = match &*self.place {
            Place::Kept { path, fixed: None } => path.clone(),
            _ => return Err(io::Error::new(io::ErrorKind::Unsupported, self.fixed().unwrap_or_default())),
        };
        let (text, aside) = (ids.hex32(), ids.hex32());
        let exchange = move || exchange(&path, text, &aside, now, until);
        let known = tokio::task::spawn_blocking(exchange).await.map_err(io::Error::other)??;
        let current = known.current.clone();
        self.take_over(known);
        Ok(current)
    }

    fn take_over(&self, found: Known) -> bool {
        let mut known = self.known.write();
        let new = **known != found;
        if new {
            *known = Arc::new(found);
        }
        new
    }
}

impl fmt::Debug for SigningSecrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningSecrets").field("origin", &self.origin()).finish_non_exhaustive()
    }
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

fn read(path: &Path) -> io::Result<Known> {
    let missing = || io::Error::new(io::ErrorKind::NotFound, "the secret is gone");
    let current = read_kept(path)?.ok_or_else(missing)?;
    let text = match fs::read_to_string(beside(path, ".previous")) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(error),
    };
    Ok(Known { current, previous: text.lines().filter_map(previous).take(MOST_PREVIOUS).collect() })
}

/// Reads a line: the milliseconds until which it is good, 0 for ever, and the secret.
fn previous(line: &str) -> Option<Previous> {
    let (until, secret) = line.split_once(' ')?;
    let until = until.parse::<i64>().ok()?;
    Some(Previous { secret: Secret::new(secret), until: (until != 0).then_some(Timestamp(until)) })
}

fn exchange(path: &Path, text: String, aside: &str, now: Timestamp, until: Option<Option<Timestamp>>) -> io::Result<Known> {
    // One process at a time; the lock ends with the file.
    let lock = fs::OpenOptions::new().create(true).append(true).open(beside(path, ".lock"))?;
    lock.lock()?;
    let before = read(path)?;
    let mut previous = Vec::new();
    if let Some(until) = until {
        previous.push(Previous { secret: before.current, until });
        previous.extend(before.previous.into_iter().filter(|old| old.until.is_none_or(|until| until > now)));
        previous.truncate(MOST_PREVIOUS);
    }
    let lines: String = previous.iter().map(|old| format!("{} {}\n", old.until.map_or(0, |until| until.0), old.secret.expose())).collect();
    // The old secret is written down before the new one replaces it: whatever happens in between, no good token is lost.
    replace(&beside(path, ".previous"), aside, &lines)?;
    replace(path, aside, &text)?;
    Ok(Known { current: Secret::new(text), previous })
}

fn replace(path: &Path, aside: &str, text: &str) -> io::Result<()> {
    let aside = beside(path, &format!(".{aside}"));
    let mut file = private_file(&aside)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&aside, path)
}

#[cfg(test)]
mod tests {
    use openim_core::RandomIds;

    use super::super::kept_secret;
    use super::*;

    const NOW: Timestamp = Timestamp(1_000);

    #[tokio::test]
    async fn another_process_on_the_folder_finds_the_new_secret_and_the_old_ones_that_count() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("secret");
        let first = kept_secret(&path, &RandomIds)?.secret;
        let (one, two) = (SigningSecrets::kept(path.clone(), None)?, SigningSecrets::kept(path.clone(), None)?);
        let second = one.rotate(&RandomIds, NOW, Some(Some(Timestamp(2_000)))).await?;
        assert_ne!(first, second);
        assert!(two.known().current == first && two.refresh().await? && !two.refresh().await?);
        assert!(two.known().current == second && two.known().previous[0].secret == first);
        let third = two.rotate(&RandomIds, Timestamp(3_000), Some(None)).await?;
        assert!(one.refresh().await? && one.known().current == third);
        assert_eq!(one.known().previous.len(), 1, "what ended is forgotten");
        assert_eq!(one.known().previous[0].until, None);
        one.rotate(&RandomIds, NOW, None).await?;
        assert!(one.known().previous.is_empty());
        #[cfg(unix)]
        for name in ["secret", "secret.previous"] {
            let mode = std::os::unix::fs::PermissionsExt::mode(&fs::metadata(folder.path().join(name))?.permissions());
            assert_eq!(mode & 0o777, 0o600, "{name}");
        }
        Ok(())
    }

    #[tokio::test]
    async fn what_is_configured_or_shared_is_not_exchanged() -> io::Result<()> {
        let configured = SigningSecrets::configured(Secret::new("hunter2"), "environment variable X");
        let error = configured.rotate(&RandomIds, NOW, None).await.unwrap_err();
        assert!(error.to_string().contains("environment variable X"), "{error}");
        assert!(!format!("{configured:?}").contains("hunter2"));
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("secret");
        kept_secret(&path, &RandomIds)?;
        let shared = SigningSecrets::kept(path, Some("others have it, too"))?;
        assert_eq!(shared.rotate(&RandomIds, NOW, None).await.unwrap_err().kind(), io::ErrorKind::Unsupported);
        Ok(())
    }
}
