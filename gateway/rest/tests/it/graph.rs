//! The documents against the real graph: its composed schema, and answers of every shape that the schema allows.

use std::sync::{Arc, Mutex};

use apollo_compiler::executable::{Selection, SelectionSet};
use apollo_compiler::request::coerce_variable_values;
use apollo_compiler::schema::{ExtendedType, Type};
use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Schema};
use async_graphql::{Response, ServerError, Value, Variables};
use async_trait::async_trait;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use futures_util::stream::{self, BoxStream, StreamExt as _};
use openim_core::Ctx;
use openim_federation::{Gateway, SubgraphRequest, SubgraphResponse, SubgraphTransport, TransportError};
use openim_rest::{Operation, Operations};
use serde_json::{Map, Value as Json, json};

use crate::support::Door;

/// A subgraph that is never asked.
struct Silent;

#[async_trait]
impl SubgraphTransport for Silent {
    async fn execute(&self, _request: SubgraphRequest) -> Result<SubgraphResponse, TransportError> {
        Err(TransportError::DeadlineExceeded)
    }

    async fn subscribe(
        &self,
        _request: SubgraphRequest,
    ) -> Result<BoxStream<'static, Result<SubgraphResponse, TransportError>>, TransportError> {
        Ok(stream::empty().boxed())
    }
}

fn gateway() -> Gateway {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../schema/subgraphs");
    let mut files: Vec<_> = std::fs::read_dir(folder).expect("the folder").map(|entry| entry.expect("a file").path()).collect();
    files.sort();
    let builder = files.iter().fold(Gateway::builder(), |builder, file| {
        let name = file.file_stem().and_then(|name| name.to_str()).expect("a name");
        builder.subgraph(name, std::fs::read_to_string(file).expect("an SDL"), Silent)
    });
    builder.build().expect("the graph composes")
}

#[test]
fn every_document_fits_the_graph() {
    Door::over(&gateway());
}

/// How the graph's answers look.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Style {
    /// Everything is there, lists have two entries.
    Full,
    /// Lists are empty, what may be null is.
    Bare,
}

/// A graph that makes up answers of the right shape.
struct Shaped {
    schema: Arc<Valid<Schema>>,
    style: Style,
    words: Arc<Mutex<usize>>,
}

impl Operations for Shaped {
    fn prepare(&self, document: &str, _name: Option<&str>) -> Result<Arc<dyn Operation>, Vec<ServerError>> {
        let document = ExecutableDocument::parse(&self.schema, document, "document.graphql")
            .map_err(|error| vec![ServerError::new(error.to_string(), None)])?;
        let made = Maker { schema: self.schema.clone(), style: self.style, words: self.words.clone() };
        Ok(Arc::new(ShapedOperation { schema: self.schema.clone(), document, made }))
    }
}

struct ShapedOperation {
    schema: Arc<Valid<Schema>>,
    document: ExecutableDocument,
    made: Maker,
}

#[async_trait]
impl Operation for ShapedOperation {
    async fn execute(&self, variables: Variables, _ctx: &Ctx) -> Response {
        let operation = self.document.operations.iter().next().expect("an operation");
        let variables = serde_json::to_string(&variables).expect("variables");
        let values = serde_json::from_str(&variables).expect("a map");
        if let Err(error) = coerce_variable_values(&self.schema, operation, &values) {
            return Response::from_errors(vec![ServerError::new(format!("{variables}: {error:?}"), None)]);
        }
        let data = self.made.object(&operation.selection_set, &self.document);
        Response::new(Value::from_json(data).expect("data"))
    }
}

struct Maker {
    schema: Arc<Valid<Schema>>,
    style: Style,
    words: Arc<Mutex<usize>>,
}

impl Maker {
    fn object(&self, set: &SelectionSet, document: &ExecutableDocument) -> Json {
        let mut object = Map::new();
        self.fill(set, document, &mut object);
        Json::Object(object)
    }

    fn fill(&self, set: &SelectionSet, document: &ExecutableDocument, object: &mut Map<String, Json>) {
        for selection in &set.selections {
            match selection {
                Selection::Field(field) => {
                    let value = self.value(&field.definition.ty, &field.selection_set, document);
                    object.insert(field.response_key().to_string(), value);
                }
                Selection::FragmentSpread(spread) => self.fill(&document.fragments[&spread.fragment_name].selection_set, document, object),
                Selection::InlineFragment(inline) => self.fill(&inline.selection_set, document, object),
            }
        }
    }

    fn value(&self, ty: &Type, set: &SelectionSet, document: &ExecutableDocument) -> Json {
        // The doors to one's own things are nullable only for composition: null comes with an error.
        let door = matches!(ty.inner_named_type().as_str(), "Viewer" | "Admin");
        if self.style == Style::Bare && !ty.is_non_null() && !door {
            return Json::Null;
        }
        match ty {
            Type::List(inner) | Type::NonNullList(inner) => match self.style {
                Style::Full => (0..2).map(|_| self.value(&inner.clone().non_null(), set, document)).collect(),
                Style::Bare => json!([]),
            },
            Type::Named(name) | Type::NonNullNamed(name) => match &self.schema.types[name] {
                ExtendedType::Enum(table) => {
                    let mut words = self.words.lock().expect("the counter");
                    *words += 1;
                    let (word, _) = table.values.get_index(*words % table.values.len()).expect("a value");
                    json!(word.as_str())
                }
                ExtendedType::Scalar(_) => match name.as_str() {
                    "Int" => json!(7),
                    "Long" => json!(9_007_199_254_740_993_i64),
                    "ULong" => json!(18_446_744_073_709_551_615_u64),
                    "Boolean" => json!(self.style == Style::Full),
                    "DateTime" => json!("2026-11-21T10:20:30.123Z"),
                    "JSON" => json!({"a": 1}),
                    _ => json!("<text>"),
                },
                _ => self.object(set, document),
            },
        }
    }
}

/// The contract as the data files say it, read independently of the engine.
struct Contract {
    types: Json,
}

impl Contract {
    /// Makes a body that passes every rule.
    fn body(&self, name: &str) -> Json {
        let mut object = Map::new();
        for (key, ty) in self.fields(name) {
            let value = match key.as_str() {
                "contentType" if ty != "string" => json!(101),
                "roleLevel" => json!(60),
                "content" if ty == "string" => json!("hi"),
                "content" => json!({"content": "hi"}),
                "sendTime" if ty == "string" => json!("2026-11-21"),
                // The other recipient is given, and there is one.
                "recvGroupID" => json!(""),
                "pagination" => json!({"pageNumber": 1, "showNumber": 10}),
                _ => self.example(&ty),
            };
            object.insert(key, value);
        }
        Json::Object(object)
    }

    fn example(&self, ty: &str) -> Json {
        match ty {
            "string" => json!("abc"),
            "bool" => json!(true),
            "bytes" => json!("eyJ9"),
            "int32" | "int64" | "uint32" | "uint64" => json!(1),
            _ if ty.starts_with('[') => json!([self.example(&ty[1..ty.len() - 1])]),
            _ if ty.starts_with('?') => self.example(&ty[1..]),
            _ if ty.starts_with('{') => json!({"abc": self.example(&ty[1..ty.len() - 1])}),
            message => self.body(message),
        }
    }

    fn fields(&self, name: &str) -> Vec<(String, String)> {
        let lines = self.types[name].as_array().unwrap_or_else(|| panic!("no type {name}"));
        let split = |line: &Json| line.as_str().and_then(|line| line.split_once(' ')).map(|(a, b)| (a.to_owned(), b.to_owned()));
        lines.iter().filter_map(split).collect()
    }

    /// Checks that `value` is a `ty`: every field, in order, of the right kind.
    fn fits(&self, ty: &str, value: &Json, at: &str) {
        let good = match ty {
            "string" => value.is_string(),
            "bool" => value.is_boolean(),
            "bytes" => value.is_string() || value.is_null(),
            "int32" | "int64" => value.is_i64(),
            "uint32" | "uint64" => value.is_u64(),
            "json" | "object" => true,
            _ if ty.starts_with('?') => {
                if !value.is_null() {
                    self.fits(&ty[1..], value, at);
                }
                true
            }
            _ if ty.starts_with('[') => {
                let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
                items.iter().for_each(|item| self.fits(&ty[1..ty.len() - 1], item, at));
                value.is_null() || !items.is_empty()
            }
            _ if ty.starts_with('{') => {
                let entries = value.as_object();
                entries.into_iter().flatten().for_each(|(_, item)| self.fits(&ty[1..ty.len() - 1], item, at));
                entries.is_some_and(|entries| !entries.is_empty())
            }
            _ if value.is_null() => true,
            message => {
                let object = value.as_object().unwrap_or_else(|| panic!("{at}: {value}"));
                let fields = self.fields(message);
                let expected: Vec<_> =
                    fields.iter().filter(|(key, ty)| !ty.starts_with('{') || object.contains_key(key)).map(|(key, _)| key).collect();
                assert_eq!(object.keys().collect::<Vec<_>>(), expected, "{at}");
                fields.iter().filter_map(|(key, ty)| object.get(key).map(|value| (key, ty, value))).for_each(|(key, ty, value)| {
                    self.fits(ty, value, &format!("{at}.{key}"));
                });
                true
            }
        };
        assert!(good, "{at} is no {ty}: {value}");
    }
}

/// The routes that answer with an error, here an administrator's, when what they are about is not there.
const NEEDED: [(&str, i64); 5] = [
    ("/conversation/get_conversation", 1004),
    ("/group/get_group_users_req_application_list", 1201),
    ("/group/get_incremental_group_members", 1004),
    ("/group/get_specified_user_group_request_info", 1004),
    ("/object/auth_sign", 500),
];

#[tokio::test]
async fn every_served_route_renders_what_the_contract_says() {
    let schema = Schema::parse_and_validate(gateway().api_sdl(), "api.graphql").expect("the API schema");
    let schema = Arc::new(schema);
    let contract = Contract { types: serde_json::from_str(include_str!("../../data/types.json")).expect("types") };
    let routes: Vec<Json> = serde_json::from_str(include_str!("../../data/routes.json")).expect("routes");
    let words = Arc::new(Mutex::new(0));
    // Full answers several times, so that every value of every enum comes by.
    for style in [Style::Bare].into_iter().chain([Style::Full; 12]) {
        let door = Door::over(&Shaped { schema: schema.clone(), style, words: words.clone() });
        for (path, source) in openim_rest::documents() {
            let route = routes.iter().find(|route| route["path"] == *path).expect("the route");
            if route["response"] == "redirect" {
                let request = Request::get(path.replace('*', "a")).body(Body::empty()).expect("a request");
                // Nobody is led to dashboards that there are not.
                let nowhere = style == Style::Bare && *path == "/third/prometheus";
                let expected = if nowhere { StatusCode::NOT_FOUND } else { StatusCode::FOUND };
                assert_eq!(door.send(request).await.status, expected, "{path}");
                continue;
            }
            if let Some(list) = route["response"].as_str().and_then(|response| response.strip_prefix("bare ")) {
                let request = Request::get(*path).body(Body::empty()).expect("a request");
                let answer = door.send(request).await;
                assert_eq!(
                    (answer.status, &answer.headers["content-type"]),
                    (StatusCode::OK, &"application/json".parse().unwrap()),
                    "{path}"
                );
                // Without an envelope an empty list is a list.
                let entries = answer.json();
                let entries = entries.as_array().unwrap_or_else(|| panic!("{path}: {}", answer.body));
                entries.iter().for_each(|entry| contract.fits(&list[1..list.len() - 1], entry, path));
                continue;
            }
            let body = route["request"].as_str().map_or_else(|| json!({}), |request| contract.body(request));
            let query = if route["query"].is_array() { "?key=abc" } else { "" };
            let answer = door.post(&format!("{path}{query}"), body.to_string()).await;
            if let Some((_, code)) = NEEDED.iter().find(|(needed, _)| style == Style::Bare && needed == path) {
                assert_eq!(answer.code(), *code, "{path}");
                continue;
            }
            // A made-up outcome may be one that the document makes an error of.
            if source.contains("@fails") && [1001, 1304, 1305].contains(&answer.code()) {
                continue;
            }
            assert_eq!(answer.code(), 0, "{path} {style:?}: {}", answer.body);
            match (route["response"].as_str(), answer.json().get("data")) {
                (Some(response), Some(data)) => contract.fits(response, data, path),
                (Some(response), None) => assert!(contract.fields(response).is_empty(), "{path} has no data"),
                (None, data) => assert_eq!(data, None, "{path}"),
            }
        }
    }
}
