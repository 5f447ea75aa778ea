//! What a client is handed: an address that allows one thing for a while.

use openim_core::Timestamp;

/// A signed request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// The address. The folder's begin with `/` when no public address is configured: they belong to the server that was
    /// asked.
    pub url: String,
    /// Headers that must be sent with it.
    pub headers: Vec<(String, String)>,
    /// Until when it is accepted.
    pub expires_at: Timestamp,
}

/// A signed form of a browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// Where it is posted to, as `multipart/form-data`.
    pub url: String,
    /// The name of the file's field; it comes last.
    pub file_field: String,
    /// The other fields.
    pub fields: Vec<(String, String)>,
    /// The HTTP statuses that mean success.
    pub success: Vec<u16>,
    /// Until when it is accepted.
    pub expires_at: Timestamp,
}

/// What is answered with the bytes of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Download {
    /// The content type.
    pub content_type: String,
    /// The name a browser saves it under.
    pub file_name: Option<String>,
}

/// Content types that a browser may show by itself: they cannot hold a script. Everything else is saved, not opened.
const SHOWN: &[&str] = &["image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp", "video/", "audio/"];

/// The longest content type that is passed on.
const LONGEST_TYPE: usize = 128;

impl Download {
    /// Returns the content type as a header; what is malformed becomes a stream of bytes.
    pub fn content_type(&self) -> &str {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$&-^_.+/".contains(&byte);
        let essence = self.content_type.split(';').next().unwrap_or_default().trim();
        let good = essence.len() <= LONGEST_TYPE && essence.contains('/') && essence.bytes().all(plain);
        if good { essence } else { "application/octet-stream" }
    }

    /// Returns the `Content-Disposition`: pages and drawings with scripts in them are never opened in place.
    pub fn disposition(&self) -> String {
        let kind = self.content_type().to_ascii_lowercase();
        let shown = SHOWN.iter().any(|known| if known.ends_with('/') { kind.starts_with(known) } else { kind == *known });
        let how = if shown { "inline" } else { "attachment" };
        match &self.file_name {
            Some(name) => format!("{how}; filename*=UTF-8''{}", encoded(name)),
            None => how.to_owned(),
        }
    }
}

/// Writes a name as RFC 5987 wants it.
fn encoded(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_harmless_pictures_films_and_sounds_are_shown_in_place() {
        let with =
            |content_type: &str, name: Option<&str>| Download { content_type: content_type.into(), file_name: name.map(str::to_owned) };
        assert_eq!(with("image/png", None).disposition(), "inline");
        assert_eq!(with("Video/MP4", Some("a b.mp4")).disposition(), "inline; filename*=UTF-8''a%20b.mp4");
        for saved in ["text/html", "image/svg+xml", "application/pdf", "", "text/html\r\nX: y", "image/svg+xml;charset=utf-8"] {
            assert!(with(saved, None).disposition().starts_with("attachment"), "{saved}");
        }
        assert_eq!(with("text/html\r\nX: y", None).content_type(), "application/octet-stream");
        assert_eq!(with("text/plain; charset=utf-8", None).content_type(), "text/plain");
        assert_eq!(with("x/y", Some("ü\"\r\n")).disposition(), "attachment; filename*=UTF-8''%C3%BC%22%0D%0A");
    }
}
