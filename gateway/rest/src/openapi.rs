//! The OpenAPI description, made from the same tables and documents that serve the calls.

use axum::Router;
use rustc_hash::FxHashSet;
use utoipa::openapi::extensions::ExtensionsBuilder;
use utoipa::openapi::path::{HttpMethod, OperationBuilder, ParameterBuilder, ParameterIn, PathItem, PathsBuilder};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::{AdditionalProperties, ArrayBuilder, KnownFormat, ObjectBuilder, SchemaFormat, SchemaType, Type};
use utoipa::openapi::{ComponentsBuilder, Content, InfoBuilder, OpenApiBuilder, Ref, RefOr, Required, ResponseBuilder, Schema};
use utoipa_swagger_ui::SwaggerUi;

use crate::contract::{Bind, Caller, Contract, Field, Kind, Label, Reply, TypeId, Types};
use crate::engine::Served;

/// Describes the served routes.
pub(crate) fn describe<'a>(contract: &Contract, served: impl Iterator<Item = &'a Served>) -> serde_json::Value {
    let mut served: Vec<_> = served.collect();
    served.sort_by(|a, b| a.path.cmp(&b.path));
    let mut used = Used { types: &contract.types, seen: FxHashSet::default(), order: Vec::new() };
    let mut paths = PathsBuilder::new();
    for route in served {
        if route.route.bind != Bind::None {
            used.need(route.route.request);
        }
        if let Reply::Object(id) | Reply::Array(id) | Reply::Bare(id) = route.route.reply {
            used.need(Some(id));
        }
        paths = match route.path.split_once("/*") {
            Some((start, name)) => {
                paths.path(format!("{start}/{{{name}}}"), PathItem::new(HttpMethod::Get, fetching(route, Some(name), &contract.types)))
            }
            None if route.route.method == "GET" => {
                paths.path(route.path.to_string(), PathItem::new(HttpMethod::Get, fetching(route, None, &contract.types)))
            }
            None => paths.path(route.path.to_string(), PathItem::new(HttpMethod::Post, operation(route, &contract.types))),
        };
    }
    let mut components = ComponentsBuilder::new();
    for id in used.order {
        let message = contract.types.get(id);
        let object = message
            .fields
            .iter()
            .fold(ObjectBuilder::new(), |object, field| object.property(field.name.as_str(), labelled(field, &contract.types)));
        components = components.schema(message.name.clone(), object);
    }
    let info = InfoBuilder::new()
        .title("OpenIM REST over the graph")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "Each route is a GraphQL operation; `x-graphql` shows it. With the header `translate: graphql` a call is not made: it \
             answers the operation with its variables. `x-rules` says what a body must satisfy beyond its type.",
        ))
        .build();
    let api = OpenApiBuilder::new().info(info).paths(paths).components(Some(components.build())).build();
    serde_json::to_value(api).unwrap_or_default()
}

/// Returns `/openapi.json` and the page at `/docs/rest`.
pub(crate) fn page<S: Clone + Send + Sync + 'static>(description: serde_json::Value) -> Router<S> {
    SwaggerUi::new("/docs/rest").external_url_unchecked("/openapi.json", description).into()
}

fn operation(served: &Served, types: &Types) -> utoipa::openapi::path::Operation {
    let text = || ObjectBuilder::new().schema_type(Type::String);
    let parameter = |name: &str, place: ParameterIn| {
        ParameterBuilder::new().name(name).parameter_in(place).required(Required::True).schema(Some(text())).build()
    };
    let header = |name: &str| parameter(name, ParameterIn::Header);
    let mut operation = OperationBuilder::new()
        .operation_id(Some(served.path.trim_matches('/').replace('/', "_")))
        .tag(served.path.split('/').nth(1).unwrap_or_default().to_owned())
        .summary(served.document.description.lines().next().map(str::to_owned))
        .description(Some(format!("{}\n\n```graphql\n{}```", served.document.description, served.source)))
        .parameter(header("operationID"));
    if served.route.caller != Caller::None {
        operation = operation.parameter(header("token"));
    }
    for name in &served.route.query {
        operation = operation.parameter(parameter(name, ParameterIn::Query));
    }
    if let (Some(id), true) = (served.route.request, served.route.bind != Bind::None) {
        let content = Content::new(Some(reference(id, types)));
        let body = RequestBodyBuilder::new().content("application/json", content).required(Some(Required::True)).build();
        operation = operation.request_body(Some(body));
    }
    let response = ResponseBuilder::new()
        .description("The envelope; `errCode` tells success (0) or failure.")
        .content("application/json", Content::new(Some(RefOr::T(Schema::from(envelope(served, types))))))
        .build();
    let caller = match served.route.caller {
        Caller::None => "anybody",
        Caller::User => "user",
        Caller::Admin => "administrator",
    };
    let rules: Vec<&str> = served.route.rules.iter().map(|rule| rule.text.as_str()).collect();
    let extensions = ExtensionsBuilder::new().add("x-graphql", served.source).add("x-caller", caller).add("x-rules", rules).build();
    operation.response("200", response).extensions(Some(extensions)).build()
}

/// Describes a route without an envelope.
fn fetching(served: &Served, name: Option<&str>, types: &Types) -> utoipa::openapi::path::Operation {
    let text = ObjectBuilder::new().schema_type(Type::String);
    let name = name
        .map(|name| ParameterBuilder::new().name(name).parameter_in(ParameterIn::Path).required(Required::True).schema(Some(text)).build());
    let (status, response) = match served.route.reply {
        Reply::Bare(id) => {
            let list = ArrayBuilder::new().items(reference(id, types));
            let content = Content::new(Some(RefOr::T(Schema::from(list.build()))));
            ("200", ResponseBuilder::new().description("The list alone; refusals are plain text.").content("application/json", content))
        }
        _ => ("302", ResponseBuilder::new().description("`Location` is where to go; refusals are plain text.")),
    };
    OperationBuilder::new()
        .operation_id(Some(served.path.trim_matches('/').replace("/*", "_")))
        .tag(served.path.split('/').nth(1).unwrap_or_default().to_owned())
        .summary(served.document.description.lines().next().map(str::to_owned))
        .description(Some(format!("{}\n\n```graphql\n{}```", served.document.description, served.source)))
        .parameters(name.map(|name| [name]))
        .response(status, response.build())
        .extensions(Some(ExtensionsBuilder::new().add("x-graphql", served.source).build()))
        .build()
}

fn envelope(served: &Served, types: &Types) -> utoipa::openapi::schema::Object {
    let object = ObjectBuilder::new()
        .property("errCode", ObjectBuilder::new().schema_type(Type::Integer))
        .property("errMsg", ObjectBuilder::new().schema_type(Type::String))
        .property("errDlt", ObjectBuilder::new().schema_type(Type::String));
    let object = match served.route.reply {
        Reply::Nothing | Reply::Redirect | Reply::Bare(_) => object,
        Reply::Object(id) => object.property("data", reference(id, types)),
        Reply::Array(id) => object.property("data", ArrayBuilder::new().items(reference(id, types))),
        Reply::Text => object.property("data", ObjectBuilder::new().schema_type(Type::String)),
    };
    object.build()
}

fn reference(id: TypeId, types: &Types) -> RefOr<Schema> {
    RefOr::Ref(Ref::from_schema_name(types.get(id).name.clone()))
}

fn labelled(field: &Field, types: &Types) -> RefOr<Schema> {
    let item = single(field.kind, types);
    match field.label {
        Label::One => item,
        Label::Optional => nullable(item),
        Label::List => RefOr::T(Schema::from(ArrayBuilder::new().items(item).build())),
        Label::Map => RefOr::T(Schema::from(ObjectBuilder::new().additional_properties(Some(AdditionalProperties::RefOr(item))).build())),
    }
}

/// What is absent is null, not a zero value.
fn nullable(item: RefOr<Schema>) -> RefOr<Schema> {
    match item {
        RefOr::T(Schema::Object(mut object)) => {
            if let SchemaType::Type(ty) = &object.schema_type {
                object.schema_type = SchemaType::from_iter([ty.clone(), Type::Null]);
            }
            RefOr::T(Schema::Object(object))
        }
        other => other,
    }
}

fn single(kind: Kind, types: &Types) -> RefOr<Schema> {
    let (ty, format) = match kind {
        Kind::Message(id) => return reference(id, types),
        Kind::String => (Type::String, None),
        Kind::Bytes => (Type::String, Some(KnownFormat::Byte)),
        Kind::Bool => (Type::Boolean, None),
        Kind::Int32 | Kind::Uint32 => (Type::Integer, Some(KnownFormat::Int32)),
        Kind::Int64 | Kind::Uint64 => (Type::Integer, Some(KnownFormat::Int64)),
        Kind::Float => (Type::Number, Some(KnownFormat::Double)),
        Kind::Json | Kind::JsonObject => (Type::Object, None),
    };
    let object = ObjectBuilder::new().schema_type(SchemaType::Type(ty)).format(format.map(SchemaFormat::KnownFormat));
    RefOr::T(Schema::from(object.build()))
}

/// The types that the described routes reach, each once.
struct Used<'a> {
    types: &'a Types,
    seen: FxHashSet<TypeId>,
    order: Vec<TypeId>,
}

impl Used<'_> {
    fn need(&mut self, id: Option<TypeId>) {
        let Some(id) = id.filter(|id| self.seen.insert(*id)) else { return };
        self.order.push(id);
        for field in &self.types.get(id).fields {
            if let Kind::Message(inner) = field.kind {
                self.need(Some(inner));
            }
        }
    }
}
