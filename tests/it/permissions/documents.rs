//! The rows of the table, read from `tests/permissions/<domain>.graphql`.

use std::path::Path;

use async_graphql::parser::types::{ExecutableDocument, OperationType, Selection};

/// What kind of operation a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Query,
    Mutation,
    Subscription,
}

/// One row: an operation with a name, which says what it is about.
pub(super) struct Document {
    pub(super) domain: String,
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) text: String,
    pub(super) variables: Vec<String>,
    pub(super) parsed: ExecutableDocument,
}

impl Document {
    /// Returns the row's label: the operation's name in words, and the fields that it is about.
    pub(super) fn row(&self) -> String {
        let mut words = String::new();
        for letter in self.name.chars() {
            if letter.is_uppercase() {
                words.push(' ');
            }
            words.extend(letter.to_lowercase());
        }
        format!("{words} (`{}`)", self.path())
    }

    /// Returns the path of fields down to the first that has not exactly one field.
    fn path(&self) -> String {
        let mut path = Vec::new();
        let Some((_, operation)) = self.parsed.operations.iter().next() else { return String::new() };
        let mut set = &operation.node.selection_set.node;
        while let [item] = set.items.as_slice() {
            let Selection::Field(field) = &item.node else { break };
            path.push(field.node.name.node.to_string());
            set = &field.node.selection_set.node;
            if self.kind != Kind::Query || set.items.len() != 1 {
                break;
            }
        }
        path.join(".")
    }
}

/// Reads all documents, in the order of files and rows.
pub(super) fn load() -> Vec<Document> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("permissions");
    let mut files: Vec<_> = std::fs::read_dir(&folder).expect("the folder of rows").map(|entry| entry.expect("a file").path()).collect();
    files.sort();
    files.iter().flat_map(|file| split(file)).collect()
}

fn split(file: &Path) -> Vec<Document> {
    let domain = file.file_stem().expect("a name").to_string_lossy().into_owned();
    let text = std::fs::read_to_string(file).expect("a readable file");
    let mut texts: Vec<String> = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()) {
        let begins = ["query ", "mutation ", "subscription "].iter().any(|word| line.starts_with(word));
        match texts.last_mut().filter(|_| !begins) {
            Some(last) => last.extend(["\n", line]),
            None => texts.push(line.to_owned()),
        }
    }
    texts.into_iter().map(|text| document(&domain, text)).collect()
}

fn document(domain: &str, text: String) -> Document {
    let parsed = async_graphql::parser::parse_query(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
    let (name, operation) = parsed.operations.iter().next().expect("one operation");
    let name = name.expect("an operation with a name").to_string();
    let kind = match operation.node.ty {
        OperationType::Query => Kind::Query,
        OperationType::Mutation => Kind::Mutation,
        OperationType::Subscription => Kind::Subscription,
    };
    let variables = operation.node.variable_definitions.iter().map(|variable| variable.node.name.node.to_string()).collect();
    Document { domain: domain.to_owned(), name, kind, variables, parsed: parsed.clone(), text }
}
