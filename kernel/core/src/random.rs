//! Randomness as a capability: ids and secrets come from an [`IdSource`], so that tests are repeatable.

use std::sync::atomic::{AtomicU64, Ordering};

use rand::RngCore;

/// Makes ids that nobody can guess or has used before.
pub trait IdSource: Send + Sync + 'static {
    /// Fills `bytes` with unpredictable data.
    fn fill(&self, bytes: &mut [u8]);

    /// Returns 32 lower-case hex digits: the form of OpenIM's `serverMsgID` and `clientMsgID`.
    fn hex32(&self) -> String {
        let mut bytes = [0_u8; 16];
        self.fill(&mut bytes);
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// Ids from the operating system's generator.
#[derive(Debug, Default, Clone, Copy)]
pub struct RandomIds;

impl IdSource for RandomIds {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the random generator")]
    fn fill(&self, bytes: &mut [u8]) {
        rand::rng().fill_bytes(bytes);
    }
}

/// Ids that count upwards: unique and repeatable, for tests only.
#[derive(Debug, Default)]
pub struct SequentialIds(AtomicU64);

impl IdSource for SequentialIds {
    fn fill(&self, bytes: &mut [u8]) {
        let next = self.0.fetch_add(1, Ordering::SeqCst).to_be_bytes();
        bytes.fill(0);
        let take = bytes.len().min(next.len());
        let start = bytes.len() - take;
        bytes[start..].copy_from_slice(&next[next.len() - take..]);
    }
}
