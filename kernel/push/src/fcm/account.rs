//! The service account, and the access tokens that it gets from its OAuth service: a signed statement of who we are is
//! exchanged for a token of an hour.

use std::sync::Arc;
use std::time::Duration;

use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use openim_core::{Clock, Error, ErrorCode, Result, Timestamp};
use serde::{Deserialize, Serialize};
use url::Url;

use super::NAME;
use crate::PushOutcome;
use crate::http::{Http, base};
use crate::slot::{Kept, Slot};
use crate::text::code_word;

const SCOPE: &str = "https://www.googleapis.com/auth/firebase.messaging";
const GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// How long our statement is valid.
const STATEMENT: Duration = Duration::from_secs(3_600);

/// Clocks differ: a statement of the future is refused.
const ISSUED_BEFORE: Duration = Duration::from_secs(10);

/// How long before its end a token is renewed.
const RENEWED_BEFORE: Duration = Duration::from_secs(300);

/// How long an account that was asked for is used.
const ASKED_AGAIN: Duration = Duration::from_secs(24 * 3_600);

/// Who sends.
#[derive(Clone)]
pub enum ServiceAccount {
    /// The content of the JSON file that Google gives out.
    Json(String),
    /// Where that JSON is got from, at the first push.
    Address(String),
}

/// The file as Google writes it.
#[derive(Deserialize)]
struct File {
    project_id: String,
    client_email: String,
    private_key: String,
    #[serde(default)]
    private_key_id: String,
    #[serde(default)]
    token_uri: String,
}

/// A service account that can sign.
pub(super) struct Account {
    pub(super) project: String,
    email: String,
    key: EncodingKey,
    key_id: String,
    token_url: Url,
}

#[derive(Serialize)]
struct Statement<'a> {
    iss: &'a str,
    scope: &'static str,
    aud: &'a str,
    iat: i64,
    exp: i64,
}

#[derive(Deserialize)]
struct Granted {
    access_token: String,
    expires_in: u64,
}

#[derive(Deserialize, Default)]
struct NotGranted {
    #[serde(default)]
    error: String,
}

fn refused(what: &str) -> Error {
    Error::new(ErrorCode::Args, format!("{NAME}: {what}"))
}

impl Account {
    /// Reads the file. Its content is in no error.
    fn read(text: &str) -> Result<Self> {
        let file: File = serde_json::from_str(text)
            .map_err(|_| refused("the service account must be the JSON file of Google, with project_id, client_email and private_key"))?;
        let plain = |one: char| one.is_ascii_alphanumeric() || matches!(one, '-' | '.' | ':' | '_');
        if file.project_id.is_empty() || !file.project_id.chars().all(plain) {
            return Err(refused("the service account's project_id is none"));
        }
        let key = EncodingKey::from_rsa_pem(file.private_key.as_bytes())
            .map_err(|_| refused("the service account's private_key is no RSA key in PEM"))?;
        let token_url = base("fcm: token_uri", &file.token_uri, "https://oauth2.googleapis.com/token")?;
        let account = Self { project: file.project_id, email: file.client_email, key, key_id: file.private_key_id, token_url };
        account.statement(Timestamp(0)).map_err(|_| refused("the service account's private_key cannot sign"))?;
        Ok(account)
    }

    fn statement(&self, now: Timestamp) -> Result<String, jsonwebtoken::errors::Error> {
        let issued = now.minus(ISSUED_BEFORE);
        let (iat, exp) = (issued.seconds(), issued.plus(STATEMENT).seconds());
        let claims = Statement { iss: &self.email, scope: SCOPE, aud: self.token_url.as_str(), iat, exp };
        let mut header = Header::new(Algorithm::RS256);
        header.kid = (!self.key_id.is_empty()).then(|| self.key_id.clone());
        encode(&header, &claims, &self.key)
    }

    async fn exchange(&self, http: &Http, clock: &dyn Clock) -> Result<Kept<Arc<str>>, PushOutcome> {
        let statement = self.statement(clock.now()).map_err(|_| PushOutcome::refused("the service account's key cannot sign"))?;
        let form: String =
            form_urlencoded::Serializer::new(String::new()).append_pair("grant_type", GRANT).append_pair("assertion", &statement).finish();
        let asking = http.post(self.token_url.clone()).header("content-type", "application/x-www-form-urlencoded").body(form);
        let reply = http.send(asking).await?;
        if !reply.status.is_success() {
            let problem = reply.json::<NotGranted>().unwrap_or_default();
            let code = code_word(&problem.error);
            return Err(http.judge(&reply, if code.is_empty() { "when asked for an access token" } else { code }));
        }
        let granted = reply.json::<Granted>().filter(|granted| !granted.access_token.is_empty()).ok_or_else(|| http.garbage())?;
        let valid = Duration::from_secs(granted.expires_in).min(STATEMENT).saturating_sub(RENEWED_BEFORE);
        Ok(Kept { value: granted.access_token.into(), until: clock.now().plus(valid) })
    }
}

/// Where the account comes from.
enum Source {
    Known(Arc<Account>),
    Asked { address: Url, account: Slot<Arc<Account>> },
}

/// The account and its token, each got when it is needed.
pub(super) struct Accounts {
    source: Source,
    token: Slot<Arc<str>>,
}

impl Accounts {
    pub(super) fn new(account: ServiceAccount) -> Result<Self> {
        let source = match account {
            ServiceAccount::Json(text) => Source::Known(Arc::new(Account::read(&text)?)),
            ServiceAccount::Address(address) => {
                let url = Url::parse(&address).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
                let address = url.ok_or_else(|| refused("the address of the service account must begin with http:// or https://"))?;
                Source::Asked { address, account: Slot::new() }
            }
        };
        Ok(Self { source, token: Slot::new() })
    }

    /// Returns the account.
    pub(super) async fn account(&self, http: &Http, clock: &dyn Clock) -> Result<Arc<Account>, PushOutcome> {
        match &self.source {
            Source::Known(account) => Ok(account.clone()),
            Source::Asked { address, account } => account.get(clock, |_| false, fetch(address, http, clock)).await,
        }
    }

    /// Returns an access token that is not the `refused` one.
    pub(super) async fn access(
        &self,
        account: &Account,
        http: &Http,
        clock: &dyn Clock,
        refused: Option<&str>,
    ) -> Result<Arc<str>, PushOutcome> {
        self.token.get(clock, |token| refused == Some(token), account.exchange(http, clock)).await
    }
}

async fn fetch(address: &Url, http: &Http, clock: &dyn Clock) -> Result<Kept<Arc<Account>>, PushOutcome> {
    let reply = http.send(http.get(address.clone())).await?;
    if !reply.status.is_success() {
        return Err(http.judge(&reply, "when asked for the service account"));
    }
    let text = String::from_utf8_lossy(&reply.body);
    let account = Account::read(&text).map_err(|problem| PushOutcome::refused(problem.message().to_owned()))?;
    Ok(Kept { value: Arc::new(account), until: clock.now().plus(ASKED_AGAIN) })
}
