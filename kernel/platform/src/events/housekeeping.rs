//! What both buses do beside carrying events: they measure the backlog and forget old inbox rows.

use std::time::Duration;

use openim_core::{Result, Runtime};
use tokio_util::sync::CancellationToken;

use super::outbox;
use crate::store::Store;

/// How often the backlog is measured.
const PERIOD: Duration = Duration::from_secs(10);

/// How many periods lie between two sweeps of the inbox.
const SWEEP_EVERY: u32 = 60;

/// How long an inbox row is kept: far longer than any event can be on its way without being a dead letter.
const KEEP: Duration = Duration::from_secs(7 * 24 * 3600);

pub(super) async fn run(store: Store, runtime: Runtime, stop: CancellationToken) {
    let mut periods = 0_u32;
    loop {
        tokio::select! {
            () = tokio::time::sleep(PERIOD) => {}
            () = stop.cancelled() => return,
        }
        periods = periods.wrapping_add(1);
        if let Err(error) = keep(&store, &runtime, periods.is_multiple_of(SWEEP_EVERY)).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "the outbox cannot be measured");
        }
    }
}

async fn keep(store: &Store, runtime: &Runtime, sweeping: bool) -> Result<()> {
    measure(store, runtime).await?;
    if sweeping { sweep(store, runtime).await } else { Ok(()) }
}

async fn measure(store: &Store, runtime: &Runtime) -> Result<()> {
    let now = runtime.clock.now();
    let (waiting, oldest) = outbox::backlog(store.read(), now).await?;
    let lag = oldest.map_or(Duration::ZERO, |since| since.until(now));
    #[expect(clippy::cast_precision_loss, reason = "a gauge")]
    metrics::gauge!("openim_outbox_waiting").set(waiting as f64);
    metrics::gauge!("openim_outbox_lag_seconds").set(lag.as_secs_f64());
    Ok(())
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
