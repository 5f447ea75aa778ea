//! The cost of an operation: one a field, times the expected length of the lists around it.
//!
//! A list's length is its `first`, `last` or `limit` argument, else the length of a list among its arguments, else ten.
//! A field that is no list but takes such an argument (a connection) gives it to the lists directly below it. What does
//! not depend on variables is added up once; the rest is a small tree that is evaluated for each request.

use apollo_compiler::ast;
use apollo_compiler::executable::{ExecutableDocument, Field, Selection, SelectionSet};
use apollo_compiler::{Node, Schema};
use async_graphql::{Name, Value, Variables};
use indexmap::IndexMap;

const DEFAULT_LENGTH: u64 = 10;
const PAGE_ARGUMENTS: [&str; 3] = ["first", "last", "limit"];

/// The cost of a selection.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Cost {
    fixed: u64,
    terms: Vec<Term>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Term {
    /// A cost that counts several times.
    Repeated(Factor, Cost),
    /// The costs for different types, of which an object has one.
    Either(Vec<Cost>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Factor {
    Times(u64),
    /// The value of a variable.
    Value(Name),
    /// The length of the list in a variable.
    Length(Name),
}

impl Cost {
    /// Adds up the cost of a selection.
    pub(crate) fn of(document: &ExecutableDocument, schema: &Schema, set: &SelectionSet) -> Self {
        Estimate { document, schema }.selections(set, None)
    }

    /// Returns the cost for these variables.
    pub(crate) fn evaluate(&self, variables: &Variables) -> u64 {
        self.terms.iter().fold(self.fixed, |sum, term| {
            let (factor, cost) = match term {
                Term::Repeated(factor, cost) => (factor, cost),
                Term::Either(costs) => {
                    return sum.saturating_add(costs.iter().map(|cost| cost.evaluate(variables)).max().unwrap_or(0));
                }
            };
            let times = match factor {
                Factor::Times(times) => *times,
                Factor::Value(name) => match variables.get(name) {
                    Some(Value::Number(number)) => number.as_u64().unwrap_or(DEFAULT_LENGTH),
                    _ => DEFAULT_LENGTH,
                },
                Factor::Length(name) => match variables.get(name) {
                    Some(Value::List(items)) => items.len() as u64,
                    _ => DEFAULT_LENGTH,
                },
            };
            sum.saturating_add(times.saturating_mul(cost.evaluate(variables)))
        })
    }

    /// Returns the cost when it depends on no variable.
    pub(crate) fn fixed(&self) -> Option<u64> {
        self.terms.is_empty().then_some(self.fixed)
    }

    fn add(&mut self, other: Self) {
        self.fixed = self.fixed.saturating_add(other.fixed);
        self.terms.extend(other.terms);
    }

    fn times(self, factor: Factor) -> Self {
        match factor {
            Factor::Times(times) if self.terms.is_empty() => Self { fixed: self.fixed.saturating_mul(times), terms: Vec::new() },
            factor => Self { fixed: 0, terms: vec![Term::Repeated(factor, self)] },
        }
    }

    fn either(costs: Vec<Self>) -> Self {
        if costs.iter().all(|cost| cost.terms.is_empty()) {
            return Self { fixed: costs.iter().map(|cost| cost.fixed).max().unwrap_or(0), terms: Vec::new() };
        }
        Self { fixed: 0, terms: vec![Term::Either(costs)] }
    }
}

struct Estimate<'d> {
    document: &'d ExecutableDocument,
    schema: &'d Schema,
}

impl Estimate<'_> {
    fn selections(&self, set: &SelectionSet, page: Option<&Factor>) -> Cost {
        let mut cost = Cost::default();
        let mut by_type: IndexMap<&str, Cost> = IndexMap::new();
        for selection in &set.selections {
            let inner = match selection {
                Selection::Field(field) => {
                    cost.add(self.field(field, page));
                    continue;
                }
                Selection::InlineFragment(fragment) => &fragment.selection_set,
                Selection::FragmentSpread(spread) => match self.document.fragments.get(&spread.fragment_name) {
                    Some(fragment) => &fragment.selection_set,
                    None => continue,
                },
            };
            let narrows = inner.ty != set.ty && self.schema.get_object(&inner.ty).is_some();
            let part = self.selections(inner, page);
            if narrows { by_type.entry(&inner.ty).or_default().add(part) } else { cost.add(part) }
        }
        cost.add(Cost::either(by_type.into_values().collect()));
        cost
    }

    fn field(&self, field: &Node<Field>, page: Option<&Factor>) -> Cost {
        if field.name.starts_with("__") {
            return Cost { fixed: u64::from(field.name != "__typename"), terms: Vec::new() };
        }
        let own_page = PAGE_ARGUMENTS.iter().find_map(|name| number_argument(field, name));
        let mut cost = Cost { fixed: 1, terms: Vec::new() };
        if field.definition.ty.is_list() {
            let length = own_page.or_else(|| page.cloned()).or_else(|| list_argument(field)).unwrap_or(Factor::Times(DEFAULT_LENGTH));
            let leaf = field.selection_set.selections.is_empty();
            // Scalars cost nothing each.
            if !leaf {
                cost.add(self.item(field).times(length));
            }
        } else {
            let page = own_page.filter(|_| self.schema.get_object(field.definition.ty.inner_named_type()).is_some());
            cost.add(self.selections(&field.selection_set, page.as_ref()));
        }
        cost
    }

    fn item(&self, field: &Node<Field>) -> Cost {
        let mut cost = self.selections(&field.selection_set, None);
        cost.fixed = cost.fixed.saturating_add(1);
        cost
    }
}

fn number_argument(field: &Field, name: &str) -> Option<Factor> {
    match &**field.specified_argument_by_name(name)? {
        ast::Value::Int(text) => text.as_str().parse().ok().map(Factor::Times),
        ast::Value::Variable(name) => Some(Factor::Value(Name::new(name.as_str()))),
        _ => None,
    }
}

/// Returns the length of the longest literal list among the arguments, or of the first one that is a variable.
fn list_argument(field: &Field) -> Option<Factor> {
    let mut longest = None;
    for argument in &field.arguments {
        let is_list = field.definition.argument_by_name(&argument.name).is_some_and(|definition| definition.ty.is_list());
        match &*argument.value {
            ast::Value::List(items) if is_list => longest = longest.max(Some(items.len() as u64)),
            ast::Value::Variable(name) if is_list => return Some(Factor::Length(Name::new(name.as_str()))),
            _ => {}
        }
    }
    longest.map(Factor::Times)
}
