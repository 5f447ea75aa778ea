//! A document's text as a syntax tree, and the same text without the engine's directives.

use apollo_compiler::Node;
use apollo_compiler::ast::{Definition, Document, Field, FragmentDefinition, OperationDefinition, Selection};

use super::directives::is_ours;

/// A parsed document: one operation and its fragments.
pub(super) struct Source {
    /// The operation.
    pub(super) operation: Node<OperationDefinition>,
    /// The comment at the top.
    pub(super) description: String,
    fragments: Vec<Node<FragmentDefinition>>,
}

impl Source {
    /// Parses a document that has exactly one operation.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let document = Document::parse(text, "document.graphql").map_err(|error| error.errors.to_string())?;
        let mut operation = None;
        let mut fragments = Vec::new();
        for definition in document.definitions {
            match definition {
                Definition::OperationDefinition(found) if operation.is_none() => operation = Some(found),
                Definition::FragmentDefinition(fragment) => fragments.push(fragment),
                _ => return Err("a document has one operation and its fragments, nothing else".to_owned()),
            }
        }
        let operation = operation.ok_or("a document needs an operation")?;
        let comment = text.lines().take_while(|line| line.starts_with('#'));
        let description = comment.map(|line| line.trim_start_matches('#').trim()).collect::<Vec<_>>().join("\n");
        Ok(Self { operation, description, fragments })
    }

    /// Returns the operation's name.
    pub(super) fn name(&self) -> Option<String> {
        self.operation.name.as_ref().map(ToString::to_string)
    }

    /// Returns the fields of a selection set, fragments expanded, in order.
    pub(super) fn fields<'a>(&'a self, selections: &'a [Selection]) -> Result<Vec<&'a Field>, String> {
        let mut fields = Vec::new();
        self.collect(selections, 0, &mut fields)?;
        Ok(fields)
    }

    fn collect<'a>(&'a self, selections: &'a [Selection], depth: usize, fields: &mut Vec<&'a Field>) -> Result<(), String> {
        if depth > 16 {
            return Err("fragments nest too deeply".to_owned());
        }
        for selection in selections {
            match selection {
                Selection::Field(field) => fields.push(field),
                Selection::InlineFragment(inline) => self.collect(&inline.selection_set, depth + 1, fields)?,
                Selection::FragmentSpread(spread) => {
                    let fragment = self.fragments.iter().find(|fragment| fragment.name == spread.fragment_name);
                    let fragment = fragment.ok_or_else(|| format!("no fragment {}", spread.fragment_name))?;
                    self.collect(&fragment.selection_set, depth + 1, fields)?;
                }
            }
        }
        Ok(())
    }

    /// Prints the document without the engine's directives.
    pub(super) fn stripped(&self) -> String {
        let mut operation = self.operation.clone();
        let inner = operation.make_mut();
        inner.directives.0.retain(|directive| !is_ours(&directive.name));
        for variable in &mut inner.variables {
            variable.make_mut().directives.0.retain(|directive| !is_ours(&directive.name));
        }
        strip(&mut inner.selection_set);
        let mut document = Document::new();
        document.definitions.push(Definition::OperationDefinition(operation));
        for fragment in &self.fragments {
            let mut fragment = fragment.clone();
            strip(&mut fragment.make_mut().selection_set);
            document.definitions.push(Definition::FragmentDefinition(fragment));
        }
        document.to_string()
    }
}

fn strip(selections: &mut [Selection]) {
    for selection in selections {
        match selection {
            Selection::Field(field) => {
                let field = field.make_mut();
                field.directives.0.retain(|directive| !is_ours(&directive.name));
                strip(&mut field.selection_set);
            }
            Selection::InlineFragment(inline) => strip(&mut inline.make_mut().selection_set),
            Selection::FragmentSpread(_) => {}
        }
    }
}
