//! A clock that a test sets while a server runs.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use openim_core::{Clock, SystemClock, Timestamp};

const HOUR: Duration = Duration::from_secs(3600);

/// The machine's clock, set wrong.
#[derive(Default)]
pub(crate) struct WrongClock(AtomicI64);

impl WrongClock {
    /// Sets it this many hours off, ahead of the true time when positive.
    pub(crate) fn set(&self, hours: i64) {
        self.0.store(hours, Ordering::SeqCst);
    }
}

impl Clock for WrongClock {
    fn now(&self) -> Timestamp {
        let hours = self.0.load(Ordering::SeqCst);
        let off = HOUR * u32::try_from(hours.unsigned_abs()).expect("a few hours");
        if hours < 0 { SystemClock.now().minus(off) } else { SystemClock.now().plus(off) }
    }
}
