//! JPush, v3: users by alias, up to a thousand with one request.

mod body;

use std::time::Duration;

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use openim_core::{Error, ErrorCode, Result};
use reqwest::header::{AUTHORIZATION, HeaderValue};
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use crate::aliases::Aliases;
use crate::budget::Budget;
use crate::http::{Http, Reply, base, secret_header};
use crate::{Addressing, PushOutcome, PushRequest, PushSender};

/// The provider's name.
const NAME: &str = "jpush";

/// The most users of one request.
const SLICE: usize = 1_000;

/// Nobody is bound to the alias.
const NOBODY: i64 = 1_011;

/// Busy inside, called too often.
const LATER: [i64; 4] = [1_000, 1_030, 2_002, 2_008];

/// What the sender is made of.
#[derive(Clone)]
pub struct JpushSettings {
    /// Where pushes are posted; empty for `https://api.jpush.cn/v3/push`.
    pub url: String,
    /// The app's key.
    pub app_key: String,
    /// The app's secret.
    pub master_secret: String,
    /// What a tap opens on Android; empty for the app.
    pub intent: String,
    /// How long one request may take.
    pub timeout: Duration,
}

/// Sends through JPush.
pub struct Jpush {
    http: Http,
    url: Url,
    authorization: HeaderValue,
    intent: String,
}

/// Ids come as numbers or texts.
#[derive(Deserialize)]
struct Taken {
    #[serde(default)]
    sendno: Value,
    #[serde(default)]
    msg_id: Value,
}

#[derive(Deserialize)]
struct Failed {
    error: Failure,
}

#[derive(Deserialize)]
struct Failure {
    code: i64,
}

impl Jpush {
    /// Makes the sender; nothing is asked yet.
    ///
    /// # Errors
    /// `ARGS_ERROR` for an address that is none, or when key or secret are missing.
    pub fn new(settings: JpushSettings) -> Result<Self> {
        if settings.app_key.is_empty() || settings.master_secret.is_empty() {
            return Err(Error::new(ErrorCode::Args, format!("{NAME}: app key and master secret are needed")));
        }
        let credentials = STANDARD.encode(format!("{}:{}", settings.app_key, settings.master_secret));
        let authorization = secret_header(&format!("Basic {credentials}"));
        Ok(Self {
            http: Http::new(NAME, settings.timeout)?,
            url: base(NAME, &settings.url, "https://api.jpush.cn/v3/push")?,
            authorization: authorization.ok_or_else(|| Error::internal("base64 is a header"))?,
            intent: settings.intent,
        })
    }

    async fn slice(&self, request: &PushRequest, users: &[&str], budget: Budget) -> Result<PushOutcome, PushOutcome> {
        budget.check()?;
        let body = body::push(request, users, &self.intent).to_string();
        let sending = self.http.post(self.url.clone()).header("content-type", "application/json");
        let reply = self.http.send(sending.header(AUTHORIZATION, self.authorization.clone()).body(body)).await?;
        Ok(self.outcome(&reply))
    }

    fn outcome(&self, reply: &Reply) -> PushOutcome {
        match reply.json::<Failed>().map(|failed| failed.error.code) {
            Some(NOBODY) => PushOutcome::refused(format!("{NAME} answers code {NOBODY}: no device has bound this alias")),
            Some(code) if LATER.contains(&code) => self.http.later(reply, code),
            Some(code) if !reply.status.is_server_error() && reply.status.as_u16() != 429 => {
                PushOutcome::refused(format!("{NAME} answers code {code}"))
            }
            None if reply.status.is_success() => self.taken(reply),
            _ => self.http.judge(reply, ""),
        }
    }

    fn taken(&self, reply: &Reply) -> PushOutcome {
        let told = |value: &Value| match value {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        };
        match reply.json::<Taken>().map(|taken| (told(&taken.sendno), told(&taken.msg_id))) {
            None | Some((None, None)) => self.http.garbage(),
            Some((_, id)) => PushOutcome::delivered(&id.unwrap_or_default()),
        }
    }
}

#[async_trait]
impl PushSender for Jpush {
    fn name(&self) -> &'static str {
        NAME
    }

    fn addressing(&self) -> Addressing {
        Addressing::Aliases
    }

    async fn send(&self, request: &PushRequest) -> Vec<PushOutcome> {
        let (aliases, budget) = (Aliases::of(&request.targets), Budget::start());
        let mut outcomes = Vec::with_capacity(aliases.names.len());
        for slice in aliases.names.chunks(SLICE) {
            let outcome = self.slice(request, slice, budget).await.unwrap_or_else(|outcome| outcome);
            outcomes.extend(slice.iter().map(|_| outcome.clone()));
        }
        aliases.spread(&outcomes, &self.http.not_for_us(), request.targets.len())
    }
}
