//! What a request must satisfy beyond its types. A rule is text in the table: `field check [when field n,m]`.

use async_graphql::Value;

/// One rule.
#[derive(Debug)]
pub(crate) struct Rule {
    /// As it stands in the table.
    pub(crate) text: String,
    fields: Vec<Path>,
    check: Check,
    when: Option<(Path, Vec<i64>)>,
}

#[derive(Debug)]
struct Path {
    text: String,
    steps: Vec<Step>,
}

#[derive(Debug)]
enum Step {
    Key(String),
    Each,
}

#[derive(Debug, PartialEq)]
enum Check {
    Present,
    NonEmpty,
    AnyNonEmpty,
    Not(i64),
    AtLeast(i64),
    In(i64, i64),
    MaxItems(usize),
    Word,
    Unique,
}

impl Rule {
    /// Reads a rule's text.
    pub(crate) fn parse(rule: &str) -> Option<Self> {
        let (text, when) = match rule.split_once(" when ") {
            Some((text, condition)) => (text, Some(condition.split_once(' ')?)),
            None => (rule, None),
        };
        let mut words = text.split(' ');
        let fields = words.next()?.split('|').map(Path::parse).collect();
        let check = match (words.next()?, words.next()) {
            ("present", None) => Check::Present,
            ("non_empty", None) => Check::NonEmpty,
            ("any_non_empty", None) => Check::AnyNonEmpty,
            ("word", None) => Check::Word,
            ("unique", None) => Check::Unique,
            ("!=", Some(n)) => Check::Not(n.parse().ok()?),
            (">=", Some(n)) => Check::AtLeast(n.parse().ok()?),
            ("max_items", Some(n)) => Check::MaxItems(n.parse().ok()?),
            ("in", Some(range)) => {
                let (from, to) = range.split_once("..")?;
                Check::In(from.parse().ok()?, to.parse().ok()?)
            }
            _ => return None,
        };
        let when = match when {
            Some((field, numbers)) => Some((Path::parse(field), numbers.split(',').map(|n| n.parse().ok()).collect::<Option<_>>()?)),
            None => None,
        };
        Some(Self { text: rule.to_owned(), fields, check, when })
    }

    /// Checks a decoded request.
    ///
    /// # Errors
    /// A sentence that names the field and what it must be.
    pub(crate) fn check(&self, request: &Value) -> Result<(), String> {
        if let Some((field, numbers)) = &self.when {
            let mut hit = false;
            field.visit(request, &mut |value| hit |= integer(value).is_some_and(|n| numbers.contains(&n)));
            if !hit {
                return Ok(());
            }
        }
        if self.check == Check::AnyNonEmpty {
            let mut any = false;
            for field in &self.fields {
                field.visit(request, &mut |value| any |= !is_empty(value));
            }
            let names: Vec<_> = self.fields.iter().map(|field| field.text.as_str()).collect();
            return if any { Ok(()) } else { Err(format!("one of {} must not be empty", names.join(", "))) };
        }
        for field in &self.fields {
            let mut failed = None;
            field.visit(request, &mut |value| {
                if failed.is_none() {
                    failed = self.check.refuses(value);
                }
            });
            if let Some(what) = failed {
                return Err(format!("{} {what}", field.text));
            }
        }
        Ok(())
    }
}

impl Check {
    fn refuses(&self, value: &Value) -> Option<String> {
        let number = || integer(value).unwrap_or(0);
        match self {
            Self::Present if *value == Value::Null => Some("is missing".to_owned()),
            Self::NonEmpty | Self::AnyNonEmpty if is_empty(value) => Some("must not be empty".to_owned()),
            Self::Not(n) if number() == *n => Some(format!("must not be {n}")),
            Self::AtLeast(n) if number() < *n => Some(format!("must be at least {n}")),
            Self::In(from, to) if !(*from..=*to).contains(&number()) => Some(format!("must be from {from} to {to}")),
            Self::MaxItems(n) => match value {
                Value::List(items) if items.len() > *n => Some(format!("must not have more than {n} entries")),
                _ => None,
            },
            Self::Word => match value {
                Value::String(text) if !text.chars().all(|c| c.is_alphanumeric() || c == '_') => {
                    Some("may only have letters, digits and _".to_owned())
                }
                _ => None,
            },
            Self::Unique => match value {
                Value::List(items) => {
                    let mut seen = rustc_hash::FxHashSet::default();
                    let repeated = items.iter().any(|item| matches!(item, Value::String(text) if !seen.insert(text.as_str())));
                    repeated.then(|| "must not repeat an entry".to_owned())
                }
                _ => None,
            },
            _ => None,
        }
    }
}

impl Path {
    fn parse(text: &str) -> Self {
        let mut steps = Vec::new();
        for piece in text.split('.') {
            let key = piece.trim_end_matches("[]");
            steps.push(Step::Key(key.to_owned()));
            if key.len() != piece.len() {
                steps.push(Step::Each);
            }
        }
        Self { text: text.to_owned(), steps }
    }

    /// Calls `see` with every value the path leads to. A path through an absent message sees `null`; through an empty list, nothing.
    fn visit(&self, from: &Value, see: &mut dyn FnMut(&Value)) {
        visit(&self.steps, from, see);
    }
}

fn visit(steps: &[Step], value: &Value, see: &mut dyn FnMut(&Value)) {
    match (steps.split_first(), value) {
        (None, value) => see(value),
        (Some((Step::Key(key), rest)), Value::Object(fields)) => visit(rest, fields.get(key.as_str()).unwrap_or(&Value::Null), see),
        (Some((Step::Each, rest)), Value::List(items)) => items.iter().for_each(|item| visit(rest, item, see)),
        (Some((Step::Each, _)), _) => {}
        (Some((Step::Key(_), _)), _) => see(&Value::Null),
    }
}

fn integer(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64(),
        _ => None,
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::List(items) => items.is_empty(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(rule: &str, request: serde_json::Value) -> Result<(), String> {
        let request = Value::from_json(request).expect("a value");
        Rule::parse(rule).unwrap_or_else(|| panic!("{rule}")).check(&request)
    }

    #[test]
    fn each_rule_refuses_what_it_names_and_nothing_else() {
        use serde_json::json;
        let table = [
            ("ids present", json!({"ids": []}), json!({"ids": null})),
            ("a.b non_empty", json!({"a": {"b": "x"}}), json!({"a": null})),
            ("list[].name non_empty", json!({"list": []}), json!({"list": [{"name": "x"}, {"name": ""}]})),
            ("list[] present", json!({"list": [{}]}), json!({"list": [{}, null]})),
            ("n != 0", json!({"n": -1}), json!({"n": 0})),
            ("n >= 1", json!({"n": 1}), json!({"n": 0})),
            ("n in -1..1", json!({"n": -1}), json!({"n": 2})),
            ("ids max_items 2", json!({"ids": ["a", "b"]}), json!({"ids": ["a", "b", "c"]})),
            ("id word", json!({"id": "张_1"}), json!({"id": "a b"})),
            ("ids unique", json!({"ids": ["a", "b"]}), json!({"ids": ["a", "b", "a"]})),
            ("a|b any_non_empty", json!({"a": "", "b": "x"}), json!({"a": "", "b": ""})),
            ("id non_empty when kind 1,4", json!({"id": "", "kind": 3}), json!({"id": "", "kind": 4})),
        ];
        for (rule, good, bad) in table {
            assert_eq!(run(rule, good), Ok(()), "{rule}");
            assert!(run(rule, bad).is_err(), "{rule}");
        }
    }

    #[test]
    fn unknown_rules_are_refused_at_start() {
        for bad in ["", "a", "a what", "a in 1", "a >= x", "a non_empty when b"] {
            assert!(Rule::parse(bad).is_none(), "{bad}");
        }
    }
}
