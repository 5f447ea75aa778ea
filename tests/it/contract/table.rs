//! The contract as the gateway's tables tell it: routes, and the types of their answers.

use std::collections::BTreeMap;

use serde_json::Value;

const ROUTES: &str = include_str!("../../../gateway/rest/data/routes.json");
const TYPES: &str = include_str!("../../../gateway/rest/data/types.json");

/// The whole contract.
pub(super) struct Contract {
    pub(super) routes: Vec<Route>,
    types: BTreeMap<String, Vec<Field>>,
}

/// One of OpenIM's routes.
#[derive(Debug, Clone)]
pub(super) struct Route {
    pub(super) path: String,
    pub(super) fetched: bool,
    /// Who may call: `none`, `user`, `admin`.
    pub(super) auth: String,
    /// How the body is read: `gin`, `jssdk`, `none`, empty for the ordinary way.
    pub(super) bind: String,
    pub(super) reply: Reply,
    rules: Vec<String>,
}

/// What a route answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reply {
    /// An envelope without data.
    Nothing,
    /// An envelope with a message, a list of messages, a text.
    Object(String),
    Array(String),
    Text,
    /// Another address, a list without an envelope.
    Redirect,
    Bare(String),
}

/// A field of a type.
#[derive(Debug, Clone)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) label: Label,
    pub(super) kind: String,
}

/// How often a field's value occurs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Label {
    One,
    Optional,
    List,
    Map,
}

impl Contract {
    pub(super) fn read() -> Self {
        let types: BTreeMap<String, Vec<String>> = serde_json::from_str(TYPES).expect("types");
        let types: BTreeMap<_, Vec<_>> =
            types.into_iter().map(|(name, lines)| (name, lines.iter().map(|line| Field::read(line)).collect())).collect();
        let rows: Vec<Value> = serde_json::from_str(ROUTES).expect("routes");
        let routes = rows.iter().map(|row| Route::read(row, &types)).collect();
        Self { routes, types }
    }

    /// Finds the route of a path; a path that ends in a name belongs to the route that says so.
    pub(super) fn route(&self, path: &str, fetched: bool) -> &Route {
        let path = path.split('?').next().unwrap_or_default();
        let of = |route: &&Route| route.fetched == fetched && route.path == path;
        let named =
            |route: &&Route| route.fetched == fetched && route.path.split_once('*').is_some_and(|(start, _)| path.starts_with(start));
        let found = self.routes.iter().find(of).or_else(|| self.routes.iter().find(named));
        found.unwrap_or_else(|| panic!("OpenIM has no route {path}"))
    }

    pub(super) fn fields(&self, name: &str) -> Option<&[Field]> {
        self.types.get(name).map(Vec::as_slice)
    }
}

impl Route {
    fn read(row: &Value, types: &BTreeMap<String, Vec<Field>>) -> Self {
        let text = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
        let rules = row["rules"].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
        let reply = match text("response").as_str() {
            "" => Reply::Nothing,
            "string" => Reply::Text,
            "redirect" => Reply::Redirect,
            name => match name.strip_prefix("bare [").or(name.strip_prefix('[')).map(|item| item.trim_end_matches(']').to_owned()) {
                Some(item) if name.starts_with("bare") => Reply::Bare(item),
                Some(item) => Reply::Array(item),
                None if types[name].is_empty() => Reply::Nothing,
                None => Reply::Object(name.to_owned()),
            },
        };
        Self { path: text("path"), fetched: row["method"] == "GET", auth: text("auth"), bind: text("bind"), reply, rules }
    }

    /// Tells whether an object without any field breaks one of the route's rules.
    pub(super) fn needs_fields(&self) -> bool {
        self.rules.iter().any(|rule| {
            let mut words = rule.split(' ');
            let (field, check, bound) = (words.next().unwrap_or_default(), words.next(), words.next());
            let missed = match check {
                Some("present" | "non_empty" | "any_non_empty") => true,
                Some("!=") => bound == Some("0"),
                Some(">=") => bound == Some("1"),
                Some("in") => bound.is_some_and(|range| range.starts_with('1')),
                _ => false,
            };
            missed && !field.contains("[]") && !rule.contains(" when ")
        })
    }
}

impl Field {
    fn read(line: &str) -> Self {
        let (name, kind) = line.split_once(' ').expect("a name and a type");
        let (label, kind) = match kind.as_bytes() {
            [b'[', ..] => (Label::List, kind.trim_matches(['[', ']'])),
            [b'{', ..] => (Label::Map, kind.trim_matches(['{', '}'])),
            [b'?', ..] => (Label::Optional, kind.trim_start_matches('?')),
            _ => (Label::One, kind),
        };
        Self { name: name.to_owned(), label, kind: kind.to_owned() }
    }
}
