//! Persisted documents: those registered at start, and those that clients register themselves by hash (APQ).
//!
//! Registered ones come from a file or folder and never leave memory. Automatic ones lie in a bounded memory cache of the
//! node and in the shared cache, so that a client that registered with one node is understood by all. Everybody may name them;
//! they are remembered only once they ran for a caller with a token.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use moka::future::Cache as LocalCache;
use openim_core::{Error, ErrorCode, Result};
use openim_platform::cache::Cache;
use serde::Deserialize;
use sha2::{Digest, Sha256};

/// How much of automatic documents a node remembers.
const LOCAL_BYTES: u64 = 16 * 1024 * 1024;
/// The longest document that is remembered automatically; longer ones run but must be sent each time.
const LONGEST_AUTOMATIC: usize = 64 * 1024;
/// The most that a folder or file of registered documents may hold.
const MANIFEST_BYTES: u64 = 64 * 1024 * 1024;
const TTL: Duration = Duration::from_secs(24 * 60 * 60);

/// Which documents are answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DocumentMode {
    /// Every document; hashes and ids name nothing.
    Off,
    /// Every document; hashes and ids name registered ones and those that clients registered themselves.
    #[default]
    Allow,
    /// Only registered ones, by id or by their exact text.
    Only,
}

/// Why registered documents could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// A file cannot be read.
    #[error("{path} cannot be read")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is no manifest.
    #[error("{path} is neither an object of documents by id nor an Apollo manifest")]
    Format {
        /// The file.
        path: PathBuf,
        /// Why.
        source: serde_json::Error,
    },
    /// More than [`DocumentMode::Only`] could ever need.
    #[error("{0} holds more than 64 MiB of documents")]
    TooLarge(PathBuf),
}

/// What the `persistedQuery` extension and `documentId` may ask for.
#[derive(Debug, Default)]
pub(crate) struct Reference {
    /// An id, or a SHA-256 in lower-case hex.
    pub(crate) id: Option<String>,
    /// Whether the id is a hash that the client may register by sending the text with it.
    pub(crate) automatic: bool,
}

/// A document to run.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) text: String,
    /// Under which hash the client wants it to be known from now on.
    pub(crate) registration: Option<Registration>,
}

/// A document that a client registers; it counts when it has run for a caller with a token. What anybody may make up is not
/// worth remembering.
#[derive(Debug)]
pub(crate) struct Registration {
    id: String,
    text: Arc<str>,
}

/// The documents that can be named instead of sent.
#[derive(Clone)]
pub struct PersistedDocuments {
    mode: DocumentMode,
    registered: Arc<HashMap<String, Arc<str>>>,
    local: LocalCache<String, Arc<str>>,
    shared: Arc<dyn Cache>,
}

impl PersistedDocuments {
    /// Starts without registered documents.
    pub fn new(mode: DocumentMode, shared: Arc<dyn Cache>) -> Self {
        let local = LocalCache::builder()
            .max_capacity(LOCAL_BYTES)
            .weigher(|id: &String, text: &Arc<str>| u32::try_from(id.len() + text.len() + 128).unwrap_or(u32::MAX))
            .time_to_live(TTL)
            .build();
        Self { mode, registered: Arc::default(), local, shared }
    }

    /// Registers documents: a folder of `.graphql` files, a JSON object `{"<id>": "<text>"}`, or an Apollo manifest.
    /// A document is known by its id (a file's name without the ending) and by the SHA-256 of its text.
    ///
    /// # Errors
    /// When something there cannot be read.
    pub fn register(mut self, place: &Path) -> Result<Self, ManifestError> {
        let documents = if place.is_dir() { read_folder(place)? } else { read_manifest(place)? };
        let mut registered = HashMap::with_capacity(documents.len() * 2);
        for (id, text) in documents {
            let text: Arc<str> = text.into();
            registered.insert(hash(&text), text.clone());
            registered.insert(id, text);
        }
        self.registered = Arc::new(registered);
        Ok(self)
    }

    /// Returns the document to run for what a request sent.
    pub(crate) async fn resolve(&self, text: Option<String>, reference: Reference) -> Result<Found> {
        let text = text.filter(|text| !text.is_empty());
        let (text, registration) = match (text, reference.id) {
            (None, None) => return Err(Error::new(ErrorCode::Args, "a request needs a query")),
            (Some(text), None) => (self.admit(text)?, None),
            (None, Some(id)) => (self.find(&id, reference.automatic).await?, None),
            (Some(text), Some(id)) if reference.automatic => {
                let id = id.to_ascii_lowercase();
                if hash(&text) != id {
                    return Err(Error::new(ErrorCode::Args, "sha256Hash is not the hash of the query"));
                }
                let text = self.admit(text)?;
                let news = self.mode == DocumentMode::Allow && text.len() <= LONGEST_AUTOMATIC && !self.local.contains_key(&id);
                let registration = news.then(|| Registration { id, text: text.as_str().into() });
                (text, registration)
            }
            (Some(_), Some(_)) => return Err(Error::new(ErrorCode::Args, "give either query or documentId")),
        };
        Ok(Found { text, registration })
    }

    fn admit(&self, text: String) -> Result<String> {
        if self.mode == DocumentMode::Only && !self.registered.contains_key(&hash(&text)) {
            return Err(Error::new(ErrorCode::NoPermission, "only registered documents are answered here"));
        }
        Ok(text)
    }

    async fn find(&self, id: &str, automatic: bool) -> Result<String> {
        // Apollo's clients compare this very text.
        let unknown = || Error::new(ErrorCode::PersistedQueryNotFound, "PersistedQueryNotFound");
        if self.mode == DocumentMode::Off {
            return Err(unknown());
        }
        if let Some(text) = self.registered.get(id) {
            return Ok(text.to_string());
        }
        let id = id.to_ascii_lowercase();
        if self.mode == DocumentMode::Only || !automatic || !is_hash(&id) {
            return Err(unknown());
        }
        if let Some(text) = self.local.get(&id).await {
            return Ok(text.to_string());
        }
        let found = match self.shared.get(&key(&id)).await {
            Ok(found) => found.and_then(|bytes| String::from_utf8(bytes).ok()).filter(|text| hash(text) == id),
            Err(error) => {
                tracing::warn!(error.message = error.message(), "persisted documents cannot be read from the shared cache");
                None
            }
        };
        let text = found.ok_or_else(unknown)?;
        self.local.insert(id, text.as_str().into()).await;
        Ok(text)
    }

    /// Makes a document known to all nodes.
    pub(crate) async fn remember(&self, Registration { id, text }: Registration) {
        if let Err(error) = self.shared.set(&key(&id), text.as_bytes(), TTL).await {
            tracing::warn!(error.message = error.message(), "a persisted document stays on this node: the shared cache cannot be written");
        }
        self.local.insert(id, text).await;
    }
}

fn key(id: &str) -> String {
    format!("graphql:document:{id}")
}

fn hash(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}

fn is_hash(id: &str) -> bool {
    id.len() == 64 && id.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn read(path: &Path, budget: &mut u64) -> Result<String, ManifestError> {
    let failed = |source| ManifestError::Read { path: path.to_owned(), source };
    let size = std::fs::metadata(path).map_err(failed)?.len();
    *budget = budget.checked_sub(size).ok_or_else(|| ManifestError::TooLarge(path.to_owned()))?;
    std::fs::read_to_string(path).map_err(failed)
}

fn read_folder(folder: &Path) -> Result<Vec<(String, String)>, ManifestError> {
    let failed = |source| ManifestError::Read { path: folder.to_owned(), source };
    let mut budget = MANIFEST_BYTES;
    let mut documents = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.extension().is_some_and(|ending| ending == "graphql") {
            let id = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
            documents.push((id, read(&path, &mut budget)?));
        }
    }
    Ok(documents)
}

fn read_manifest(path: &Path) -> Result<Vec<(String, String)>, ManifestError> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Manifest {
        Apollo { operations: Vec<Registered> },
        ById(HashMap<String, String>),
    }
    #[derive(Deserialize)]
    struct Registered {
        id: String,
        body: String,
    }
    let text = read(path, &mut MANIFEST_BYTES.clone())?;
    let manifest = serde_json::from_str(&text).map_err(|source| ManifestError::Format { path: path.to_owned(), source })?;
    Ok(match manifest {
        Manifest::Apollo { operations } => operations.into_iter().map(|one| (one.id, one.body)).collect(),
        Manifest::ById(documents) => documents.into_iter().collect(),
    })
}
