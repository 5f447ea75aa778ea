//! Text frames of clients in browsers, which cannot send a ping of the WebSocket protocol.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

/// What a text frame says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heartbeat {
    /// A ping; the text is its answer.
    Ping(String),
    /// A pong, which nobody asked for and nobody minds.
    Pong,
}

#[derive(Deserialize)]
struct Beat<'a> {
    #[serde(rename = "type", borrow)]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    body: Option<&'a RawValue>,
}

/// Reads a text frame; `None` is one that closes the connection.
///
/// A ping is answered with its own body, as the same JSON value, or `null` when it has none.
pub fn parse(text: &str) -> Option<Heartbeat> {
    let beat: Beat<'_> = serde_json::from_str(text).ok()?;
    match &*beat.kind {
        "ping" => Some(Heartbeat::Ping(format!(r#"{{"type":"pong","body":{}}}"#, beat.body.map_or("null", RawValue::get)))),
        "pong" => Some(Heartbeat::Pong),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ping_gets_its_own_body_back() {
        let pong = |body: &str| Some(Heartbeat::Ping(format!(r#"{{"type":"pong","body":{body}}}"#)));
        assert_eq!(parse(r#"{"type":"ping"}"#), pong("null"));
        assert_eq!(parse(r#"{"type":"ping","body":"1795290274955590731"}"#), pong(r#""1795290274955590731""#));
        assert_eq!(parse(r#"{"body":{"a":[1,2.50]},"type":"ping","more":1}"#), pong(r#"{"a":[1,2.50]}"#));
        assert_eq!(parse(r#"{"type":"pi\u006eg","body":null}"#), pong("null"));
    }

    #[test]
    fn a_pong_is_nothing_and_everything_else_is_refused() {
        assert_eq!(parse(r#"{"type":"pong","body":1}"#), Some(Heartbeat::Pong));
        for text in ["", "ping", "{}", "[]", r#"{"type":1}"#, r#"{"type":"Ping"}"#, r#"{"type":"ping"} x"#, r#"{"type":"subscribe"}"#] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
