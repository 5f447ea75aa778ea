//! Composition: subgraph SDLs become one supergraph, repaired where the composer and the planner disagree.
//!
//! Three repairs: root types get one `@join__type` a graph that has them (the planner finds no path into a root without),
//! the specs of `@authenticated` and `@requiresScopes` are linked when these directives are used, and a directive that
//! several subgraphs put on the same type or field is there once.

use apollo_compiler::ast::{Argument, Definition, Directive, DirectiveList, Document, OperationType, Value};
use apollo_compiler::{Name, Node, name};
use graphql_composition::{Subgraphs, compose, render_federated_sdl};

use crate::BuildError;

const ROOTS: [&str; 3] = ["Query", "Mutation", "Subscription"];
const LINKED: [(&str, &str); 2] =
    [("authenticated", "https://specs.apollo.dev/authenticated/v0.1"), ("requiresScopes", "https://specs.apollo.dev/requiresScopes/v0.1")];

/// Composes subgraphs, named and in order, into a supergraph that the planner understands.
pub(crate) fn compose_supergraph(subgraphs: &[(String, String)]) -> Result<String, BuildError> {
    let mut input = Subgraphs::default();
    for (name, sdl) in subgraphs {
        input.ingest_str(sdl, name, None).map_err(|error| BuildError::Composition(vec![format!("{name}: {error}")]))?;
    }
    let result = compose(&mut input);
    for warning in result.diagnostics().iter_warnings() {
        tracing::debug!(composition.warning = warning, "the subgraphs compose with a warning");
    }
    let graph =
        result.into_result().map_err(|problems| BuildError::Composition(problems.iter_errors().map(ToOwned::to_owned).collect()))?;
    let sdl = render_federated_sdl(&graph).map_err(|error| BuildError::Composition(vec![error.to_string()]))?;
    repair(&sdl, subgraphs)
}

fn repair(sdl: &str, subgraphs: &[(String, String)]) -> Result<String, BuildError> {
    let mut supergraph = parse(sdl, "supergraph")?;
    let graphs = graph_names(&supergraph);
    let mut roots: Vec<(&str, Name)> = Vec::new();
    for (subgraph, sdl) in subgraphs {
        let document = parse(sdl, subgraph)?;
        let Some((_, graph)) = graphs.iter().find(|(name, _)| name == subgraph) else { continue };
        for root in ROOTS {
            if defines(&document, root) {
                roots.push((root, graph.clone()));
            }
        }
    }
    let used: Vec<_> = LINKED.iter().filter(|(directive, _)| sdl.contains(&format!("@{directive}"))).collect();
    let present: Vec<&'static str> =
        ROOTS.into_iter().filter(|root| supergraph.definitions.iter().any(|d| d.name().is_some_and(|n| n == *root))).collect();
    for definition in &mut supergraph.definitions {
        match definition {
            Definition::ObjectTypeDefinition(object) => {
                let object = object.make_mut();
                for (_, graph) in roots.iter().filter(|(root, _)| object.name == *root) {
                    object.directives.push(directive(name!("join__type"), [(name!("graph"), Value::Enum(graph.clone()))]));
                }
                keep_once(&mut object.directives);
                for field in &mut object.fields {
                    keep_once(&mut field.make_mut().directives);
                }
            }
            Definition::SchemaDefinition(schema) => {
                let schema = schema.make_mut();
                for (_, url) in &used {
                    schema.directives.push(directive(name!("link"), [(name!("url"), Value::String((*url).to_owned()))]));
                }
                name_roots(&mut schema.root_operations, &present);
            }
            _ => {}
        }
    }
    Ok(supergraph.to_string())
}

/// Drops directives that are equal to an earlier one.
fn keep_once(directives: &mut DirectiveList) {
    let all = std::mem::take(&mut directives.0);
    for directive in all {
        if !directives.0.contains(&directive) {
            directives.0.push(directive);
        }
    }
}

/// The composer may leave a root out of the `schema` block.
fn name_roots(operations: &mut Vec<Node<(OperationType, apollo_compiler::ast::NamedType)>>, present: &[&str]) {
    for root in present {
        let (kind, name) = match *root {
            "Query" => (OperationType::Query, name!("Query")),
            "Mutation" => (OperationType::Mutation, name!("Mutation")),
            _ => (OperationType::Subscription, name!("Subscription")),
        };
        if !operations.iter().any(|operation| operation.0 == kind) {
            operations.push(Node::new((kind, name)));
        }
    }
}

fn directive<const N: usize>(name: Name, arguments: [(Name, Value); N]) -> Node<Directive> {
    let arguments = arguments.into_iter().map(|(name, value)| Node::new(Argument { name, value: Node::new(value) })).collect();
    Node::new(Directive { name, arguments })
}

/// Reads `join__Graph`: the subgraph's name and its value in the enumeration.
fn graph_names(supergraph: &Document) -> Vec<(String, Name)> {
    let mut names = Vec::new();
    for definition in &supergraph.definitions {
        let Definition::EnumTypeDefinition(graphs) = definition else { continue };
        if graphs.name != "join__Graph" {
            continue;
        }
        for value in &graphs.values {
            let named = value.directives.get("join__graph").and_then(|graph| {
                graph.arguments.iter().find(|argument| argument.name == "name").and_then(|argument| argument.value.as_str())
            });
            names.push((named.unwrap_or(value.value.as_str()).to_owned(), value.value.clone()));
        }
    }
    names
}

fn defines(document: &Document, root: &str) -> bool {
    document.definitions.iter().any(|definition| match definition {
        Definition::ObjectTypeDefinition(object) => object.name == root && object.fields.iter().any(|field| !machinery(&field.name)),
        Definition::ObjectTypeExtension(object) => object.name == root && object.fields.iter().any(|field| !machinery(&field.name)),
        _ => false,
    })
}

fn machinery(field: &str) -> bool {
    matches!(field, "_entities" | "_service")
}

fn parse(sdl: &str, name: &str) -> Result<Document, BuildError> {
    Document::parse(sdl, name).map_err(|problems| BuildError::Composition(vec![format!("{name}: {}", problems.errors)]))
}
