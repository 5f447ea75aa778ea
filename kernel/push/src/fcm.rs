//! Firebase Cloud Messaging, HTTP v1: one request a device, authorised by an access token of a service account.

mod account;
mod answer;
mod message;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::FutureExt;
use openim_core::{Result, Runtime};
use reqwest::StatusCode;
use reqwest::header::AUTHORIZATION;
use url::Url;

use crate::budget::Budget;
use crate::devices::each;
use crate::http::{Http, base, below, secret_header};
use crate::{Address, Addressing, PushOutcome, PushRequest, PushSender, Target};
use account::Accounts;

pub use account::ServiceAccount;

/// The provider's name.
const NAME: &str = "fcm";

/// What the sender is made of.
#[derive(Clone)]
pub struct FcmSettings {
    /// Who sends.
    pub account: ServiceAccount,
    /// The service; empty for `https://fcm.googleapis.com`.
    pub url: String,
    /// How long one request may take.
    pub timeout: Duration,
}

/// Sends through Firebase Cloud Messaging.
pub struct Fcm {
    http: Http,
    url: Url,
    accounts: Accounts,
    runtime: Runtime,
}

impl Fcm {
    /// Makes the sender; nothing is asked yet.
    ///
    /// # Errors
    /// `ARGS_ERROR` for an account or an address that is none.
    pub fn new(settings: FcmSettings, runtime: Runtime) -> Result<Self> {
        let http = Http::new(NAME, settings.timeout)?;
        let url = base(NAME, &settings.url, "https://fcm.googleapis.com")?;
        Ok(Self { http, url, accounts: Accounts::new(settings.account)?, runtime })
    }

    async fn one(&self, request: &PushRequest, target: &Target, budget: Budget) -> Result<PushOutcome, PushOutcome> {
        let Address::Device { token, .. } = &target.address else { return Ok(self.http.not_for_us()) };
        if token.is_empty() {
            return Ok(PushOutcome::InvalidToken);
        }
        let body = message::body(request, token, target.badge).to_string();
        let mut refused: Option<Arc<str>> = None;
        loop {
            budget.check()?;
            let account = self.accounts.account(&self.http, &*self.runtime.clock).await?;
            let access = self.accounts.access(&account, &self.http, &*self.runtime.clock, refused.as_deref()).await?;
            let url = below(&self.url, &format!("v1/projects/{}/messages:send", account.project));
            let mut sending = self.http.post(url).header("content-type", "application/json").body(body.clone());
            if let Some(value) = secret_header(&format!("Bearer {access}")) {
                sending = sending.header(AUTHORIZATION, value);
            }
            let reply = self.http.send(sending).await?;
            if reply.status == StatusCode::UNAUTHORIZED && refused.is_none() && answer::is_about_our_token(&reply) {
                refused = Some(access);
                continue;
            }
            return Ok(answer::outcome(&self.http, &reply));
        }
    }
}

#[async_trait]
impl PushSender for Fcm {
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
