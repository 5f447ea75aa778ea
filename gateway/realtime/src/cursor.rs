//! The cursor of a stream: a moment, and where the conversations stood that were busy around it.
//!
//! Layout, before base64: version, key of the viewer, milliseconds, count, then (key, seq) of each conversation. A
//! conversation is told by 64 bits of the SHA-256 of its id, so that a cursor stays short whatever the ids are.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openim_core::Timestamp;
use sha2::{Digest, Sha256};

/// The longest cursor that is looked at, in characters.
pub(crate) const MAX_TEXT: usize = 4096;
/// The most conversations in a cursor; of more, the ones quiet for longest are left out, and what they said lately is
/// repeated by a resume.
pub(crate) const MAX_POSITIONS: usize = 128;

const VERSION: u8 = 1;
const HEAD: usize = 1 + 8 + 8 + 1;
const ENTRY: usize = 8 + 8;

/// Returns what stands for an id in cursors and positions.
pub(crate) fn key_of(id: &str) -> u64 {
    let digest = Sha256::digest(id.as_bytes());
    digest.iter().take(8).fold(0, |key, byte| (key << 8) | u64::from(*byte))
}

/// A place in a viewer's stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cursor {
    /// Whose.
    pub(crate) viewer: u64,
    /// Everything that was signalled until then was told, apart from what the positions say.
    pub(crate) time: Timestamp,
    /// The last seq told of conversations that were busy around that time.
    pub(crate) positions: Vec<(u64, i64)>,
}

impl Cursor {
    /// Writes the cursor as a client carries it.
    pub(crate) fn text(&self) -> String {
        let positions = self.positions.get(..MAX_POSITIONS).unwrap_or(&self.positions);
        let mut bytes = Vec::with_capacity(HEAD + ENTRY * positions.len());
        bytes.push(VERSION);
        bytes.extend_from_slice(&self.viewer.to_be_bytes());
        bytes.extend_from_slice(&self.time.0.to_be_bytes());
        bytes.push(u8::try_from(positions.len()).unwrap_or(u8::MAX));
        for (key, seq) in positions {
            bytes.extend_from_slice(&key.to_be_bytes());
            bytes.extend_from_slice(&seq.to_be_bytes());
        }
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads a cursor that a client sent; `None` when it is none of ours.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if text.len() > MAX_TEXT {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (version, rest) = bytes.split_first()?;
        let (viewer, rest) = rest.split_first_chunk()?;
        let (time, rest) = rest.split_first_chunk()?;
        let (count, rest) = rest.split_first()?;
        if *version != VERSION || rest.len() != usize::from(*count) * ENTRY || usize::from(*count) > MAX_POSITIONS {
            return None;
        }
        let positions = rest.chunks_exact(ENTRY).filter_map(entry).collect();
        Some(Self { viewer: u64::from_be_bytes(*viewer), time: Timestamp(i64::from_be_bytes(*time)), positions })
    }
}

fn entry(bytes: &[u8]) -> Option<(u64, i64)> {
    let (key, seq) = bytes.split_first_chunk()?;
    Some((u64::from_be_bytes(*key), i64::from_be_bytes(seq.try_into().ok()?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cursor(count: u64) -> Cursor {
        Cursor { viewer: key_of("ann"), time: Timestamp(1_767_225_600_000), positions: (0..count).map(|key| (key, i64::MAX)).collect() }
    }

    #[test]
    fn a_cursor_survives_its_text() {
        for count in [0, 1, MAX_POSITIONS as u64] {
            assert_eq!(Cursor::parse(&cursor(count).text()), Some(cursor(count)));
        }
    }

    #[test]
    fn the_longest_cursor_stays_below_the_bound() {
        let text = cursor(1_000).text();
        assert!(text.len() <= MAX_TEXT, "{}", text.len());
        assert_eq!(Cursor::parse(&text).unwrap().positions.len(), MAX_POSITIONS);
    }

    #[test]
    fn other_texts_are_none() {
        let good = cursor(2).text();
        let mut other_version = URL_SAFE_NO_PAD.decode(&good).unwrap();
        other_version[0] = 9;
        for bad in
            ["", "x", "%%%", &good[..good.len() - 4], &format!("{good}AAAA"), &URL_SAFE_NO_PAD.encode(other_version), &"A".repeat(5_000)]
        {
            assert_eq!(Cursor::parse(bad), None, "{bad}");
        }
    }
}
