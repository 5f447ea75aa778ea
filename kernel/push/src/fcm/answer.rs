//! What the service answers, and what it means for the token and for repeating.

use serde::Deserialize;

use crate::PushOutcome;
use crate::http::{Http, Reply};
use crate::text::code_word;

#[derive(Deserialize)]
struct Taken {
    name: String,
}

#[derive(Deserialize)]
struct Failed {
    error: Failure,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Failure {
    status: String,
    message: String,
    details: Vec<Detail>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Detail {
    error_code: String,
    field_violations: Vec<Violation>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Violation {
    field: String,
}

impl Failure {
    fn of(reply: &Reply) -> Self {
        reply.json::<Failed>().map(|failed| failed.error).unwrap_or_default()
    }

    /// Returns the service's own code, else the general one.
    fn code(&self) -> &str {
        let own = self.details.iter().map(|detail| detail.error_code.as_str()).find(|code| !code.is_empty());
        code_word(own.unwrap_or(&self.status))
    }

    /// Tells whether what the service cannot read is the token, and not another part of the message.
    fn is_about_the_device(&self) -> bool {
        let fields = || self.details.iter().flat_map(|detail| &detail.field_violations);
        fields().any(|violation| violation.field == "message.token")
            || (fields().next().is_none() && self.message.contains("registration token"))
    }
}

/// Tells whether the access token was refused, and not the credentials of Apple's service behind.
pub(super) fn is_about_our_token(reply: &Reply) -> bool {
    Failure::of(reply).code() != "THIRD_PARTY_AUTH_ERROR"
}

/// Judges an answer.
pub(super) fn outcome(http: &Http, reply: &Reply) -> PushOutcome {
    if reply.status.is_success() {
        return match reply.json::<Taken>() {
            Some(taken) => PushOutcome::delivered(&taken.name),
            None => http.garbage(),
        };
    }
    let failure = Failure::of(reply);
    match failure.code() {
        "UNREGISTERED" => PushOutcome::InvalidToken,
        "INVALID_ARGUMENT" if failure.is_about_the_device() => PushOutcome::InvalidToken,
        code => http.judge(reply, code),
    }
}
