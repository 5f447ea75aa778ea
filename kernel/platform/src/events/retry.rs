//! How long to wait between attempts, and when to give up.

use std::time::Duration;

/// The delays between attempts of one event at one handler.
#[derive(Debug, Clone, Copy)]
pub struct RetryPolicy {
    /// After this many failures the event goes to the dead letters.
    pub max_attempts: i32,
    /// The wait after the first failure; it doubles with each further one.
    pub first_delay: Duration,
    /// The longest wait.
    pub max_delay: Duration,
    /// How long a handler may work on one event.
    pub time_limit: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            max_attempts: 10,
            first_delay: Duration::from_secs(1),
            max_delay: Duration::from_secs(600),
            time_limit: Duration::from_secs(30),
        }
    }
}

impl RetryPolicy {
    /// Returns the wait after the given number of failures.
    pub fn delay(&self, failures: i32) -> Duration {
        let doublings = u32::try_from(failures.saturating_sub(1)).unwrap_or(0).min(31);
        self.first_delay.saturating_mul(1 << doublings).min(self.max_delay)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_wait_is_twice_the_one_before_until_the_longest() {
        let policy = RetryPolicy::default();
        let waits: Vec<_> = [1, 2, 3, 10, 11, 1000].map(|failures| policy.delay(failures).as_secs()).into();
        assert_eq!(waits, [1, 2, 4, 512, 600, 600]);
    }
}
