//! Hands what the broker delivers to the handlers of this process.

use std::sync::Arc;

use futures_util::future::try_join_all;
use futures_util::{FutureExt, StreamExt};
use lapin::message::Delivery as Message;
use lapin::options::{BasicAckOptions, BasicConsumeOptions, BasicQosOptions};
use lapin::types::{AMQPValue, FieldTable};
use lapin::{Connection, Consumer as Incoming};
use openim_core::{Error, ErrorCode, Result};
use openim_entities::platform::outbox::Model;
use sha2::{Digest, Sha256};
use tokio_util::sync::CancellationToken;

use super::{ATTEMPTS, RabbitEvents, depth, topology};
use crate::events::delivery::{Outcome, describe};
use crate::events::embedded::pause;
use crate::events::{EventHandler, EventPlan, StoredEvent, outbox};

/// How many events wait at this process for each handler, so that it never waits for the broker.
const PREFETCH: u16 = 64;

/// What arrived: an event, or something that never will be one.
enum Arrived {
    Event(Model),
    Unreadable(Model, Error),
}

pub(super) async fn session(bus: &RabbitEvents, plan: &EventPlan, connection: Arc<Connection>, stop: &CancellationToken) -> Result<()> {
    let channel = connection.create_channel().await.map_err(Error::unavailable)?;
    topology::declare(&channel, &bus.broker, plan).await?;
    let dead = incoming(&connection, topology::dead(&bus.broker)?.as_str()).await?;
    let mut handlers = Vec::new();
    for handler in plan.handlers() {
        let queue = topology::queue(&bus.broker, handler.name())?;
        handlers.push(handle_all(bus, &**handler, incoming(&connection, queue.as_str()).await?, stop).boxed());
    }
    bus.consuming.set(true);
    // The first failure ends them all, wherever they are: what they had not finished is rolled back and comes again.
    tokio::try_join!(try_join_all(handlers), bury_all(bus, dead, stop), depth::measure_all(bus, plan, &connection, stop)).map(|_| ())
}

async fn incoming(connection: &Connection, queue: &str) -> Result<Incoming> {
    // A channel each: the prefetch counts by channel, and a slow handler holds up no other.
    let channel = connection.create_channel().await.map_err(Error::unavailable)?;
    channel.basic_qos(PREFETCH, BasicQosOptions::default()).await.map_err(Error::unavailable)?;
    channel
        .basic_consume(crate::amqp::short(queue)?, "".into(), BasicConsumeOptions::default(), FieldTable::default())
        .await
        .map_err(Error::unavailable)
}

/// Returns the next message, nothing when stopped.
async fn next(incoming: &mut Incoming, stop: &CancellationToken) -> Result<Option<Message>> {
    tokio::select! {
        biased;
        () = stop.cancelled() => Ok(None),
        message = incoming.next() => match message {
            Some(message) => message.map(Some).map_err(Error::unavailable),
            None => Err(Error::unavailable("the broker ended a consumer")),
        },
    }
}

async fn handle_all(bus: &RabbitEvents, handler: &dyn EventHandler, mut incoming: Incoming, stop: &CancellationToken) -> Result<()> {
    while let Some(message) = next(&mut incoming, stop).await? {
        let settled = match read(&message) {
            // A topic that the handler wanted before an upgrade.
            Arrived::Event(row) if !handler.topics().contains(&row.topic.as_str()) => true,
            Arrived::Event(row) => match bus.delivery.deliver(handler, &row, None).await {
                Outcome::Handled | Outcome::Repeated => true,
                Outcome::Failed(error) => note_failure(bus, handler.name(), &row, &error, stop).await,
            },
            Arrived::Unreadable(row, error) => bury(bus, &row, handler.name(), &describe(&error), stop).await,
        };
        if settled {
            message.acker.ack(BasicAckOptions::default()).await.map_err(Error::unavailable)?;
        }
    }
    Ok(())
}

async fn bury_all(bus: &RabbitEvents, mut incoming: Incoming, stop: &CancellationToken) -> Result<()> {
    while let Some(message) = next(&mut incoming, stop).await? {
        let (Arrived::Event(row) | Arrived::Unreadable(row, _)) = read(&message);
        // The routing key of the dead is the name of their consumer.
        let consumer = message.routing_key.as_str();
        let cause = "the broker gave up: it was delivered again and again and never answered";
        if bury(bus, &row, consumer, cause, stop).await {
            message.acker.ack(BasicAckOptions::default()).await.map_err(Error::unavailable)?;
        }
    }
    Ok(())
}

/// Notes a failure, as often as it takes; false when stopped before. The message stays unanswered so long.
async fn note_failure(bus: &RabbitEvents, consumer: &'static str, row: &Model, error: &Error, stop: &CancellationToken) -> bool {
    while let Err(unnoted) = bus.delivery.fail(consumer, row, None, error).await {
        if stop.is_cancelled() {
            return false;
        }
        pause("a failure cannot be noted", &unnoted, stop).await;
    }
    true
}

/// Writes a dead letter, as often as it takes; false when stopped before.
async fn bury(bus: &RabbitEvents, row: &Model, consumer: &str, cause: &str, stop: &CancellationToken) -> bool {
    while let Err(unwritten) = bury_once(bus, row, consumer, cause).await {
        if stop.is_cancelled() {
            return false;
        }
        pause("a dead letter cannot be kept", &unwritten, stop).await;
    }
    true
}

async fn bury_once(bus: &RabbitEvents, row: &Model, consumer: &str, cause: &str) -> Result<()> {
    let tx = bus.delivery.store.begin().await?;
    outbox::bury(tx.connection(), row, consumer, cause, bus.delivery.runtime.clock.now()).await?;
    tx.commit().await?;
    metrics::counter!("openim_dead_letters_total", "consumer" => consumer.to_owned()).increment(1);
    tracing::error!(consumer, event.id = row.event_id, event.topic = row.topic, cause, "an event went to the dead letters");
    Ok(())
}

fn read(message: &Message) -> Arrived {
    let attempts = match message.properties.headers().as_ref().and_then(|headers| headers.inner().get(ATTEMPTS)) {
        Some(AMQPValue::LongInt(attempts)) => *attempts,
        _ => 0,
    };
    let decoded = serde_json::from_slice::<StoredEvent>(&message.data);
    match decoded {
        Ok(event) => Arrived::Event(Model {
            position: 0,
            event_id: event.id,
            consumer: String::new(),
            topic: event.topic,
            operation_id: event.operation_id.to_string(),
            at: event.at.0,
            payload: event.payload.to_string(),
            attempts,
            available_at: 0,
        }),
        Err(error) => {
            // Named by its content: however often it comes, it is one dead letter.
            let id = hex::encode(&Sha256::digest(&message.data)[..16]);
            let row = Model {
                position: 0,
                event_id: id,
                consumer: String::new(),
                topic: message.routing_key.as_str().chars().take(128).collect(),
                operation_id: String::new(),
                at: 0,
                payload: String::from_utf8_lossy(&message.data).replace('\0', "\u{fffd}"),
                attempts,
                available_at: 0,
            };
            Arrived::Unreadable(row, Error::new(ErrorCode::Data, "an event cannot be read").with_source(error))
        }
    }
}
