//! Which operations have no row: every field of the root types and of the namespaces `viewer` and `admin`, and every field
//! with arguments of any other object.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use async_graphql::Positioned;
use async_graphql::parser::types::{BaseType, FieldDefinition, Selection, SelectionSet, Type, TypeKind, TypeSystemDefinition};

use super::documents::{Document, Kind};

/// Types whose every field is an operation.
const WHOLE: &[&str] = &["Query", "Mutation", "Subscription", "Viewer", "Admin"];

type Fields = BTreeMap<String, (String, bool)>;

/// Returns the coordinates (`Type.field`) that no document asks for.
pub(super) fn missing(documents: &[Document]) -> Vec<String> {
    let types = types();
    let mut wanted: BTreeSet<String> = BTreeSet::new();
    for (name, fields) in &types {
        let whole = WHOLE.contains(&name.as_str());
        wanted.extend(fields.iter().filter(|(_, (_, arguments))| whole || *arguments).map(|(field, _)| format!("{name}.{field}")));
    }
    for document in documents {
        let root = match document.kind {
            Kind::Query => "Query",
            Kind::Mutation => "Mutation",
            Kind::Subscription => "Subscription",
        };
        for (_, operation) in document.parsed.operations.iter() {
            visit(&types, root, &operation.node.selection_set.node, &mut wanted);
        }
    }
    wanted.into_iter().collect()
}

fn visit(types: &BTreeMap<String, Fields>, on: &str, set: &SelectionSet, wanted: &mut BTreeSet<String>) {
    for item in &set.items {
        match &item.node {
            Selection::Field(field) => {
                let name = field.node.name.node.as_str();
                wanted.remove(&format!("{on}.{name}"));
                if let Some((inner, _)) = types.get(on).and_then(|fields| fields.get(name)) {
                    visit(types, inner, &field.node.selection_set.node, wanted);
                }
            }
            Selection::InlineFragment(fragment) => {
                let on = fragment.node.type_condition.as_ref().map_or(on, |condition| condition.node.on.node.as_str());
                visit(types, on, &fragment.node.selection_set.node, wanted);
            }
            Selection::FragmentSpread(_) => {}
        }
    }
}

/// Reads the objects and interfaces of `schema/api.graphql`: field → (its type's name, whether it has arguments).
fn types() -> BTreeMap<String, Fields> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schema/api.graphql");
    let text = std::fs::read_to_string(file).expect("the schema");
    let document = async_graphql::parser::parse_schema(text).expect("a schema");
    let mut types = BTreeMap::new();
    for definition in document.definitions {
        let TypeSystemDefinition::Type(definition) = definition else { continue };
        let fields: Vec<Positioned<FieldDefinition>> = match definition.node.kind {
            TypeKind::Object(object) => object.fields,
            TypeKind::Interface(interface) => interface.fields,
            _ => continue,
        };
        let fields = fields.into_iter().map(|field| {
            let field = field.node;
            (field.name.node.to_string(), (named(&field.ty.node), !field.arguments.is_empty()))
        });
        types.insert(definition.node.name.node.to_string(), fields.collect());
    }
    types
}

fn named(ty: &Type) -> String {
    match &ty.base {
        BaseType::Named(name) => name.to_string(),
        BaseType::List(inner) => named(inner),
    }
}
