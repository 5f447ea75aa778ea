//! The time of one notification as a whole, so that a provider that hangs holds nobody for long however many targets there are.

use std::time::Duration;

use tokio::time::Instant;

use crate::PushOutcome;

/// How long new requests are begun.
const WHOLE: Duration = Duration::from_secs(60);

/// When nothing more is begun.
#[derive(Clone, Copy)]
pub(crate) struct Budget(Instant);

impl Budget {
    /// Starts the time of one notification.
    pub(crate) fn start() -> Self {
        Self(Instant::now() + WHOLE)
    }

    /// Asks whether another request may begin.
    ///
    /// # Errors
    /// The outcome of what is not sent any more.
    pub(crate) fn check(self) -> Result<(), PushOutcome> {
        if Instant::now() < self.0 { Ok(()) } else { Err(PushOutcome::retry("the time was over before it was sent")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_begun_when_the_time_is_over() {
        assert_eq!(Budget::start().check(), Ok(()));
        let over = Budget(Instant::now()).check();
        assert_eq!(over, Err(PushOutcome::retry("the time was over before it was sent")));
    }
}
