//! OpenIM's hash of a group's members: the first eight bytes, big endian, of MD5 over their JSON array, by user id. It is fed
//! member by member, so that nobody holds all of them.

use md5::{Digest, Md5};
use openim_core::{Error, Result};

use crate::notifications::MemberShape;

/// A hash in the making.
pub(crate) struct MemberHash {
    digest: Md5,
    empty: bool,
}

impl MemberHash {
    /// Begins without members.
    pub(crate) fn new() -> Self {
        Self { digest: Md5::new(), empty: true }
    }

    /// Adds the next member.
    pub(crate) fn add(&mut self, member: &MemberShape) -> Result<()> {
        let text = serde_json::to_string(member).map_err(Error::internal)?;
        self.digest.update(if self.empty { "[" } else { "," });
        self.digest.update(go_escaped(&text));
        self.empty = false;
        Ok(())
    }

    /// Ends the list.
    pub(crate) fn finish(mut self) -> u64 {
        self.digest.update(if self.empty { "[]" } else { "]" });
        let bytes: [u8; 16] = self.digest.finalize().into();
        let [a, b, c, d, e, f, g, h, ..] = bytes;
        u64::from_be_bytes([a, b, c, d, e, f, g, h])
    }
}

/// Escapes JSON text as Go does, since the hash is over the text.
fn go_escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '<' => escaped.push_str("\\u003c"),
            '>' => escaped.push_str("\\u003e"),
            '&' => escaped.push_str("\\u0026"),
            '\u{2028}' => escaped.push_str("\\u2028"),
            '\u{2029}' => escaped.push_str("\\u2029"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_hashed_as_one_array_in_gos_form() -> Result<()> {
        let whole = |parts: &str| {
            let bytes: [u8; 16] = Md5::digest(parts).into();
            u64::from_be_bytes(bytes.first_chunk::<8>().copied().unwrap_or_default())
        };
        assert_eq!(MemberHash::new().finish(), whole("[]"));
        let member = MemberShape::default();
        let text = serde_json::to_string(&member).map_err(Error::internal)?;
        let mut two = MemberHash::new();
        two.add(&member)?;
        two.add(&member)?;
        assert_eq!(two.finish(), whole(&format!("[{text},{text}]")));
        assert_eq!(go_escaped("{\"a\":\"<&>\u{2028}张\"}"), "{\"a\":\"\\u003c\\u0026\\u003e\\u2028张\"}");
        Ok(())
    }
}
