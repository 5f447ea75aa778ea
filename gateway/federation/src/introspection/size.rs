//! How big an answer about the schema is, known before it is made.
//!
//! The parts of a schema (types, fields, arguments) refer to each other, so that a short document can ask for a product of
//! their numbers. Here each selection is looked at once: what it takes is added up for every part that it may be about,
//! from the inside out.

use apollo_compiler::Schema;
use apollo_compiler::executable::{ExecutableDocument, Operation, Selection, SelectionSet};
use apollo_compiler::response::{JsonMap, JsonValue};
use rustc_hash::FxHashMap;

/// What a value takes beside its text.
const VALUE: u64 = 64;

/// The parts of a schema, by the type that describes them: `__Type`, `__Field`, ..
#[derive(Debug, Default)]
pub(super) struct Sizes(FxHashMap<Box<str>, Kind>);

#[derive(Debug, Default)]
struct Kind {
    parts: usize,
    /// For each field what it has for each part; what is missing at the end is empty.
    fields: FxHashMap<Box<str>, Vec<Content>>,
}

#[derive(Debug, Clone, Default)]
enum Content {
    #[default]
    Nothing,
    /// Bytes.
    Text(u64),
    Parts(Vec<usize>),
}

impl Sizes {
    /// Reads the parts from an answer that tells everything once.
    pub(super) fn read(schema: &Schema, answer: &JsonMap) -> Self {
        let mut reader = Reader { schema, sizes: Self::default(), named: FxHashMap::default(), wrapped: FxHashMap::default() };
        if let Some(JsonValue::Object(whole)) = answer.get("__schema") {
            reader.part("__Schema", whole);
        }
        reader.sizes
    }

    /// Returns how big the introspection part of an operation's answer is at most.
    pub(super) fn answer(&self, document: &ExecutableDocument, operation: &Operation) -> u64 {
        let roots = operation.root_fields(document).filter(|field| field.name.starts_with("__"));
        // `__type` may be about any type.
        let sizes = roots.map(|field| self.each(document, &field.selection_set).into_iter().max().unwrap_or(VALUE));
        sizes.fold(0, u64::saturating_add)
    }

    /// Returns how big a selection is for each part of its type.
    fn each(&self, document: &ExecutableDocument, set: &SelectionSet) -> Vec<u64> {
        let Some(kind) = self.0.get(set.ty.as_str()) else { return Vec::new() };
        let mut sizes = vec![VALUE; kind.parts];
        self.add(document, kind, set, &mut sizes);
        sizes
    }

    fn add(&self, document: &ExecutableDocument, kind: &Kind, set: &SelectionSet, sizes: &mut [u64]) {
        for selection in &set.selections {
            match selection {
                Selection::Field(field) => {
                    let inner = self.each(document, &field.selection_set);
                    let own = VALUE + field.response_key().len() as u64;
                    let own = if field.name == "__typename" { own + set.ty.len() as u64 } else { own };
                    let contents = kind.fields.get(field.name.as_str()).map_or(&[][..], Vec::as_slice);
                    for (part, size) in sizes.iter_mut().enumerate() {
                        let content = match contents.get(part) {
                            None | Some(Content::Nothing) => 0,
                            Some(Content::Text(bytes)) => *bytes,
                            Some(Content::Parts(parts)) => {
                                parts.iter().filter_map(|part| inner.get(*part)).fold(0_u64, |a, b| a.saturating_add(*b))
                            }
                        };
                        *size = size.saturating_add(own).saturating_add(content);
                    }
                }
                Selection::InlineFragment(fragment) => self.add(document, kind, &fragment.selection_set, sizes),
                Selection::FragmentSpread(spread) => {
                    if let Some(fragment) = document.fragments.get(&spread.fragment_name) {
                        self.add(document, kind, &fragment.selection_set, sizes);
                    }
                }
            }
        }
    }
}

/// Numbers the parts: a named type is one part wherever it is met, and so is what wraps it.
struct Reader<'s> {
    schema: &'s Schema,
    sizes: Sizes,
    named: FxHashMap<String, usize>,
    wrapped: FxHashMap<(String, Option<usize>), usize>,
}

impl Reader<'_> {
    fn part(&mut self, ty: &str, object: &JsonMap) -> usize {
        let text = |key: &str| object.get(key).and_then(JsonValue::as_str).map(str::to_owned);
        let part = match (ty, text("name")) {
            ("__Type", Some(name)) => {
                let known = self.named.get(&name).copied();
                let part = known.unwrap_or_else(|| self.add(ty));
                self.named.insert(name, part);
                // A reference tells nothing about the type itself.
                if !object.contains_key("fields") {
                    return part;
                }
                part
            }
            ("__Type", None) => {
                let inner = object.get("ofType").and_then(JsonValue::as_object).map(|inner| self.part(ty, inner));
                let key = (text("kind").unwrap_or_default(), inner);
                if let Some(part) = self.wrapped.get(&key) {
                    return *part;
                }
                let part = self.add(ty);
                self.wrapped.insert(key, part);
                part
            }
            _ => self.add(ty),
        };
        for (key, value) in object {
            let inner = self.schema.type_field(ty, key.as_str()).map(|field| field.ty.inner_named_type().to_string()).unwrap_or_default();
            let content = match value {
                JsonValue::Null => continue,
                JsonValue::Object(value) => Content::Parts(vec![self.part(&inner, value)]),
                JsonValue::Array(items) if items.iter().any(JsonValue::is_object) => {
                    Content::Parts(items.iter().filter_map(JsonValue::as_object).map(|item| self.part(&inner, item)).collect())
                }
                leaf => Content::Text(text_of(leaf)),
            };
            let contents = self.sizes.0.entry(ty.into()).or_default().fields.entry(key.as_str().into()).or_default();
            if contents.len() <= part {
                contents.resize_with(part + 1, Content::default);
            }
            if let Some(slot) = contents.get_mut(part) {
                *slot = content;
            }
        }
        part
    }

    fn add(&mut self, ty: &str) -> usize {
        let kind = self.sizes.0.entry(ty.into()).or_default();
        kind.parts += 1;
        kind.parts - 1
    }
}

fn text_of(leaf: &JsonValue) -> u64 {
    match leaf {
        JsonValue::String(text) => text.as_str().len() as u64,
        JsonValue::Array(items) => items.iter().map(|item| VALUE + text_of(item)).sum(),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use apollo_compiler::introspection::partial_execute;
    use apollo_compiler::validation::Valid;

    use super::*;

    const STANDARD: &str = include_str!("standard.graphql");

    fn ask(schema: &Valid<Schema>, document: &Valid<ExecutableDocument>) -> JsonMap {
        let operation = document.operations.get(None).expect("an operation");
        let variables = Valid::assume_valid(JsonMap::default());
        let answer = partial_execute(schema, &schema.implementers_map(), document, operation, &variables).expect("an answer");
        answer.data.expect("data")
    }

    fn measured(value: &JsonValue) -> u64 {
        match value {
            JsonValue::Object(fields) => {
                VALUE + fields.iter().map(|(key, value)| VALUE + key.as_str().len() as u64 + inner(value)).sum::<u64>()
            }
            leaf => text_of(leaf),
        }
    }

    fn inner(value: &JsonValue) -> u64 {
        match value {
            JsonValue::Array(items) if items.iter().any(JsonValue::is_object) => items.iter().map(measured).sum(),
            value => measured(value),
        }
    }

    #[test]
    fn the_size_is_that_of_the_answer() {
        let schema =
            "type Query { node(id: ID! = \"x\", kinds: [Kind!]! = [A]): Node any: [Any!] \"old\" past: Int @deprecated(reason: \"b\") }
            interface Node { id: ID! } type One implements Node { id: ID! next: [Node!]! other: Two! }
            type Two implements Node { id: ID! } union Any = One | Two enum Kind { A \"second\" B } input Some { a: Int = 1 b: [Some!] }
            scalar Day @specifiedBy(url: \"https://example.org\") type Days { days: [[Day!]!]! at(some: Some): Day }";
        let schema = Schema::parse_and_validate(schema, "schema").expect("a schema");
        let standard = ExecutableDocument::parse_and_validate(&schema, STANDARD, "standard").expect("a document");
        let sizes = Sizes::read(&schema, &ask(&schema, &standard));
        for text in [
            STANDARD,
            "{ __schema { types { name a: name ... on __Type { kind } } } }",
            "{ __schema { queryType { fields(includeDeprecated: true) { type { fields { type { ofType { name } possibleTypes { name } } } } } } } }",
            "{ __schema { types { ...T ofType { ...T } } } } fragment T on __Type { __typename f: fields(includeDeprecated: true) { a: type { ...U } b: type { ...U } } }
             fragment U on __Type { kind ofType { kind ofType { kind fields(includeDeprecated: true) { args { name } } } } enumValues { name } }",
        ] {
            let document = ExecutableDocument::parse_and_validate(&schema, text, "document").expect("a document");
            let operation = document.operations.get(None).expect("an operation");
            let answer = ask(&schema, &document);
            let expected: u64 = answer.values().map(measured).sum();
            assert_eq!(sizes.answer(&document, operation), expected, "{text}");
        }
        let one = ExecutableDocument::parse_and_validate(&schema, "{ __type(name: \"Day\") { name } }", "one").expect("a document");
        assert!(sizes.answer(&one, one.operations.get(None).expect("an operation")) > 0);
    }
}
