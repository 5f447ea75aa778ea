//! Asking for a smaller picture by a map of texts.

use async_graphql::{Name, Value};
use openim_core::{Error, ErrorCode};

use super::input::{Input, Request};
use crate::contract::Enums;

/// Makes the wish for a smaller picture of a body's `query`; there is none without `type`.
pub(super) fn image(request: &Value, _: &Enums) -> Result<Value, Error> {
    let request = Request(request);
    let query = Request(request.get("query"));
    let text = |name: &str| match query.get(name) {
        Value::String(text) => text.as_str(),
        _ => "",
    };
    match text("type") {
        "" => return Ok(Value::Null),
        "image" => {}
        _ => return Err(Error::new(ErrorCode::Args, "type must be empty or image")),
    }
    let format = match text("format") {
        "jpg" | "jpeg" => "JPEG",
        "gif" => "GIF",
        _ => "PNG",
    };
    let mut image = Input::default();
    image.put("format", Value::Enum(Name::new(format)));
    for name in ["width", "height"] {
        // What is no number is as good as nothing.
        image.put(name, Value::Number(text(name).parse::<i32>().unwrap_or(0).into()));
    }
    Ok(image.done())
}
