//! The object port: files of any size under a key, written and read by clients directly over signed, expiring URLs.
//!
//! Two adapters: [`Folder`] keeps files on disk and serves its signed URLs itself ([`Folder::router`]); [`S3`] hands out
//! presigned URLs of any service with the S3 API. One behaviour suite runs against both.

mod folder;
mod key;
mod s3;
mod signed;

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream::BoxStream;
use openim_core::{Result, Timestamp};

pub use folder::{Folder, FolderSettings};
pub use key::Key;
pub use s3::{S3, S3Settings};
pub use signed::{Download, Form, Signed};

/// What a file of one upload must keep to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The smallest part in bytes; only the last one may be smaller.
    pub min_part: u64,
    /// The largest part in bytes.
    pub max_part: u64,
    /// The most parts of one file.
    pub max_parts: u32,
}

impl Limits {
    /// Returns the size of the parts that a file of `size` bytes is sent in: the smallest that needs no more parts than
    /// allowed; `None` when there is none.
    pub fn part_size(&self, size: u64) -> Option<u64> {
        let part = self.min_part.max(size.div_ceil(u64::from(self.max_parts.max(1))));
        (size > 0 && part <= self.max_part).then_some(part)
    }
}

/// What is known of a stored object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stat {
    /// Bytes.
    pub size: u64,
    /// The MD5 of the content in hex, for an object that was written in one piece; for one of several parts something
    /// else that changes with the content.
    pub etag: String,
}

/// A part that has arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its place, from 1.
    pub number: u32,
    /// Bytes.
    pub size: u64,
    /// The MD5 of its bytes in hex.
    pub etag: String,
}

/// Keeps objects.
///
/// Signing does no I/O. What a signed URL allows is fixed by its signature: one key, one method, one size, until one moment.
#[async_trait]
pub trait Objects: Send + Sync + 'static {
    /// Returns the name of the adapter, `folder` or `s3`.
    fn engine(&self) -> &'static str;

    /// Returns what parts must keep to.
    fn limits(&self) -> Limits;

    /// Returns the origin of signed addresses, such as `https://files.example.org`, for the policies of web pages; `None` when
    /// they begin with `/`.
    fn origin(&self) -> Option<String>;

    /// Returns what is stored under a key.
    ///
    /// # Errors
    /// `UNAVAILABLE` when the store cannot be reached; so with all that follow.
    async fn stat(&self, key: &Key) -> Result<Option<Stat>>;

    /// Reads an object; `None` when there is none. The stream is bounded by the object's size.
    async fn read(&self, key: &Key) -> Result<Option<BoxStream<'static, Result<Bytes>>>>;

    /// Writes a small object in one piece.
    async fn write(&self, key: &Key, content_type: &str, content: Bytes) -> Result<()>;

    /// Copies an object within the store; what was under `to` is replaced.
    ///
    /// # Errors
    /// `RECORD_NOT_FOUND` when there is nothing under `from`.
    async fn copy(&self, from: &Key, to: &Key) -> Result<()>;

    /// Deletes objects; keys without one are passed over.
    async fn delete(&self, keys: &[Key]) -> Result<()>;

    /// Begins an object of several parts and returns the store's id of it.
    async fn start_parts(&self, key: &Key, content_type: &str) -> Result<String>;

    /// Returns the parts that have arrived, by number, so that an interrupted upload can go on.
    ///
    /// # Errors
    /// `RECORD_NOT_FOUND` when it was completed, aborted, or never begun.
    async fn parts(&self, key: &Key, upload: &str) -> Result<Vec<Part>>;

    /// Puts the parts together in the order of their etags; afterwards no part can be sent any more.
    ///
    /// # Errors
    /// `ARGS_ERROR` when a part is missing or has another etag, `RECORD_NOT_FOUND` as [`Objects::parts`].
    async fn complete_parts(&self, key: &Key, upload: &str, etags: &[String]) -> Result<Stat>;

    /// Forgets the parts; an unknown upload is passed over.
    async fn abort_parts(&self, key: &Key, upload: &str) -> Result<()>;

    /// Signs the sending of a whole object of `size` bytes.
    fn sign_put(&self, key: &Key, size: u64, now: Timestamp, valid: Duration) -> Result<Signed>;

    /// Signs the sending of one part of `size` bytes.
    fn sign_part(&self, key: &Key, upload: &str, number: u32, size: u64, now: Timestamp, valid: Duration) -> Result<Signed>;

    /// Signs the sending of a browser's form with a file of `size` bytes.
    fn sign_form(&self, key: &Key, size: u64, content_type: &str, now: Timestamp, valid: Duration) -> Result<Form>;

    /// Signs reading. What is answered besides the bytes is part of the signature.
    fn sign_get(&self, key: &Key, download: &Download, now: Timestamp, valid: Duration) -> Result<Signed>;

    /// Asks for a sign of life.
    ///
    /// # Errors
    /// `UNAVAILABLE` while nothing could be stored.
    async fn ping(&self) -> Result<()>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_as_small_as_their_number_allows() {
        let limits = Limits { min_part: 5, max_part: 100, max_parts: 10 };
        assert_eq!(limits.part_size(1), Some(5));
        assert_eq!(limits.part_size(50), Some(5));
        assert_eq!(limits.part_size(51), Some(6));
        assert_eq!(limits.part_size(1_000), Some(100));
        assert_eq!((limits.part_size(1_001), limits.part_size(0)), (None, None));
    }
}
