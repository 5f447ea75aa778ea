//! Counts what subgraphs were asked, as OpenIM counts the calls of its services.

use async_graphql::parser::types::Selection;
use async_graphql::{Name, PathSegment, Request, Response, ServerError, Value};

/// A root field of a request: its key in the answer, and its name in the schema.
pub(crate) type Asked = Vec<(Name, Name)>;

/// Returns the root fields of a request that is about to be executed.
pub(crate) fn asked(request: &mut Request) -> Asked {
    let operation_name = request.operation_name.clone();
    let Ok(document) = request.parsed_query() else { return Asked::new() };
    let named = |name: Option<&Name>| operation_name.as_deref().is_none_or(|wanted| name.is_some_and(|name| name == wanted));
    let operation = document.operations.iter().find_map(|(name, operation)| named(name).then_some(operation));
    let fields = operation.into_iter().flat_map(|operation| &operation.node.selection_set.node.items);
    let fields = fields.filter_map(|item| match &item.node {
        Selection::Field(field) => Some((field.node.response_key().node.clone(), field.node.name.node.clone())),
        Selection::FragmentSpread(_) | Selection::InlineFragment(_) => None,
    });
    fields.collect()
}

/// Counts each root field with the code of its first error.
pub(crate) fn count(subgraph: &'static str, asked: Asked, response: &Response) {
    // What does not fit the schema reached no resolver, and its names are anybody's.
    if response.errors.iter().any(|error| error.path.is_empty()) {
        metrics::counter!("rpc_count", "name" => subgraph, "path" => "", "code" => "-1").increment(1);
        return;
    }
    for (key, name) in asked {
        let error = response.errors.iter().find(|error| error.path.first() == Some(&PathSegment::Field(key.to_string())));
        let code = error.map_or_else(|| "0".to_owned(), code);
        metrics::counter!("rpc_count", "name" => subgraph, "path" => name.to_string(), "code" => code).increment(1);
    }
}

fn code(error: &ServerError) -> String {
    match error.extensions.as_ref().and_then(|extensions| extensions.get("errCode")) {
        Some(Value::Number(number)) => number.to_string(),
        _ => "-1".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn root_fields_are_known_by_their_names_whatever_their_keys() {
        let mut request = Request::new("query A { a: user { id } users { id } } query B { c }").operation_name("A");
        let asked = asked(&mut request);
        let names: Vec<_> = asked.iter().map(|(key, name)| (key.as_str(), name.as_str())).collect();
        assert_eq!(names, [("a", "user"), ("users", "users")]);
        assert!(super::asked(&mut Request::new("no query")).is_empty());
    }
}
