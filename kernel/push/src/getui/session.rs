//! The token of requests: key and secret are signed with the time and exchanged for it.

use std::sync::Arc;
use std::time::Duration;

use openim_core::{Clock, Error, ErrorCode, Result, Timestamp};
use reqwest::header::HeaderValue;
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use url::Url;

use super::{Answer, NAME, judge, post};
use crate::PushOutcome;
use crate::http::Http;
use crate::slot::{Kept, Slot};

/// The longest that a token is used; it is valid for a day.
const LONGEST: Duration = Duration::from_secs(23 * 3_600);

/// How long before its end a token is renewed.
const RENEWED_BEFORE: Duration = Duration::from_secs(300);

/// Key, secret and token of one app.
pub(super) struct Session {
    app_key: String,
    master_secret: String,
    token: Slot<Arc<str>>,
}

#[derive(Deserialize)]
struct Granted {
    token: String,
    /// Milliseconds since 1970.
    #[serde(default, deserialize_with = "number_or_text")]
    expire_time: Option<i64>,
}

fn number_or_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    let value = Value::deserialize(deserializer)?;
    Ok(value.as_i64().or_else(|| value.as_str()?.parse().ok()))
}

impl Session {
    pub(super) fn new(app_key: String, master_secret: String) -> Result<Self> {
        if app_key.is_empty() || master_secret.is_empty() {
            return Err(Error::new(ErrorCode::Args, format!("{NAME}: app key and master secret are needed")));
        }
        Ok(Self { app_key, master_secret, token: Slot::new() })
    }

    /// Returns a token that is not the `refused` one.
    pub(super) async fn token(&self, http: &Http, url: &Url, clock: &dyn Clock, refused: Option<&str>) -> Result<Arc<str>, PushOutcome> {
        self.token.get(clock, |token| refused == Some(token), self.sign_in(http, url, clock)).await
    }

    async fn sign_in(&self, http: &Http, url: &Url, clock: &dyn Clock) -> Result<Kept<Arc<str>>, PushOutcome> {
        let now = clock.now();
        let timestamp = now.0.to_string();
        let sign = hex::encode(Sha256::digest(format!("{}{timestamp}{}", self.app_key, self.master_secret)));
        let body = json!({"sign": sign, "timestamp": timestamp, "appkey": self.app_key});
        let reply = post(http, url, "auth", HeaderValue::from_static(""), body.to_string()).await?;
        let answer: Option<Answer> = reply.json();
        let data = judge(http, &reply, answer).map_err(when_signing_in)?;
        let granted: Option<Granted> = serde_json::from_value(data.unwrap_or_default()).ok();
        let granted = granted.filter(|granted| !granted.token.is_empty()).ok_or_else(|| http.garbage())?;
        let told = granted.expire_time.map_or(LONGEST, |end| now.until(Timestamp(end)).saturating_sub(RENEWED_BEFORE));
        Ok(Kept { value: granted.token.into(), until: now.plus(told.min(LONGEST)) })
    }
}

fn when_signing_in(outcome: PushOutcome) -> PushOutcome {
    let told = |reason| format!("{reason} when asked for a token");
    match outcome {
        PushOutcome::Retry { after, reason } => PushOutcome::Retry { after, reason: told(reason) },
        PushOutcome::Refused { reason } => PushOutcome::Refused { reason: told(reason) },
        other => other,
    }
}
