//! When a process says that its row on the list could not be written.
//!
//! One sign of life that comes late is made good by the next one, a few seconds later: a database that has just started, or
//! is busy, takes its time. Only a process that others take for dead is worth a warning.

use openim_core::Timestamp;

use super::SILENCE;

/// What there is to say of a sign of life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    /// It could not be written; the next one will be tried.
    Missed,
    /// None was written for so long that others take the process for dead.
    Silent,
    /// The process is on the list again.
    Back,
}

/// What became of the signs of life of one process.
#[derive(Debug)]
pub(super) struct Unwritten {
    /// The last one that was written.
    written: Timestamp,
    /// What was said since.
    said: Option<Word>,
}

impl Unwritten {
    /// Begins with a process that starts now.
    pub(super) fn new(now: Timestamp) -> Self {
        Self { written: now, said: None }
    }

    /// Takes in what became of the sign of life of some moment; each thing is said once.
    pub(super) fn note(&mut self, seen_at: Timestamp, written: bool) -> Option<Word> {
        let before = self.said;
        if written {
            *self = Self::new(seen_at);
            return (before == Some(Word::Silent)).then_some(Word::Back);
        }
        let word = if seen_at > self.written.plus(SILENCE) { Word::Silent } else { Word::Missed };
        let first = before.is_none() || (before == Some(Word::Missed) && word == Word::Silent);
        first.then(|| *self.said.insert(word))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_late_sign_of_life_is_no_warning_and_a_long_silence_is_one() {
        let start = Timestamp(1_700_000_000_000);
        let mut unwritten = Unwritten::new(start);
        let mut said = |seconds: u64, written: bool| unwritten.note(start.plus(Duration::from_secs(seconds)), written);
        // A database that comes up slowly.
        assert_eq!((said(0, false), said(3, false), said(6, true)), (Some(Word::Missed), None, None));
        // One that is away.
        assert_eq!((said(9, false), said(12, false), said(15, false)), (Some(Word::Missed), None, None));
        assert_eq!((said(18, false), said(21, false)), (Some(Word::Silent), None));
        assert_eq!((said(24, true), said(27, true)), (Some(Word::Back), None));
        // A machine that slept.
        assert_eq!((said(3_600, false), said(3_603, true)), (Some(Word::Silent), Some(Word::Back)));
    }
}
