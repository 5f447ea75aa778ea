//! Writing the graph's answer as the contract's JSON. The plan was compiled from the document; here it is only followed.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::Arc;

use async_graphql::{Name, Value};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use openim_core::ErrorCode;

use super::directives::Unit;
use crate::codec::{compact_sorted, write_float, write_string};
use crate::contract::{EnumTable, Kind};

/// Why an answer cannot be written.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Misfit {
    /// What was asked for is not there.
    Missing(ErrorCode),
    /// What came about is an error of the route.
    Failed(ErrorCode),
    /// The graph's answer has another shape than the document promised.
    Shape(String),
}

/// How a value is written.
#[derive(Debug)]
pub(super) enum Node {
    /// A scalar.
    Leaf(Leaf),
    /// A message.
    Object(Vec<Entry>),
    /// A list.
    List { path: Vec<Name>, filter: Option<Filter>, item: Box<Node> },
    /// A map, made from a list.
    Map { key: Vec<Name>, value: Vec<Name>, filter: Option<Filter>, item: Box<Node> },
    /// How many entries a list has.
    Count,
    /// The first entry of a list.
    First { item: Box<Node>, missing: Option<ErrorCode> },
    /// The value at a path below.
    Below { path: Vec<Name>, inner: Box<Node> },
}

/// How a scalar is written.
#[derive(Debug)]
pub(super) struct Leaf {
    /// The contract's kind.
    pub(super) kind: Kind,
    /// Whether absence is `null` instead of the zero value.
    pub(super) optional: bool,
    /// What happens on the way.
    pub(super) convert: Convert,
}

/// What happens to a scalar on the way.
#[derive(Debug)]
pub(super) enum Convert {
    /// Nothing.
    None,
    /// An enum value becomes its number.
    Number(Arc<EnumTable>),
    /// A boolean becomes 0 or 1.
    Bit,
    /// A time becomes a number.
    Unix(Unit),
    /// A text becomes the base64 of its bytes.
    Base64,
    /// Any JSON becomes its compact text.
    Text,
}

/// A field of a message.
#[derive(Debug)]
pub(super) struct Entry {
    /// The key with quotes and colon.
    pub(super) key: Vec<u8>,
    /// Where the value lies in the object of the answer; nothing for fields that the graph never fills.
    pub(super) source: Option<Vec<Name>>,
    /// How it is written.
    pub(super) node: Node,
}

/// Which entries of a list count.
#[derive(Debug)]
pub(super) struct Filter {
    /// The boolean that decides.
    pub(super) path: Vec<Name>,
    /// Whether it must be false.
    pub(super) negated: bool,
}

impl Filter {
    fn passes(&self, item: &Value) -> bool {
        matches!(super::at(item, &self.path), Value::Boolean(true)) != self.negated
    }
}

/// Writes `value` as `node` says.
pub(super) fn render(node: &Node, value: &Value, out: &mut Vec<u8>) -> Result<(), Misfit> {
    match (node, value) {
        (Node::Below { path, inner }, value) => render(inner, super::at(value, path), out),
        (Node::First { item, missing }, value) => match (value, missing) {
            (Value::List(items), _) if !items.is_empty() => render(item, &items[0], out),
            (_, Some(code)) => Err(Misfit::Missing(*code)),
            (_, None) => {
                out.extend_from_slice(b"null");
                Ok(())
            }
        },
        (node, Value::Null) => {
            out.extend_from_slice(zero(node));
            Ok(())
        }
        (Node::Count, Value::List(items)) => {
            integer(out, &items.len().into());
            Ok(())
        }
        (Node::Leaf(leaf), value) => leaf.write(value, out),
        (Node::Object(entries), Value::Object(_)) => object(entries, value, out),
        (Node::List { path, filter, item }, Value::List(items)) => {
            let mut open = false;
            for value in items.iter().filter(|value| filter.as_ref().is_none_or(|filter| filter.passes(value))) {
                let value = super::at(value, path);
                if *value == Value::Null {
                    continue;
                }
                out.push(if open { b',' } else { b'[' });
                open = true;
                render(item, value, out)?;
            }
            out.extend_from_slice(if open { b"]" } else { b"null" });
            Ok(())
        }
        (Node::Map { .. }, Value::List(_)) => {
            if !map(node, value, out)? {
                out.extend_from_slice(b"null");
            }
            Ok(())
        }
        (node, value) => Err(Misfit::Shape(format!("expected {}, found {}", kind(node), of(value)))),
    }
}

fn object(entries: &[Entry], value: &Value, out: &mut Vec<u8>) -> Result<(), Misfit> {
    out.push(b'{');
    let start = out.len();
    for entry in entries {
        let before = out.len();
        if before > start {
            out.push(b',');
        }
        out.extend_from_slice(&entry.key);
        let value = entry.source.as_ref().map_or(&Value::Null, |path| super::at(value, path));
        let kept = if let Node::Map { .. } = entry.node { map(&entry.node, value, out)? } else { true };
        if !kept {
            out.truncate(before); // an empty map has no key
        } else if !matches!(entry.node, Node::Map { .. }) {
            render(&entry.node, value, out).map_err(|misfit| misfit.under(&entry.key))?;
        }
    }
    out.push(b'}');
    Ok(())
}

/// Writes a map unless it is empty.
fn map(node: &Node, value: &Value, out: &mut Vec<u8>) -> Result<bool, Misfit> {
    let (Node::Map { key, value: inner, filter, item }, Value::List(items)) = (node, value) else {
        return if *value == Value::Null { Ok(false) } else { Err(Misfit::Shape(format!("expected a list, found {}", of(value)))) };
    };
    let mut sorted = BTreeMap::new();
    for entry in items.iter().filter(|entry| filter.as_ref().is_none_or(|filter| filter.passes(entry))) {
        let Value::String(key) = super::at(entry, key) else { return Err(Misfit::Shape("a map's key is no text".to_owned())) };
        sorted.insert(key.as_str(), super::at(entry, inner));
    }
    for (at, (key, value)) in sorted.iter().enumerate() {
        out.push(if at == 0 { b'{' } else { b',' });
        write_string(out, key);
        out.push(b':');
        render(item, value, out)?;
    }
    if sorted.is_empty() {
        return Ok(false);
    }
    out.push(b'}');
    Ok(true)
}

impl Leaf {
    fn write(&self, value: &Value, out: &mut Vec<u8>) -> Result<(), Misfit> {
        match (&self.convert, self.kind, value) {
            (Convert::None, Kind::String, Value::String(text)) => write_string(out, text),
            (Convert::None, Kind::String, Value::Enum(word)) => write_string(out, word),
            (Convert::None, Kind::String, Value::Number(number)) => write_string(out, &number.to_string()),
            (Convert::None, Kind::Int32 | Kind::Int64 | Kind::Uint32 | Kind::Uint64, Value::Number(number)) if !number.is_f64() => {
                integer(out, number);
            }
            (Convert::None, Kind::Float, Value::Number(number)) => write_float(out, number.as_f64().unwrap_or(0.0)),
            (Convert::None, Kind::Bool, Value::Boolean(true)) => out.extend_from_slice(b"true"),
            (Convert::None, Kind::Bool, Value::Boolean(false)) => out.extend_from_slice(b"false"),
            (Convert::None, Kind::Json | Kind::JsonObject, value) => compact_sorted(out, value),
            (Convert::Bit, _, Value::Boolean(value)) => out.push(if *value { b'1' } else { b'0' }),
            (Convert::Number(table), _, Value::Enum(_) | Value::String(_)) => {
                let word = match value {
                    Value::Enum(word) => word.as_str(),
                    Value::String(word) => word,
                    _ => "",
                };
                let number = table.number(word).ok_or_else(|| Misfit::Shape(format!("{word} has no number as {}", table.name())))?;
                integer(out, &number.into());
            }
            (Convert::Unix(unit), _, Value::String(text)) => {
                let time = chrono::DateTime::parse_from_rfc3339(text).map_err(|_| Misfit::Shape("a time is not RFC 3339".to_owned()))?;
                let number = match unit {
                    Unit::Milliseconds => time.timestamp_millis(),
                    Unit::Seconds => time.timestamp(),
                };
                integer(out, &number.into());
            }
            (Convert::Base64, _, Value::String(text)) => {
                if text.is_empty() {
                    out.extend_from_slice(b"null");
                } else {
                    out.push(b'"');
                    out.extend_from_slice(STANDARD.encode(text.as_bytes()).as_bytes());
                    out.push(b'"');
                }
            }
            (Convert::Text, _, value) => {
                let mut json = Vec::new();
                compact_sorted(&mut json, value);
                write_string(out, &String::from_utf8_lossy(&json));
            }
            (_, kind, value) => return Err(Misfit::Shape(format!("expected {kind:?}, found {}", of(value)))),
        }
        Ok(())
    }
}

fn integer(out: &mut Vec<u8>, number: &async_graphql::Number) {
    // Writing to memory cannot fail.
    let _ = write!(out, "{number}");
}

fn zero(node: &Node) -> &'static [u8] {
    match node {
        Node::Leaf(Leaf { optional: true, .. }) => b"null",
        Node::Leaf(leaf) => match leaf.kind {
            Kind::String => b"\"\"",
            Kind::Bool => b"false",
            Kind::Int32 | Kind::Int64 | Kind::Uint32 | Kind::Uint64 | Kind::Float => b"0",
            Kind::Bytes | Kind::Json | Kind::JsonObject | Kind::Message(_) => b"null",
        },
        Node::Count => b"0",
        _ => b"null",
    }
}

fn kind(node: &Node) -> &'static str {
    match node {
        Node::Leaf(_) => "a scalar",
        Node::Object(_) => "an object",
        Node::List { .. } | Node::Map { .. } | Node::First { .. } | Node::Count => "a list",
        Node::Below { .. } => "a value",
    }
}

fn of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Boolean(_) => "a boolean",
        Value::Binary(_) => "bytes",
        Value::Enum(_) => "an enum value",
        Value::List(_) => "a list",
        Value::Object(_) => "an object",
    }
}

impl Misfit {
    fn under(self, key: &[u8]) -> Self {
        match self {
            Self::Shape(what) => Self::Shape(format!("{} {what}", String::from_utf8_lossy(key))),
            other => other,
        }
    }
}
