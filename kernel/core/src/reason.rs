//! Why somebody acts, in the actor's own words.

use std::sync::Arc;

use crate::{Error, ErrorCode, Result};

/// The most characters of a reason.
const MOST_CHARACTERS: usize = 300;

/// The longest header that is decoded: four bytes a character, three characters a byte.
const LONGEST_TEXT: usize = MOST_CHARACTERS * 4 * 3;

/// The reason of an act: one line for whoever reads the audit log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason(Arc<str>);

impl Reason {
    /// The header that carries it.
    pub const HEADER: &'static str = "audit-reason";

    /// The extension of a GraphQL operation that carries it, as plain text.
    pub const EXTENSION: &'static str = "auditReason";

    /// Takes plain text; nothing but spaces is no reason.
    ///
    /// # Errors
    /// `ARGS_ERROR` when it is too long or has control characters.
    pub fn parse(text: &str) -> Result<Option<Self>> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(None);
        }
        if text.chars().count() > MOST_CHARACTERS {
            return Err(refused("is longer than 300 characters"));
        }
        if text.chars().any(char::is_control) {
            return Err(refused("has control characters"));
        }
        Ok(Some(Self(text.into())))
    }

    /// Takes the value of the header: UTF-8, its bytes percent-encoded where a header could not carry them.
    ///
    /// # Errors
    /// `ARGS_ERROR` when it is not that, and as [`Self::parse`].
    pub fn from_header(value: &[u8]) -> Result<Option<Self>> {
        if value.len() > LONGEST_TEXT {
            return Err(refused("is longer than 300 characters"));
        }
        let decoded = decode(value).ok_or_else(|| refused("is not percent-encoded UTF-8"))?;
        Self::parse(&decoded)
    }

    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn refused(what: &'static str) -> Error {
    Error::new(ErrorCode::Args, format!("the audit reason {what}"))
}

fn decode(value: &[u8]) -> Option<String> {
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.iter().copied();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
            let (high, low) = (digit(rest.next())?, digit(rest.next())?);
            bytes.push(u8::try_from(high * 16 + low).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_decoded_and_trimmed() -> Result<()> {
        let reason = |value: &str| Reason::from_header(value.as_bytes()).map(|reason| reason.map(|reason| reason.as_str().to_owned()));
        assert_eq!(reason("spam%20and%20%E5%BC%A0%E4%B8%89 ")?.as_deref(), Some("spam and 张三"));
        assert_eq!(reason("100% sure").map_err(|error| error.code()), Err(ErrorCode::Args));
        assert_eq!(reason("%20 ")?, None);
        assert_eq!(reason("")?, None);
        Ok(())
    }

    #[test]
    fn what_is_no_line_of_text_is_refused() {
        let long = "x".repeat(301);
        for bad in ["%ff", "%0", "%", "%zz", "one%0atwo", "%00", long.as_str(), &"x".repeat(10_000)] {
            assert_eq!(Reason::from_header(bad.as_bytes()).map_err(|error| error.code()), Err(ErrorCode::Args), "{bad:.20}");
        }
        assert!(Reason::from_header("%E5%BC%A0".repeat(300).as_bytes()).is_ok_and(|reason| reason.is_some()));
    }
}
