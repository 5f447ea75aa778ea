//! The production fan-out: a fanout exchange in RabbitMQ, one exclusive queue a node, many signals in one message.
//!
//! This node's own subscribers are served directly and do not wait for the broker. Messages of a node carry a running
//! number: a gap, whoever caused it (a full queue anywhere, a failed publication), becomes [`Received::Lost`]. A publication
//! is accepted once the broker has confirmed the message that it went with.

mod numbers;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use lapin::options::{
    BasicConsumeOptions, BasicPublishOptions, ConfirmSelectOptions, ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions,
};
use lapin::types::{AMQPValue, FieldTable};
use lapin::{BasicProperties, Channel, Confirmation, Connection, Consumer, ExchangeKind};
use openim_contracts::Signal;
use openim_core::{Clock, Error, Result, Runtime, Timestamp};
use serde::{Deserialize, Serialize};
use tokio::sync::{Mutex, mpsc};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::{Fanout, MemoryFanout, Outcome, Receipt, Received};
use crate::amqp::{Broker, LinkState};
use numbers::Numbers;

/// Publications that may wait while the broker is slow or away; what comes then is lost, and is told so.
const WAITING: usize = 8192;

/// The most signals in one message.
const BATCH: usize = 500;

/// What a node's queue holds before the broker drops the oldest.
const QUEUE_MESSAGES: i32 = 10_000;
const QUEUE_BYTES: i32 = 64 * 1024 * 1024;

/// How long the broker may take to confirm a message.
const CONFIRM: Duration = Duration::from_secs(10);

/// Signals that wait, and what their fate is told with.
type Publication = (Vec<Signal>, Outcome);

/// One message.
#[derive(Serialize, Deserialize)]
struct Parcel {
    /// Which incarnation of a node sent it.
    from: String,
    /// When that began to number.
    #[serde(default)]
    since: Timestamp,
    /// Its running number there.
    number: u64,
    signals: Vec<Signal>,
}

/// Publishes to all nodes through RabbitMQ.
pub struct RabbitFanout {
    local: MemoryFanout,
    outgoing: mpsc::Sender<Publication>,
    number: Arc<AtomicU64>,
    state: LinkState,
}

struct Link {
    broker: Broker,
    id: String,
    since: Timestamp,
    clock: Arc<dyn Clock>,
    local: MemoryFanout,
    waiting: Mutex<mpsc::Receiver<Publication>>,
    number: Arc<AtomicU64>,
    state: LinkState,
    stop: CancellationToken,
}

impl RabbitFanout {
    /// Connects, and waits until this node receives. After `stop` what waits is still sent.
    ///
    /// # Errors
    /// `UNAVAILABLE` when the broker cannot be reached.
    pub async fn connect(
        url: &str,
        prefix: &str,
        node: &str,
        runtime: &Runtime,
        tasks: &TaskTracker,
        stop: &CancellationToken,
    ) -> Result<Self> {
        let (outgoing, waiting) = mpsc::channel(WAITING);
        let (local, number, state) = (MemoryFanout::new(), Arc::new(AtomicU64::new(0)), LinkState::new());
        let link = Arc::new(Link {
            broker: Broker::new(url, node, prefix),
            id: runtime.ids.hex32(),
            since: runtime.clock.now(),
            clock: runtime.clock.clone(),
            local: local.clone(),
            waiting: Mutex::new(waiting),
            number: number.clone(),
            state: state.clone(),
            stop: stop.clone(),
        });
        tasks.spawn(async move {
            let session = |connection| link.clone().session(connection);
            link.broker.supervise("fan-out", &link.state, &link.stop, session).await;
        });
        state.working().await?;
        Ok(Self { local, outgoing, number, state })
    }
}

#[async_trait]
impl Fanout for RabbitFanout {
    async fn publish(&self, signals: Vec<Signal>) -> Receipt {
        if signals.is_empty() {
            return Receipt::accepted();
        }
        self.local.publish(signals.clone()).await;
        let (receipt, outcome) = Receipt::on_its_way();
        if self.outgoing.try_send((signals, outcome)).is_err() {
            // The number that is left out tells the other nodes.
            self.number.fetch_add(1, Ordering::SeqCst);
            metrics::counter!("openim_fanout_lost_total").increment(1);
        }
        receipt
    }

    fn subscribe(&self) -> BoxStream<'static, Received> {
        self.local.subscribe()
    }

    async fn ping(&self) -> Result<()> {
        self.state.check()
    }
}

impl Link {
    async fn session(self: Arc<Self>, connection: Arc<Connection>) -> Result<()> {
        let incoming = self.receive_queue(&connection).await?;
        let channel = connection.create_channel().await.map_err(Error::unavailable)?;
        channel.confirm_select(ConfirmSelectOptions::default()).await.map_err(Error::unavailable)?;
        // Whatever was published while this node had no queue is lost to it. Before the first session nobody listens.
        self.local.send(Received::Lost);
        self.state.set(true);
        tokio::select! {
            ended = self.receive(incoming) => ended,
            ended = self.send(&channel) => ended,
        }
    }

    async fn receive_queue(&self, connection: &Connection) -> Result<Consumer> {
        let channel = connection.create_channel().await.map_err(Error::unavailable)?;
        let exchange = self.broker.name("signals")?;
        let durable = ExchangeDeclareOptions { durable: true, ..Default::default() };
        channel
            .exchange_declare(exchange.clone(), ExchangeKind::Fanout, durable, FieldTable::default())
            .await
            .map_err(Error::unavailable)?;
        let mut limits = FieldTable::default();
        limits.insert("x-max-length".into(), AMQPValue::LongInt(QUEUE_MESSAGES));
        limits.insert("x-max-length-bytes".into(), AMQPValue::LongInt(QUEUE_BYTES));
        limits.insert("x-overflow".into(), AMQPValue::LongString("drop-head".into()));
        let own = QueueDeclareOptions { exclusive: true, auto_delete: true, ..Default::default() };
        let queue = channel.queue_declare("".into(), own, limits).await.map_err(Error::unavailable)?;
        let name = queue.name().clone();
        channel
            .queue_bind(name.clone(), exchange, "".into(), QueueBindOptions::default(), FieldTable::default())
            .await
            .map_err(Error::unavailable)?;
        let unacknowledged = BasicConsumeOptions { no_ack: true, exclusive: true, ..Default::default() };
        channel.basic_consume(name, "".into(), unacknowledged, FieldTable::default()).await.map_err(Error::unavailable)
    }

    async fn receive(&self, mut incoming: Consumer) -> Result<()> {
        // What others said before was told as lost when this session began.
        let mut numbers = Numbers::since(self.clock.now());
        while let Some(delivery) = incoming.next().await {
            let delivery = delivery.map_err(Error::unavailable)?;
            let parcel: Parcel = match serde_json::from_slice(&delivery.data) {
                Ok(parcel) => parcel,
                Err(error) => {
                    tracing::warn!(error = &error as &dyn std::error::Error, "signals of another version cannot be read");
                    self.local.send(Received::Lost);
                    continue;
                }
            };
            if parcel.from == self.id {
                continue;
            }
            if !numbers.follows(parcel.from, parcel.since, parcel.number) {
                self.local.send(Received::Lost);
            }
            metrics::counter!("openim_fanout_received_total").increment(parcel.signals.len() as u64);
            self.local.send(Received::Signals(parcel.signals.into()));
        }
        Err(Error::unavailable("the node's queue is gone"))
    }

    /// Sends what waits. What comes while a message is in flight goes into the next one.
    async fn send(&self, channel: &Channel) -> Result<()> {
        let mut waiting = self.waiting.lock().await;
        loop {
            let first = tokio::select! {
                biased;
                first = waiting.recv() => first,
                () = self.stop.cancelled() => None,
            };
            let Some((mut signals, outcome)) = first else { return Ok(()) };
            let mut outcomes = vec![outcome];
            while signals.len() < BATCH
                && let Ok((more, outcome)) = waiting.try_recv()
            {
                signals.extend(more);
                outcomes.push(outcome);
            }
            // The number is taken before anything can fail: a parcel that does not arrive leaves a gap.
            let number = self.number.fetch_add(1, Ordering::SeqCst);
            self.send_parcel(channel, Parcel { from: self.id.clone(), since: self.since, number, signals }).await?;
            outcomes.into_iter().for_each(Outcome::accept);
        }
    }

    async fn send_parcel(&self, channel: &Channel, parcel: Parcel) -> Result<()> {
        let body = serde_json::to_vec(&parcel).map_err(Error::internal)?;
        let exchange = self.broker.name("signals")?;
        let transient = BasicProperties::default().with_delivery_mode(1);
        let publish = async { channel.basic_publish(exchange, "".into(), BasicPublishOptions::default(), &body, transient).await?.await };
        match tokio::time::timeout(CONFIRM, publish).await {
            Ok(confirmed) => {
                if confirmed.map_err(Error::unavailable)? != Confirmation::Ack(None) {
                    return Err(Error::unavailable("the broker has refused signals"));
                }
                metrics::counter!("openim_fanout_sent_total").increment(parcel.signals.len() as u64);
                Ok(())
            }
            Err(elapsed) => Err(Error::unavailable(elapsed)),
        }
    }
}
