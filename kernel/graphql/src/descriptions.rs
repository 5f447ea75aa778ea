//! Finds what a schema does not explain. Every type, field, argument and enum value has a description, and a test looks.

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{FieldDefinition, InputValueDefinition, TypeKind, TypeSystemDefinition};
use async_graphql::{Name, Positioned};

/// The directives of the language itself, which the export repeats.
const GRAPHQL_OWN: [&str; 5] = ["deprecated", "include", "oneOf", "skip", "specifiedBy"];

type Described<'a> = Option<&'a Positioned<String>>;

/// Returns everything in an SDL that has no description, as `Type.field(argument)`; what federation itself adds is left out.
///
/// # Errors
/// When the text is no SDL.
pub fn undescribed(sdl: &str) -> async_graphql::parser::Result<Vec<String>> {
    let mut found = Found::default();
    for definition in parse_schema(sdl)?.definitions {
        match definition {
            TypeSystemDefinition::Schema(_) => {}
            TypeSystemDefinition::Directive(directive) if GRAPHQL_OWN.contains(&directive.node.name.node.as_str()) => {}
            TypeSystemDefinition::Directive(directive) => {
                let name = format!("@{}", directive.node.name.node);
                found.look(&name, directive.node.description.as_ref());
                found.inputs(&name, &directive.node.arguments);
            }
            TypeSystemDefinition::Type(definition) => {
                let definition = definition.node;
                let name = definition.name.node.as_str();
                if name.starts_with('_') {
                    continue;
                }
                found.look(name, definition.description.as_ref());
                match definition.kind {
                    TypeKind::Scalar | TypeKind::Union(_) => {}
                    TypeKind::Object(object) => found.fields(name, &object.fields),
                    TypeKind::Interface(interface) => found.fields(name, &interface.fields),
                    TypeKind::InputObject(input) => {
                        for field in &input.fields {
                            found.member(name, &field.node.name.node, field.node.description.as_ref());
                        }
                    }
                    TypeKind::Enum(values) => {
                        for value in &values.values {
                            found.member(name, &value.node.value.node, value.node.description.as_ref());
                        }
                    }
                }
            }
        }
    }
    Ok(found.0)
}

#[derive(Default)]
struct Found(Vec<String>);

impl Found {
    fn look(&mut self, place: &str, description: Described<'_>) {
        if description.is_none_or(|text| text.node.trim().is_empty()) {
            self.0.push(place.to_owned());
        }
    }

    fn member(&mut self, owner: &str, name: &Name, description: Described<'_>) {
        self.look(&format!("{owner}.{name}"), description);
    }

    fn fields(&mut self, owner: &str, fields: &[Positioned<FieldDefinition>]) {
        for field in fields.iter().map(|field| &field.node).filter(|field| !field.name.node.starts_with('_')) {
            self.member(owner, &field.name.node, field.description.as_ref());
            self.inputs(&format!("{owner}.{}", field.name.node), &field.arguments);
        }
    }

    fn inputs(&mut self, owner: &str, inputs: &[Positioned<InputValueDefinition>]) {
        for input in inputs.iter().map(|input| &input.node) {
            self.look(&format!("{owner}({})", input.name.node), input.description.as_ref());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_without_a_description_is_named() -> async_graphql::parser::Result<()> {
        let sdl = r#"
            "said" type Query { "said" a(x: Int): Int b("said" y: Int): Kind _service: _Service! }
            type Bare { "said" a: Int }
            "said" enum Kind { "said" A B }
            "said" input In { x: Int }
            type _Service { sdl: String }
            directive @skip(if: Boolean!) on FIELD
            directive @mark on FIELD_DEFINITION
        "#;
        assert_eq!(undescribed(sdl)?, ["Query.a(x)", "Query.b", "Bare", "Kind.B", "In.x", "@mark"]);
        Ok(())
    }
}
