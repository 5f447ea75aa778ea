//! Where an object lies in its store.

use std::fmt;

use openim_core::{Error, ErrorCode, Result};

/// The longest key in bytes: what every file system and S3 service takes.
const LONGEST: usize = 512;

/// The name of an object in its store, made by the server, never by a client: segments of letters, digits, `.`, `_` and `-`,
/// joined by `/`. No segment begins with a point, so that no key leaves its folder or hides in it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(String);

impl Key {
    /// Checks a key.
    ///
    /// # Errors
    /// `ARGS_ERROR` for what is no key.
    pub fn parse(text: impl Into<String>) -> Result<Self> {
        let text = text.into();
        let segment = |segment: &str| {
            !segment.is_empty()
                && !segment.starts_with('.')
                && segment.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
        };
        if text.len() > LONGEST || !text.split('/').all(segment) {
            return Err(Error::new(ErrorCode::Args, "the object key is malformed"));
        }
        Ok(Self(text))
    }

    /// Returns it as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_leaves_its_folder() {
        for good in ["a", "data/2026/file.bin", "a-b_c/D.e"] {
            assert_eq!(Key::parse(good).map(|key| key.to_string()).ok().as_deref(), Some(good));
        }
        let long = "a".repeat(LONGEST + 1);
        for bad in ["", "/a", "a/", "a//b", "..", "a/../b", ".a", "a/.b", "a b", "a\0", "ä", "a\\b", "a?b", "a%2e", long.as_str()] {
            assert!(Key::parse(bad).is_err(), "{bad:?}");
        }
    }
}
