//! Which mutations a document runs, with which arguments: the same fields that the executor will find, wherever they hide.

use std::convert::Infallible;

use async_graphql::parser::types::{
    Directive, ExecutableDocument, Field, FragmentDefinition, OperationDefinition, OperationType, Selection, SelectionSet,
};
use async_graphql::{Name, Positioned, Request, Value, Variables};

/// How deep fragments are followed; what is deeper is no document that anybody executes.
const DEPTH: usize = 32;

/// One root field of a mutation.
#[derive(Debug, Clone)]
pub(super) struct RootField {
    /// Its name in the answer.
    pub(super) key: String,
    /// The mutation.
    pub(super) name: String,
    /// The arguments, variables filled in.
    pub(super) arguments: Value,
}

/// Returns the root fields of the mutation that a request asks for, in the order they run; none when it is no mutation.
pub(super) fn root_fields(request: &mut Request) -> Vec<RootField> {
    let variables = std::mem::take(&mut request.variables);
    let name = request.operation_name.clone();
    let fields = request.parsed_query().map(|document| of_document(document, name.as_deref(), &variables)).unwrap_or_default();
    request.variables = variables;
    fields
}

fn of_document(document: &ExecutableDocument, name: Option<&str>, variables: &Variables) -> Vec<RootField> {
    let mut operations = document.operations.iter();
    let operation = match name {
        Some(name) => operations.find(|(key, _)| key.is_some_and(|key| key.as_str() == name)),
        None => operations.next(),
    };
    let Some((_, operation)) = operation else { return Vec::new() };
    if operation.node.ty != OperationType::Mutation {
        return Vec::new();
    }
    let mut collector = Collector { document, operation: &operation.node, variables, found: Vec::new() };
    collector.collect(&operation.node.selection_set.node, DEPTH);
    collector.found
}

struct Collector<'a> {
    document: &'a ExecutableDocument,
    operation: &'a OperationDefinition,
    variables: &'a Variables,
    found: Vec<RootField>,
}

impl Collector<'_> {
    fn collect(&mut self, selected: &SelectionSet, depth: usize) {
        let Some(depth) = depth.checked_sub(1) else { return };
        for selection in &selected.items {
            if !self.included(selection.node.directives()) {
                continue;
            }
            match &selection.node {
                Selection::Field(field) => self.field(&field.node),
                Selection::InlineFragment(fragment) => self.collect(&fragment.node.selection_set.node, depth),
                Selection::FragmentSpread(spread) => {
                    let fragment: Option<&Positioned<FragmentDefinition>> = self.document.fragments.get(&spread.node.fragment_name.node);
                    if let Some(fragment) = fragment {
                        self.collect(&fragment.node.selection_set.node, depth);
                    }
                }
            }
        }
    }

    fn field(&mut self, field: &Field) {
        let (name, key) = (field.name.node.as_str(), field.response_key().node.as_str());
        // Fields of the same key are one; introspection is no act.
        if name.starts_with("__") || self.found.iter().any(|known| known.key == key) {
            return;
        }
        let arguments = field.arguments.iter().map(|(name, value)| {
            let value = value.node.clone().into_const_with(|name| self.variable(&name)).unwrap_or_default();
            (name.node.clone(), value)
        });
        let arguments = arguments.collect();
        self.found.push(RootField { key: key.to_owned(), name: name.to_owned(), arguments: Value::Object(arguments) });
    }

    fn included(&self, directives: &[Positioned<Directive>]) -> bool {
        directives.iter().all(|directive| {
            let wanted = match directive.node.name.node.as_str() {
                "skip" => false,
                "include" => true,
                _ => return true,
            };
            let condition = directive.node.get_argument("if").map(|value| value.node.clone().into_const_with(|name| self.variable(&name)));
            match condition {
                Some(Ok(Value::Boolean(condition))) => condition == wanted,
                // The executor will refuse it.
                _ => true,
            }
        })
    }

    /// Returns what a variable stands for; one that is not given is null.
    fn variable(&self, name: &Name) -> Result<Value, Infallible> {
        let given = self.variables.get(name).cloned();
        let default = || {
            let definitions = self.operation.variable_definitions.iter();
            let mut named = definitions.filter(|definition| definition.node.name.node == *name);
            named.next().and_then(|definition| definition.node.default_value().cloned())
        };
        Ok(given.or_else(default).unwrap_or_default())
    }
}
