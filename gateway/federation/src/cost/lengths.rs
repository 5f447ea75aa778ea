//! How long lists will be, as far as the arguments of their field tell.
//!
//! A list names as many things as it has items. What lists and ranges inside of its items name counts as well, for the lists
//! inside of the answer; an input object names what the longest of its fields does.

use std::borrow::Cow;

use apollo_compiler::Node;
use apollo_compiler::ast;
use async_graphql::{Name, Value, Variables};

use crate::coerce::constant;

/// The length of a list of which nothing is known.
pub(super) const DEFAULT_LENGTH: u64 = 10;
/// The most things that a call brings for its ranges, whatever their ends: services bound all ranges of a call by it.
const LONGEST_RANGES: u64 = 1_000;

/// How often something counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Factor {
    Times(u64),
    /// The value of a variable.
    Value(Name),
    /// How many things the arguments name.
    Named {
        arguments: Vec<Node<ast::Value>>,
        least: u64,
    },
    /// How many things each item of the arguments' lists names.
    Inside {
        arguments: Vec<Node<ast::Value>>,
        least: u64,
    },
}

impl Factor {
    /// Returns how many things these arguments name, at least `least`.
    pub(super) fn named(arguments: &[&Node<ast::Value>], least: u64) -> Self {
        Self::Named { arguments: arguments.iter().copied().cloned().collect(), least }.settled(arguments)
    }

    /// Returns how many things each item of these arguments names, at least `least`.
    pub(super) fn inside(arguments: &[&Node<ast::Value>], least: u64) -> Self {
        Self::Inside { arguments: arguments.iter().copied().cloned().collect(), least }.settled(arguments)
    }

    fn settled(self, arguments: &[&Node<ast::Value>]) -> Self {
        if arguments.iter().any(|value| has_variables(value)) { self } else { Self::Times(self.evaluate(&Variables::default())) }
    }

    /// Returns the number for these variables.
    pub(super) fn evaluate(&self, variables: &Variables) -> u64 {
        let longest = |arguments: &[Node<ast::Value>], length: fn(&Value) -> Option<u64>| {
            arguments.iter().filter_map(|argument| length(&filled(argument, variables))).max()
        };
        match self {
            Self::Times(times) => *times,
            Self::Value(name) => match variables.get(name) {
                Some(Value::Number(number)) => number.as_u64().unwrap_or(DEFAULT_LENGTH),
                _ => DEFAULT_LENGTH,
            },
            Self::Named { arguments, least } => longest(arguments, named).unwrap_or(DEFAULT_LENGTH).max(*least),
            Self::Inside { arguments, least } => longest(arguments, each).unwrap_or_default().max(*least),
        }
    }
}

/// What an argument names; none when it has no list.
fn named(value: &Value) -> Option<u64> {
    match value {
        Value::List(items) => Some(items.len() as u64),
        // A short list somewhere in an object may be a filter, which says little about the answer.
        Value::Object(_) => Some(inside(value).max(DEFAULT_LENGTH)),
        _ => None,
    }
}

/// What each item of an argument names, when that is shared out evenly.
fn each(value: &Value) -> Option<u64> {
    match value {
        Value::List(items) if !items.is_empty() => Some(inside_of(items).div_ceil(items.len() as u64)),
        _ => None,
    }
}

fn inside(value: &Value) -> u64 {
    match value {
        Value::List(items) => inside_of(items).max(items.len() as u64),
        Value::Object(fields) => range(value).unwrap_or_else(|| fields.values().map(inside).max().unwrap_or_default()),
        _ => 0,
    }
}

fn inside_of(items: &[Value]) -> u64 {
    let (mut ranges, mut others) = (0_u64, 0_u64);
    for item in items {
        match range(item) {
            Some(length) => ranges = ranges.saturating_add(length),
            None => others = others.saturating_add(inside(item)),
        }
    }
    ranges.min(LONGEST_RANGES).saturating_add(others)
}

/// Returns how long a range is: an input object with `begin` and `end`, both part of it. Its `limit` does not count, because
/// not every log heeds it.
fn range(value: &Value) -> Option<u64> {
    let Value::Object(fields) = value else { return None };
    let (begin, end) = (fields.get("begin")?, fields.get("end")?);
    let length = match (begin, end) {
        (Value::Number(begin), Value::Number(end)) => {
            begin.as_i64().zip(end.as_i64()).map(|(begin, end)| i128::from(end) - i128::from(begin) + 1)
        }
        _ => None,
    };
    let length = length.map_or(LONGEST_RANGES, |length| u64::try_from(length.max(0)).unwrap_or(LONGEST_RANGES));
    Some(length.min(LONGEST_RANGES))
}

fn has_variables(literal: &ast::Value) -> bool {
    match literal {
        ast::Value::Variable(_) => true,
        ast::Value::List(items) => items.iter().any(|item| has_variables(item)),
        ast::Value::Object(fields) => fields.iter().any(|(_, value)| has_variables(value)),
        _ => false,
    }
}

/// Returns what an argument is with these variables.
fn filled<'v>(literal: &Node<ast::Value>, variables: &'v Variables) -> Cow<'v, Value> {
    match &**literal {
        ast::Value::Variable(name) => variables.get(name.as_str()).map_or_else(Cow::default, Cow::Borrowed),
        ast::Value::List(items) => Cow::Owned(Value::List(items.iter().map(|item| filled(item, variables).into_owned()).collect())),
        ast::Value::Object(fields) => {
            let fields = fields.iter().map(|(name, value)| (Name::new(name.as_str()), filled(value, variables).into_owned()));
            Cow::Owned(Value::Object(fields.collect()))
        }
        _ => Cow::Owned(constant(literal)),
    }
}
