//! Parse and validate: text becomes a document whose plans are made once for each choice of its conditions.

use std::sync::Arc;

use apollo_compiler::ExecutableDocument;
use apollo_compiler::ast::OperationType;
use apollo_compiler::executable::Operation;
use apollo_compiler::parser::Parser;
use apollo_compiler::validation::{DiagnosticList, Valid};
use apollo_compiler::{Node, Schema};
use async_graphql::{Name, Pos, ServerError, Value, Variables};
use openim_core::ErrorCode;
use parking_lot::Mutex;
use rustc_hash::FxHashMap;
use tokio::sync::OnceCell;

use crate::OperationKind;
use crate::coerce::{InputTypes, Variable};
use crate::cost::Cost;
use crate::errors::error;
use crate::limits::{Limits, MAX_CONDITIONS, exceeded};
use crate::steps::Plan;

/// The most plans of one document; a document with this many choices starts again.
const MAX_PLANS: usize = 64;
/// The most problems that one answer lists.
const MAX_PROBLEMS: usize = 20;

/// One operation of a valid document.
pub(crate) struct Document {
    pub source: Valid<ExecutableDocument>,
    pub operation: Node<Operation>,
    pub kind: OperationKind,
    pub variables: Vec<Variable>,
    /// The variables that decide conditions.
    pub conditions: Vec<Name>,
    cost: Cost,
    highest_cost: u64,
    /// The most bytes that an answer may take in memory.
    pub answer_bytes: usize,
    plain: PlanCell,
    chosen: Mutex<FxHashMap<u64, PlanCell>>,
}

/// A plan that is made by the first who needs it.
pub(crate) type PlanCell = Arc<OnceCell<Arc<Plan>>>;

impl Document {
    /// Parses and validates a document and chooses an operation.
    pub(crate) fn parse(
        text: &str,
        operation_name: Option<&str>,
        schema: &Valid<Schema>,
        inputs: &InputTypes,
        limits: &Limits,
    ) -> Result<Self, Vec<ServerError>> {
        if text.len() > limits.bytes {
            return Err(vec![exceeded(format!("the document has {} bytes, allowed are {}", text.len(), limits.bytes))]);
        }
        let mut parser = Parser::new().token_limit(limits.tokens).recursion_limit(200);
        let parsed = match parser.parse_executable(schema, text, "document") {
            Ok(parsed) => parsed,
            Err(_) if parser.tokens_reached() >= limits.tokens => {
                return Err(vec![exceeded(format!("the document has more than {} tokens", limits.tokens))]);
            }
            Err(problems) => return Err(problems_of(&problems.errors)),
        };
        // Validation is quadratic in places, so sizes come first; the document is well formed at this point.
        let operation = parsed.operations.get(operation_name).map_err(|refused| vec![invalid(refused.message().to_string())])?.clone();
        if !parsed.fragments.is_empty() && has_cycle(&parsed) {
            return Err(vec![invalid("a fragment must not spread itself")]);
        }
        limits.check(&parsed, &operation).map_err(|refused| vec![refused])?;
        let source = parsed.validate(schema).map_err(|problems| problems_of(&problems.errors))?;
        let operation = source.operations.get(operation_name).map_err(|refused| vec![invalid(refused.message().to_string())])?.clone();
        let cost = Cost::of(&source, schema, &operation.selection_set);
        if let Some(cost) = cost.fixed() {
            check_cost(cost, limits.cost).map_err(|refused| vec![refused])?;
        }
        let conditions = condition_variables(&source, &operation);
        if conditions.len() > MAX_CONDITIONS {
            return Err(vec![exceeded(format!("conditions use {} variables, allowed are {MAX_CONDITIONS}", conditions.len()))]);
        }
        Ok(Self {
            kind: match operation.operation_type {
                OperationType::Query => OperationKind::Query,
                OperationType::Mutation => OperationKind::Mutation,
                OperationType::Subscription => OperationKind::Subscription,
            },
            variables: inputs.variables(&operation),
            conditions,
            cost,
            highest_cost: limits.cost,
            answer_bytes: limits.answer_bytes,
            plain: PlanCell::default(),
            chosen: Mutex::default(),
            operation,
            source,
        })
    }

    /// Refuses variables that make the operation too expensive.
    pub(crate) fn check_cost(&self, variables: &Variables) -> Result<(), ServerError> {
        if self.cost.fixed().is_some() { Ok(()) } else { check_cost(self.cost.evaluate(variables), self.highest_cost) }
    }

    /// Returns what the operation costs with these variables.
    pub(crate) fn cost(&self, variables: &Variables) -> u64 {
        self.cost.evaluate(variables)
    }

    /// Returns the bit mask of the condition variables' values.
    pub(crate) fn mask(&self, variables: &Variables) -> u64 {
        let bits = self.conditions.iter().enumerate().filter(|(_, name)| variables.get(*name) == Some(&Value::Boolean(true)));
        bits.fold(0, |mask, (bit, _)| mask | 1 << bit)
    }

    /// Returns the place of the plan for a mask.
    pub(crate) fn plan_cell(&self, mask: u64) -> PlanCell {
        if mask == 0 {
            return Arc::clone(&self.plain);
        }
        let mut chosen = self.chosen.lock();
        if chosen.len() >= MAX_PLANS && !chosen.contains_key(&mask) {
            chosen.clear();
        }
        Arc::clone(chosen.entry(mask).or_default())
    }

    /// Returns the plan for no conditions, if it is made.
    pub(crate) fn ready(&self) -> Option<&Arc<Plan>> {
        if self.conditions.is_empty() { self.plain.get() } else { None }
    }
}

fn check_cost(cost: u64, limit: u64) -> Result<(), ServerError> {
    if cost > limit { Err(exceeded(format!("the operation costs {cost}, allowed are {limit}"))) } else { Ok(()) }
}

fn invalid(message: impl Into<String>) -> ServerError {
    error(ErrorCode::GraphqlInvalid, message)
}

fn problems_of(problems: &DiagnosticList) -> Vec<ServerError> {
    let errors = problems.iter().take(MAX_PROBLEMS).map(|problem| {
        let problem = problem.to_json();
        let mut error = invalid(problem.message);
        error.locations = problem.locations.iter().map(|at| Pos { line: at.line, column: at.column }).collect();
        error
    });
    errors.collect()
}

fn condition_variables(document: &ExecutableDocument, operation: &Operation) -> Vec<Name> {
    use apollo_compiler::executable::{Selection, SelectionSet};
    fn visit(set: &SelectionSet, names: &mut Vec<Name>) {
        for selection in &set.selections {
            for directive in selection.directives().iter().filter(|d| d.name == "skip" || d.name == "include") {
                let variable = directive.specified_argument_by_name("if").and_then(|value| value.as_variable());
                if let Some(variable) = variable
                    && !names.iter().any(|known| *known == variable.as_str())
                {
                    names.push(Name::new(variable.as_str()));
                }
            }
            match selection {
                Selection::Field(field) => visit(&field.selection_set, names),
                Selection::InlineFragment(fragment) => visit(&fragment.selection_set, names),
                Selection::FragmentSpread(_) => {}
            }
        }
    }
    let mut names = Vec::new();
    visit(&operation.selection_set, &mut names);
    for fragment in document.fragments.values() {
        visit(&fragment.selection_set, &mut names);
    }
    // Other operations of the document may use other variables.
    names.retain(|name| operation.variables.iter().any(|variable| *name == variable.name.as_str()));
    names
}

/// Tells whether a fragment spreads itself; the counting of sizes would not end.
fn has_cycle(document: &ExecutableDocument) -> bool {
    use apollo_compiler::executable::{Selection, SelectionSet};
    fn spreads<'d>(set: &'d SelectionSet, names: &mut Vec<&'d str>) {
        for selection in &set.selections {
            match selection {
                Selection::Field(field) => spreads(&field.selection_set, names),
                Selection::InlineFragment(fragment) => spreads(&fragment.selection_set, names),
                Selection::FragmentSpread(spread) => names.push(&spread.fragment_name),
            }
        }
    }
    // Fragments without unfinished spreads are taken away until none is left or none can be.
    let mut open: FxHashMap<&str, Vec<&str>> = FxHashMap::default();
    for (name, fragment) in &document.fragments {
        let mut names = Vec::new();
        spreads(&fragment.selection_set, &mut names);
        open.insert(name.as_str(), names);
    }
    while !open.is_empty() {
        let finished: Vec<&str> =
            open.iter().filter(|(_, names)| !names.iter().any(|name| open.contains_key(name))).map(|(name, _)| *name).collect();
        if finished.is_empty() {
            return true;
        }
        for name in finished {
            open.remove(name);
        }
    }
    false
}
