//! Files, uploads and smaller pictures.

use std::time::Duration;

use openim_core::{Timestamp, UserId};
use openim_objects::Key;

/// A file by the name that a client gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct File {
    /// The name, `{userID}/...`.
    pub(crate) name: String,
    /// The order of files of the same moment.
    pub(crate) id: String,
    /// Who uploaded it.
    pub(crate) owner: UserId,
    /// Where the content lies.
    pub(crate) key: Key,
    /// Identifies the content.
    pub(crate) hash: String,
    /// Bytes.
    pub(crate) size: u64,
    /// What the client says it is.
    pub(crate) content_type: String,
    /// What it was uploaded for.
    pub(crate) cause: String,
    /// When it was stored.
    pub(crate) created_at: Timestamp,
}

/// How the content of an upload arrives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum UploadKind {
    /// In parts.
    Parts,
    /// In one piece.
    Whole,
    /// As a browser's form.
    Form,
}

/// An upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Upload {
    /// Names it, for its owner.
    pub(crate) id: String,
    /// Who uploads.
    pub(crate) owner: UserId,
    /// How the content arrives.
    pub(crate) kind: UploadKind,
    /// The store's id of it, for parts.
    pub(crate) store_upload: String,
    /// Where the content is sent to, unless it comes in parts: an address stays valid after its use, so that what was
    /// checked is copied elsewhere.
    pub(crate) temp: Option<Key>,
    /// Where the content lies in the end; unknown until it was checked, unless it comes in parts.
    pub(crate) key: Option<Key>,
    /// The name it shall have.
    pub(crate) name: String,
    /// The announced hash; empty for a form.
    pub(crate) hash: String,
    /// The announced bytes.
    pub(crate) size: u64,
    /// Bytes of each part but the last.
    pub(crate) part_size: u64,
    /// What the client says it is.
    pub(crate) content_type: String,
    /// What it is uploaded for.
    pub(crate) cause: String,
    /// When it began.
    pub(crate) created_at: Timestamp,
    /// Until when it may be completed.
    pub(crate) expires_at: Timestamp,
    /// Whether it was completed.
    pub(crate) done: bool,
}

impl Upload {
    /// Returns how many parts there are.
    pub(crate) fn part_count(&self) -> u32 {
        u32::try_from(self.size.div_ceil(self.part_size.max(1))).unwrap_or(u32::MAX)
    }

    /// Returns the bytes of a part; `None` when there is no such part.
    pub(crate) fn part_bytes(&self, number: u32) -> Option<u64> {
        if number == 0 || number > self.part_count() {
            return None;
        }
        let before = u64::from(number - 1).checked_mul(self.part_size)?;
        Some(self.part_size.min(self.size.checked_sub(before)?))
    }
}

/// What an upload begins with.
#[derive(Debug, Clone)]
pub(crate) struct StartUpload {
    /// The name it shall have.
    pub(crate) name: String,
    /// Bytes.
    pub(crate) size: i64,
    /// The MD5 of the comma-joined MD5s of its parts.
    pub(crate) hash: String,
    /// What it is; guessed from the name when empty.
    pub(crate) content_type: String,
    /// What it is uploaded for.
    pub(crate) cause: String,
}

/// What a form begins with.
#[derive(Debug, Clone)]
pub(crate) struct StartForm {
    /// The name it shall have.
    pub(crate) name: String,
    /// Bytes.
    pub(crate) size: i64,
    /// What it is; guessed from the name when empty.
    pub(crate) content_type: String,
    /// What it is uploaded for.
    pub(crate) cause: String,
    /// How long the form is accepted, for app administrators.
    pub(crate) valid: Option<Duration>,
}

/// What an upload ends with.
#[derive(Debug, Clone)]
pub(crate) struct CompleteUpload {
    /// Which upload.
    pub(crate) id: String,
    /// The MD5 of each part, in order.
    pub(crate) hashes: Vec<String>,
    /// Another name than the announced one.
    pub(crate) name: Option<String>,
    /// Another content type.
    pub(crate) content_type: Option<String>,
    /// Another cause.
    pub(crate) cause: Option<String>,
}

/// What an upload led to.
#[derive(Debug, Clone)]
pub(crate) enum Started {
    /// The content was there already.
    File(Box<File>),
    /// It has to be sent.
    Upload(Box<Upload>),
}

/// Which parts of an upload are signed.
#[derive(Debug, Clone)]
pub(crate) enum WantedParts {
    /// These.
    Numbers(Vec<i32>),
    /// The first so many; all when negative.
    First(i32),
}

/// A signed address for one part.
#[derive(Debug, Clone)]
pub(crate) struct SignedPart {
    /// Which part, from 1.
    pub(crate) number: u32,
    /// The address.
    pub(crate) signed: openim_objects::Signed,
}

/// The format of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ImageFormat {
    /// Without loss.
    Png,
    /// With loss, small.
    Jpeg,
    /// 256 colours.
    Gif,
}

/// A wish for a smaller picture: it fits into a box.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ImageWish {
    /// The format.
    pub(crate) format: ImageFormat,
    /// The width of the box; 0 is the source's.
    pub(crate) width: u32,
    /// The height of the box; 0 is the source's.
    pub(crate) height: u32,
}

/// Which files a list shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct FileFilter {
    /// Only this owner's.
    pub(crate) owner: Option<UserId>,
    /// Only of this cause.
    pub(crate) cause: Option<String>,
}

/// Where a file stands in a list: the newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FilePlace {
    /// When it was stored.
    pub(crate) created_at: Timestamp,
    /// The order of those of the same moment.
    pub(crate) id: String,
}

/// Part of a list of files.
#[derive(Debug, Clone)]
pub(crate) struct FilePage {
    /// The files, newest first.
    pub(crate) files: Vec<File>,
    /// Whether older ones follow.
    pub(crate) has_next: bool,
    /// Whether newer ones precede.
    pub(crate) has_previous: bool,
}

/// How much a list of files is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Total {
    /// Files.
    pub(crate) files: u64,
    /// Their bytes; content that has several names counts for each.
    pub(crate) bytes: u64,
}
