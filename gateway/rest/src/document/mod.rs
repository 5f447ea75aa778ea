//! A route's document: a GraphQL operation with directives for this engine (schema/rest/README.md explains them).
//!
//! Compiling takes the directives out, checks everything against the contract and leaves three plans: how variables are
//! made from the body, which pages are fetched, and how the answer is written.

mod directives;
mod inputs;
mod missing;
mod outcomes;
mod output;
mod paging;
mod render;
mod source;

pub(crate) use paging::{Merged, Paging};
pub(crate) use render::Misfit;

use async_graphql::{Name, Value, Variables};
use openim_core::{Error, ErrorCode};

use crate::contract::{Contract, Enums, Route};
use inputs::Inputs;
use missing::Missing;
use outcomes::Outcome;
use render::Node;
use source::Source;

/// A compiled document.
#[derive(Debug)]
pub(crate) struct Document {
    /// The operation without the engine's directives.
    pub(crate) text: String,
    /// The operation's name.
    pub(crate) name: Option<String>,
    /// The comment at the top of the file.
    pub(crate) description: String,
    /// Which part of a list is fetched, for routes with page numbers.
    pub(crate) paging: Option<Paging>,
    inputs: Inputs,
    missing: Vec<Missing>,
    outcomes: Vec<Outcome>,
    output: Option<Node>,
}

impl Document {
    /// Compiles the document of `route`.
    ///
    /// # Errors
    /// A sentence that says what does not fit.
    pub(crate) fn compile(text: &str, route: &Route, contract: &Contract) -> Result<Self, String> {
        let source = Source::parse(text)?;
        let (inputs, pages) = inputs::compile(&source, route.request, contract)?;
        let missing = missing::compile(&source)?;
        let outcomes = outcomes::compile(&source)?;
        let (output, paged) = output::compile(&source, &route.reply, contract)?;
        let paging = match (pages, paged) {
            (None, None) => None,
            (Some(pages), Some(list)) => Some(Paging::new(pages, list)),
            (Some(_), None) => return Err("@pageSize needs a list with @paged".to_owned()),
            (None, Some(_)) => return Err("@paged needs a variable with @pageSize".to_owned()),
        };
        Ok(Self {
            text: source.stripped(),
            name: source.name(),
            description: source.description.clone(),
            paging,
            inputs,
            missing,
            outcomes,
            output,
        })
    }

    /// Makes the operation's variables from a decoded body and the address that the caller called us by.
    ///
    /// # Errors
    /// `ARGS_ERROR` that names the field.
    pub(crate) fn variables(&self, request: &Value, enums: &Enums, base: &str) -> Result<Variables, Error> {
        let mut variables = Variables::default();
        self.inputs.fill(request, enums, base, &mut variables)?;
        Ok(variables)
    }

    /// Tells whether the envelope has `data`.
    pub(crate) fn has_data(&self) -> bool {
        self.output.is_some()
    }

    /// Returns the error of what is not there and has to be, which depends on who asks.
    pub(crate) fn missing(&self, data: &Value, is_admin: bool) -> Option<ErrorCode> {
        missing::error(&self.missing, data, is_admin)
    }

    /// Writes the envelope's `data`.
    ///
    /// # Errors
    /// The graph's answer does not fit the contract, what was asked for is not there, or the outcome is an error here.
    pub(crate) fn render(&self, data: &Value, out: &mut Vec<u8>) -> Result<(), Misfit> {
        if let Some(code) = outcomes::failure(&self.outcomes, data) {
            return Err(Misfit::Failed(code));
        }
        match &self.output {
            Some(node) => render::render(node, data, out),
            None => Ok(()),
        }
    }
}

/// Follows a path of keys; `null` where it leads nowhere.
fn at<'a>(value: &'a Value, path: &[Name]) -> &'a Value {
    let mut value = value;
    for key in path {
        match value {
            Value::Object(fields) => value = fields.get(key).unwrap_or(&Value::Null),
            _ => return &Value::Null,
        }
    }
    value
}

#[cfg(test)]
mod tests;
