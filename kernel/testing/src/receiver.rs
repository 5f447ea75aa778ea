//! An application's server: it is asked and told by webhooks, answers what the test says and remembers what it was sent.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::routing::post;
use axum::{Json, Router};
use openim_platform::webhooks::{Command, Hook, WebhookSettings, Webhooks};
use parking_lot::Mutex;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::TestWorld;

type Answering = dyn Fn(&str, &Value) -> Value + Send + Sync;

struct Shared {
    answering: Box<Answering>,
    received: Mutex<Vec<(String, Value)>>,
}

/// A receiver of webhooks on a loopback port, as long as it lives.
pub struct WebhookReceiver {
    address: SocketAddr,
    shared: Arc<Shared>,
    server: JoinHandle<()>,
}

impl WebhookReceiver {
    /// Starts a receiver that allows everything and changes nothing.
    pub async fn allowing() -> Self {
        Self::answering(|_, _| json!({})).await
    }

    /// Starts a receiver that answers by command text and body.
    ///
    /// # Panics
    /// When no port can be had.
    pub async fn answering(answering: impl Fn(&str, &Value) -> Value + Send + Sync + 'static) -> Self {
        let shared = Arc::new(Shared { answering: Box::new(answering), received: Mutex::default() });
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let router = Router::new().route("/{command}", post(receive)).with_state(shared.clone());
        let server = tokio::spawn(async move {
            // It ends with the test.
            let _ = axum::serve(listener, router).await;
        });
        Self { address, shared, server }
    }

    /// Makes the webhooks of a process that has these hooks switched on.
    ///
    /// # Panics
    /// When they cannot be made.
    pub fn webhooks(&self, world: &TestWorld, commands: &[&'static Command]) -> Webhooks {
        let mut settings = WebhookSettings::new(format!("http://{}", self.address), "a secret of tests");
        settings.allow_private_targets = true;
        settings.hooks = commands.iter().map(|command| Hook::new(command)).collect();
        Webhooks::new(settings, world.store().clone(), world.runtime().clone()).expect("webhooks")
    }

    /// Takes the command texts and bodies that came since the last call.
    pub fn take(&self) -> Vec<(String, Value)> {
        std::mem::take(&mut *self.shared.received.lock())
    }
}

impl Drop for WebhookReceiver {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn receive(State(shared): State<Arc<Shared>>, Path(command): Path<String>, Json(body): Json<Value>) -> Json<Value> {
    let answer = (shared.answering)(&command, &body);
    shared.received.lock().push((command, body));
    Json(answer)
}
