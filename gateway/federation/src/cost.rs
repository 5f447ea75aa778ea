//! The cost of an operation: one a field, times the expected length of the lists around it.
//!
//! A list's length is its `first`, `last` or `limit` argument, else the length of a list among its arguments, else ten.
//! A field that is no list but takes such an argument (a connection, the payload of a mutation) gives it to the lists directly
//! below it. When the items of an argument's list have lists or ranges themselves, the lists below the field's items have
//! those lengths, and what they name costs one each, because it is fetched whether it is looked at or not. What does not
//! depend on variables is added up once; the rest is a small tree that is evaluated for each request.

mod lengths;

use apollo_compiler::ast;
use apollo_compiler::executable::{ExecutableDocument, Field, Selection, SelectionSet};
use apollo_compiler::{Node, Schema};
use async_graphql::{Name, Variables};
use indexmap::IndexMap;

use lengths::{DEFAULT_LENGTH, Factor};

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
            sum.saturating_add(factor.evaluate(variables).saturating_mul(cost.evaluate(variables)))
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
        let given = self.given(field, false);
        let mut cost = Cost { fixed: 1, terms: Vec::new() };
        if field.definition.ty.is_list() {
            let named = || (!given.is_empty()).then(|| Factor::named(&given, 0));
            let length = own_page.or_else(named).or_else(|| page.cloned()).unwrap_or(Factor::Times(DEFAULT_LENGTH));
            let leaf = field.selection_set.selections.is_empty();
            // Scalars cost nothing each.
            if !leaf {
                cost.add(self.item(field).times(length));
            }
        } else {
            let named = || (!given.is_empty()).then(|| Factor::named(&given, DEFAULT_LENGTH));
            let object = self.schema.get_object(field.definition.ty.inner_named_type()).is_some();
            let page = own_page.or_else(named).filter(|_| object);
            cost.add(self.selections(&field.selection_set, page.as_ref()));
        }
        cost
    }

    fn item(&self, field: &Node<Field>) -> Cost {
        let given = self.given(field, true);
        let mut item = Cost { fixed: 1, terms: Vec::new() };
        if given.is_empty() {
            item.add(self.selections(&field.selection_set, None));
        } else {
            item.add(Cost { fixed: 1, terms: Vec::new() }.times(Factor::inside(&given, 0)));
            item.add(self.selections(&field.selection_set, Some(&Factor::inside(&given, DEFAULT_LENGTH))));
        }
        item
    }

    /// Returns the arguments that are lists or input objects, or only those that are made of input objects.
    fn given<'f>(&self, field: &'f Field, objects: bool) -> Vec<&'f Node<ast::Value>> {
        let wanted = |argument: &&'f Node<ast::Argument>| {
            field.definition.argument_by_name(&argument.name).is_some_and(|definition| {
                (definition.ty.is_list() && !objects) || self.schema.get_input_object(definition.ty.inner_named_type()).is_some()
            })
        };
        field.arguments.iter().filter(wanted).map(|argument| &argument.value).collect()
    }
}

fn number_argument(field: &Field, name: &str) -> Option<Factor> {
    match &**field.specified_argument_by_name(name)? {
        ast::Value::Int(text) => text.as_str().parse().ok().map(Factor::Times),
        ast::Value::Variable(name) => Some(Factor::Value(Name::new(name.as_str()))),
        _ => None,
    }
}
