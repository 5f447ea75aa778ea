//! `set_user_client_config` has a map where the graph has a list of entries.

use async_graphql::Value;
use openim_core::Error;

use super::input::{Input, Request};
use crate::contract::Enums;

/// Makes the entries of a body's `configs`.
pub(super) fn entries(request: &Value, _enums: &Enums) -> Result<Value, Error> {
    let request = Request(request);
    let Value::Object(configs) = request.get("configs") else { return Ok(Value::List(Vec::new())) };
    let entry = |(key, value): (&async_graphql::Name, &Value)| {
        let mut entry = Input::default();
        entry.put("key", Value::String(key.to_string()));
        entry.put("value", value.clone());
        entry.done()
    };
    Ok(Value::List(configs.iter().map(entry).collect()))
}
