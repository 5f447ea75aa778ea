//! A document that was parsed, validated and planned at start-up.

use async_graphql::Value;

use crate::OperationKind;

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

/// An operation that is ready to run: executing it never parses and, for the usual variables, never plans.
#[derive(Debug, Clone)]
pub struct Prepared {
    variables: Vec<VariableDefinition>,
    kind: OperationKind,
}

impl Prepared {
    /// Returns the operation's variables in their order.
    pub fn variables(&self) -> &[VariableDefinition] {
        &self.variables
    }

    /// Returns what the operation does.
    pub fn kind(&self) -> OperationKind {
        self.kind
    }
}
