//! Compiles shapes from the client's own document, so that no planner decision can change what a client sees.

use std::sync::Arc;

use apollo_compiler::ast::Type;
use apollo_compiler::executable::{ExecutableDocument, Field, Selection, SelectionSet};
use apollo_compiler::schema::ExtendedType;
use apollo_compiler::{Node, Schema};
use async_graphql::Name;
use indexmap::IndexMap;
use rustc_hash::FxHashMap;

use super::{Shape, ShapeField, ShapeValue, Wrap};
use crate::hygiene::{Conditions, source_key};
use crate::schema::GraphSchema;
use crate::steps::TypeSet;

/// The selection sets that together select one object, and the type it is looked at as.
type Key = (Vec<usize>, String);

/// Compiles the shapes of one operation; equal parts are compiled once.
pub(crate) struct ShapeCompiler<'d> {
    document: &'d ExecutableDocument,
    graph: &'d GraphSchema,
    schema: &'d Schema,
    conditions: Conditions<'d>,
    done: FxHashMap<Key, Arc<Shape>>,
}

type Groups<'d> = IndexMap<String, Vec<&'d Node<Field>>>;

impl<'d> ShapeCompiler<'d> {
    pub(crate) fn new(document: &'d ExecutableDocument, graph: &'d GraphSchema, schema: &'d Schema, conditions: Conditions<'d>) -> Self {
        Self { document, graph, schema, conditions, done: FxHashMap::default() }
    }

    /// Compiles root fields, gathered by response key.
    pub(crate) fn root(&mut self, root_type: &str, groups: &Groups<'d>) -> Arc<Shape> {
        self.shape(root_type, groups)
    }

    fn shape(&mut self, type_name: &str, groups: &Groups<'d>) -> Arc<Shape> {
        let fields: Vec<ShapeField> = groups.values().filter_map(|fields| self.field(type_name, fields)).collect();
        let verbatim = fields.iter().all(|field| field.key == field.source && !matches!(field.value, ShapeValue::DataTypeName));
        Arc::new(Shape { fields, verbatim })
    }

    fn field(&mut self, type_name: &str, fields: &[&'d Node<Field>]) -> Option<ShapeField> {
        let field = *fields.first()?;
        let key = Name::new(field.response_key().as_str());
        if field.name == "__typename" {
            let is_object = self.schema.types.get(type_name).is_some_and(ExtendedType::is_object);
            let value = if is_object { ShapeValue::TypeName(Name::new(type_name)) } else { ShapeValue::DataTypeName };
            return Some(ShapeField { key, source: Name::new("__typename"), wrap: Wrap::Named { non_null: true }, value });
        }
        let source = source_key(field, &self.graph.field_names);
        // The object's own definition may promise more than that of the interface the field was selected on.
        let ty = match self.schema.type_field(type_name, &field.name) {
            Ok(definition) => definition.ty.clone(),
            Err(_) => field.definition.ty.clone(),
        };
        let inner = ty.inner_named_type().as_str();
        let value = match self.schema.types.get(inner) {
            _ if field.name.starts_with("__") => ShapeValue::Leaf,
            Some(ExtendedType::Object(_)) => ShapeValue::Object { shape: self.object(inner, fields), hidden: None },
            Some(ExtendedType::Interface(_) | ExtendedType::Union(_)) => self.abstract_object(inner, fields),
            Some(ExtendedType::Enum(_)) => match self.graph.partly_hidden_enums.get(inner) {
                Some(visible) => ShapeValue::Enum(Arc::clone(visible)),
                None => ShapeValue::Leaf,
            },
            _ => ShapeValue::Leaf,
        };
        Some(ShapeField { key, source, wrap: wrap(&ty), value })
    }

    /// Compiles what is selected of an object that is known to be of type `type_name`.
    fn object(&mut self, type_name: &str, fields: &[&'d Node<Field>]) -> Arc<Shape> {
        let mut parts: Vec<usize> = fields.iter().map(|field| std::ptr::from_ref(&field.selection_set) as usize).collect();
        parts.dedup();
        let key = (parts, type_name.to_owned());
        if let Some(shape) = self.done.get(&key) {
            return Arc::clone(shape);
        }
        let mut groups = IndexMap::new();
        for field in fields {
            self.gather(type_name, &field.selection_set, &mut groups);
        }
        let shape = self.shape(type_name, &groups);
        self.done.insert(key, Arc::clone(&shape));
        shape
    }

    fn abstract_object(&mut self, type_name: &str, fields: &[&'d Node<Field>]) -> ShapeValue {
        let hidden: Option<Arc<TypeSet>> =
            if self.graph.hidden_types.is_empty() { None } else { Some(Arc::clone(&self.graph.hidden_types)) };
        let common = self.object(type_name, fields);
        if !fields.iter().any(|field| self.narrows(type_name, &field.selection_set)) {
            return ShapeValue::Object { shape: common, hidden };
        }
        let mut members: Vec<String> = match self.schema.types.get(type_name) {
            Some(ExtendedType::Union(union)) => union.members.iter().map(|member| member.name.to_string()).collect(),
            _ => self.graph.implementers.get(type_name).into_iter().flat_map(|i| &i.objects).map(ToString::to_string).collect(),
        };
        members.sort_unstable();
        let by_type = members.into_iter().map(|member| {
            let shape = self.object(&member, fields);
            (member.into_boxed_str(), shape)
        });
        ShapeValue::Abstract { by_type: by_type.collect(), common, hidden }
    }

    /// Gathers the fields that an object of this type has, by response key.
    fn gather(&self, type_name: &str, set: &'d SelectionSet, groups: &mut Groups<'d>) {
        for selection in &set.selections {
            if !self.conditions.include(selection.directives().iter()) {
                continue;
            }
            let inner = match selection {
                Selection::Field(field) => {
                    groups.entry(field.response_key().to_string()).or_default().push(field);
                    continue;
                }
                Selection::InlineFragment(fragment) => &fragment.selection_set,
                Selection::FragmentSpread(spread) => match self.document.fragments.get(&spread.fragment_name) {
                    Some(fragment) => &fragment.selection_set,
                    None => continue,
                },
            };
            if self.applies(type_name, &inner.ty) {
                self.gather(type_name, inner, groups);
            }
        }
    }

    fn applies(&self, type_name: &str, condition: &str) -> bool {
        type_name == condition || self.schema.is_subtype(condition, type_name)
    }

    /// Tells whether a selection on an abstract type has conditions on the object's type.
    fn narrows(&self, type_name: &str, set: &SelectionSet) -> bool {
        set.selections.iter().any(|selection| {
            let inner = match selection {
                Selection::Field(_) => return false,
                Selection::InlineFragment(fragment) => &fragment.selection_set,
                Selection::FragmentSpread(spread) => match self.document.fragments.get(&spread.fragment_name) {
                    Some(fragment) => &fragment.selection_set,
                    None => return false,
                },
            };
            !self.applies(type_name, &inner.ty) || self.narrows(type_name, inner)
        })
    }
}

fn wrap(ty: &Type) -> Wrap {
    match ty {
        Type::Named(_) | Type::NonNullNamed(_) => Wrap::Named { non_null: ty.is_non_null() },
        Type::List(item) | Type::NonNullList(item) => Wrap::List { non_null: ty.is_non_null(), item: Box::new(wrap(item)) },
    }
}
