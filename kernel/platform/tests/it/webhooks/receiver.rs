//! A real receiver of webhooks on a loopback port, which answers what the test says and remembers what it was sent.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Response, StatusCode, Uri};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::future::BoxFuture;
use hmac::{Hmac, Mac as _};
use openim_platform::webhooks::WebhookSettings;
use parking_lot::Mutex;
use serde_json::Value;
use sha2::Sha256;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// What the test's receiver knows.
pub(super) const SECRET: &str = "a secret of tests";

/// One request as it came.
#[derive(Debug, Clone)]
pub(super) struct Received {
    pub(super) uri: Uri,
    pub(super) headers: HashMap<String, String>,
    pub(super) body: Bytes,
}

impl Received {
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// Verifies as docs/webhooks.md tells receivers to.
    pub(super) fn is_signed_with(&self, secret: &str) -> bool {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
        mac.update(format!("{}.{}.", self.header("webhook-id"), self.header("webhook-timestamp")).as_bytes());
        mac.update(&self.body);
        let Some(signature) = self.header("webhook-signature").strip_prefix("v1,") else { return false };
        mac.verify_slice(&STANDARD.decode(signature).unwrap()).is_ok()
    }
}

type Answering = dyn Fn(Received) -> BoxFuture<'static, Response<Body>> + Send + Sync;

#[derive(Clone)]
struct Shared {
    answering: Arc<Answering>,
    received: Arc<Mutex<Vec<Received>>>,
    now: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
}

pub(super) struct Receiver {
    address: std::net::SocketAddr,
    shared: Shared,
    server: JoinHandle<()>,
}

impl Receiver {
    /// Answers everything with a status and a text.
    pub(super) async fn saying(status: u16, text: &'static str) -> Self {
        Self::start(move |_| Box::pin(async move { answer(status, text) })).await
    }

    /// Answers the first requests with these statuses, all later ones with 200.
    pub(super) async fn failing_first(statuses: &'static [u16]) -> Self {
        let count = AtomicUsize::new(0);
        Self::start(move |_| {
            let status = statuses.get(count.fetch_add(1, Ordering::SeqCst)).copied().unwrap_or(200);
            Box::pin(async move { answer(status, "{}") })
        })
        .await
    }

    pub(super) async fn start(answering: impl Fn(Received) -> BoxFuture<'static, Response<Body>> + Send + Sync + 'static) -> Self {
        let shared = Shared { answering: Arc::new(answering), received: Arc::default(), now: Arc::default(), most: Arc::default() };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().fallback(receive).with_state(shared.clone());
        let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { address, shared, server }
    }

    pub(super) fn port(&self) -> u16 {
        self.address.port()
    }

    /// Settings that lead here, private address or not.
    pub(super) fn settings(&self) -> WebhookSettings {
        let mut settings = WebhookSettings::new(format!("http://{}/hooks", self.address), SECRET);
        settings.allow_private_targets = true;
        settings
    }

    pub(super) fn received(&self) -> Vec<Received> {
        self.shared.received.lock().clone()
    }

    /// The most requests that were here at the same time.
    pub(super) fn most(&self) -> usize {
        self.shared.most.load(Ordering::SeqCst)
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn receive(State(shared): State<Shared>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response<Body> {
    let headers = headers.iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect();
    let received = Received { uri, headers, body };
    shared.received.lock().push(received.clone());
    shared.most.fetch_max(shared.now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
    let response = (shared.answering)(received).await;
    shared.now.fetch_sub(1, Ordering::SeqCst);
    response
}

pub(super) fn answer(status: u16, text: impl Into<Body>) -> Response<Body> {
    let mut response = Response::new(text.into());
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    response
}
