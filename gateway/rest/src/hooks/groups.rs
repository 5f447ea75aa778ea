//! Groups: flat entries of a batch where the graph has a group with a version, and a number for several roles.

use async_graphql::{Name, Value};
use openim_core::{Error, ErrorCode};

use super::input::{Input, Request};
use crate::contract::Enums;

/// The roles that each `filter` of `get_group_member_list` stands for; no roles are all of them.
const FILTERS: [&[&str]; 6] = [&[], &["OWNER"], &["ADMIN"], &["MEMBER"], &["ADMIN", "MEMBER"], &["OWNER", "ADMIN"]];

/// Makes the roles of a body's `filter`; the route's rules checked the number.
pub(super) fn roles(request: &Value, _enums: &Enums) -> Result<Value, Error> {
    let filter = Request(request).number("filter");
    let roles = usize::try_from(filter).ok().and_then(|filter| FILTERS.get(filter));
    let roles = roles.ok_or_else(|| Error::new(ErrorCode::Args, "filter must be from 0 to 5"))?;
    Ok(Value::List(roles.iter().map(|role| Value::Enum(Name::new(role))).collect()))
}

/// Makes the entries of a body's `reqList`.
pub(super) fn versions(request: &Value, _enums: &Enums) -> Result<Value, Error> {
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
