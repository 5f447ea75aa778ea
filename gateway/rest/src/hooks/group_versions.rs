//! `get_incremental_group_members_batch` has a flat entry where the graph has a group with a version.

use async_graphql::Value;
use openim_core::{Error, ErrorCode};

use super::input::{Input, Request};
use crate::contract::Enums;

/// Makes the entries of a body's `reqList`.
pub(super) fn entries(request: &Value, _enums: &Enums) -> Result<Value, Error> {
    let request = Request(request);
    let Value::List(asked) = request.get("reqList") else { return Ok(Value::List(Vec::new())) };
    Ok(Value::List(asked.iter().map(entry).collect::<Result<_, _>>()?))
}

fn entry(asked: &Value) -> Result<Value, Error> {
    let Value::Object(_) = asked else { return Err(Error::new(ErrorCode::Args, "reqList: an entry is null")) };
    let asked = Request(asked);
    let (mut entry, mut since) = (Input::default(), Input::default());
    since.put("id", asked.get("versionID").clone());
    since.put("number", asked.get("version").clone());
    entry.put("groupId", asked.get("groupID").clone());
    entry.put("since", since.done());
    Ok(entry.done())
}
