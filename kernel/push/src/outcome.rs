//! What became of a notification. Reasons are made of our own words and codes of the provider, never of its free text:
//! they are stored and shown.

use std::time::Duration;

/// What became of the notification for one target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PushOutcome {
    /// The provider took it.
    Delivered {
        /// What the provider calls it; may be empty.
        reference: String,
    },
    /// There is no such device any more: its token is to be forgotten.
    InvalidToken,
    /// It may work later.
    Retry {
        /// The pause that the provider asks for.
        after: Option<Duration>,
        /// Why not now.
        reason: String,
    },
    /// It will not work by repeating.
    Refused {
        /// Why not.
        reason: String,
    },
}

/// The longest reference that is kept.
const LONGEST_REFERENCE: usize = 128;

impl PushOutcome {
    /// Returns the outcome's word for figures and records.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Delivered { .. } => "delivered",
            Self::InvalidToken => "invalid_token",
            Self::Retry { .. } => "retry",
            Self::Refused { .. } => "refused",
        }
    }

    pub(crate) fn delivered(reference: &str) -> Self {
        let printable = reference.chars().filter(char::is_ascii_graphic).take(LONGEST_REFERENCE);
        Self::Delivered { reference: printable.collect() }
    }

    pub(crate) fn retry(reason: impl Into<String>) -> Self {
        Self::Retry { after: None, reason: reason.into() }
    }

    pub(crate) fn retry_after(after: Option<Duration>, reason: impl Into<String>) -> Self {
        Self::Retry { after, reason: reason.into() }
    }

    pub(crate) fn refused(reason: impl Into<String>) -> Self {
        Self::Refused { reason: reason.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_short_and_printable() {
        let reference = format!("a\nb\u{202e}{}", "c".repeat(1_000));
        let PushOutcome::Delivered { reference } = PushOutcome::delivered(&reference) else { panic!("delivered") };
        assert!(reference.starts_with("abc") && reference.len() == LONGEST_REFERENCE);
    }
}
