//! Waiting for a condition that other tasks bring about, with a bound.

use std::time::Duration;

/// How long a test waits for anything before it fails.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Waits until `condition` gives something and returns it.
///
/// # Panics
/// After [`PATIENCE`], naming `what` was waited for.
pub async fn eventually<T>(what: &str, mut condition: impl AsyncFnMut() -> Option<T>) -> T {
    let poll = async {
        let mut pause = Duration::from_millis(1);
        loop {
            if let Some(found) = condition().await {
                return found;
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(Duration::from_millis(100));
        }
    };
    match tokio::time::timeout(PATIENCE, poll).await {
        Ok(found) => found,
        Err(_) => panic!("waited {PATIENCE:?} in vain: {what}"),
    }
}
