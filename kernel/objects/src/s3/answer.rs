//! What an S3 service answers.

use openim_core::{Error, Result};
use reqwest::{Response, StatusCode};

/// The longest answer that is read: a page of parts is some hundred kilobytes.
const LONGEST: usize = 4 << 20;

/// An answer whose status nobody has looked at.
pub(super) struct Answer(pub(super) Response);

impl Answer {
    /// Returns the answer; `None` for what is not there.
    pub(super) fn there(self) -> Result<Option<Response>> {
        match self.0.status() {
            StatusCode::NOT_FOUND => Ok(None),
            status if status.is_success() => Ok(Some(self.0)),
            status => Err(Error::unavailable(format!("the S3 service answers {status}"))),
        }
    }

    /// Returns the answer to what cannot be missing.
    pub(super) fn done(self) -> Result<Response> {
        self.there()?.ok_or_else(|| Error::unavailable("the S3 service does not know the bucket"))
    }
}

/// Reads a short answer.
///
/// # Errors
/// `UNAVAILABLE` when it is an error in the form of a success, as S3 may answer what takes long.
pub(super) async fn text(mut answer: Response) -> Result<String> {
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|cause| Error::unavailable(cause.without_url()))? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > LONGEST {
            return Err(Error::unavailable("the S3 service answers too much"));
        }
    }
    let text = String::from_utf8(bytes).map_err(Error::unavailable)?;
    let head = text.trim_start().trim_start_matches("<?xml version=\"1.0\" encoding=\"UTF-8\"?>").trim_start();
    if head.starts_with("<Error") {
        return Err(Error::unavailable("the S3 service failed after it had begun to answer"));
    }
    Ok(text)
}

/// Returns the entity tag without its quotes.
pub(super) fn etag(headers: &reqwest::header::HeaderMap) -> String {
    headers.get("etag").and_then(|value| value.to_str().ok()).unwrap_or_default().trim_matches('"').to_owned()
}
