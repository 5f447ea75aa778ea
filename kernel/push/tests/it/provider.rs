//! A provider on a loopback port: it answers what the test says and remembers what it was asked.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Response, Version};
use bytes::Bytes;
use parking_lot::Mutex;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// What was asked.
#[derive(Clone)]
pub(crate) struct Asked {
    pub(crate) line: String,
    pub(crate) version: Version,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Asked {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("a text"))
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("JSON")
    }
}

/// What is answered.
pub(crate) enum Answer {
    Says(Response<String>),
    /// Nothing, ever.
    Hangs,
}

pub(crate) fn says(status: u16, body: impl ToString) -> Answer {
    says_with(status, &[], body)
}

pub(crate) fn says_with(status: u16, headers: &[(&str, &str)], body: impl ToString) -> Answer {
    let builder = headers.iter().fold(Response::builder().status(status), |builder, (name, value)| builder.header(*name, *value));
    Answer::Says(builder.body(body.to_string()).expect("an answer"))
}

type Answering = dyn Fn(&Asked) -> Answer + Send + Sync;

struct Shared {
    answering: Box<Answering>,
    asked: Mutex<Vec<Asked>>,
}

/// The server, as long as it lives.
pub(crate) struct Provider {
    pub(crate) url: String,
    shared: Arc<Shared>,
    server: JoinHandle<()>,
}

impl Provider {
    pub(crate) async fn answering(answering: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> Self {
        let shared = Arc::new(Shared { answering: Box::new(answering), asked: Mutex::default() });
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let router = Router::new().fallback(receive).with_state(shared.clone());
        let server = tokio::spawn(async move {
            // It ends with the test.
            let _ = axum::serve(listener, router).await;
        });
        Self { url, shared, server }
    }

    /// Takes what was asked since the last call.
    pub(crate) fn take(&self) -> Vec<Asked> {
        std::mem::take(&mut *self.shared.asked.lock())
    }

    /// Takes the methods and paths that were asked since the last call.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.take().into_iter().map(|asked| asked.line).collect()
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn receive(State(shared): State<Arc<Shared>>, request: Request) -> Response<String> {
    let (parts, body) = request.into_parts();
    let asked = Asked {
        line: format!("{} {}", parts.method, parts.uri.path()),
        version: parts.version,
        headers: parts.headers,
        body: axum::body::to_bytes(body, 1 << 20).await.expect("a body"),
    };
    let answer = (shared.answering)(&asked);
    shared.asked.lock().push(asked);
    match answer {
        Answer::Says(response) => response,
        Answer::Hangs => std::future::pending().await,
    }
}
