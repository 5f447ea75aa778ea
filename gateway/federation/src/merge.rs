//! Changes of fetched data: merging answers, rewriting values, walking to the objects at a path.

use async_graphql::indexmap::IndexMap;
use async_graphql::indexmap::map::Entry;
use async_graphql::{Name, Value};

use crate::shape::type_name;
use crate::steps::{Change, PathStep, Rewrite, RewriteStep};

type Object = IndexMap<Name, Value>;

/// Merges an answer into the data. Null erases nothing; lists merge only when they are equally long.
pub(crate) fn merge(into: &mut Value, from: Value) {
    match (into, from) {
        (_, Value::Null) => {}
        (Value::Object(into), Value::Object(from)) => merge_objects(into, from),
        (Value::List(into), Value::List(from)) => {
            if into.len() == from.len() {
                for (into, from) in into.iter_mut().zip(from) {
                    merge(into, from);
                }
            }
        }
        (Value::Object(_) | Value::List(_), _) => {}
        (into, from) => *into = from,
    }
}

/// Merges the fields of an object.
pub(crate) fn merge_objects(into: &mut IndexMap<Name, Value>, from: IndexMap<Name, Value>) {
    if into.is_empty() {
        *into = from;
        return;
    }
    for (key, value) in from {
        match into.entry(key) {
            Entry::Occupied(mut slot) => merge(slot.get_mut(), value),
            Entry::Vacant(slot) => {
                slot.insert(value);
            }
        }
    }
}

/// Applies rewrites to a value or to every item of a list.
pub(crate) fn rewrite(value: &mut Value, rewrites: &[Rewrite]) {
    for rewrite in rewrites {
        apply(value, &rewrite.path, &rewrite.change);
    }
}

fn apply(value: &mut Value, path: &[RewriteStep], change: &Change) {
    match (value, path.split_first()) {
        (Value::List(items), Some(_)) => items.iter_mut().for_each(|item| apply(item, path, change)),
        (Value::Object(object), Some((RewriteStep::Key(key), rest))) => match (rest, change) {
            ([], Change::RenameTo(name)) => {
                if let Some(value) = object.shift_remove(key.as_str()) {
                    object.insert(name.clone(), value);
                }
            }
            _ => {
                if let Some(inner) = object.get_mut(key.as_str()) {
                    apply(inner, rest, change);
                }
            }
        },
        (value @ Value::Object(_), Some((RewriteStep::Type(types), rest))) => {
            let Value::Object(object) = &*value else { return };
            if type_name(object).is_none_or(|name| types.contains(name)) {
                apply(value, rest, change);
            }
        }
        (value, None) => {
            if let Change::SetTo(new) = change {
                *value = new.clone();
            }
        }
        _ => {}
    }
}

/// Calls `found` for every object at a path, with the indices of the lists on the way.
pub(crate) fn visit<'v>(value: &'v Value, path: &[PathStep], indices: &mut Vec<u32>, found: &mut dyn FnMut(&'v Object, &[u32])) {
    match value {
        Value::List(items) => {
            let path = if let Some((PathStep::List, rest)) = path.split_first() { rest } else { path };
            for (index, item) in (0_u32..).zip(items) {
                indices.push(index);
                visit(item, path, indices, found);
                indices.pop();
            }
        }
        Value::Object(object) => match path.split_first() {
            None => found(object, indices),
            Some((PathStep::List, rest)) => visit(value, rest, indices, found),
            Some((PathStep::Field(key), rest)) => {
                if let Some(inner) = object.get(key.as_str()) {
                    visit(inner, rest, indices, found);
                }
            }
            Some((PathStep::Type(types), rest)) => {
                if type_name(object).is_none_or(|name| types.contains(name)) {
                    visit(value, rest, indices, found);
                }
            }
        },
        _ => {}
    }
}

/// Like [`visit`], but the objects may be changed.
pub(crate) fn visit_mut(value: &mut Value, path: &[PathStep], indices: &mut Vec<u32>, found: &mut dyn FnMut(&mut Object, &[u32])) {
    match value {
        Value::List(items) => {
            let path = if let Some((PathStep::List, rest)) = path.split_first() { rest } else { path };
            for (index, item) in (0_u32..).zip(items) {
                indices.push(index);
                visit_mut(item, path, indices, found);
                indices.pop();
            }
        }
        Value::Object(object) => match path.split_first() {
            None => found(object, indices),
            Some((PathStep::List, rest)) => visit_mut(value, rest, indices, found),
            Some((PathStep::Field(key), rest)) => {
                if let Some(inner) = object.get_mut(key.as_str()) {
                    visit_mut(inner, rest, indices, found);
                }
            }
            Some((PathStep::Type(types), rest)) => {
                if type_name(object).is_none_or(|name| types.contains(name)) {
                    visit_mut(value, rest, indices, found);
                }
            }
        },
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::value;

    use super::*;

    fn merged(mut into: Value, from: Value) -> Value {
        merge(&mut into, from);
        into
    }

    #[test]
    fn null_erases_nothing_and_is_replaced() {
        assert_eq!(merged(value!({ "a": { "b": 1 } }), value!({ "a": null })), value!({ "a": { "b": 1 } }));
        assert_eq!(merged(value!({ "a": null }), value!({ "a": { "b": 1 } })), value!({ "a": { "b": 1 } }));
        assert_eq!(merged(value!({ "a": { "b": 1 } }), value!({ "a": { "c": null } })), value!({ "a": { "b": 1, "c": null } }));
    }

    #[test]
    fn lists_merge_only_when_equally_long() {
        let list = || value!([{ "a": 1 }, null]);
        assert_eq!(merged(list(), value!([{ "b": 2 }, { "b": 3 }])), value!([{ "a": 1, "b": 2 }, { "b": 3 }]));
        assert_eq!(merged(list(), value!([{ "b": 2 }])), list());
        assert_eq!(merged(list(), value!({ "b": 2 })), list());
    }

    #[test]
    fn rewrites_pass_lists_and_respect_types() {
        let key = |name: &str| RewriteStep::Key(Name::new(name));
        let types = |name: &str| RewriteStep::Type(std::iter::once(Box::from(name)).collect());
        let rename = Rewrite { path: vec![key("items"), types("A"), key("x1")], change: Change::RenameTo(Name::new("x")) };
        let set = Rewrite { path: vec![key("items"), types("B"), key("__typename")], change: Change::SetTo("C".into()) };
        let mut data = value!({ "items": [{ "__typename": "A", "x1": 1 }, { "__typename": "B", "x1": 2 }] });
        rewrite(&mut data, &[rename, set]);
        assert_eq!(data, value!({ "items": [{ "__typename": "A", "x": 1 }, { "__typename": "C", "x1": 2 }] }));
    }
}
