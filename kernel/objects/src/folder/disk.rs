//! Files: written whole, synced, then named.

use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use md5::{Digest, Md5};
use openim_core::{Error, ErrorCode, Result, Timestamp};
use tokio::fs;
use tokio::io::AsyncWriteExt;
use tokio::time::timeout;

use crate::{Key, Part, Stat};

/// How long a sender may say nothing.
const SILENCE: Duration = Duration::from_secs(30);

/// How long nobody has written to what is cleared away as unfinished: longer than any sender may be silent.
const UNFINISHED: Duration = Duration::from_secs(600);

/// The file in an upload's folder that says for which object it is.
const KEY_FILE: &str = "key";

/// The folder.
pub(super) struct Disk {
    root: PathBuf,
}

/// A file that was written and has no name yet; dropped without one it is deleted.
pub(super) struct Written {
    path: Option<PathBuf>,
    pub(super) etag: String,
}

impl Drop for Written {
    fn drop(&mut self) {
        if let Some(path) = self.path.take() {
            // The one place where nothing can wait: a small call, after an error.
            let _ = std::fs::remove_file(path);
        }
    }
}

impl Disk {
    /// Opens the folder and clears away what was being written long before `now`. Other processes may be writing at this
    /// moment.
    pub(super) async fn open(root: PathBuf, now: Timestamp) -> Result<Self> {
        for folder in ["data", "tags", "parts", "tmp"] {
            fs::create_dir_all(root.join(folder)).await.map_err(Error::unavailable)?;
        }
        let mut unfinished = fs::read_dir(root.join("tmp")).await.map_err(Error::unavailable)?;
        while let Some(entry) = unfinished.next_entry().await.map_err(Error::unavailable)? {
            let written = absent(entry.metadata().await)?.and_then(|found| found.modified().ok()?.duration_since(UNIX_EPOCH).ok());
            let idle = written.map(|since| Timestamp(0).plus(since).until(now)).unwrap_or_default();
            if idle > UNFINISHED {
                absent(fs::remove_file(entry.path()).await)?;
            }
        }
        Ok(Self { root })
    }

    /// Returns the path of an object's bytes.
    pub(super) fn data(&self, key: &Key) -> PathBuf {
        self.root.join("data").join(key.as_str())
    }

    fn tag(&self, key: &Key) -> PathBuf {
        self.root.join("tags").join(key.as_str())
    }

    /// Ids of uploads are our own hex digits; whatever else was signed by nobody.
    fn upload(&self, upload: &str) -> Result<PathBuf> {
        if upload.is_empty() || upload.len() > 64 || !upload.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(gone());
        }
        Ok(self.root.join("parts").join(upload))
    }

    pub(super) async fn stat(&self, key: &Key) -> Result<Option<Stat>> {
        let Some(data) = absent(fs::metadata(self.data(key)).await)?.filter(std::fs::Metadata::is_file) else { return Ok(None) };
        let etag = absent(fs::read_to_string(self.tag(key)).await)?.unwrap_or_default();
        Ok(Some(Stat { size: data.len(), etag }))
    }

    pub(super) async fn file(&self, key: &Key) -> Result<Option<fs::File>> {
        match self.stat(key).await? {
            Some(_) => absent(fs::File::open(self.data(key)).await),
            None => Ok(None),
        }
    }

    /// Writes exactly `size` bytes into a file without a name.
    ///
    /// # Errors
    /// `ARGS_ERROR` for more or fewer bytes, or a sender that stops sending.
    pub(super) async fn receive<E>(&self, fresh: &str, body: impl Stream<Item = Result<Bytes, E>>, size: u64) -> Result<Written>
    where
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let path = self.root.join("tmp").join(fresh);
        let mut written = Written { path: Some(path.clone()), etag: String::new() };
        let mut file = fs::File::create_new(&path).await.map_err(Error::unavailable)?;
        let (mut hash, mut length) = (Md5::new(), 0_u64);
        let mut body = std::pin::pin!(body);
        loop {
            let next = timeout(SILENCE, body.next()).await.map_err(|_| Error::new(ErrorCode::Args, "the sender has stopped sending"))?;
            let Some(chunk) = next else { break };
            let chunk = chunk.map_err(|cause| Error::new(ErrorCode::Args, "the content could not be read").with_source(cause))?;
            length = length.saturating_add(u64::try_from(chunk.len()).unwrap_or(u64::MAX));
            if length > size {
                return Err(Error::new(ErrorCode::Args, "the content is longer than announced"));
            }
            hash.update(&chunk);
            file.write_all(&chunk).await.map_err(Error::unavailable)?;
        }
        if length < size {
            return Err(Error::new(ErrorCode::Args, "the content is shorter than announced"));
        }
        file.sync_all().await.map_err(Error::unavailable)?;
        written.etag = hex::encode(hash.finalize());
        Ok(written)
    }

    /// Gives what was written its name as an object.
    pub(super) async fn keep(&self, mut written: Written, key: &Key) -> Result<()> {
        let (data, tag) = (self.data(key), self.tag(key));
        for path in [&data, &tag] {
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder).await.map_err(Error::unavailable)?;
            }
        }
        fs::write(&tag, &written.etag).await.map_err(Error::unavailable)?;
        if let Some(path) = &written.path {
            fs::rename(path, &data).await.map_err(Error::unavailable)?;
        }
        written.path = None;
        sync_folder(&data).await
    }

    pub(super) async fn copy(&self, fresh: &str, from: &Key, to: &Key) -> Result<()> {
        let Some(stat) = self.stat(from).await? else { return Err(Error::new(ErrorCode::NotFound, "there is no such object")) };
        let path = self.root.join("tmp").join(fresh);
        let written = Written { path: Some(path.clone()), etag: stat.etag };
        fs::copy(self.data(from), &path).await.map_err(Error::unavailable)?;
        fs::File::open(&path).await.map_err(Error::unavailable)?.sync_all().await.map_err(Error::unavailable)?;
        self.keep(written, to).await
    }

    pub(super) async fn delete(&self, key: &Key) -> Result<()> {
        absent(fs::remove_file(self.data(key)).await)?;
        absent(fs::remove_file(self.tag(key)).await)?;
        Ok(())
    }

    pub(super) async fn start_parts(&self, upload: &str, key: &Key) -> Result<()> {
        let folder = self.upload(upload)?;
        fs::create_dir_all(&folder).await.map_err(Error::unavailable)?;
        fs::write(folder.join(KEY_FILE), key.as_str()).await.map_err(Error::unavailable)
    }

    /// Gives what was written its place among the parts; an earlier one with its number is replaced.
    pub(super) async fn keep_part(&self, mut written: Written, upload: &str, key: &Key, number: u32) -> Result<()> {
        let before = self.parts(upload, key).await?;
        let folder = self.upload(upload)?;
        if let Some(path) = &written.path {
            fs::rename(path, folder.join(part_name(number, &written.etag))).await.map_err(Error::unavailable)?;
        }
        written.path = None;
        for old in before.into_iter().filter(|old| old.number == number && old.etag != written.etag) {
            absent(fs::remove_file(folder.join(part_name(number, &old.etag))).await)?;
        }
        Ok(())
    }

    pub(super) async fn parts(&self, upload: &str, key: &Key) -> Result<Vec<Part>> {
        let folder = self.upload(upload)?;
        if absent(fs::read_to_string(folder.join(KEY_FILE)).await)?.as_deref() != Some(key.as_str()) {
            return Err(gone());
        }
        let mut parts = Vec::new();
        let mut entries = fs::read_dir(&folder).await.map_err(Error::unavailable)?;
        while let Some(entry) = entries.next_entry().await.map_err(Error::unavailable)? {
            let name = entry.file_name();
            let Some((number, etag)) = name.to_str().and_then(|name| name.split_once('.')) else { continue };
            let Ok(number) = number.parse() else { continue };
            let size = entry.metadata().await.map_err(Error::unavailable)?.len();
            parts.push(Part { number, size, etag: etag.to_owned() });
        }
        parts.sort_by_key(|part| part.number);
        Ok(parts)
    }

    pub(super) async fn join_parts(&self, fresh: &str, upload: &str, key: &Key, parts: &[Part]) -> Result<Stat> {
        let folder = self.upload(upload)?;
        let path = self.root.join("tmp").join(fresh);
        let paths: Vec<PathBuf> = parts.iter().map(|part| folder.join(part_name(part.number, &part.etag))).collect();
        let digests: Vec<u8> = parts.iter().filter_map(|part| hex::decode(&part.etag).ok()).flatten().collect();
        let etag = format!("{}-{}", hex::encode(Md5::digest(digests)), parts.len());
        let written = Written { path: Some(path.clone()), etag: etag.clone() };
        let size =
            tokio::task::spawn_blocking(move || joined(&path, &paths)).await.map_err(Error::internal)?.map_err(Error::unavailable)?;
        self.keep(written, key).await?;
        absent(fs::remove_dir_all(folder).await)?;
        Ok(Stat { size, etag })
    }

    pub(super) async fn drop_parts(&self, upload: &str, key: &Key) -> Result<()> {
        match self.parts(upload, key).await {
            Ok(_) => absent(fs::remove_dir_all(self.upload(upload)?).await).map(|_| ()),
            Err(error) if error.code() == ErrorCode::NotFound => Ok(()),
            Err(error) => Err(error),
        }
    }

    pub(super) async fn ping(&self, fresh: &str) -> Result<()> {
        let body = futures_util::stream::iter([Ok::<_, io::Error>(Bytes::from_static(b"ping"))]);
        self.receive(fresh, body, 4).await.map(|_| ())
    }
}

fn part_name(number: u32, etag: &str) -> String {
    format!("{number:05}.{etag}")
}

/// Writes files one after another into a new one; the kernel copies, where it can.
fn joined(path: &Path, parts: &[PathBuf]) -> io::Result<u64> {
    let mut whole = std::fs::File::create_new(path)?;
    let mut size = 0;
    for part in parts {
        size += io::copy(&mut std::fs::File::open(part)?, &mut whole)?;
    }
    whole.sync_all()?;
    Ok(size)
}

async fn sync_folder(path: &Path) -> Result<()> {
    let Some(folder) = path.parent() else { return Ok(()) };
    fs::File::open(folder).await.map_err(Error::unavailable)?.sync_all().await.map_err(Error::unavailable)
}

/// What is not there is no failure.
fn absent<T>(result: io::Result<T>) -> Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
        Err(error) => Err(Error::unavailable(error)),
    }
}

fn gone() -> Error {
    Error::new(ErrorCode::NotFound, "there is no such upload, or it was completed")
}
