//! In which form a caller speaks: JSON, or protobuf on the routes that OpenIM's plain JavaScript SDK calls.
//!
//! A protobuf body is turned into the JSON that the route takes anyway; of the answer only `data` differs, which is then a
//! text: base64 of the protobuf message.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use openim_core::ErrorCode;
use openim_protocol::{MAX_UNFOLDED, Transcoder, transcoder};

use crate::contract::{Bind, Reply, Route, Types};
use crate::engine::BuildError;
use crate::envelope::Refusal;

/// The forms a route understands.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Forms {
    /// JSON, whatever the caller says it is.
    Json,
    /// JSON or protobuf, as the caller says.
    JsonOrProtobuf(Messages),
}

/// The protobuf messages of a route.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Messages {
    request: Transcoder,
    response: Transcoder,
}

/// The form of one call.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Form {
    /// JSON.
    Json,
    /// Protobuf.
    Protobuf(Messages),
}

impl Forms {
    /// Finds out what a route understands.
    ///
    /// # Errors
    /// The route should understand protobuf, but its messages are not known: a defect of the tables.
    pub(crate) fn of(route: &Route, types: &Types) -> Result<Self, BuildError> {
        if route.bind != Bind::Jssdk {
            return Ok(Self::Json);
        }
        let (Some(request), Reply::Object(response)) = (route.request, route.reply) else {
            return Err(BuildError::Contract(format!("routes.json: {}: no messages", route.path)));
        };
        let find = |id| {
            let name = &types.get(id).name;
            transcoder(name).ok_or_else(|| BuildError::Contract(format!("routes.json: {}: no protobuf for {name}", route.path)))
        };
        Ok(Self::JsonOrProtobuf(Messages { request: find(request)?, response: find(response)? }))
    }

    /// Takes what the caller says about its body; silence is JSON.
    ///
    /// # Errors
    /// The route does not understand it.
    pub(crate) fn choose(self, content_type: &str) -> Result<Form, Refusal> {
        let Self::JsonOrProtobuf(messages) = self else { return Ok(Form::Json) };
        let said = |name| content_type.contains(name);
        if content_type.is_empty() || said("application/json") {
            Ok(Form::Json)
        } else if said("application/protobuf") || said("application/x-protobuf") {
            Ok(Form::Protobuf(messages))
        } else {
            Err(Refusal::new(ErrorCode::Args, "unsupported content type"))
        }
    }
}

impl Form {
    /// Returns the body as JSON.
    ///
    /// # Errors
    /// It is no message of the route's type, or too large for one.
    pub(crate) fn body(self, body: &[u8]) -> Result<Cow<'_, [u8]>, Refusal> {
        let Self::Protobuf(messages) = self else { return Ok(Cow::Borrowed(body)) };
        if body.len() > MAX_UNFOLDED {
            return Err(Refusal::new(ErrorCode::Args, "the body is too large"));
        }
        messages.request.to_json(body).map(Cow::Owned).map_err(|error| Refusal::new(ErrorCode::Args, error.to_string()))
    }

    /// Turns the answer's `data`, which begins at `start` of `answer`, into the caller's form.
    ///
    /// # Errors
    /// It is no JSON of the route's type: a defect of the route's document.
    pub(crate) fn data(self, answer: &mut Vec<u8>, start: usize) -> Result<(), Refusal> {
        let Self::Protobuf(messages) = self else { return Ok(()) };
        let message = messages.response.to_protobuf(answer.get(start..).unwrap_or_default()).map_err(|error| {
            tracing::error!(%error, "the answer does not fit its protobuf message");
            Refusal::new(ErrorCode::Internal, "something went wrong inside")
        })?;
        answer.truncate(start);
        answer.push(b'"');
        answer.extend_from_slice(STANDARD.encode(message).as_bytes());
        answer.push(b'"');
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::Contract;

    fn forms(path: &str) -> Forms {
        let contract = Contract::load().expect("the contract");
        let route = contract.routes.iter().find(|route| route.path == path).expect("the route");
        Forms::of(route, &contract.types).expect("forms")
    }

    fn refused<T: std::fmt::Debug>(outcome: Result<T, Refusal>) -> i32 {
        outcome.expect_err("a refusal").answer().code
    }

    #[test]
    fn the_routes_of_the_javascript_sdk_take_both_forms() {
        for path in ["/jssdk/get_conversations", "/jssdk/get_active_conversations"] {
            let forms = forms(path);
            for json in ["", "application/json", "application/json; charset=utf-8"] {
                assert!(matches!(forms.choose(json), Ok(Form::Json)), "{json}");
            }
            for protobuf in ["application/protobuf", "application/x-protobuf", "application/x-protobuf; v=1"] {
                assert!(matches!(forms.choose(protobuf), Ok(Form::Protobuf(_))), "{protobuf}");
            }
            for other in ["text/plain", "application/xml", "protobuf", "application/octet-stream"] {
                assert_eq!(refused(forms.choose(other)), 1001, "{other}");
            }
        }
        assert!(matches!(forms("/msg/send_msg").choose("application/x-protobuf"), Ok(Form::Json)), "elsewhere the header says nothing");
    }

    #[test]
    fn bodies_and_answers_are_turned_into_each_other() {
        let form = forms("/jssdk/get_active_conversations").choose("application/x-protobuf").expect("a form");
        assert_eq!(form.body(b"\x0a\x02u1\x10\x14").expect("JSON").as_ref(), br#"{"ownerUserID":"u1","count":20}"#);
        assert_eq!(refused(form.body(b"\x0a\x20u1")), 1001);
        assert_eq!(refused(form.body(&vec![0; MAX_UNFOLDED + 1])), 1001);
        let mut answer = br#"{"data":{"unreadCount":3,"conversations":null}"#.to_vec();
        form.data(&mut answer, 8).expect("an answer");
        assert_eq!(answer, br#"{"data":"CAM=""#);
        assert_eq!(refused(form.data(&mut b"{\"unreadCount\":\"3\"}".to_vec(), 0)), 500);
        let mut answer = b"{}".to_vec();
        form.data(&mut answer, 0).expect("an answer");
        assert_eq!(answer, b"\"\"");
    }
}
