//! GraphQL over HTTP: one answer, a batch, or a stream of answers, for GET and POST.

mod body;
mod stream;

use std::sync::Arc;

use async_graphql::{Executor, Value};
use axum::body::Body as HttpBody;
use axum::extract::{Query, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use futures_util::future::join_all;
use openim_core::{Error, ErrorCode, OperationId};
use serde::Deserialize;

use crate::accept::{Accepted, Format, Framing, parameter};
use crate::caller::{self, Caller, OPERATION_ID};
use crate::document::Kind;
use crate::incoming::{Body, Incoming};
use crate::meters::Transport;
use crate::problem::{Problem, failure};
use crate::service::{Operation, Service};
use crate::{answer, explorer, ws};

const METHODS: &str = "GET, POST";
/// The longest event cursor that a reconnecting client may send.
const LONGEST_CURSOR: usize = 512;

/// Serves every request of the door's path.
pub(crate) async fn serve<E: Executor>(State(service): State<Arc<Service<E>>>, request: Request) -> Response {
    let (mut parts, body) = request.into_parts();
    let operation_id = caller::operation_id(&parts.headers, &service.runtime);
    let mut accepted = Accepted::of(&parts.headers);
    let names_form = parts.headers.get(header::ACCEPT).is_some_and(|value| value != "*/*");
    if parts.uri.path().ends_with("/stream") && !names_form {
        accepted = Accepted { format: None, framing: Some(Framing::Sse), page: false };
    }
    let answered = if ws::is_upgrade(&parts) {
        ws::upgrade(service, &mut parts).await
    } else {
        Exchange { service, accepted, operation_id: operation_id.clone() }.answer(&parts, body).await
    };
    let mut response = answered.unwrap_or_else(|problem| problem.into_response(accepted.format));
    if let Ok(value) = HeaderValue::from_str(operation_id.as_str()) {
        response.headers_mut().insert(OPERATION_ID, value);
    }
    response
}

/// Adds the headers that keep browsers from guessing, framing and storing.
pub(crate) async fn harden(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    let nothing = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(nothing);
    response
}

/// One HTTP request on its way to its answer.
struct Exchange<E> {
    service: Arc<Service<E>>,
    accepted: Accepted,
    operation_id: OperationId,
}

impl<E: Executor> Exchange<E> {
    async fn answer(self, parts: &Parts, body: HttpBody) -> Result<Response, Problem> {
        match parts.method {
            Method::GET if self.accepted.page && self.service.settings.explorer && parts.uri.query().is_none() => {
                return Ok(explorer::page());
            }
            Method::GET | Method::POST => {}
            Method::OPTIONS => return Err(Problem::method(METHODS, "ask with GET or POST")),
            _ => return Err(Problem::method(METHODS, "graphql is asked with GET or POST")),
        }
        if self.accepted.format.is_none() && self.accepted.framing.is_none() {
            let forms =
                "accept application/graphql-response+json, application/json, text/event-stream or multipart/mixed;subscriptionSpec=1.0";
            return Err(Problem::new(StatusCode::NOT_ACCEPTABLE, ErrorCode::Args, forms));
        }
        let mark = self.service.streams.mark();
        let caller = match self.admitted(parts).await {
            Ok(caller) => caller,
            Err(problem) => {
                body::discard(body).await;
                return Err(problem);
            }
        };
        let deadline = self.service.settings.deadline;
        let incoming = tokio::time::timeout(deadline, self.read(parts, body)).await;
        let slow = || Problem::new(StatusCode::REQUEST_TIMEOUT, ErrorCode::DeadlineExceeded, "the body took too long to arrive");
        match incoming.unwrap_or_else(|_| Err(slow()))? {
            Body::Single(incoming) => self.single(parts, incoming, caller, mark).await,
            Body::Batch(batch) => self.batch(batch, &caller).await,
        }
    }

    /// Finds out who calls and asks for one operation, all by the headers: nothing is read for who may not come.
    async fn admitted(&self, parts: &Parts) -> Result<Caller, Problem> {
        let token = caller::token(&parts.headers)?;
        let reason = caller::reason(&parts.headers)?;
        let caller = self.service.authenticate(token, caller::origin(&parts.extensions)).await?;
        self.service.admit(&caller, Transport::Http).await?;
        Ok(caller.with_reason(reason))
    }

    async fn read(&self, parts: &Parts, body: HttpBody) -> Result<Body, Problem> {
        if parts.method == Method::GET {
            return Ok(Body::Single(from_query(parts)?));
        }
        let settings = &self.service.settings;
        let content_type = parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let (essence, parameters) = content_type.split_once(';').unwrap_or((content_type, ""));
        match essence.trim().to_ascii_lowercase().as_str() {
            "application/json" | "application/graphql-response+json" | "application/graphql+json" => {
                if parameter(parameters, "charset").is_some_and(|charset| !charset.eq_ignore_ascii_case("utf-8")) {
                    body::discard(body).await;
                    return Err(unsupported("the body must be UTF-8"));
                }
                let bytes = body::read(body, &parts.headers, settings.body_limit).await?;
                if bytes.is_empty() {
                    return Err(Problem::bad_request("the body is empty"));
                }
                Ok(Body::from_json(&bytes, settings.batch_limit)?)
            }
            _ => {
                body::discard(body).await;
                Err(unsupported("the content type must be application/json; files are sent by the mutation startUpload"))
            }
        }
    }

    async fn single(self, parts: &Parts, mut incoming: Incoming, caller: Caller, mark: u64) -> Result<Response, Problem> {
        let format = self.accepted.format;
        if let Some(cursor) = parts.headers.get("last-event-id") {
            resume(&mut incoming, cursor)?;
        }
        let operation = self.service.prepare(incoming, &caller, self.operation_id.clone(), Transport::Http).await;
        let operation = operation.map_err(|error| Problem::of_operation(error, format))?;
        if parts.method == Method::GET {
            only_reading(&operation, format)?;
        }
        match (operation.kind, self.accepted.framing, format) {
            (Some(Kind::Subscription), Some(framing), _) | (_, Some(framing), None) => {
                stream::open(self.service, operation, caller, mark, framing).await
            }
            (Some(Kind::Subscription), None, _) => {
                let text =
                    "a subscription needs a stream: accept text/event-stream or multipart/mixed;subscriptionSpec=1.0, or use a WebSocket";
                Err(Problem::new(StatusCode::NOT_ACCEPTABLE, ErrorCode::Args, text))
            }
            (_, _, format) => Ok(answer::single(&self.service.execute(operation, Transport::Http).await, format.unwrap_or(Format::Json))?),
        }
    }

    async fn batch(self, batch: Vec<Incoming>, caller: &Caller) -> Result<Response, Problem> {
        let Some(format) = self.accepted.format else {
            return Err(Problem::new(StatusCode::NOT_ACCEPTABLE, ErrorCode::Args, "a batch is answered as JSON, not as a stream"));
        };
        let exchange = &self;
        let running = batch.into_iter().enumerate().map(|(index, incoming)| async move {
            let service = &exchange.service;
            // The first was admitted with the request.
            if index > 0
                && let Err(error) = service.admit(caller, Transport::Http).await
            {
                return failure(error);
            }
            match service.prepare(incoming, caller, exchange.operation_id.clone(), Transport::Http).await {
                Ok(operation) if operation.kind == Some(Kind::Subscription) => {
                    failure(Error::new(ErrorCode::Args, "a batch cannot hold a subscription"))
                }
                Ok(operation) => service.execute(operation, Transport::Http).await,
                Err(error) => failure(error),
            }
        });
        Ok(answer::batch(&join_all(running).await, format)?)
    }
}

fn unsupported(message: &'static str) -> Problem {
    Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, ErrorCode::Args, message)
}

/// Lets pass what may be asked by GET: queries, and subscriptions, which change nothing either.
fn only_reading(operation: &Operation, format: Option<Format>) -> Result<(), Problem> {
    match operation.kind {
        Some(Kind::Query | Kind::Subscription) => Ok(()),
        Some(Kind::Mutation) => Err(Problem::method("POST", "a mutation must be sent by POST")),
        None => {
            let error = Error::new(ErrorCode::GraphqlInvalid, "the document does not say which operation to run");
            Err(Problem::of_operation(error, format))
        }
    }
}

/// Continues a broken event stream: the id of the last event becomes the variable `after`.
fn resume(incoming: &mut Incoming, cursor: &HeaderValue) -> Result<(), Problem> {
    let cursor = cursor.to_str().ok().filter(|cursor| cursor.len() <= LONGEST_CURSOR);
    let cursor = cursor.ok_or_else(|| Problem::bad_request("last-event-id is no event cursor"))?;
    if !cursor.is_empty() {
        incoming.variables.insert(async_graphql::Name::new("after"), Value::String(cursor.to_owned()));
    }
    Ok(())
}

fn from_query(parts: &Parts) -> Result<Incoming, Problem> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Parameters {
        query: Option<String>,
        operation_name: Option<String>,
        variables: Option<String>,
        extensions: Option<String>,
        document_id: Option<String>,
    }
    let Query(parameters) =
        Query::<Parameters>::try_from_uri(&parts.uri).map_err(|_| Problem::bad_request("the query string cannot be read"))?;
    let wrong = |name: &str, error: &serde_json::Error| Problem::bad_request(format!("{name} is not a JSON object: {error}"));
    let variables = parameters.variables.filter(|text| !text.is_empty()).map(|text| serde_json::from_str(&text));
    let extensions = parameters.extensions.filter(|text| !text.is_empty()).map(|text| serde_json::from_str(&text));
    Ok(Incoming {
        query: parameters.query,
        operation_name: parameters.operation_name.filter(|name| !name.is_empty()),
        variables: variables.transpose().map_err(|error| wrong("variables", &error))?.unwrap_or_default(),
        extensions: extensions.transpose().map_err(|error| wrong("extensions", &error))?.unwrap_or_default(),
        document_id: parameters.document_id,
    })
}
