//! What is null in the graph and an error in the contract: `@missing(code, admin)`.
//!
//! Who may not see a thing and who asks for what does not exist is told the same, so that nobody learns what exists; app
//! administrators, who may see everything, are told the truth.

use apollo_compiler::ast::Selection;
use async_graphql::{Name, Value};
use openim_core::ErrorCode;

use super::directives::{Args, find};
use super::source::Source;

/// A field that has to be there.
#[derive(Debug)]
pub(super) struct Missing {
    path: Vec<Name>,
    code: ErrorCode,
    /// The error for app administrators; without one they get the answer with zero values.
    admin: Option<ErrorCode>,
}

/// Finds the fields of a document that have to be there.
pub(super) fn compile(source: &Source) -> Result<Vec<Missing>, String> {
    let mut all = Vec::new();
    collect(source, &source.operation.selection_set, &[], true, &mut all)?;
    Ok(all)
}

/// `reachable` as long as the path crosses no list: every field on it is flattened.
fn collect(source: &Source, selections: &[Selection], parents: &[Name], reachable: bool, all: &mut Vec<Missing>) -> Result<(), String> {
    for field in source.fields(selections)? {
        let reachable = reachable && find(&field.directives, "flatten").is_some();
        let path = [parents, &[Name::new(field.alias.as_ref().unwrap_or(&field.name))]].concat();
        if let Some(args) = find(&field.directives, "missing") {
            if !reachable {
                return Err("@missing stands beside @flatten and below nothing else".to_owned());
            }
            let code = code(&args, "code")?.ok_or("@missing needs code")?;
            all.push(Missing { path: path.clone(), code, admin: self::code(&args, "admin")? });
        }
        collect(source, &field.selection_set, &path, reachable, all)?;
    }
    Ok(())
}

fn code(args: &Args<'_>, name: &str) -> Result<Option<ErrorCode>, String> {
    let word = args.text(name);
    word.map(|word| ErrorCode::from_word(word).ok_or_else(|| format!("no error code {word}"))).transpose()
}

/// Returns the error of the first field that is not there.
pub(super) fn error(all: &[Missing], data: &Value, is_admin: bool) -> Option<ErrorCode> {
    let missing = all.iter().filter(|missing| *super::at(data, &missing.path) == Value::Null);
    missing.map(|missing| if is_admin { missing.admin } else { Some(missing.code) }).next()?
}
