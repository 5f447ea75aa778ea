//! The schema that clients see: validation, introspection and the public text come from it.

use std::sync::{Arc, OnceLock};

use apollo_compiler::ast::{self, Definition, Document};
use apollo_compiler::collections::HashMap;
use apollo_compiler::schema::{ExtendedType, Implementers};
use apollo_compiler::validation::Valid;
use apollo_compiler::{Name, Schema};
use async_graphql::ServerError;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::BuildError;
use crate::coerce::InputTypes;
use crate::introspection::Bound;
use crate::steps::TypeSet;
use crate::types::PossibleTypes;

/// Everything about the supergraph and its public face that requests read.
pub(crate) struct GraphSchema {
    /// The public schema.
    pub public: Valid<Schema>,
    /// The public schema with the directives that documents of our own may use.
    pub own: Valid<Schema>,
    /// Who implements what, for introspection.
    pub implementers: HashMap<Name, Implementers>,
    /// How big answers about the schema may be; found out for the first of them.
    pub introspection: OnceLock<Result<Bound, ServerError>>,
    /// The public schema's text.
    pub text: String,
    /// The input types, compiled for coercion.
    pub inputs: Arc<InputTypes>,
    /// Object types that clients may not see.
    pub hidden_types: Arc<TypeSet>,
    /// Enumerations with hidden values: the values that clients may see.
    pub partly_hidden_enums: FxHashMap<String, Arc<TypeSet>>,
    /// The name of every field, to tell which aliases could be taken for one.
    pub field_names: FxHashSet<Box<str>>,
}

impl GraphSchema {
    /// Reads the supergraph and the client schema that the planner made of it.
    pub(crate) fn new(supergraph: &str, client: &str, directives: &str) -> Result<Self, BuildError> {
        let whole = parse_loosely(supergraph)?;
        let mut document = Document::parse(client, "client").map_err(|problems| BuildError::Supergraph(problems.errors.to_string()))?;
        clean(&mut document);
        let text = document.to_string();
        let public = Schema::parse_and_validate(text.clone(), "api.graphql")
            .map_err(|problems| BuildError::Supergraph(problems.errors.to_string()))?;
        let own = if directives.trim().is_empty() {
            public.clone()
        } else {
            Schema::parse_and_validate(format!("{text}\n{directives}"), "api.graphql")
                .map_err(|problems| BuildError::Supergraph(problems.errors.to_string()))?
        };
        let hidden_types = whole
            .types
            .iter()
            .filter(|(name, definition)| definition.is_object() && !public.types.contains_key(*name) && !name.starts_with("__"));
        let hidden_types = hidden_types.map(|(name, _)| Box::from(name.as_str())).collect();
        let field_names = whole.types.values().flat_map(names_of_fields).chain(["_entities".into(), "_service".into()]).collect();
        Ok(Self {
            implementers: public.implementers_map(),
            introspection: OnceLock::new(),
            inputs: Arc::new(InputTypes::new(&public)),
            hidden_types: Arc::new(hidden_types),
            partly_hidden_enums: partly_hidden_enums(&whole, &public),
            field_names,
            text,
            public,
            own,
        })
    }
}

impl GraphSchema {
    /// Returns the object types behind abstract ones, hidden types included.
    pub(crate) fn possible_types(supergraph: &str) -> Result<Arc<PossibleTypes>, BuildError> {
        Ok(Arc::new(PossibleTypes::new(&parse_loosely(supergraph)?)))
    }
}

/// The supergraph's own directives need not validate; its types are all that is wanted.
fn parse_loosely(sdl: &str) -> Result<Schema, BuildError> {
    Schema::parse(sdl, "supergraph.graphql").or_else(|problems| {
        if problems.partial.types.is_empty() { Err(BuildError::Supergraph(problems.errors.to_string())) } else { Ok(problems.partial) }
    })
}

fn names_of_fields(definition: &ExtendedType) -> Vec<Box<str>> {
    match definition {
        ExtendedType::Object(object) => object.fields.keys().map(|name| name.as_str().into()).collect(),
        ExtendedType::Interface(interface) => interface.fields.keys().map(|name| name.as_str().into()).collect(),
        _ => Vec::new(),
    }
}

fn partly_hidden_enums(whole: &Schema, public: &Schema) -> FxHashMap<String, Arc<TypeSet>> {
    let mut enums = FxHashMap::default();
    for (name, definition) in &public.types {
        let (ExtendedType::Enum(shown), Some(ExtendedType::Enum(all))) = (definition, whole.types.get(name)) else { continue };
        if shown.values.len() < all.values.len() {
            enums.insert(name.to_string(), Arc::new(shown.values.keys().map(|value| Box::from(value.as_str())).collect()));
        }
    }
    enums
}

/// Removes the introspection types and built-in directives that the planner prints, and sorts the rest.
fn clean(document: &mut Document) {
    let one_of = document.definitions.iter().any(|definition| definition.directives().has("oneOf"));
    document.definitions.retain(|definition| match definition {
        Definition::DirectiveDefinition(directive) => {
            !matches!(directive.name.as_str(), "skip" | "include" | "deprecated" | "specifiedBy" | "oneOf" | "defer")
        }
        Definition::ScalarTypeDefinition(scalar) => {
            !matches!(scalar.name.as_str(), "Int" | "Float" | "String" | "Boolean" | "ID") && !machinery(&scalar.name)
        }
        other => !other.name().is_some_and(|name| machinery(name)),
    });
    for definition in &mut document.definitions {
        match definition {
            Definition::ObjectTypeDefinition(object) => {
                let object = object.make_mut();
                object.fields.retain(|field| !field.name.starts_with("__"));
                sort_fields(&mut object.fields);
                object.implements_interfaces.sort();
            }
            Definition::InterfaceTypeDefinition(interface) => {
                let interface = interface.make_mut();
                interface.fields.retain(|field| !field.name.starts_with("__"));
                sort_fields(&mut interface.fields);
                interface.implements_interfaces.sort();
            }
            Definition::InputObjectTypeDefinition(input) => input.make_mut().fields.sort_by(|a, b| a.name.cmp(&b.name)),
            Definition::EnumTypeDefinition(values) => values.make_mut().values.sort_by(|a, b| a.value.cmp(&b.value)),
            Definition::UnionTypeDefinition(union) => union.make_mut().members.sort(),
            Definition::SchemaDefinition(schema) => schema.make_mut().directives.retain(|_| false),
            _ => {}
        }
    }
    if one_of {
        // The compiler does not know it yet.
        let known = Document::parse("directive @oneOf on INPUT_OBJECT", "oneOf");
        document.definitions.extend(known.into_iter().flat_map(|document| document.definitions));
    }
    document.definitions.sort_by_key(|definition| (rank(definition), definition.name().map(ToString::to_string)));
}

fn machinery(name: &str) -> bool {
    ["__", "join__", "link__", "core__"].iter().any(|prefix| name.starts_with(prefix))
}

fn rank(definition: &Definition) -> u8 {
    match definition {
        Definition::SchemaDefinition(_) => 0,
        Definition::DirectiveDefinition(_) => 1,
        _ => 2,
    }
}

fn sort_fields(fields: &mut [apollo_compiler::Node<ast::FieldDefinition>]) {
    for field in fields.iter_mut() {
        field.make_mut().arguments.sort_by(|a, b| a.name.cmp(&b.name));
    }
    fields.sort_by(|a, b| a.name.cmp(&b.name));
}
