//! Connections to RabbitMQ. A session gets a fresh connection and works until something fails; then everything it had is
//! thrown away and the next session starts over, because after a loss no channel, tag or confirm means anything.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use lapin::types::ShortString;
use lapin::{Connection, ConnectionProperties};
use openim_core::{Error, ErrorCode, Result};
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// How long a connection may take to be made.
const TIME_LIMIT: Duration = Duration::from_secs(10);

/// How often is looked whether a connection still works.
const WATCH: Duration = Duration::from_millis(250);

/// The waits between attempts to connect.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// Where the broker is and how this process calls itself there.
#[derive(Clone)]
pub(crate) struct Broker {
    url: String,
    node: String,
    prefix: String,
}

impl Broker {
    /// `prefix` starts the names of all exchanges and queues: it keeps deployments on one broker apart.
    pub(crate) fn new(url: &str, node: &str, prefix: &str) -> Self {
        Self { url: url.to_owned(), node: node.to_owned(), prefix: prefix.to_owned() }
    }

    /// Returns the name of an exchange or queue of this deployment.
    pub(crate) fn name(&self, name: &str) -> Result<ShortString> {
        short(format!("{}.{name}", self.prefix))
    }

    async fn open(&self, purpose: &str) -> Result<Connection> {
        let properties = ConnectionProperties::default().with_connection_name(format!("{} {purpose}", self.node).into());
        match tokio::time::timeout(TIME_LIMIT, Connection::connect(&self.url, properties)).await {
            Ok(connection) => connection.map_err(Error::unavailable),
            Err(elapsed) => Err(Error::unavailable(elapsed)),
        }
    }

    /// Runs sessions one after the other until `stop`. A session returns when it was stopped or when it has failed;
    /// it says through `state` when it is in working order.
    pub(crate) async fn supervise<F, S>(&self, purpose: &str, state: &LinkState, stop: &CancellationToken, mut session: S)
    where
        S: FnMut(Arc<Connection>) -> F,
        F: Future<Output = Result<()>>,
    {
        let mut pause = FIRST_PAUSE;
        while !stop.is_cancelled() {
            let started = Instant::now();
            let ended = match self.open(purpose).await {
                Ok(connection) => {
                    let connection = Arc::new(connection);
                    let ended = tokio::select! {
                        ended = session(connection.clone()) => ended,
                        () = lost(&connection) => Err(Error::unavailable("the connection is gone")),
                    };
                    state.set(false);
                    close(&connection).await;
                    ended
                }
                Err(error) => Err(error),
            };
            let Err(error) = ended else { continue };
            if stop.is_cancelled() {
                return;
            }
            tracing::warn!(purpose, error = &error as &dyn std::error::Error, "the broker is lost; connecting again");
            metrics::counter!("openim_amqp_sessions_failed_total", "purpose" => purpose.to_owned()).increment(1);
            pause = if started.elapsed() > LONGEST_PAUSE { FIRST_PAUSE } else { (pause * 2).min(LONGEST_PAUSE) };
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = stop.cancelled() => {}
            }
        }
    }
}

/// Returns when a connection no longer works. A consumer or an acknowledgement of a lost connection may wait for ever.
async fn lost(connection: &Connection) {
    while connection.status().connected() {
        tokio::time::sleep(WATCH).await;
    }
}

async fn close(connection: &Connection) {
    if connection.status().connected() {
        // A broker that does not say goodbye is as gone as one that does.
        let _ = tokio::time::timeout(Duration::from_secs(2), connection.close(200, "done".into())).await;
    }
}

/// Checks a text for the protocol's short strings, which hold 255 bytes.
pub(crate) fn short(text: impl Into<String>) -> Result<ShortString> {
    ShortString::try_new(text).map_err(|error| Error::new(ErrorCode::Args, "a name is too long for the broker").with_source(error))
}

/// Whether a link is in working order, for everybody to see.
#[derive(Clone)]
pub(crate) struct LinkState(watch::Sender<bool>);

impl LinkState {
    pub(crate) fn new() -> Self {
        Self(watch::Sender::new(false))
    }

    pub(crate) fn set(&self, working: bool) {
        self.0.send_replace(working);
    }

    /// Waits for working order at start-up.
    pub(crate) async fn working(&self) -> Result<()> {
        let mut state = self.0.subscribe();
        match tokio::time::timeout(TIME_LIMIT, state.wait_for(|working| *working)).await {
            Ok(_) => Ok(()),
            Err(elapsed) => Err(Error::unavailable(elapsed)),
        }
    }

    pub(crate) fn check(&self) -> Result<()> {
        if *self.0.borrow() { Ok(()) } else { Err(Error::unavailable("the broker is not connected")) }
    }
}
