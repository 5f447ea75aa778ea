//! The route table.

use serde::Deserialize;

use super::{Rule, TypeId, Types};
use crate::BuildError;

/// How the type of an answer begins that is a list without an envelope.
const BARE: &str = "bare [";

/// How a route reads its body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Bind {
    /// JSON; a failure is an ordinary error (HTTP 200).
    #[default]
    A2r,
    /// JSON; a failure is HTTP 400 with the envelope.
    Gin,
    /// JSON like `A2r`, or protobuf when the caller says so: the routes of the plain JavaScript SDK.
    Jssdk,
    /// Not at all.
    None,
}

/// Who may call, as far as the door can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Caller {
    /// Anybody, without a token.
    None,
    /// A token's owner; the graph decides what else is needed.
    User,
    /// App administrators.
    Admin,
}

/// What the envelope's `data` is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reply {
    /// Left out.
    Nothing,
    /// A message.
    Object(TypeId),
    /// A list of messages, `null` when empty.
    Array(TypeId),
    /// Text.
    Text,
    /// No envelope: the caller is led elsewhere (302).
    Redirect,
    /// No envelope: a list of messages alone, `[]` when empty.
    Bare(TypeId),
}

/// One of OpenIM's routes.
#[derive(Debug)]
pub(crate) struct Route {
    /// The path.
    pub(crate) path: String,
    /// `POST` or `GET`.
    pub(crate) method: String,
    /// How the body is read.
    pub(crate) bind: Bind,
    /// Who may call.
    pub(crate) caller: Caller,
    /// The body's type.
    pub(crate) request: Option<TypeId>,
    /// What the body must satisfy beyond its type.
    pub(crate) rules: Vec<Rule>,
    /// Parameters of the URL, which become fields of the request.
    pub(crate) query: Vec<String>,
    /// What is answered.
    pub(crate) reply: Reply,
}

#[derive(Deserialize)]
struct Row {
    path: String,
    method: String,
    #[serde(default)]
    bind: Bind,
    auth: Caller,
    request: Option<String>,
    #[serde(default)]
    rules: Vec<String>,
    #[serde(default)]
    query: Vec<String>,
    response: Option<String>,
}

/// Reads the table.
pub(super) fn parse(text: &str, types: &Types) -> Result<Vec<Route>, BuildError> {
    let rows: Vec<Row> = serde_json::from_str(text).map_err(|error| BuildError::Contract(format!("routes.json: {error}")))?;
    rows.into_iter().map(|row| route(row, types)).collect()
}

fn route(row: Row, types: &Types) -> Result<Route, BuildError> {
    let wrong = |what: &str| BuildError::Contract(format!("routes.json: {}: {what}", row.path));
    let known = |name: &str| types.id(name).ok_or_else(|| wrong(name));
    let request = row.request.as_deref().map(known).transpose()?;
    let rules = row.rules.iter().map(|text| Rule::parse(text).ok_or_else(|| wrong(text))).collect::<Result<_, _>>()?;
    let reply = match row.response.as_deref() {
        None => Reply::Nothing,
        Some("string") => Reply::Text,
        Some("redirect") => Reply::Redirect,
        Some(name) if name.starts_with(BARE) => Reply::Bare(known(name.trim_start_matches(BARE).trim_end_matches(']'))?),
        Some(name) => match name.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')) {
            Some(item) => Reply::Array(known(item)?),
            None => {
                let id = known(name)?;
                if types.get(id).fields.is_empty() { Reply::Nothing } else { Reply::Object(id) }
            }
        },
    };
    Ok(Route { path: row.path, method: row.method, bind: row.bind, caller: row.auth, request, rules, query: row.query, reply })
}
