//! Outcomes that are data in the graph and errors in the contract: `@fails(on, code)` beside the field that tells them.

use apollo_compiler::ast::Selection;
use async_graphql::{Name, Value};
use openim_core::ErrorCode;

use super::directives::{all, find};
use super::source::Source;

/// A value of a field that is an error of the route.
#[derive(Debug)]
pub(super) struct Outcome {
    path: Vec<Name>,
    word: String,
    code: ErrorCode,
}

/// Finds the outcomes of a document.
pub(super) fn compile(source: &Source) -> Result<Vec<Outcome>, String> {
    let mut outcomes = Vec::new();
    collect(source, &source.operation.selection_set, &[], &mut outcomes)?;
    Ok(outcomes)
}

fn collect(source: &Source, selections: &[Selection], parents: &[Name], outcomes: &mut Vec<Outcome>) -> Result<(), String> {
    for field in source.fields(selections)? {
        let mut path = parents.to_vec();
        path.push(Name::new(field.alias.as_ref().unwrap_or(&field.name)));
        for args in all(&field.directives, "fails") {
            let word = args.needed("code")?;
            let code = ErrorCode::from_word(word).ok_or_else(|| format!("no error code {word}"))?;
            outcomes.push(Outcome { path: path.clone(), word: args.needed("on")?.to_owned(), code });
        }
        if find(&field.directives, "fails").is_none() {
            collect(source, &field.selection_set, &path, outcomes)?;
        }
    }
    Ok(())
}

/// Returns the error of the first outcome that came about.
pub(super) fn failure(outcomes: &[Outcome], data: &Value) -> Option<ErrorCode> {
    let came_about = |outcome: &&Outcome| match super::at(data, &outcome.path) {
        Value::Enum(word) => word.as_str() == outcome.word,
        Value::String(word) => *word == outcome.word,
        _ => false,
    };
    outcomes.iter().find(came_about).map(|outcome| outcome.code)
}
