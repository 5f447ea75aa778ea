//! What the answer to a before-hook means.
//!
//! A receiver refuses with `actionCode` 0 **and** `nextCode` 1; everything else allows, also an `actionCode` that is not 0.
//! That is OpenIM's rule. OpenIM does not look at the HTTP status; here an answer whose status is no success counts only
//! when it refuses, so that the page of a broken proxy or a missing route lets nothing pass.

use openim_core::{Error, ErrorCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::any_case;

/// The longest texts of a refusal that reach the client, in characters.
const MAX_TEXT: usize = 1024;

/// What the answer of an accept-or-refuse hook holds besides its decision: nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct Accepted {}

/// A receiver's answer as it came.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Vec<u8>,
}

/// The fields of every answer.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Decision {
    action_code: Option<i32>,
    err_code: Option<i32>,
    err_msg: Option<String>,
    err_dlt: Option<String>,
    next_code: Option<i32>,
}

/// What came of asking.
#[derive(Debug)]
pub(super) enum Verdict<A> {
    /// Go on, with these changes.
    Allowed(A),
    /// The operation must fail with this.
    Refused(Error),
    /// That is no answer.
    Unusable(Error),
}

impl Answer {
    /// Tells whether the status is one of success.
    pub(super) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Reads the answer.
    pub(super) fn verdict<A: DeserializeOwned>(self) -> Verdict<A> {
        let success = self.is_success();
        let value = match serde_json::from_slice::<Value>(&self.body) {
            Ok(value @ Value::Object(_)) => value,
            _ if !success => return Verdict::Unusable(bad_status(self.status)),
            Ok(_) => return Verdict::Unusable(bad_format("it is no JSON object")),
            Err(error) => return Verdict::Unusable(bad_format(error)),
        };
        let decision: Decision = match any_case::read(value.clone()) {
            Ok(decision) => decision,
            Err(error) => return Verdict::Unusable(bad_format(error)),
        };
        if decision.action_code.unwrap_or(0) == 0 && decision.next_code == Some(1) {
            return Verdict::Refused(decision.refusal());
        }
        if !success {
            return Verdict::Unusable(bad_status(self.status));
        }
        match any_case::read(value) {
            Ok(changes) => Verdict::Allowed(changes),
            Err(error) => Verdict::Unusable(bad_format(error)),
        }
    }
}

impl Decision {
    fn refusal(self) -> Error {
        let number = match self.err_code.unwrap_or(0) {
            // OpenIM cannot carry small numbers: they are those of its RPC library.
            small if small < 100 => ErrorCode::Internal.number(),
            number => number,
        };
        let text = clean(&self.err_msg.unwrap_or_default());
        let text = if text.is_empty() { ErrorCode::WebhookRefused.text().to_owned() } else { text };
        Error::refused(number, text, clean(&self.err_dlt.unwrap_or_default()))
    }
}

/// Bounds a text from outside and takes control characters out.
fn clean(text: &str) -> String {
    text.chars().take(MAX_TEXT).map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}

fn bad_status(status: u16) -> Error {
    Error::new(ErrorCode::WebhookUnreachable, "the webhook's receiver answered with an error").with_source(format!("status {status}"))
}

fn bad_format(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::new(ErrorCode::Data, "the webhook's receiver gave an answer of a wrong format").with_source(cause)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(default)]
    struct Remark {
        remark: Option<String>,
    }

    fn of(status: u16, body: &str) -> Verdict<Remark> {
        Answer { status, body: body.into() }.verdict()
    }

    #[test]
    fn everything_but_action_0_with_next_1_allows() {
        for body in
            ["{}", r#"{"actionCode":0}"#, r#"{"actionCode":1,"nextCode":1,"errCode":5001}"#, r#"{"nextCode":2}"#, r#"{"nextCode":null}"#]
        {
            assert!(matches!(of(200, body), Verdict::Allowed(Remark { remark: None })), "{body}");
        }
        assert!(matches!(of(200, r#"{"Remark":"x"}"#), Verdict::Allowed(Remark { remark: Some(remark) }) if remark == "x"));
    }

    #[test]
    fn a_refusal_carries_the_receivers_number_and_texts_whatever_the_status() {
        let body = r#"{"actionCode":0,"NEXTCODE":1,"errCode":5001,"errMsg":"no\nads","errDlt":"word 3"}"#;
        for status in [200, 403, 500] {
            let Verdict::Refused(error) = of(status, body) else { panic!("must refuse") };
            assert_eq!((error.number(), error.message(), error.verdict_detail()), (5001, "no ads", Some("word 3")));
        }
    }

    #[test]
    fn numbers_below_100_become_500() {
        for body in [r#"{"nextCode":1}"#, r#"{"nextCode":1,"errCode":99}"#, r#"{"nextCode":1,"errCode":-7}"#] {
            let Verdict::Refused(error) = of(200, body) else { panic!("must refuse") };
            assert_eq!((error.number(), error.message()), (500, "CallbackError"));
        }
    }

    #[test]
    fn what_is_no_answer_allows_nothing() {
        let code = |verdict| match verdict {
            Verdict::Unusable(error) => error.code(),
            other => panic!("{other:?}"),
        };
        for body in ["", "<html>", "[]", "null", r#"{"nextCode":"1"}"#, r#"{"remark":7}"#] {
            assert_eq!(code(of(200, body)), ErrorCode::Data, "{body}");
        }
        for (status, body) in [(404, r#"{"detail":"Not Found"}"#), (502, "<html>"), (302, ""), (500, "{}")] {
            assert_eq!(code(of(status, body)), ErrorCode::WebhookUnreachable, "{status}");
        }
    }
}
