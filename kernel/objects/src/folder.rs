//! Objects in a folder on disk, for one machine. Under the folder: `data/` the objects, `tags/` their MD5s, `parts/<upload>/`
//! what has arrived of an upload, `tmp/` what is just being written. Whatever is written is complete and synced before it
//! gets its name.

mod disk;
mod links;
mod router;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use axum::Router;
use bytes::Bytes;
use futures_util::stream::{self, BoxStream};
use futures_util::{StreamExt, TryStreamExt};
use openim_core::{Error, ErrorCode, Result, Runtime, Timestamp};
use tokio_util::io::ReaderStream;

use crate::{Download, Form, Key, Limits, Objects, Part, Signed, Stat};
use disk::Disk;
use links::{Links, Permit};

/// As MinIO's, so that clients cut their files alike.
const LIMITS: Limits = Limits { min_part: 5 << 20, max_part: 5 << 30, max_parts: 10_000 };

/// What the adapter is made of.
#[derive(Debug, Clone)]
pub struct FolderSettings {
    /// Where everything is kept; made when it is missing.
    pub root: PathBuf,
    /// What links are signed with; never empty.
    pub secret: String,
    /// What signed addresses begin with, such as `https://files.example.org`; empty for addresses without a host.
    pub public_url: String,
}

/// The folder adapter.
#[derive(Clone)]
pub struct Folder(Arc<Inner>);

pub(crate) struct Inner {
    disk: Disk,
    links: Links,
    runtime: Runtime,
}

impl Folder {
    /// Opens the folder and clears away what an end in the middle of writing left there, once it is ten minutes old: other
    /// processes may share the folder.
    ///
    /// # Errors
    /// `UNAVAILABLE` when it cannot be made or written to.
    pub async fn open(settings: FolderSettings, runtime: Runtime) -> Result<Self> {
        if settings.secret.is_empty() {
            return Err(Error::new(ErrorCode::Args, "links need a secret to be signed with"));
        }
        let disk = Disk::open(settings.root, runtime.clock.now()).await?;
        Ok(Self(Arc::new(Inner { disk, links: Links::new(&settings.secret, &settings.public_url), runtime })))
    }

    /// Returns the routes that serve signed addresses.
    pub fn router(&self) -> Router {
        router::routes(self.0.clone())
    }

    fn fresh(&self) -> String {
        self.0.runtime.ids.hex32()
    }
}

#[async_trait]
impl Objects for Folder {
    fn engine(&self) -> &'static str {
        "folder"
    }

    fn limits(&self) -> Limits {
        LIMITS
    }

    fn origin(&self) -> Option<String> {
        self.0.links.origin()
    }

    async fn stat(&self, key: &Key) -> Result<Option<Stat>> {
        self.0.disk.stat(key).await
    }

    async fn read(&self, key: &Key) -> Result<Option<BoxStream<'static, Result<Bytes>>>> {
        let Some(file) = self.0.disk.file(key).await? else { return Ok(None) };
        Ok(Some(ReaderStream::with_capacity(file, 64 * 1024).map_err(Error::unavailable).boxed()))
    }

    async fn write(&self, key: &Key, _content_type: &str, content: Bytes) -> Result<()> {
        let size = u64::try_from(content.len()).map_err(Error::internal)?;
        let body = stream::iter([Ok::<_, std::convert::Infallible>(content)]);
        let written = self.0.disk.receive(&self.fresh(), body, size).await?;
        self.0.disk.keep(written, key).await
    }

    async fn copy(&self, from: &Key, to: &Key) -> Result<()> {
        self.0.disk.copy(&self.fresh(), from, to).await
    }

    async fn delete(&self, keys: &[Key]) -> Result<()> {
        for key in keys {
            self.0.disk.delete(key).await?;
        }
        Ok(())
    }

    async fn start_parts(&self, key: &Key, _content_type: &str) -> Result<String> {
        let upload = self.fresh();
        self.0.disk.start_parts(&upload, key).await?;
        Ok(upload)
    }

    async fn parts(&self, key: &Key, upload: &str) -> Result<Vec<Part>> {
        self.0.disk.parts(upload, key).await
    }

    async fn complete_parts(&self, key: &Key, upload: &str, etags: &[String]) -> Result<Stat> {
        let found = self.parts(key, upload).await?;
        let expected = etags.iter().map(|etag| etag.to_ascii_lowercase());
        let there = found.iter().zip(1..).map(|(part, place)| if part.number == place { part.etag.clone() } else { String::new() });
        if found.is_empty() || !there.eq(expected) {
            return Err(Error::new(ErrorCode::Args, "parts are missing or differ from what was announced"));
        }
        self.0.disk.join_parts(&self.fresh(), upload, key, &found).await
    }

    async fn abort_parts(&self, key: &Key, upload: &str) -> Result<()> {
        self.0.disk.drop_parts(upload, key).await
    }

    fn sign_put(&self, key: &Key, size: u64, now: Timestamp, valid: Duration) -> Result<Signed> {
        Ok(self.0.links.sign(key, &Permit::Put { size }, now.plus(valid)))
    }

    fn sign_part(&self, key: &Key, upload: &str, number: u32, size: u64, now: Timestamp, valid: Duration) -> Result<Signed> {
        if number == 0 || number > LIMITS.max_parts {
            return Err(Error::new(ErrorCode::Args, "there is no such part"));
        }
        Ok(self.0.links.sign(key, &Permit::Part { upload: upload.to_owned(), number, size }, now.plus(valid)))
    }

    fn sign_form(&self, key: &Key, size: u64, _content_type: &str, now: Timestamp, valid: Duration) -> Result<Form> {
        let Signed { url, expires_at, .. } = self.0.links.sign(key, &Permit::Form { size }, now.plus(valid));
        let fields = vec![("key".to_owned(), key.to_string())];
        Ok(Form { url, file_field: router::FILE_FIELD.to_owned(), fields, success: vec![200, 201, 204], expires_at })
    }

    fn sign_get(&self, key: &Key, download: &Download, now: Timestamp, valid: Duration) -> Result<Signed> {
        Ok(self.0.links.sign(key, &Permit::Get(download.clone()), now.plus(valid)))
    }

    async fn ping(&self) -> Result<()> {
        self.0.disk.ping(&self.fresh()).await
    }
}
