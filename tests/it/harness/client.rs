//! Callers of the HTTP doors.

use std::net::SocketAddr;

use reqwest::{RequestBuilder, Response};
use serde_json::{Value, json};

use super::{SECRET, Socket, soon};

/// A caller of one server, with or without a token.
#[derive(Clone)]
pub(crate) struct Client {
    address: SocketAddr,
    http: reqwest::Client,
    token: Option<String>,
}

impl Client {
    pub(crate) fn new(address: SocketAddr) -> Self {
        // An error only says that it is installed already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        // Nothing here speaks TLS, and reading the machine's certificates takes longer than a call.
        let http = reqwest::Client::builder().tls_certs_only([]).build().expect("a client");
        Self { address, http, token: None }
    }

    pub(crate) fn with_token(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    pub(crate) fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// Speaks OpenIM's REST with the same token.
    pub(crate) fn rest(&self) -> Rest {
        Rest(self.clone())
    }

    /// Logs the administrator in and speaks REST with its token.
    pub(crate) async fn admin(&self) -> Rest {
        let rest = self.rest();
        let token = rest.call("/auth/get_admin_token", json!({ "secret": SECRET, "userID": "imAdmin" })).await;
        rest.with_token(token["token"].as_str().expect("a token"))
    }

    /// Opens a graphql-transport-ws connection with the same token.
    pub(crate) async fn socket(&self) -> Socket {
        soon("a socket opens", Socket::open(self.address, self.token())).await.expect("a socket")
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        self.send(self.http.get(self.url(path))).await
    }

    /// Reads a series of `/metrics`, named with its labels; 0 when it is not there yet.
    pub(crate) async fn metric(&self, series: &str) -> f64 {
        let text = self.get("/metrics").await.text().await.expect("metrics are text");
        let value = text.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
        value.map_or(0.0, |value| value.parse().expect("a number"))
    }

    pub(crate) async fn get_with(&self, path: &str, header: &str, value: &str) -> Response {
        self.send(self.http.get(self.url(path)).header(header, value)).await
    }

    pub(crate) async fn post(&self, path: &str, body: impl Into<reqwest::Body>) -> Response {
        let request = self.http.post(self.url(path)).header("content-type", "application/json").body(body);
        self.send(request).await
    }

    pub(crate) async fn post_with(&self, path: &str, header: &str, value: &str, body: impl Into<reqwest::Body>) -> Response {
        let request = self.http.post(self.url(path)).header("content-type", "application/json").header(header, value);
        self.send(request.body(body)).await
    }

    /// Sends an operation and returns the whole answer.
    pub(crate) async fn answer(&self, query: &str, variables: Value) -> Value {
        let body = json!({ "query": query, "variables": variables }).to_string();
        let response = self.post("/graphql", body).await;
        response.json().await.expect("an answer of JSON")
    }

    /// Sends an operation that must succeed and returns its data.
    pub(crate) async fn data(&self, query: &str, variables: Value) -> Value {
        let mut answer = self.answer(query, variables).await;
        assert!(answer.get("errors").is_none(), "{query} failed: {answer}");
        answer["data"].take()
    }

    /// Sends an operation that must fail and returns the code of its first error.
    pub(crate) async fn code(&self, query: &str, variables: Value) -> String {
        let answer = self.answer(query, variables).await;
        answer
            .pointer("/errors/0/extensions/code")
            .and_then(Value::as_str)
            .unwrap_or_else(|| panic!("{query} has no error: {answer}"))
            .to_owned()
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    async fn send(&self, mut request: RequestBuilder) -> Response {
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        soon("an answer comes", request.send()).await.expect("an answer")
    }
}

/// A caller of OpenIM's REST routes.
#[derive(Clone)]
pub(crate) struct Rest(Client);

impl Rest {
    /// Speaks GraphQL with the same token.
    pub(crate) fn graph(&self) -> Client {
        self.0.clone()
    }

    pub(crate) fn with_token(&self, token: &str) -> Self {
        Self(self.0.with_token(token))
    }

    /// Calls a route that must succeed and returns its `data`.
    pub(crate) async fn call(&self, path: &str, body: Value) -> Value {
        let mut answer = self.answer(path, body.to_string()).await;
        assert_eq!(answer["errCode"], 0, "{path} failed: {answer}");
        answer["data"].take()
    }

    /// Calls a route and returns the whole envelope.
    pub(crate) async fn answer(&self, path: &str, body: impl Into<reqwest::Body>) -> Value {
        self.post(path, body).await.json().await.expect("an envelope of JSON")
    }

    /// Calls a route.
    pub(crate) async fn post(&self, path: &str, body: impl Into<reqwest::Body>) -> Response {
        let Client { http, token, .. } = &self.0;
        let mut request = http.post(self.0.url(path)).header("operationID", "test").header("content-type", "application/json").body(body);
        if let Some(token) = token {
            request = request.header("token", token);
        }
        soon("an answer comes", request.send()).await.expect("an answer")
    }

    /// Registers users, each an id and a nickname, and returns their tokens in this order; for administrators.
    pub(crate) async fn users(&self, users: &[(&str, &str)]) -> Vec<String> {
        let infos: Vec<Value> = users.iter().map(|(id, nickname)| json!({ "userID": id, "nickname": nickname, "faceURL": "" })).collect();
        self.call("/user/user_register", json!({ "users": infos })).await;
        let mut tokens = Vec::new();
        for (id, _) in users {
            let answer = self.call("/auth/get_user_token", json!({ "userID": id, "platformID": 5 })).await;
            tokens.push(answer["token"].as_str().expect("a token").to_owned());
        }
        tokens
    }
}
