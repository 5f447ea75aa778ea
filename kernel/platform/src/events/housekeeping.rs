//! What both buses do beside carrying events: they forget old inbox rows.

use std::time::Duration;

use openim_core::{Result, Runtime};
use tokio_util::sync::CancellationToken;

use super::outbox;
use crate::store::Store;

/// How often the inbox is swept.
const PERIOD: Duration = Duration::from_secs(600);

/// How long an inbox row is kept: far longer than any event can be on its way without being a dead letter.
const KEEP: Duration = Duration::from_secs(7 * 24 * 3600);

pub(super) async fn run(store: Store, runtime: Runtime, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(PERIOD) => {}
            () = stop.cancelled() => return,
        }
        if let Err(error) = sweep(&store, &runtime).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "the inbox cannot be swept");
        }
    }
}

async fn sweep(store: &Store, runtime: &Runtime) -> Result<()> {
    let before = runtime.clock.now().minus(KEEP);
    loop {
        let tx = store.begin().await?;
        let gone = outbox::sweep_inbox(tx.connection(), before).await?;
        tx.commit().await?;
        if gone == 0 {
            return Ok(());
        }
    }
}
