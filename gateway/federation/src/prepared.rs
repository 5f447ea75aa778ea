//! A document that was parsed, validated and planned at start-up.

use std::sync::Arc;

use async_graphql::Value;

use crate::OperationKind;
use crate::document::Document;

/// A variable of a prepared operation.
#[derive(Debug, Clone, PartialEq)]
pub struct VariableDefinition {
    /// The name without `$`.
    pub name: String,
    /// The type as text: `[ID!]!`.
    pub ty: String,
    /// Whether null is allowed.
    pub nullable: bool,
    /// What is used when the variable is left out.
    pub default: Option<Value>,
}

/// An operation that is ready to run: executing it never parses, and plans only for a choice of `@skip` and `@include`
/// variables that was not met before.
#[derive(Clone)]
pub struct Prepared {
    pub(crate) document: Arc<Document>,
    variables: Arc<[VariableDefinition]>,
}

impl std::fmt::Debug for Prepared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Prepared").field("kind", &self.kind()).field("variables", &self.variables).finish()
    }
}

impl Prepared {
    pub(crate) fn new(document: Arc<Document>) -> Self {
        let variables = document.variables.iter().map(|variable| VariableDefinition {
            name: variable.name.to_string(),
            ty: variable.text.clone(),
            nullable: !variable.ty.non_null(),
            default: variable.default.clone(),
        });
        Self { variables: variables.collect(), document }
    }

    /// Returns the operation's variables in their order.
    pub fn variables(&self) -> &[VariableDefinition] {
        &self.variables
    }

    /// Returns what the operation does.
    pub fn kind(&self) -> OperationKind {
        self.document.kind
    }

    /// Returns the operation's name.
    pub fn name(&self) -> Option<&str> {
        self.document.operation.name.as_ref().map(|name| name.as_str())
    }
}
