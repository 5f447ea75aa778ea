//! `/msg/search_msg`: what is not given is not asked for, and a day is a stretch of time.

use async_graphql::Value;
use chrono::{Days, NaiveDate};
use openim_core::{Error, ErrorCode};

use super::input::{Input, Request};
use crate::contract::Enums;

/// Makes the filter of a list of messages.
pub(super) fn filter(request: &Value, enums: &Enums) -> Result<Value, Error> {
    let request = Request(request);
    let refuse = |what: String| Error::new(ErrorCode::Args, what);
    let mut filter = Input::default();
    for (name, from) in [("senderId", "sendID"), ("recipientId", "recvID")] {
        filter.put_given(name, request.get(from));
    }
    let content_type = request.number("contentType");
    if content_type != 0 {
        filter.put("contentType", Value::Number(content_type.into()));
    }
    let session_type = request.number("sessionType");
    if session_type != 0 {
        let word = enums.get("ConversationKind").and_then(|table| table.word(session_type));
        let word = word.ok_or_else(|| refuse(format!("sessionType: {session_type} stands for no ConversationKind")))?;
        filter.put("kind", Value::Enum(word));
    }
    if let Value::String(day) = request.get("sendTime")
        && !day.is_empty()
    {
        let first = NaiveDate::parse_from_str(day, "%Y-%m-%d").ok();
        let days = first.and_then(|first| Some((first, first.checked_add_days(Days::new(1))?)));
        let (first, next) = days.ok_or_else(|| refuse("sendTime must be a day such as 2026-11-21".to_owned()))?;
        for (name, day) in [("since", first), ("until", next)] {
            filter.put(name, Value::String(format!("{}T00:00:00.000Z", day.format("%Y-%m-%d"))));
        }
    }
    Ok(filter.done())
}
