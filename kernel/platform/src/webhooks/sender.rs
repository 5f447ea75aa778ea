//! One request to the receiver: signed, bounded in time and size, to a checked address, redirected nowhere.

use std::time::Duration;

use openim_core::{Error, ErrorCode, Result};
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Url};

use super::answer::Answer;
use super::guard::{self, PrivateTarget, PublicOnly};
use super::settings::WebhookSettings;
use super::signature::SigningKey;
use crate::telemetry::inject_current;

/// The longest answer that is read.
pub(super) const MAX_ANSWER: usize = 1 << 20;

/// Idle connections that are kept.
const IDLE_CONNECTIONS: usize = 16;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum SendError {
    /// The receiver's address may not be called.
    #[error(transparent)]
    Private(#[from] PrivateTarget),
    /// It took too long.
    #[error("no answer within {0:?}")]
    Timeout(Duration),
    /// It says more than anybody reads.
    #[error("the answer has more than {MAX_ANSWER} bytes")]
    TooLarge,
    /// It cannot be reached.
    #[error("the receiver cannot be reached")]
    Unreachable(#[source] reqwest::Error),
}

impl From<SendError> for Error {
    fn from(error: SendError) -> Self {
        let text = match error {
            SendError::Timeout(_) => "the webhook's receiver did not answer in time",
            SendError::TooLarge => "the webhook's receiver gave an answer that is too long",
            SendError::Private(_) | SendError::Unreachable(_) => "the webhook's receiver cannot be reached",
        };
        Self::new(ErrorCode::WebhookUnreachable, text).with_source(error)
    }
}

/// What is sent.
#[derive(Debug, Clone, Copy)]
pub(super) struct Request<'a> {
    /// The same in every attempt.
    pub(super) id: &'a str,
    pub(super) command: &'a str,
    pub(super) operation_id: &'a str,
    /// The query parameter `key`; none when empty.
    pub(super) reply_key: &'a str,
    pub(super) body: &'a str,
    /// Unix seconds.
    pub(super) now: i64,
    pub(super) timeout: Duration,
}

/// Posts to one receiver.
#[derive(Debug)]
pub(super) struct Sender {
    client: Client,
    base: Url,
    key: SigningKey,
    allow_private: bool,
}

impl Sender {
    /// Checks URL and secret and builds the client.
    pub(super) fn new(settings: &WebhookSettings) -> Result<Self> {
        let refused = |problem: String| Error::new(ErrorCode::Args, format!("the URL of webhooks {problem}"));
        let mut base = Url::parse(&settings.url).map_err(|error| refused("is no URL".to_owned()).with_source(error))?;
        if !matches!(base.scheme(), "http" | "https") || base.query().is_some() || base.fragment().is_some() {
            return Err(refused("must begin with http:// or https:// and have no query".to_owned()));
        }
        let path = base.path().trim_end_matches('/').to_owned();
        base.set_path(&path);
        // The only error says that the process has a provider already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut client = Client::builder()
            .connect_timeout(Duration::from_secs(5))
            .pool_max_idle_per_host(IDLE_CONNECTIONS)
            .redirect(reqwest::redirect::Policy::none())
            // A proxy would resolve names itself and make the guard blind.
            .no_proxy()
            .tcp_nodelay(true);
        if !settings.allow_private_targets {
            client = client.dns_resolver(std::sync::Arc::new(PublicOnly));
        }
        let client = client.build().map_err(Error::internal)?;
        Ok(Self { client, base, key: SigningKey::new(&settings.secret)?, allow_private: settings.allow_private_targets })
    }

    /// Returns the receiver's host and port, for the log.
    pub(super) fn host(&self) -> String {
        let host = self.base.host_str().unwrap_or_default();
        self.base.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    /// Sends one request and reads the answer.
    pub(super) async fn send(&self, request: Request<'_>) -> Result<Answer, SendError> {
        self.check_literal()?;
        tokio::time::timeout(request.timeout, self.exchange(request)).await.unwrap_or(Err(SendError::Timeout(request.timeout)))
    }

    /// Hosts that are addresses themselves pass no resolver.
    fn check_literal(&self) -> Result<(), PrivateTarget> {
        match self.base.host_str().and_then(guard::literal_address) {
            Some(address) if !self.allow_private && !guard::is_public(address) => Err(PrivateTarget),
            _ => Ok(()),
        }
    }

    async fn exchange(&self, request: Request<'_>) -> Result<Answer, SendError> {
        let sending = self.client.post(self.url(&request)).headers(self.headers(&request)).body(request.body.to_owned());
        let mut response = sending.send().await.map_err(failed)?;
        let status = response.status().as_u16();
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(failed)? {
            if body.len() + chunk.len() > MAX_ANSWER {
                return Err(SendError::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer { status, body })
    }

    fn url(&self, request: &Request<'_>) -> Url {
        let mut url = self.base.clone();
        url.set_path(&format!("{}/{}", self.base.path().trim_end_matches('/'), request.command));
        if !request.reply_key.is_empty() {
            url.query_pairs_mut().append_pair("key", request.reply_key);
        }
        url
    }

    fn headers(&self, request: &Request<'_>) -> HeaderMap {
        let signature = self.key.sign(request.id, request.now, request.body.as_bytes());
        let seconds = request.now.to_string();
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
        let ours = [
            ("operationid", request.operation_id),
            ("webhook-id", request.id),
            ("webhook-timestamp", &seconds),
            ("webhook-signature", &signature),
        ];
        for (name, value) in ours {
            // An operation id comes from outside and may be no header value; then it is only in the body.
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(HeaderName::from_static(name), value);
            }
        }
        for (name, value) in inject_current() {
            if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
                headers.insert(name, value);
            }
        }
        headers
    }
}

fn failed(error: reqwest::Error) -> SendError {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(&error);
    while let Some(error) = cause {
        if error.is::<PrivateTarget>() {
            return SendError::Private(PrivateTarget);
        }
        cause = error.source();
    }
    SendError::Unreachable(error.without_url())
}
