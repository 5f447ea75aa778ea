//! Apple's push service: one request a device over HTTP/2, authorised by a token that is signed here.

mod answer;
mod message;
mod provider_token;

use std::time::Duration;

use async_trait::async_trait;
use futures_util::FutureExt;
use openim_core::{Error, ErrorCode, Result, Runtime};
use reqwest::RequestBuilder;
use reqwest::header::{AUTHORIZATION, HeaderValue};
use url::Url;

use crate::budget::Budget;
use crate::devices::each;
use crate::http::{Http, base, below, secret_header};
use crate::{Address, Addressing, PushOutcome, PushRequest, PushSender, Target};
use provider_token::ProviderToken;

/// The provider's name.
const NAME: &str = "apns";

/// How long Apple keeps a notification for a device that is off.
const KEPT: Duration = Duration::from_secs(24 * 3_600);

/// The longest id by which a repeated notification replaces the first.
const LONGEST_COLLAPSE_ID: usize = 64;

/// The longest device token: they are 32 bytes today and may grow to 100.
const LONGEST_TOKEN: usize = 200;

/// What the sender is made of.
#[derive(Clone)]
pub struct ApnsSettings {
    /// The content of the `.p8` file.
    pub key: String,
    /// The key's id.
    pub key_id: String,
    /// The team's id.
    pub team_id: String,
    /// The app's bundle id.
    pub topic: String,
    /// The service of apps from the store; empty for `https://api.push.apple.com`.
    pub url: String,
    /// The service of developers' apps; empty for `https://api.sandbox.push.apple.com`.
    pub sandbox_url: String,
    /// How long one request may take.
    pub timeout: Duration,
}

/// Sends through Apple's push service.
pub struct Apns {
    http: Http,
    url: Url,
    sandbox_url: Url,
    topic: HeaderValue,
    token: ProviderToken,
    runtime: Runtime,
}

impl Apns {
    /// Makes the sender; nothing is asked yet.
    ///
    /// # Errors
    /// `ARGS_ERROR` for a key or an address that is none, or when an id is missing.
    pub fn new(settings: ApnsSettings, runtime: Runtime) -> Result<Self> {
        let topic = HeaderValue::from_str(&settings.topic).ok().filter(|topic| !topic.is_empty());
        Ok(Self {
            http: Http::http2(NAME, settings.timeout)?,
            url: base(NAME, &settings.url, "https://api.push.apple.com")?,
            sandbox_url: base(NAME, &settings.sandbox_url, "https://api.sandbox.push.apple.com")?,
            topic: topic.ok_or_else(|| Error::new(ErrorCode::Args, "apns: the topic must be the app's bundle id"))?,
            token: ProviderToken::new(&settings.key, settings.key_id, settings.team_id)?,
            runtime,
        })
    }

    fn request(&self, request: &PushRequest, device: &str, body: String, token: &str) -> RequestBuilder {
        let url = below(if request.production { &self.url } else { &self.sandbox_url }, &format!("3/device/{device}"));
        let expires = self.runtime.clock.now().plus(KEPT).seconds();
        let mut sending = self
            .http
            .post(url)
            .header("apns-topic", self.topic.clone())
            .header("apns-push-type", "alert")
            .header("apns-priority", "10")
            .header("apns-expiration", expires)
            .body(body);
        if let Some(value) = secret_header(&format!("bearer {token}")) {
            sending = sending.header(AUTHORIZATION, value);
        }
        let id = &request.client_message_id;
        if (1..=LONGEST_COLLAPSE_ID).contains(&id.len())
            && let Ok(id) = HeaderValue::from_str(id)
        {
            sending = sending.header("apns-collapse-id", id);
        }
        sending
    }

    async fn one(&self, request: &PushRequest, target: &Target, budget: Budget) -> Result<PushOutcome, PushOutcome> {
        let Address::Device { token: device, .. } = &target.address else { return Ok(self.http.not_for_us()) };
        if device.is_empty() || device.len() > LONGEST_TOKEN || !device.bytes().all(|one| one.is_ascii_hexdigit()) {
            return Ok(PushOutcome::InvalidToken);
        }
        let body = message::body(request, target.badge).to_string();
        let mut refused: Option<String> = None;
        loop {
            budget.check()?;
            let token = self.token.get(self.runtime.clock.now(), refused.as_deref())?;
            let reply = self.http.send(self.request(request, device, body.clone(), &token)).await?;
            if answer::is_about_our_token(&reply) && refused.is_none() {
                refused = Some(token);
                continue;
            }
            return Ok(answer::outcome(&self.http, &reply));
        }
    }
}

#[async_trait]
impl PushSender for Apns {
    fn name(&self) -> &'static str {
        NAME
    }

    fn addressing(&self) -> Addressing {
        Addressing::Devices
    }

    async fn send(&self, request: &PushRequest) -> Vec<PushOutcome> {
        let budget = Budget::start();
        each(&request.targets, |target| self.one(request, target, budget).boxed()).await
    }
}
