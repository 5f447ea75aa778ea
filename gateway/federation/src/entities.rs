//! Entities: their representations are gathered from the data, equal ones sent once, the answers spread to all who asked.

use std::hash::{Hash, Hasher};
use std::sync::LazyLock;

use async_graphql::indexmap::IndexMap;
use async_graphql::{Name, PathSegment, ServerError, Value};
use indexmap::IndexSet;
use rustc_hash::FxBuildHasher;

use crate::budget::Budget;
use crate::errors::{adopt, client_key, client_path};
use crate::merge::{merge_objects, rewrite, visit, visit_mut};
use crate::shape::type_name;
use crate::steps::{EntityGroup, Fetch, Path, PathStep, Require};

static TYPE_NAME: LazyLock<Name> = LazyLock::new(|| Name::new("__typename"));

/// What is sent for one group of a fetch, and who gets the answers.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    /// The representations, each once.
    pub representations: Vec<Value>,
    /// In the order of the walk over the data.
    targets: Vec<Target>,
    /// The list indices of all targets, one after the other.
    indices: Vec<u32>,
}

#[derive(Debug, Clone, Copy)]
struct Target {
    path: usize,
    start: usize,
    end: usize,
    representation: usize,
}

impl Batch {
    /// Gathers the representations of a group.
    pub(crate) fn gather(group: &EntityGroup, data: &Value) -> Self {
        let mut known: IndexSet<Representation, FxBuildHasher> = IndexSet::default();
        let mut batch = Self::default();
        for (path, steps) in group.paths.iter().enumerate() {
            visit(data, steps, &mut Vec::new(), &mut |object, at| {
                let Some(mut representation) = represent(object, &group.requires) else { return };
                rewrite(&mut representation, &group.input);
                let (representation, _) = known.insert_full(Representation(representation));
                let start = batch.indices.len();
                batch.indices.extend_from_slice(at);
                batch.targets.push(Target { path, start, end: batch.indices.len(), representation });
            });
        }
        batch.representations = known.into_iter().map(|representation| representation.0).collect();
        batch
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.targets.is_empty()
    }

    /// Merges the entities of an answer into the objects that they were asked for, as far as the budget goes.
    pub(crate) fn spread(&self, group: &EntityGroup, mut entities: Vec<Value>, data: &mut Value, budget: &Budget) {
        let mut uses = vec![0_usize; entities.len()];
        for target in &self.targets {
            if let Some(count) = uses.get_mut(target.representation) {
                *count += 1;
            }
        }
        let mut next = 0;
        for (path, steps) in group.paths.iter().enumerate() {
            visit_mut(data, steps, &mut Vec::new(), &mut |object, at| {
                // A parallel fetch may have added objects since the targets were gathered.
                let Some(target) = self.targets.get(next) else { return };
                if target.path != path || self.indices.get(target.start..target.end) != Some(at) {
                    return;
                }
                next += 1;
                let (Some(entity), Some(left)) = (entities.get_mut(target.representation), uses.get_mut(target.representation)) else {
                    return;
                };
                *left -= 1;
                if !budget.admit(entity) {
                    return;
                }
                let entity = if *left == 0 { std::mem::take(entity) } else { entity.clone() };
                if let Value::Object(entity) = entity {
                    merge_objects(object, entity);
                }
            });
            // What is left of this path was not found again.
            while self.targets.get(next).is_some_and(|target| target.path == path) {
                next += 1;
            }
        }
    }

    /// Gives a subgraph's errors the client's paths: an error of one entity becomes one for every object that used it.
    pub(crate) fn adopt_errors(
        &self,
        group: &EntityGroup,
        fetch: &Fetch,
        errors: Vec<ServerError>,
        entities: &[Value],
    ) -> Vec<ServerError> {
        let mut taken: Vec<(usize, Vec<PathSegment>)> = Vec::new();
        let mut adopted = Vec::new();
        for error in errors {
            let (index, rest) = match error.path.get(1) {
                Some(PathSegment::Index(index)) => (Some(*index), error.path.get(2..).unwrap_or_default()),
                Some(PathSegment::Field(_)) => {
                    // The subgraph does not say which entity failed: it is the next one that lacks the field.
                    let rest = error.path.get(1..).unwrap_or_default();
                    let lacking = entities.iter().enumerate().find(|(index, entity)| {
                        lacks(entity, rest) && !taken.iter().any(|(used, path)| used == index && path.as_slice() == rest)
                    });
                    let index = lacking.map(|(index, _)| index).or(Some(0));
                    taken.extend(index.map(|index| (index, rest.to_vec())));
                    (index, rest)
                }
                None => (None, &[][..]),
            };
            let rest = client_path(rest, fetch);
            for target in self.targets.iter().filter(|target| index.is_none_or(|index| target.representation == index)) {
                let mut path = self.client_path(group, fetch, target);
                path.extend(rest.iter().cloned());
                adopted.push(adopt(error.clone(), path, &fetch.service_name));
                if adopted.len() >= crate::errors::MAX_ERRORS {
                    return adopted;
                }
            }
        }
        adopted
    }

    /// Returns the client's paths of all objects that an answer was expected for.
    pub(crate) fn paths(&self, group: &EntityGroup, fetch: &Fetch) -> Vec<Vec<PathSegment>> {
        self.targets.iter().take(crate::errors::MAX_ERRORS).map(|target| self.client_path(group, fetch, target)).collect()
    }

    fn client_path(&self, group: &EntityGroup, fetch: &Fetch, target: &Target) -> Vec<PathSegment> {
        let steps: &[PathStep] = group.paths.get(target.path).map_or(&[], Path::as_slice);
        let mut indices = self.indices.get(target.start..target.end).unwrap_or_default().iter();
        let mut path = Vec::with_capacity(steps.len());
        for step in steps {
            match step {
                PathStep::Field(key) => path.push(PathSegment::Field(client_key(key, fetch))),
                PathStep::List => path.extend(indices.next().map(|index| PathSegment::Index(*index as usize))),
                PathStep::Type(_) => {}
            }
        }
        path.extend(indices.map(|index| PathSegment::Index(*index as usize)));
        path
    }
}

/// Tells whether there is nothing at the end of a path in an entity.
fn lacks(value: &Value, path: &[PathSegment]) -> bool {
    match (value, path.split_first()) {
        (Value::Null, _) => !path.is_empty(),
        (_, None) => false,
        (Value::Object(object), Some((PathSegment::Field(key), rest))) => match object.get(key.as_str()) {
            None | Some(Value::Null) => true,
            Some(inner) => lacks(inner, rest),
        },
        (Value::List(items), Some((PathSegment::Index(index), rest))) => items.get(*index).is_none_or(|item| lacks(item, rest)),
        _ => false,
    }
}

/// Makes the representation of an object; none when it lacks what the schema promises.
fn represent(object: &IndexMap<Name, Value>, requires: &[Require]) -> Option<Value> {
    let mut representation = IndexMap::new();
    let only_type_name = fill(object, requires, &mut representation)?;
    let name = type_name(object);
    if representation.is_empty() && !only_type_name {
        return None;
    }
    if let Some(name) = name {
        representation.insert(TYPE_NAME.clone(), Value::String(name.to_owned()));
    }
    (!representation.is_empty()).then_some(Value::Object(representation))
}

/// Copies what is required; tells whether `__typename` alone is. None when a promised value is missing.
fn fill(object: &IndexMap<Name, Value>, requires: &[Require], representation: &mut IndexMap<Name, Value>) -> Option<bool> {
    let name = type_name(object);
    let mut only_type_name = false;
    for require in requires {
        match require {
            Require::Field { key, .. } if key == "__typename" => only_type_name |= requires.len() == 1,
            Require::Field { source, key, non_null, children } => match object.get(source.as_str()).or_else(|| object.get(key.as_str())) {
                Some(Value::Null) | None if *non_null => return None,
                None => {}
                Some(value) => {
                    if let Some(copy) = copy(value, children)? {
                        representation.insert(key.clone(), copy);
                    }
                }
            },
            Require::On { types, children } => {
                if name.is_none_or(|name| types.contains(name)) {
                    only_type_name |= fill(object, children, representation)?;
                }
            }
        }
    }
    Some(only_type_name)
}

/// Copies a required value. `Some(None)`: there is nothing to send.
fn copy(value: &Value, children: &[Require]) -> Option<Option<Value>> {
    match value {
        Value::List(items) => {
            let mut copies = Vec::with_capacity(items.len());
            for item in items {
                copies.push(copy(item, children)?.unwrap_or_default());
            }
            Some(Some(Value::List(copies)))
        }
        Value::Object(object) if !children.is_empty() => match represent(object, children) {
            Some(representation) => Some(Some(representation)),
            None => Some(None),
        },
        value => Some(Some(value.clone())),
    }
}

/// A representation that can be looked up.
#[derive(Debug, PartialEq)]
struct Representation(Value);

impl Eq for Representation {}

impl Hash for Representation {
    fn hash<H: Hasher>(&self, state: &mut H) {
        hash(&self.0, state);
    }
}

fn hash<H: Hasher>(value: &Value, state: &mut H) {
    match value {
        Value::Null => state.write_u8(0),
        Value::Boolean(value) => value.hash(state),
        Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => whole.hash(state),
            (None, float) => float.map(f64::to_bits).hash(state),
        },
        Value::String(text) => text.hash(state),
        Value::Enum(name) => name.as_str().hash(state),
        Value::Binary(bytes) => bytes.hash(state),
        Value::List(items) => items.iter().for_each(|item| hash(item, state)),
        // Equal objects may differ in order, so their fields are added up.
        Value::Object(fields) => {
            let sum = fields.iter().fold(0_u64, |sum, (key, value)| {
                let mut inner = rustc_hash::FxHasher::default();
                key.as_str().hash(&mut inner);
                hash(value, &mut inner);
                sum.wrapping_add(inner.finish())
            });
            state.write_u64(sum);
        }
    }
}
