//! Asks the broker how many events wait in the queues of this process's handlers.

use std::collections::BTreeMap;

use lapin::options::QueueDeclareOptions;
use lapin::types::FieldTable;
use lapin::{Channel, Connection};
use openim_core::{Error, Result};
use tokio_util::sync::CancellationToken;

use super::{RabbitEvents, topology};
use crate::events::EventPlan;
use crate::nodes::BEAT;

/// Asks again and again until `stop`; with nothing to ask for it only waits.
pub(super) async fn measure_all(bus: &RabbitEvents, plan: &EventPlan, connection: &Connection, stop: &CancellationToken) -> Result<()> {
    if plan.handlers().is_empty() {
        stop.cancelled().await;
        return Ok(());
    }
    let channel = connection.create_channel().await.map_err(Error::unavailable)?;
    while !stop.is_cancelled() {
        let depths = measure(bus, plan, &channel).await?;
        *bus.depths.lock() = Some(depths);
        tokio::select! {
            () = tokio::time::sleep(BEAT) => {}
            () = stop.cancelled() => {}
        }
    }
    Ok(())
}

async fn measure(bus: &RabbitEvents, plan: &EventPlan, channel: &Channel) -> Result<BTreeMap<String, u64>> {
    let asking = QueueDeclareOptions { passive: true, ..Default::default() };
    let mut depths = BTreeMap::new();
    for handler in plan.handlers() {
        let name = topology::queue(&bus.broker, handler.name())?;
        let queue = channel.queue_declare(name, asking, FieldTable::default()).await.map_err(Error::unavailable)?;
        depths.insert(handler.name().to_owned(), u64::from(queue.message_count()));
    }
    Ok(depths)
}
