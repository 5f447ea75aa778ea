//! The doors of a deployment: requests as they are, headers and all, to one gateway after the other.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};

use reqwest::redirect::Policy;
use reqwest::{Method, RequestBuilder};

use crate::harness::{Client, soon};

/// The gateways and who calls them.
pub(super) struct Doors {
    http: reqwest::Client,
    addresses: Vec<SocketAddr>,
    calls: AtomicUsize,
}

/// What came back.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) text: String,
    /// Where a redirect leads.
    pub(super) location: String,
}

impl Doors {
    pub(super) fn new(addresses: Vec<SocketAddr>) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        // A redirect is an answer.
        let http = reqwest::Client::builder().redirect(Policy::none()).build().expect("a client");
        Self { http, addresses, calls: AtomicUsize::new(0) }
    }

    /// Returns a client of the other kinds of doors, at the gateway whose turn it is.
    pub(super) fn client(&self) -> Client {
        Client::new(self.next())
    }

    pub(super) async fn post(&self, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        self.try_post(path, headers, body).await.expect("an answer")
    }

    /// Posts where perhaps nobody listens.
    pub(super) async fn try_post(&self, path: &str, headers: &[(&str, &str)], body: &str) -> Option<Answer> {
        read(self.request(Method::POST, path, headers).body(body.to_owned())).await
    }

    pub(super) async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        read(self.request(Method::GET, path, headers)).await.expect("an answer")
    }

    /// Begins a request to an address that a server told.
    pub(super) fn to(&self, method: Method, address: &str) -> RequestBuilder {
        self.http.request(method, address)
    }

    fn request(&self, method: Method, path: &str, headers: &[(&str, &str)]) -> RequestBuilder {
        let request = self.http.request(method, format!("http://{}{path}", self.next()));
        headers.iter().fold(request, |request, (name, value)| request.header(*name, *value))
    }

    fn next(&self) -> SocketAddr {
        self.addresses[self.calls.fetch_add(1, Ordering::Relaxed) % self.addresses.len()]
    }
}

/// Sends a request and reads its answer to the end; `None` when the connection breaks.
pub(super) async fn read(request: RequestBuilder) -> Option<Answer> {
    let answer = soon("an answer comes", request.send()).await.ok()?;
    let (status, headers) = (answer.status().as_u16(), answer.headers());
    let location = headers.get("location").and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    Some(Answer { status, location, text: answer.text().await.ok()? })
}
