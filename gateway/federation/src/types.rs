//! Which object types stand behind an abstract type, in the supergraph (hidden types included).

use apollo_compiler::Schema;
use apollo_compiler::schema::ExtendedType;
use rustc_hash::FxHashMap;

use crate::steps::TypeSet;

/// The object types behind every interface and union.
#[derive(Debug, Default)]
pub(crate) struct PossibleTypes {
    members: FxHashMap<Box<str>, Vec<Box<str>>>,
}

impl PossibleTypes {
    pub(crate) fn new(schema: &Schema) -> Self {
        let mut members: FxHashMap<Box<str>, Vec<Box<str>>> = FxHashMap::default();
        for (interface, implementers) in schema.implementers_map() {
            members.entry(interface.as_str().into()).or_default().extend(implementers.objects.iter().map(|name| name.as_str().into()));
        }
        for (name, definition) in &schema.types {
            if let ExtendedType::Union(union) = definition {
                members.entry(name.as_str().into()).or_default().extend(union.members.iter().map(|member| member.name.as_str().into()));
            }
        }
        Self { members }
    }

    /// Returns the type names whose objects satisfy `... on name`.
    pub(crate) fn satisfying(&self, name: &str) -> TypeSet {
        let mut set: TypeSet = self.members.get(name).into_iter().flatten().cloned().collect();
        set.insert(name.into());
        set
    }

    /// Returns the type names that may share an object with `name`, in either direction.
    pub(crate) fn overlapping(&self, name: &str) -> TypeSet {
        let mut set = self.satisfying(name);
        for (abstract_type, members) in &self.members {
            if members.iter().any(|member| &**member == name) {
                set.insert(abstract_type.clone());
            }
        }
        set
    }
}
