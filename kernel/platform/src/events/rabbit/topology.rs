//! The exchanges and queues, declared by whoever connects: the same for all, so the order does not matter.

use lapin::options::{ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions};
use lapin::types::{AMQPValue, FieldTable, ShortString};
use lapin::{Channel, ExchangeKind};
use openim_core::{Error, Result};

use crate::amqp::{Broker, short};
use crate::events::{Consumer, EventPlan};

/// How often the broker delivers an event that is neither acknowledged nor refused before it calls it dead.
const DELIVERIES: i32 = 20;

/// Returns the exchange that fresh events are published to, by topic.
pub(super) fn events(broker: &Broker) -> Result<ShortString> {
    broker.name("events")
}

/// Returns the queue of what the broker gave up.
pub(super) fn dead(broker: &Broker) -> Result<ShortString> {
    broker.name("events.dead")
}

/// Returns a consumer's queue.
pub(super) fn queue(broker: &Broker, consumer: &str) -> Result<ShortString> {
    broker.name(&format!("events.to.{consumer}"))
}

pub(super) async fn declare(channel: &Channel, broker: &Broker, plan: &EventPlan) -> Result<()> {
    let durable = ExchangeDeclareOptions { durable: true, ..Default::default() };
    for (exchange, kind) in [(events(broker)?, ExchangeKind::Topic), (dead(broker)?, ExchangeKind::Fanout)] {
        channel.exchange_declare(exchange, kind, durable, FieldTable::default()).await.map_err(Error::unavailable)?;
    }
    channel.queue_declare(dead(broker)?, QueueDeclareOptions::durable(), quorum()).await.map_err(Error::unavailable)?;
    bind(channel, dead(broker)?, dead(broker)?, "").await?;
    for consumer in plan.consumers() {
        declare_queue(channel, broker, consumer).await?;
    }
    Ok(())
}

async fn declare_queue(channel: &Channel, broker: &Broker, consumer: &Consumer) -> Result<()> {
    let mut arguments = quorum();
    arguments.insert("x-delivery-limit".into(), AMQPValue::LongInt(DELIVERIES));
    arguments.insert("x-dead-letter-exchange".into(), text(dead(broker)?.as_str()));
    // Dead letters move "at most once": the other strategy needs a worker a queue, which is known to leave the queue without
    // a leader when nodes come and go, and these are the few that killed their consumer twenty times.
    // The dead remember whose they were.
    arguments.insert("x-dead-letter-routing-key".into(), text(consumer.name));
    let name = queue(broker, consumer.name)?;
    channel.queue_declare(name.clone(), QueueDeclareOptions::durable(), arguments).await.map_err(Error::unavailable)?;
    for topic in consumer.topics {
        bind(channel, name.clone(), events(broker)?, topic).await?;
    }
    Ok(())
}

async fn bind(channel: &Channel, queue: ShortString, exchange: ShortString, topic: &str) -> Result<()> {
    channel.queue_bind(queue, exchange, short(topic)?, QueueBindOptions::default(), FieldTable::default()).await.map_err(Error::unavailable)
}

fn quorum() -> FieldTable {
    let mut arguments = FieldTable::default();
    arguments.insert("x-queue-type".into(), text("quorum"));
    arguments
}

fn text(value: &str) -> AMQPValue {
    AMQPValue::LongString(value.into())
}
