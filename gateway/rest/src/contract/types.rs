//! OpenIM's message types: an ordered list of named, typed fields each.
//!
//! The table writes a field as `name type`; a type is a scalar or a message, `[type]` a list, `{type}` a map with text
//! keys, `?type` a value that may be absent.

use async_graphql::Name;
use async_graphql::indexmap::IndexMap;
use rustc_hash::FxHashMap;

use crate::BuildError;

/// The place of a message in the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct TypeId(usize);

/// What one value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Text.
    String,
    /// Bytes, base64 in JSON.
    Bytes,
    /// True or false.
    Bool,
    /// 32-bit signed integer, also enums.
    Int32,
    /// 64-bit signed integer.
    Int64,
    /// 32-bit unsigned integer.
    Uint32,
    /// 64-bit unsigned integer.
    Uint64,
    /// Floating point number.
    Float,
    /// Any JSON.
    Json,
    /// A JSON object with any content.
    JsonObject,
    /// A message.
    Message(TypeId),
}

/// How often a value occurs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Label {
    /// Once; a scalar is never absent.
    One,
    /// Once or absent: `null`.
    Optional,
    /// Any number; none is `null`.
    List,
    /// By text key; none leaves the field out.
    Map,
}

/// A field of a message.
#[derive(Debug)]
pub(crate) struct Field {
    /// The JSON key.
    pub(crate) name: Name,
    /// How often.
    pub(crate) label: Label,
    /// Of what.
    pub(crate) kind: Kind,
}

/// A message type.
#[derive(Debug)]
pub(crate) struct Message {
    /// The name without the package prefix `openim.`.
    pub(crate) name: String,
    /// The fields in the order in which they are written.
    pub(crate) fields: Vec<Field>,
}

impl Message {
    /// Returns a field by its exact name.
    pub(crate) fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name.as_str() == name)
    }
}

/// All message types.
#[derive(Debug)]
pub(crate) struct Types {
    messages: Vec<Message>,
    by_name: FxHashMap<String, TypeId>,
}

impl Types {
    /// Reads the table.
    pub(crate) fn parse(text: &str) -> Result<Self, BuildError> {
        let raw: IndexMap<String, Vec<String>> =
            serde_json::from_str(text).map_err(|error| BuildError::Contract(format!("types.json: {error}")))?;
        let by_name: FxHashMap<String, TypeId> = raw.keys().enumerate().map(|(at, name)| (name.clone(), TypeId(at))).collect();
        let mut messages = Vec::with_capacity(raw.len());
        for (name, lines) in raw {
            let mut fields = Vec::with_capacity(lines.len());
            for line in &lines {
                fields.push(field(line, &by_name).ok_or_else(|| BuildError::Contract(format!("types.json: {name}: {line}")))?);
            }
            messages.push(Message { name, fields });
        }
        Ok(Self { messages, by_name })
    }

    /// Returns the type of this name.
    pub(crate) fn id(&self, name: &str) -> Option<TypeId> {
        self.by_name.get(name).copied()
    }

    /// Returns a message type.
    pub(crate) fn get(&self, id: TypeId) -> &Message {
        &self.messages[id.0]
    }
}

fn field(line: &str, by_name: &FxHashMap<String, TypeId>) -> Option<Field> {
    let (name, ty) = line.split_once(' ')?;
    let (label, ty) = if let Some(inner) = ty.strip_prefix('[') {
        (Label::List, inner.strip_suffix(']')?)
    } else if let Some(inner) = ty.strip_prefix('{') {
        (Label::Map, inner.strip_suffix('}')?)
    } else if let Some(inner) = ty.strip_prefix('?') {
        (Label::Optional, inner)
    } else {
        (Label::One, ty)
    };
    let kind = match ty {
        "string" => Kind::String,
        "bytes" => Kind::Bytes,
        "bool" => Kind::Bool,
        "int32" => Kind::Int32,
        "int64" => Kind::Int64,
        "uint32" => Kind::Uint32,
        "uint64" => Kind::Uint64,
        "float" | "double" => Kind::Float,
        "json" => Kind::Json,
        "object" => Kind::JsonObject,
        message => Kind::Message(*by_name.get(message)?),
    };
    Some(Field { name: Name::new(name), label, kind })
}
