//! Getui, REST v2: users by alias, one alone or many through a task, authorised by a token of about a day.

mod body;
mod session;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use openim_core::{Result, Runtime};
use reqwest::header::{HeaderName, HeaderValue};
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use crate::aliases::Aliases;
use crate::budget::Budget;
use crate::http::{Http, Reply, base, below, secret_header};
use crate::{Addressing, PushOutcome, PushRequest, PushSender};
use session::Session;

/// The provider's name.
const NAME: &str = "getui";

/// The most users of one request.
const SLICE: usize = 999;

/// The token is not valid any more.
const TOKEN_OVER: i64 = 10_001;

/// Called too often, or not up yet.
const LATER: [i64; 3] = [2, 10_003, 10_005];

/// What the sender is made of.
#[derive(Clone)]
pub struct GetuiSettings {
    /// The service with the app's id: `https://restapi.getui.com/v2/<app id>`.
    pub url: String,
    /// The app's key.
    pub app_key: String,
    /// The app's secret.
    pub master_secret: String,
    /// The channel of notifications on Android.
    pub channel_id: String,
    /// Its name.
    pub channel_name: String,
    /// How long one request may take.
    pub timeout: Duration,
}

/// Sends through getui.
pub struct Getui {
    http: Http,
    url: Url,
    session: Session,
    channel_id: String,
    channel_name: String,
    runtime: Runtime,
}

/// Every answer has this form.
#[derive(Deserialize)]
struct Answer {
    code: i64,
    #[serde(default)]
    data: Option<Value>,
}

/// What a task is called.
#[derive(Deserialize)]
struct Task {
    taskid: String,
}

impl Getui {
    /// Makes the sender; nothing is asked yet.
    ///
    /// # Errors
    /// `ARGS_ERROR` for an address that is none, or when key or secret are missing.
    pub fn new(settings: GetuiSettings, runtime: Runtime) -> Result<Self> {
        Ok(Self {
            http: Http::new(NAME, settings.timeout)?,
            url: base(NAME, &settings.url, "")?,
            session: Session::new(settings.app_key, settings.master_secret)?,
            channel_id: settings.channel_id,
            channel_name: settings.channel_name,
            runtime,
        })
    }

    /// Posts with the token; a token that is over is renewed and the request repeated, once.
    async fn call(&self, path: &str, body: &Value, budget: Budget) -> Result<Option<Value>, PushOutcome> {
        let body = body.to_string();
        let mut refused: Option<Arc<str>> = None;
        loop {
            budget.check()?;
            let token = self.session.token(&self.http, &self.url, &*self.runtime.clock, refused.as_deref()).await?;
            let value = secret_header(&token).ok_or_else(|| self.http.garbage())?;
            let reply = post(&self.http, &self.url, path, value, body.clone()).await?;
            let answer: Option<Answer> = reply.json();
            match answer {
                Some(answer) if answer.code == TOKEN_OVER && refused.is_none() => refused = Some(token),
                answer => return judge(&self.http, &reply, answer),
            }
        }
    }

    async fn single(&self, request: &PushRequest, user: &str, budget: Budget) -> Result<PushOutcome, PushOutcome> {
        let body = body::single(request, user, &self.channel_id, &self.channel_name);
        let data = self.call("push/single/alias", &body, budget).await?;
        // {"<task>": {"<device>": "successed_online"}}
        let task = data.as_ref().and_then(Value::as_object).and_then(|data| data.keys().next());
        Ok(PushOutcome::delivered(task.map_or("", String::as_str)))
    }

    async fn many(&self, request: &PushRequest, users: &[&str], budget: Budget) -> Result<Vec<PushOutcome>, PushOutcome> {
        let message = body::list_message(request, &self.channel_id, &self.channel_name);
        let data = self.call("push/list/message", &message, budget).await?.unwrap_or_default();
        let Task { taskid } = serde_json::from_value(data).map_err(|_| self.http.garbage())?;
        let mut outcomes = Vec::with_capacity(users.len());
        for slice in users.chunks(SLICE) {
            let sent = self.call("push/list/alias", &body::list_alias(slice, &taskid), budget).await;
            let outcome = sent.map_or_else(|outcome| outcome, |_| PushOutcome::delivered(&taskid));
            outcomes.extend(slice.iter().map(|_| outcome.clone()));
        }
        Ok(outcomes)
    }
}

/// Posts JSON as getui wants it.
async fn post(http: &Http, url: &Url, path: &str, token: HeaderValue, body: String) -> Result<Reply, PushOutcome> {
    let sending = http.post(below(url, path)).header("content-type", "application/json;charset=utf-8");
    http.send(sending.header(HeaderName::from_static("token"), token).body(body)).await
}

/// Returns what was answered, when it was a success.
fn judge(http: &Http, reply: &Reply, answer: Option<Answer>) -> Result<Option<Value>, PushOutcome> {
    match answer {
        Some(Answer { code: 0, data }) if reply.status.is_success() => Ok(data),
        Some(Answer { code, .. }) if LATER.contains(&code) => Err(http.later(reply, code)),
        Some(Answer { code, .. }) if !reply.status.is_server_error() && reply.status.as_u16() != 429 => {
            Err(PushOutcome::refused(format!("{NAME} answers code {code}")))
        }
        None if reply.status.is_success() => Err(http.garbage()),
        _ => Err(http.judge(reply, "")),
    }
}

#[async_trait]
impl PushSender for Getui {
    fn name(&self) -> &'static str {
        NAME
    }

    fn addressing(&self) -> Addressing {
        Addressing::Aliases
    }

    async fn send(&self, request: &PushRequest) -> Vec<PushOutcome> {
        let (aliases, budget) = (Aliases::of(&request.targets), Budget::start());
        let outcomes = match aliases.names.as_slice() {
            [] => Vec::new(),
            [user] => vec![self.single(request, user, budget).await.unwrap_or_else(|outcome| outcome)],
            users => self.many(request, users, budget).await.unwrap_or_else(|outcome| vec![outcome; users.len()]),
        };
        aliases.spread(&outcomes, &self.http.not_for_us(), request.targets.len())
    }
}
