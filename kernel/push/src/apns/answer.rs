//! What Apple answers, and what it means for the token and for repeating.

use reqwest::StatusCode;
use serde::Deserialize;

use crate::PushOutcome;
use crate::http::{Http, Reply};
use crate::text::code_word;

#[derive(Deserialize, Default)]
struct Failure {
    #[serde(default)]
    reason: String,
}

fn reason(reply: &Reply) -> String {
    code_word(&reply.json::<Failure>().unwrap_or_default().reason).to_owned()
}

/// Tells whether our token has grown too old for Apple.
pub(super) fn is_about_our_token(reply: &Reply) -> bool {
    reply.status == StatusCode::FORBIDDEN && reason(reply) == "ExpiredProviderToken"
}

/// Judges an answer.
pub(super) fn outcome(http: &Http, reply: &Reply) -> PushOutcome {
    match reply.status {
        StatusCode::OK => {
            let id = reply.headers.get("apns-id").and_then(|id| id.to_str().ok());
            PushOutcome::delivered(id.unwrap_or_default())
        }
        StatusCode::GONE => PushOutcome::InvalidToken,
        _ => match reason(reply).as_str() {
            // A token of the other environment looks the same; a wrong switch must not cost everybody's tokens.
            word @ "BadDeviceToken" => http.judge(reply, &format!("{word}: the token is none, or of the other environment")),
            word => http.judge(reply, word),
        },
    }
}
