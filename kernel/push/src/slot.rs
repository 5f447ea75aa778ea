//! What a provider gives for a time (an access token, an account), fetched once for all that wait for it. A failure is
//! remembered for a moment, so that many targets do not ask a broken service one after the other.

use std::time::Duration;

use openim_core::{Clock, Timestamp};
use tokio::sync::Mutex;

use crate::PushOutcome;

/// How long a failure stands.
const FAILURE_STANDS: Duration = Duration::from_secs(5);

/// A value and its end.
pub(crate) struct Kept<T> {
    pub(crate) value: T,
    /// Until when it is used.
    pub(crate) until: Timestamp,
}

enum State<T> {
    Empty,
    Kept(Kept<T>),
    Failed { outcome: PushOutcome, until: Timestamp },
}

/// Keeps one value.
pub(crate) struct Slot<T>(Mutex<State<T>>);

impl<T: Clone + Send> Slot<T> {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(State::Empty))
    }

    /// Returns the value, fetched when there is none, its time is over, or it is `refused`.
    ///
    /// # Errors
    /// The outcome of notifications that cannot be sent for this.
    pub(crate) async fn get(
        &self,
        clock: &dyn Clock,
        refused: impl Fn(&T) -> bool + Send,
        fetch: impl Future<Output = Result<Kept<T>, PushOutcome>> + Send,
    ) -> Result<T, PushOutcome> {
        let mut state = self.0.lock().await;
        let now = clock.now();
        match &*state {
            State::Kept(kept) if now < kept.until && !refused(&kept.value) => return Ok(kept.value.clone()),
            State::Failed { outcome, until } if now < *until => return Err(outcome.clone()),
            _ => {}
        }
        *state = State::Empty;
        match fetch.await {
            Ok(kept) => {
                let value = kept.value.clone();
                *state = State::Kept(kept);
                Ok(value)
            }
            Err(outcome) => {
                *state = State::Failed { outcome: outcome.clone(), until: clock.now().plus(FAILURE_STANDS) };
                Err(outcome)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use openim_core::ManualClock;

    use super::*;

    const NOW: Timestamp = Timestamp(1_700_000_000_000);
    const HOUR: Duration = Duration::from_secs(3_600);

    struct Service {
        asked: AtomicU32,
        clock: ManualClock,
        slot: Slot<u32>,
    }

    impl Service {
        fn new() -> Self {
            Self { asked: AtomicU32::new(0), clock: ManualClock::new(NOW), slot: Slot::new() }
        }

        async fn get(&self, refused: Option<u32>, works: bool) -> Result<u32, PushOutcome> {
            let fetch = async {
                let value = self.asked.fetch_add(1, Ordering::SeqCst);
                tokio::task::yield_now().await;
                if works { Ok(Kept { value, until: NOW.plus(HOUR) }) } else { Err(PushOutcome::retry("down")) }
            };
            self.slot.get(&self.clock, |value| refused == Some(*value), fetch).await
        }
    }

    #[tokio::test]
    async fn all_that_wait_get_one_value_and_a_refused_one_is_renewed_once() {
        let service = Service::new();
        assert_eq!(tokio::join!(service.get(None, true), service.get(None, true)), (Ok(0), Ok(0)));
        assert_eq!(tokio::join!(service.get(Some(0), true), service.get(Some(0), true)), (Ok(1), Ok(1)));
        service.clock.advance(HOUR);
        assert_eq!(service.get(None, true).await, Ok(2));
    }

    #[tokio::test]
    async fn a_failure_stands_for_a_moment() {
        let service = Service::new();
        assert_eq!(service.get(None, false).await, Err(PushOutcome::retry("down")));
        assert_eq!(service.get(None, true).await, Err(PushOutcome::retry("down")));
        assert_eq!(service.asked.load(Ordering::SeqCst), 1);
        service.clock.advance(FAILURE_STANDS);
        assert_eq!(service.get(None, true).await, Ok(1));
    }
}
