//! What mutations and fields take.

use std::time::Duration;

use async_graphql::{Enum, ID, InputObject};
use openim_graphql::Long;

use crate::model::{self, CompleteUpload, ImageWish, StartForm, StartUpload};

/// The format of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "model::ImageFormat")]
pub(crate) enum ImageFormat {
    /// Without loss.
    Png,
    /// With loss, small.
    Jpeg,
    /// 256 colours, without movement.
    Gif,
}

/// A smaller picture: it fits into a box, keeps its shape and is never larger than its source. For a box of more than 1024
/// pixels in either direction, and when many have been made of the file already, the file itself is given.
#[derive(InputObject)]
pub(crate) struct ImageInput {
    /// The format; `PNG` when absent.
    format: Option<ImageFormat>,
    /// The width of the box in pixels; the source's when absent or not above 0.
    width: Option<i32>,
    /// The height of the box in pixels; the source's when absent or not above 0.
    height: Option<i32>,
}

impl From<ImageInput> for ImageWish {
    fn from(input: ImageInput) -> Self {
        let pixels = |given: Option<i32>| given.and_then(|given| u32::try_from(given).ok()).unwrap_or(0);
        Self { format: input.format.map_or(model::ImageFormat::Png, Into::into), width: pixels(input.width), height: pixels(input.height) }
    }
}

/// What an upload begins with.
#[derive(InputObject)]
pub(crate) struct StartUploadInput {
    /// The name that the file shall have, at most 1,024 bytes: it begins with one's own user id and `/`, except for app
    /// administrators. What has the name already is replaced.
    name: String,
    /// How long the file is, in bytes.
    size: Long,
    /// The MD5, in hex, of the comma-joined MD5s (in hex) of the parts; `partBytes` tells how long those are. For one part, too,
    /// it is the MD5 of a text.
    hash: String,
    /// What it is; guessed from the name when empty.
    content_type: Option<String>,
    /// What it is uploaded for, such as `msg-picture`; at most 64 bytes. Files of some causes may be deleted after a time.
    cause: Option<String>,
}

impl From<StartUploadInput> for StartUpload {
    fn from(input: StartUploadInput) -> Self {
        Self {
            name: input.name,
            size: input.size.0,
            hash: input.hash,
            content_type: input.content_type.unwrap_or_default(),
            cause: input.cause.unwrap_or_default(),
        }
    }
}

/// What an upload ends with.
#[derive(InputObject)]
pub(crate) struct CompleteUploadInput {
    /// The upload's id.
    upload_id: ID,
    /// The MD5 of each part, in hex, in order.
    part_hashes: Vec<String>,
    /// Another name than the upload began with.
    name: Option<String>,
    /// Another content type than the upload began with.
    content_type: Option<String>,
    /// Another cause than the upload began with.
    cause: Option<String>,
}

impl From<CompleteUploadInput> for CompleteUpload {
    fn from(input: CompleteUploadInput) -> Self {
        Self { id: input.upload_id.0, hashes: input.part_hashes, name: input.name, content_type: input.content_type, cause: input.cause }
    }
}

/// Which upload is given up.
#[derive(InputObject)]
pub(crate) struct AbortUploadInput {
    /// The upload's id.
    pub(super) upload_id: ID,
}

/// What a form begins with.
#[derive(InputObject)]
pub(crate) struct StartFormUploadInput {
    /// The name that the file shall have, as of any upload.
    name: String,
    /// How long the file is, in bytes.
    size: Long,
    /// What it is; guessed from the name when empty.
    content_type: Option<String>,
    /// What it is uploaded for, such as `msg-picture`; at most 64 bytes.
    cause: Option<String>,
    /// How long the form is accepted, in milliseconds, for app administrators; ten minutes for everybody else.
    valid_milliseconds: Option<Long>,
}

impl From<StartFormUploadInput> for StartForm {
    fn from(input: StartFormUploadInput) -> Self {
        Self {
            name: input.name,
            size: input.size.0,
            content_type: input.content_type.unwrap_or_default(),
            cause: input.cause.unwrap_or_default(),
            valid: input.valid_milliseconds.and_then(|Long(time)| u64::try_from(time).ok()).map(Duration::from_millis),
        }
    }
}

/// Which form was sent.
#[derive(InputObject)]
pub(crate) struct CompleteFormUploadInput {
    /// The upload's id.
    pub(super) upload_id: ID,
}

/// Which file is deleted.
#[derive(InputObject)]
pub(crate) struct DeleteFileInput {
    /// The file's name.
    pub(super) name: String,
}
