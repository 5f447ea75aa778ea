//! Moves due rows from the outbox to the broker.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{OptionFuture, join_all};
use lapin::options::{BasicPublishOptions, ConfirmSelectOptions};
use lapin::types::{AMQPValue, FieldTable};
use lapin::{BasicProperties, Channel, Confirmation, Connection};
use openim_core::{Error, Result};
use openim_entities::platform::outbox::Model;
use tokio_util::sync::CancellationToken;

use super::{ATTEMPTS, RabbitEvents, topology};
use crate::amqp::short;
use crate::events::embedded::{pause, wait};
use crate::events::{EventPlan, StoredEvent, outbox};
use crate::store::{DatabaseKind, Tx};

/// How many rows travel before their confirms are waited for.
const BATCH: u64 = 200;

/// How often is looked for what became due and what other processes committed and left.
const POLL: Duration = Duration::from_millis(500);

/// How long the broker may take to confirm a batch.
const CONFIRM: Duration = Duration::from_secs(10);

/// How long a row waits that the broker would not take.
const REFUSED: Duration = Duration::from_secs(1);

/// What became of a published row.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// Stored by the broker, or wanted by nobody.
    Gone,
    /// Refused: it stays.
    Refused,
    /// There is no queue where one should be: it stays.
    Lost,
    /// It cannot be read, now or ever.
    Dead,
}

pub(super) async fn session(bus: &RabbitEvents, plan: &EventPlan, connection: Arc<Connection>, stop: &CancellationToken) -> Result<()> {
    let channel = connection.create_channel().await.map_err(Error::unavailable)?;
    topology::declare(&channel, &bus.broker, plan).await?;
    channel.confirm_select(ConfirmSelectOptions::default()).await.map_err(Error::unavailable)?;
    bus.relaying.set(true);
    let wake = bus.delivery.store.wake();
    while !stop.is_cancelled() {
        let due = outbox::due_for_all(bus.delivery.store.read(), bus.delivery.runtime.clock.now(), BATCH, false).await;
        match due {
            Ok(seen) if seen.is_empty() => wait(&wake, POLL, stop).await,
            Ok(seen) => relay_batch(bus, plan, &channel, &seen).await?,
            // The database is away, the broker is not.
            Err(error) => pause("the outbox cannot be read", &error, stop).await,
        }
    }
    Ok(())
}

async fn relay_batch(bus: &RabbitEvents, plan: &EventPlan, channel: &Channel, seen: &[Model]) -> Result<()> {
    let store = &bus.delivery.store;
    match store.kind() {
        DatabaseKind::Postgres => {
            // The claim is the transaction: while it is open other relays pass over these rows.
            let tx = store.begin().await?;
            let claimed = outbox::due_for_all(tx.connection(), bus.delivery.runtime.clock.now(), BATCH, true).await?;
            let fates = publish_all(bus, plan, channel, &claimed).await?;
            settle(bus, tx, &claimed, &fates).await
        }
        DatabaseKind::Sqlite => {
            // There is one process, and its one writer must not wait for the broker.
            let fates = publish_all(bus, plan, channel, seen).await?;
            settle(bus, store.begin().await?, seen, &fates).await
        }
    }
}

async fn settle(bus: &RabbitEvents, tx: Tx, rows: &[Model], fates: &[Fate]) -> Result<()> {
    let now = bus.delivery.runtime.clock.now();
    let (mut gone, mut stay) = (Vec::new(), Vec::new());
    for (row, fate) in rows.iter().zip(fates) {
        match fate {
            Fate::Gone => gone.push(row.position),
            Fate::Refused | Fate::Lost => stay.push(row.position),
            Fate::Dead => {
                outbox::bury(tx.connection(), row, "relay", "DATA_ERROR: the row cannot be read", now).await?;
                gone.push(row.position);
            }
        }
    }
    outbox::take(tx.connection(), gone).await?;
    if !stay.is_empty() {
        outbox::postpone(tx.connection(), stay, now.plus(REFUSED)).await?;
    }
    tx.commit().await?;
    if fates.contains(&Fate::Lost) {
        // The next session declares the queues again.
        return Err(Error::unavailable("the broker has lost a consumer's queue"));
    }
    Ok(())
}

async fn publish_all(bus: &RabbitEvents, plan: &EventPlan, channel: &Channel, rows: &[Model]) -> Result<Vec<Fate>> {
    let published = async {
        let mut confirms = Vec::with_capacity(rows.len());
        for row in rows {
            let confirm = match outbox::read(row) {
                Ok(event) => Some(publish(bus, plan, channel, row, &event).await?),
                Err(_) => None,
            };
            confirms.push(OptionFuture::from(confirm));
        }
        let confirmed = join_all(confirms).await.into_iter();
        confirmed
            .map(|confirmed| match confirmed {
                Some(confirmed) => Ok(fate(&confirmed.map_err(Error::unavailable)?)),
                None => Ok(Fate::Dead),
            })
            .collect::<Result<Vec<_>>>()
    };
    match tokio::time::timeout(CONFIRM, published).await {
        Ok(fates) => fates,
        Err(elapsed) => Err(Error::unavailable(elapsed)),
    }
}

fn fate(confirmed: &Confirmation) -> Fate {
    let fate = match confirmed {
        Confirmation::Ack(None) => Fate::Gone,
        // A mandatory message that no queue took is confirmed, too, but comes back first.
        Confirmation::Ack(Some(_)) => Fate::Lost,
        Confirmation::Nack(_) | Confirmation::NotRequested => Fate::Refused,
    };
    let word = if fate == Fate::Gone { "published" } else { "refused" };
    metrics::counter!("openim_outbox_published_total", "outcome" => word).increment(1);
    fate
}

async fn publish(
    bus: &RabbitEvents,
    plan: &EventPlan,
    channel: &Channel,
    row: &Model,
    event: &StoredEvent,
) -> Result<lapin::PublisherConfirm> {
    // What nobody here wants may still be wanted by a queue that the operator has bound.
    let wanted = !row.consumer.is_empty() || plan.wanting(&row.topic).next().is_some();
    let (exchange, key) = if row.consumer.is_empty() {
        (topology::events(&bus.broker)?, short(row.topic.as_str())?)
    } else {
        // The default exchange takes a queue's name.
        ("".into(), topology::queue(&bus.broker, &row.consumer)?)
    };
    let mut headers = FieldTable::default();
    headers.insert(ATTEMPTS.into(), AMQPValue::LongInt(row.attempts));
    let properties = BasicProperties::default()
        .with_delivery_mode(2)
        .with_content_type("application/json".into())
        .with_message_id(short(row.event_id.as_str())?)
        .with_headers(headers);
    let body = serde_json::to_vec(event).map_err(Error::internal)?;
    let options = BasicPublishOptions { mandatory: wanted, ..Default::default() };
    channel.basic_publish(exchange, key, options, &body, properties).await.map_err(Error::unavailable)
}
