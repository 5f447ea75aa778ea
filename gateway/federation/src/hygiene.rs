//! The hygiene pass: an operation becomes one that the planner is known to plan rightly.
//!
//! Conditions are decided (a skipped field is gone, so the planner never sees `@skip` or `@include`); fragments are
//! written out; aliases that could be taken for a field are renamed; directives are dropped; root introspection is left
//! out, because the gateway answers it; literals that the planner would change travel as variables.

use std::fmt::Write as _;

use apollo_compiler::ast;
use apollo_compiler::executable::{Directive, ExecutableDocument, Field, Operation, Selection, SelectionSet};
use apollo_compiler::schema::ExtendedType;
use apollo_compiler::{Node, Schema};
use async_graphql::{Name, Value};
use indexmap::IndexMap;
use rustc_hash::FxHashSet;

use crate::coerce::constant;
use crate::errors::ALIAS_PREFIX;
use crate::steps::TypeSet;

/// The values of the variables that conditions use.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Conditions<'a> {
    pub names: &'a [Name],
    /// Bit `i` is the value of `names[i]`.
    pub mask: u64,
}

impl Conditions<'_> {
    /// Tells whether a selection with these directives is part of the operation.
    pub(crate) fn include<'d>(&self, directives: impl IntoIterator<Item = &'d Node<Directive>>) -> bool {
        directives.into_iter().all(|directive| match directive.name.as_str() {
            "skip" => !self.holds(directive),
            "include" => self.holds(directive),
            _ => true,
        })
    }

    fn holds(&self, directive: &Node<Directive>) -> bool {
        match directive.specified_argument_by_name("if").map(|value| &**value) {
            Some(ast::Value::Boolean(value)) => *value,
            Some(ast::Value::Variable(name)) => {
                self.names.iter().position(|known| *known == name.as_str()).is_some_and(|bit| self.mask >> bit & 1 == 1)
            }
            _ => false,
        }
    }
}

/// Returns the key under which a field's value is fetched: its response key, renamed when it could be taken for a field.
pub(crate) fn source_key(field: &Field, field_names: &FxHashSet<Box<str>>) -> Name {
    match &field.alias {
        Some(alias) if *alias != field.name && needs_renaming(alias, field_names) => Name::new(format!("{ALIAS_PREFIX}{alias}")),
        _ => Name::new(field.response_key().as_str()),
    }
}

fn needs_renaming(alias: &str, field_names: &FxHashSet<Box<str>>) -> bool {
    alias.starts_with('_') || field_names.contains(alias)
}

/// Gathers the root fields by response key, in the client's order, with fragments opened and conditions decided.
pub(crate) fn root_fields<'d>(
    document: &'d ExecutableDocument,
    operation: &'d Operation,
    conditions: &Conditions<'_>,
) -> IndexMap<String, Vec<&'d Node<Field>>> {
    let mut groups = IndexMap::new();
    gather(document, &operation.selection_set, conditions, &mut groups);
    groups
}

fn gather<'d>(
    document: &'d ExecutableDocument,
    set: &'d SelectionSet,
    conditions: &Conditions<'_>,
    groups: &mut IndexMap<String, Vec<&'d Node<Field>>>,
) {
    for selection in &set.selections {
        if !conditions.include(selection.directives().iter()) {
            continue;
        }
        match selection {
            Selection::Field(field) => groups.entry(field.response_key().to_string()).or_default().push(field),
            Selection::InlineFragment(fragment) => gather(document, &fragment.selection_set, conditions, groups),
            Selection::FragmentSpread(spread) => {
                if let Some(fragment) = document.fragments.get(&spread.fragment_name) {
                    gather(document, &fragment.selection_set, conditions, groups);
                }
            }
        }
    }
}

/// Writes clean operations.
pub(crate) struct Cleaner<'d> {
    pub document: &'d ExecutableDocument,
    pub schema: &'d Schema,
    pub operation: &'d Operation,
    pub conditions: Conditions<'d>,
    pub field_names: &'d FxHashSet<Box<str>>,
    text: String,
    used: TypeSet,
    constants: Vec<(Name, Value)>,
    constant_types: Vec<String>,
}

impl<'d> Cleaner<'d> {
    pub(crate) fn new(
        document: &'d ExecutableDocument,
        schema: &'d Schema,
        operation: &'d Operation,
        conditions: Conditions<'d>,
        field_names: &'d FxHashSet<Box<str>>,
    ) -> Self {
        Self {
            document,
            schema,
            operation,
            conditions,
            field_names,
            text: String::new(),
            used: TypeSet::default(),
            constants: Vec::new(),
            constant_types: Vec::new(),
        }
    }

    /// Writes the operation that has these root fields.
    pub(crate) fn write(&mut self, fields: &[&Node<Field>]) -> String {
        self.text.clear();
        self.used.clear();
        for field in fields {
            self.field(field, self.operation.object_type());
        }
        let mut operation = self.operation.operation_type.to_string();
        let mut variables = Vec::new();
        for variable in &self.operation.variables {
            if self.used.contains(variable.name.as_str()) {
                let default = variable.default_value.as_ref().map(|value| format!(" = {}", literal(value))).unwrap_or_default();
                variables.push(format!("${}: {}{default}", variable.name, variable.ty));
            }
        }
        for ((name, _), ty) in self.constants.iter().zip(&self.constant_types) {
            if self.used.contains(name.as_str()) {
                variables.push(format!("${name}: {ty}"));
            }
        }
        if !variables.is_empty() {
            let _ = write!(operation, "({})", variables.join(", "));
        }
        let _ = write!(operation, " {{ {}}}", self.text);
        operation
    }

    /// Returns the literals that travel as variables.
    pub(crate) fn into_constants(self) -> Vec<(Name, Value)> {
        self.constants
    }

    /// Writes a field of the type `on`.
    fn field(&mut self, field: &Node<Field>, on: &str) {
        let source = source_key(field, self.field_names);
        if source != field.name.as_str() {
            let _ = write!(self.text, "{source}: ");
        }
        self.text.push_str(&field.name);
        self.arguments(field);
        self.text.push(' ');
        let schema = self.schema;
        let definition = schema.type_field(on, &field.name).map_or(&field.definition.ty, |definition| &definition.ty);
        let ty = definition.inner_named_type();
        if schema.types.get(ty).is_some_and(is_composite) {
            self.text.push_str("{ ");
            let before = self.text.len();
            self.selections(&field.selection_set, ty);
            if self.text.len() == before {
                self.text.push_str("__typename ");
            }
            self.text.push_str("} ");
        }
    }

    /// Writes what is selected of the type `on`. Where that depends on an object's type, the planner asks for
    /// `__typename` itself.
    fn selections(&mut self, set: &SelectionSet, on: &str) {
        let document = self.document;
        for selection in &set.selections {
            if !self.conditions.include(selection.directives().iter()) {
                continue;
            }
            match selection {
                Selection::Field(field) if field.name == "__typename" => self.text.push_str("__typename "),
                Selection::Field(field) => self.field(field, on),
                Selection::InlineFragment(fragment) => self.fragment(&fragment.selection_set, on),
                Selection::FragmentSpread(spread) => {
                    if let Some(fragment) = document.fragments.get(&spread.fragment_name) {
                        self.fragment(&fragment.selection_set, on);
                    }
                }
            }
        }
    }

    /// Writes a fragment where it says something: the planner loses its way in conditions that always or never hold.
    fn fragment(&mut self, set: &SelectionSet, on: &str) {
        let condition = set.ty.as_str();
        let object = self.schema.types.get(on).is_some_and(ExtendedType::is_object);
        // A union has none of the fields that an interface around it has.
        let union = self.schema.types.get(on).is_some_and(ExtendedType::is_union);
        if condition == on || (self.schema.is_subtype(condition, on) && !union) {
            return self.selections(set, on);
        }
        if object {
            return;
        }
        let start = self.text.len();
        let _ = write!(self.text, "... on {condition} {{ ");
        let inside = self.text.len();
        self.selections(set, condition);
        if self.text.len() == inside {
            self.text.truncate(start);
        } else {
            self.text.push_str("} ");
        }
    }

    fn arguments(&mut self, field: &Node<Field>) {
        for (index, argument) in field.arguments.iter().enumerate() {
            self.text.push_str(if index == 0 { "(" } else { ", " });
            let _ = write!(self.text, "{}: ", argument.name);
            let ty = field.definition.argument_by_name(&argument.name).map(|definition| definition.ty.to_string());
            match ty {
                Some(ty) if fragile(&argument.value) && !has_variables(&argument.value) => {
                    let name = Name::new(format!("{ALIAS_PREFIX}constant_{}", self.constants.len()));
                    let _ = write!(self.text, "${name}");
                    self.used.insert(name.as_str().into());
                    self.constants.push((name, constant(&argument.value)));
                    self.constant_types.push(ty);
                }
                _ => {
                    note_variables(&argument.value, &mut self.used);
                    self.text.push_str(&literal(&argument.value));
                }
            }
        }
        if !field.arguments.is_empty() {
            self.text.push(')');
        }
    }
}

fn is_composite(ty: &ExtendedType) -> bool {
    ty.is_object() || ty.is_interface() || ty.is_union()
}

/// Numbers that do not survive the planner: it knows 64-bit integers and prints floats in its own way.
fn fragile(value: &ast::Value) -> bool {
    match value {
        ast::Value::Float(_) => true,
        ast::Value::Int(text) => text.as_str().parse::<i64>().is_err(),
        ast::Value::List(items) => items.iter().any(|item| fragile(item)),
        ast::Value::Object(fields) => fields.iter().any(|(_, value)| fragile(value)),
        _ => false,
    }
}

fn has_variables(value: &ast::Value) -> bool {
    match value {
        ast::Value::Variable(_) => true,
        ast::Value::List(items) => items.iter().any(|item| has_variables(item)),
        ast::Value::Object(fields) => fields.iter().any(|(_, value)| has_variables(value)),
        _ => false,
    }
}

fn note_variables(value: &ast::Value, used: &mut TypeSet) {
    match value {
        ast::Value::Variable(name) => drop(used.insert(name.as_str().into())),
        ast::Value::List(items) => items.iter().for_each(|item| note_variables(item, used)),
        ast::Value::Object(fields) => fields.iter().for_each(|(_, value)| note_variables(value, used)),
        _ => {}
    }
}

fn literal(value: &ast::Value) -> String {
    match value {
        ast::Value::Null => "null".to_owned(),
        ast::Value::Enum(name) => name.to_string(),
        ast::Value::Variable(name) => format!("${name}"),
        // JSON's escapes are GraphQL's.
        ast::Value::String(text) => serde_json::Value::from(text.as_str()).to_string(),
        ast::Value::Float(text) => text.to_string(),
        // Beyond 64 bits it can only be meant as a float; the planner would refuse the integer.
        ast::Value::Int(text) if text.as_str().parse::<i64>().is_err() => format!("{text}.0"),
        ast::Value::Int(text) => text.to_string(),
        ast::Value::Boolean(value) => value.to_string(),
        ast::Value::List(items) => format!("[{}]", items.iter().map(|item| literal(item)).collect::<Vec<_>>().join(", ")),
        ast::Value::Object(fields) => {
            let fields: Vec<_> = fields.iter().map(|(name, value)| format!("{name}: {}", literal(value))).collect();
            format!("{{{}}}", fields.join(", "))
        }
    }
}
