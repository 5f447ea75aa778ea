//! Applies a shape to data. This is the only place that decides what is null: subgraphs are not trusted with it.
//!
//! Data is consumed: an object whose keys already are as the client wants them keeps its memory.

use async_graphql::indexmap::IndexMap;
use async_graphql::{Name, Value};

use super::{Shape, ShapeField, ShapeValue, Wrap};
use crate::steps::TypeSet;

/// The sign that a value is null where it must not be; it makes the nearest nullable parent null.
#[derive(Debug)]
pub(crate) struct MustNotBeNull;

/// Projects the fields of an object.
pub(crate) fn project(mut data: IndexMap<Name, Value>, shape: &Shape) -> Result<IndexMap<Name, Value>, MustNotBeNull> {
    if shape.verbatim && in_order(&data, shape) {
        for (slot, field) in data.values_mut().zip(&shape.fields) {
            if let ShapeValue::TypeName(name) = &field.value {
                *slot = Value::String(name.to_string());
            } else if !untouched(slot, field) {
                *slot = complete(std::mem::take(slot), &field.wrap, &field.value)?;
            }
        }
        return Ok(data);
    }
    let mut object = IndexMap::with_capacity(shape.fields.len());
    for (position, field) in shape.fields.iter().enumerate() {
        let value = match &field.value {
            ShapeValue::TypeName(name) => Value::String(name.to_string()),
            // May be asked for under several names.
            ShapeValue::DataTypeName => match data.get(field.source.as_str()) {
                Some(value @ (Value::String(_) | Value::Enum(_))) => value.clone(),
                _ => return Err(MustNotBeNull),
            },
            value => complete(take(&mut data, position, &field.source), &field.wrap, value)?,
        };
        object.insert(field.key.clone(), value);
    }
    Ok(object)
}

fn in_order(data: &IndexMap<Name, Value>, shape: &Shape) -> bool {
    data.len() == shape.fields.len() && data.keys().zip(&shape.fields).all(|(key, field)| *key == field.source)
}

fn untouched(value: &Value, field: &ShapeField) -> bool {
    matches!((&field.value, &field.wrap), (ShapeValue::Leaf, Wrap::Named { .. })) && *value != Value::Null
}

/// Subgraphs answer in the order of the document, so the position is mostly right.
fn take(data: &mut IndexMap<Name, Value>, position: usize, source: &Name) -> Value {
    if let Some((key, value)) = data.get_index_mut(position)
        && key == source
    {
        return std::mem::take(value);
    }
    data.get_mut(source.as_str()).map(std::mem::take).unwrap_or_default()
}

fn complete(value: Value, wrap: &Wrap, kind: &ShapeValue) -> Result<Value, MustNotBeNull> {
    let completed = match (wrap, value) {
        (_, Value::Null) => Value::Null,
        (Wrap::List { item, .. }, Value::List(mut items)) => match complete_items(&mut items, item, kind) {
            Ok(()) => Value::List(items),
            Err(MustNotBeNull) => Value::Null,
        },
        (Wrap::List { .. }, _) => Value::Null,
        (Wrap::Named { .. }, value) => complete_named(value, kind),
    };
    if completed == Value::Null && wrap.non_null() { Err(MustNotBeNull) } else { Ok(completed) }
}

fn complete_items(items: &mut [Value], wrap: &Wrap, kind: &ShapeValue) -> Result<(), MustNotBeNull> {
    for slot in items {
        *slot = complete(std::mem::take(slot), wrap, kind)?;
    }
    Ok(())
}

fn complete_named(value: Value, kind: &ShapeValue) -> Value {
    match kind {
        ShapeValue::Leaf => value,
        ShapeValue::Enum(visible) => match &value {
            Value::Enum(name) if visible.contains(name.as_str()) => value,
            Value::String(name) if visible.contains(name.as_str()) => value,
            _ => Value::Null,
        },
        ShapeValue::TypeName(name) => Value::String(name.to_string()),
        ShapeValue::DataTypeName => value,
        ShapeValue::Object { shape, hidden } => match value {
            Value::Object(data) if !is_hidden(&data, hidden.as_deref()) => project(data, shape).map_or(Value::Null, Value::Object),
            _ => Value::Null,
        },
        ShapeValue::Abstract { by_type, common, hidden } => match value {
            Value::Object(data) if !is_hidden(&data, hidden.as_deref()) => {
                let shape = type_name(&data).and_then(|name| by_type.get(name)).unwrap_or(common);
                project(data, shape).map_or(Value::Null, Value::Object)
            }
            _ => Value::Null,
        },
    }
}

fn is_hidden(data: &IndexMap<Name, Value>, hidden: Option<&TypeSet>) -> bool {
    hidden.is_some_and(|hidden| type_name(data).is_some_and(|name| hidden.contains(name)))
}

/// Reads `__typename`.
pub(crate) fn type_name(data: &IndexMap<Name, Value>) -> Option<&str> {
    match data.get("__typename") {
        Some(Value::String(name)) => Some(name),
        Some(Value::Enum(name)) => Some(name),
        _ => None,
    }
}
