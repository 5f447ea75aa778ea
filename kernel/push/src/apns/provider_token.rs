//! Our token for Apple: signed here, used for fifty minutes. Apple refuses it after an hour, and refuses whoever makes a new
//! one more often than every twenty minutes.

use std::time::Duration;

use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use openim_core::{Error, ErrorCode, Result, Timestamp};
use parking_lot::Mutex;
use serde::Serialize;

use crate::PushOutcome;

/// How long a token is used.
const USED: Duration = Duration::from_secs(50 * 60);

/// How old a token is at least when the next is made.
const YOUNGEST: Duration = Duration::from_secs(20 * 60);

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    iat: i64,
}

struct Made {
    text: String,
    at: Timestamp,
}

/// Makes and keeps the token.
pub(super) struct ProviderToken {
    key: EncodingKey,
    key_id: String,
    team_id: String,
    made: Mutex<Option<Made>>,
}

impl ProviderToken {
    pub(super) fn new(key: &str, key_id: String, team_id: String) -> Result<Self> {
        let refused = |what| Error::new(ErrorCode::Args, format!("apns: {what}"));
        if key_id.is_empty() || team_id.is_empty() {
            return Err(refused("the key's id and the team's id are needed"));
        }
        let key = EncodingKey::from_ec_pem(key.as_bytes()).map_err(|_| refused("the key is not the content of a .p8 file"))?;
        let token = Self { key, key_id, team_id, made: Mutex::new(None) };
        token.sign(Timestamp(0)).map_err(|_| refused("the key cannot sign"))?;
        Ok(token)
    }

    fn sign(&self, now: Timestamp) -> Result<String, jsonwebtoken::errors::Error> {
        let mut header = Header::new(Algorithm::ES256);
        header.kid = Some(self.key_id.clone());
        encode(&header, &Claims { iss: &self.team_id, iat: now.seconds() }, &self.key)
    }

    /// Returns a token that is not the `refused` one.
    ///
    /// # Errors
    /// The outcome of notifications that must wait until another token may be made.
    pub(super) fn get(&self, now: Timestamp, refused: Option<&str>) -> Result<String, PushOutcome> {
        let mut made = self.made.lock();
        if let Some(made) = &*made {
            let age = made.at.until(now);
            // A clock that was set back makes a token of the future.
            let usable = age < USED && made.at <= now;
            if usable && refused != Some(made.text.as_str()) {
                return Ok(made.text.clone());
            }
            if usable && age < YOUNGEST {
                return Err(PushOutcome::retry_after(Some(YOUNGEST - age), "apns refuses a new token of ours: is the clock right?"));
            }
        }
        let text = self.sign(now).map_err(|_| PushOutcome::refused("the key of apns cannot sign"))?;
        *made = Some(Made { text: text.clone(), at: now });
        Ok(text)
    }
}
