//! One request to a provider: bounded in time and size, redirected nowhere. What fails is told without addresses, headers
//! and bodies, as they hold secrets.

use std::time::Duration;

use openim_core::{Error, ErrorCode, Result};
use reqwest::header::{HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder, Method, RequestBuilder, StatusCode};
use serde::de::DeserializeOwned;
use url::Url;

use crate::PushOutcome;

/// The longest answer that is read: providers say little.
const LONGEST_ANSWER: usize = 64 << 10;

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(5);

/// The longest pause that a provider can ask for.
const LONGEST_PAUSE: Duration = Duration::from_secs(24 * 3600);

/// Talks to one provider.
pub(crate) struct Http {
    client: Client,
    provider: &'static str,
    timeout: Duration,
}

/// What the provider answered.
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Http {
    /// Makes the client of a provider that speaks any HTTP.
    pub(crate) fn new(provider: &'static str, timeout: Duration) -> Result<Self> {
        Self::build(provider, timeout, Client::builder())
    }

    /// Makes the client of a provider that speaks HTTP/2 only.
    pub(crate) fn http2(provider: &'static str, timeout: Duration) -> Result<Self> {
        let alive = Duration::from_secs(60);
        let builder = Client::builder().http2_prior_knowledge().http2_keep_alive_interval(alive).http2_keep_alive_while_idle(true);
        Self::build(provider, timeout, builder)
    }

    fn build(provider: &'static str, timeout: Duration, builder: ClientBuilder) -> Result<Self> {
        // The only error says that the process has a provider already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = builder
            .redirect(Policy::none())
            .connect_timeout(CONNECT)
            .pool_max_idle_per_host(16)
            .tcp_nodelay(true)
            .build()
            .map_err(Error::internal)?;
        Ok(Self { client, provider, timeout })
    }

    pub(crate) fn post(&self, url: Url) -> RequestBuilder {
        self.client.request(Method::POST, url)
    }

    pub(crate) fn get(&self, url: Url) -> RequestBuilder {
        self.client.request(Method::GET, url)
    }

    /// Sends a request and reads the answer.
    ///
    /// # Errors
    /// The outcome of a notification that was not sent for this.
    pub(crate) async fn send(&self, request: RequestBuilder) -> Result<Reply, PushOutcome> {
        match tokio::time::timeout(self.timeout, self.exchange(request)).await {
            Ok(answered) => answered,
            Err(_) => Err(PushOutcome::retry(format!("{} does not answer within {:?}", self.provider, self.timeout))),
        }
    }

    async fn exchange(&self, request: RequestBuilder) -> Result<Reply, PushOutcome> {
        let mut response = request.send().await.map_err(|cause| self.unreachable(&cause))?;
        let (status, headers) = (response.status(), response.headers().clone());
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|cause| self.unreachable(&cause))? {
            if body.len() + chunk.len() > LONGEST_ANSWER {
                return Err(PushOutcome::retry(format!("{} answers more than anybody reads", self.provider)));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Reply { status, headers, body })
    }

    /// The text of the cause may name the address, and an address may hold a secret.
    fn unreachable(&self, cause: &reqwest::Error) -> PushOutcome {
        let what = if cause.is_connect() { "no connection" } else { "the connection broke" };
        PushOutcome::retry(format!("{} cannot be reached: {what}", self.provider))
    }

    /// Judges an answer that is no success by its status; `code` is what the provider calls it.
    pub(crate) fn judge(&self, reply: &Reply, code: &str) -> PushOutcome {
        let (status, space) = (reply.status.as_u16(), if code.is_empty() { "" } else { " " });
        let reason = format!("{} answers {status}{space}{code}", self.provider);
        match status {
            408 | 425 | 429 | 500..=599 => PushOutcome::retry_after(reply.pause(), reason),
            300..=399 => PushOutcome::refused(format!("{reason}: redirects are not followed")),
            _ => PushOutcome::refused(reason),
        }
    }

    /// Judges an answer whose code says that it may work later.
    pub(crate) fn later(&self, reply: &Reply, code: i64) -> PushOutcome {
        PushOutcome::retry_after(reply.pause(), format!("{} answers code {code}: later", self.provider))
    }

    /// Judges a success that does not say what it should: perhaps it was somebody else who answered.
    pub(crate) fn garbage(&self) -> PushOutcome {
        PushOutcome::retry(format!("{} gives an answer that is not understood", self.provider))
    }

    /// Judges a provider that needs another kind of target.
    pub(crate) fn not_for_us(&self) -> PushOutcome {
        PushOutcome::refused(format!("{} does not send to this kind of target", self.provider))
    }
}

impl Reply {
    /// Reads the body as JSON; `None` when it is something else.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_slice(&self.body).ok()
    }

    /// Returns the pause that is asked for in seconds.
    fn pause(&self) -> Option<Duration> {
        let named = |name: &str| self.headers.get(name)?.to_str().ok()?.trim().parse().ok();
        let seconds = named(RETRY_AFTER.as_str()).or_else(|| named("x-rate-limit-reset"))?;
        Some(Duration::from_secs(seconds).min(LONGEST_PAUSE))
    }
}

/// Reads a base address.
pub(crate) fn base(provider: &str, given: &str, default: &str) -> Result<Url> {
    let text = if given.is_empty() { default } else { given };
    // The address itself is not told: it may hold a secret.
    let refused = || Error::new(ErrorCode::Args, format!("{provider}: the address must begin with http:// or https:// and have no query"));
    let url = Url::parse(text.trim_end_matches('/')).map_err(|_| refused())?;
    let plain = matches!(url.scheme(), "http" | "https") && url.has_host() && url.query().is_none() && url.fragment().is_none();
    if plain { Ok(url) } else { Err(refused()) }
}

/// Returns a path below a base address. The parts must need no escaping.
pub(crate) fn below(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    url.set_path(&format!("{}/{path}", base.path().trim_end_matches('/')));
    url
}

/// Makes a header that is never printed.
pub(crate) fn secret_header(text: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_address_keeps_its_path_and_has_no_query() {
        let base = base("getui", "https://restapi.getui.com/v2/app/", "").unwrap();
        assert_eq!(below(&base, "push/single/alias").as_str(), "https://restapi.getui.com/v2/app/push/single/alias");
        for text in ["", "ftp://a", "https://a?key=s3cret", "https://a#s3cret", "a b", "http://"] {
            let refused = super::base("getui", text, "").unwrap_err();
            assert!(refused.message().starts_with("getui: ") && !refused.message().contains("s3cret"), "{refused}");
        }
    }
}
