//! The HTTP side: who calls, which route, what comes back. The order of the checks is OpenIM's (rest.json, `meta.common`).

mod base;
mod body;
mod fetch;
mod headers;

use std::any::Any;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use axum::routing::any;
use openim_core::{Actor, Ctx, Error, ErrorCode, OperationId, Origin, Reason, Timestamp};
use openim_platform::limits::DoorLimits;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tracing::Instrument as _;

use crate::engine::{Called, Rest};
use crate::envelope::{Answer, Refusal};

const OPERATION_ID: HeaderName = HeaderName::from_static("operationid");
const TOKEN: HeaderName = HeaderName::from_static("token");
/// `graphql` asks what the call is in GraphQL, instead of making it.
const TRANSLATE: HeaderName = HeaderName::from_static("translate");

/// Paths that are reached without a token.
const OPEN: [&str; 2] = ["/auth/get_admin_token", "/auth/parse_token"];

/// Returns the REST door: OpenIM's routes, `/openapi.json` and its page at `/docs/rest`.
///
/// It answers every path that no other door takes, because OpenIM checks headers before it looks at the path: merge it
/// with the other doors' routers, which then must not bring a fallback of their own.
pub fn router(rest: Rest, limits: Arc<DoorLimits>) -> Router {
    let description = rest.openapi().clone();
    let mut router = Router::new().merge(crate::openapi::page(description));
    // The fallback would answer them as well; as routes of their own they have names for whoever measures around this door.
    for path in rest.paths() {
        // The rest of a path is written differently here.
        let path = path.split_once("/*").map_or_else(|| path.to_owned(), |(start, name)| format!("{start}/{{*{name}}}"));
        router = router.route(&path, any(handle));
    }
    router.fallback(handle).with_state(Door { rest, limits }).layer(CatchPanicLayer::custom(panicked)).layer(CompressionLayer::new())
}

/// The routes and how often a caller may come to them.
#[derive(Clone)]
struct Door {
    rest: Rest,
    limits: Arc<DoorLimits>,
}

async fn handle(State(door): State<Door>, request: Request) -> Response {
    let rest = &door.rest;
    let started = rest.runtime().clock.now();
    let method = request.method().clone();
    let fetching = rest.fetching(request.uri().path()).filter(|_| matches!(method, Method::GET | Method::HEAD));
    let exact = rest.served(request.uri().path()).filter(|served| served.route.method == method.as_str());
    let path: Option<Arc<str>> = fetching.or(exact).map(|served| served.path.clone());
    let answer = match method {
        Method::GET | Method::HEAD => match fetching {
            Some(served) => fetch::answer(&door, served, request).await,
            None => Outcome::not_found(),
        },
        Method::OPTIONS => Outcome::Text(StatusCode::OK, "application/json", "\"Options Request!\""),
        Method::POST => post(&door, request).await,
        _ => Outcome::not_found(),
    };
    let response = headers::respond(answer, rest);
    measure(path, &method, &response, started, rest);
    response
}

/// What a request came to.
enum Outcome {
    /// An envelope.
    Answer(Answer),
    /// A fixed text.
    Text(StatusCode, &'static str, &'static str),
    /// A text.
    Plain(StatusCode, String),
    /// JSON without an envelope.
    Json(Vec<u8>),
    /// Another address.
    Redirect(String),
}

impl Outcome {
    fn not_found() -> Self {
        Self::Text(StatusCode::NOT_FOUND, "text/plain", "404 page not found")
    }
}

async fn post(door: &Door, request: Request) -> Outcome {
    let rest = &door.rest;
    let (parts, body) = request.into_parts();
    let path = parts.uri.path();
    let origin = parts.extensions.get::<Origin>().map(|origin| origin.0);
    let ctx = match caller(rest, &parts.headers, path).await {
        Ok(ctx) => ctx.with_origin(origin),
        Err(error) => {
            // Tokens cannot be guessed without end.
            let error = door.limits.admit(None, origin).await.err().unwrap_or(error);
            return Outcome::Answer(Refusal::from(error).answer());
        }
    };
    if let Err(error) = door.limits.admit(ctx.principal().ok(), origin).await {
        return Outcome::Answer(Refusal::from(error).answer());
    }
    let Some(served) = rest.served(path).filter(|served| served.route.method == "POST") else { return Outcome::not_found() };
    let content_type = header(&parts.headers, &header::CONTENT_TYPE).unwrap_or_default();
    let span = tracing::debug_span!("rest", http.route = %served.path, operation.id = %ctx.operation_id());
    let answer = async {
        let body = tokio::time::timeout(ctx.remaining(), body::read(body, rest.options().body_limit)).await;
        let answer = match body {
            Ok(Ok(body)) => {
                let query = parts.uri.query().unwrap_or_default();
                let base = base::of(&parts, &rest.options().public_url);
                let translate = header(&parts.headers, &TRANSLATE) == Some("graphql");
                rest.call(served, &ctx, Called { content_type, base: &base, query, body: &body, translate }).await
            }
            Ok(Err(error)) => Refusal::new(ErrorCode::Args, format!("the body cannot be read: {error}")).answer(),
            Err(_) => Refusal::new(ErrorCode::DeadlineExceeded, "the body did not arrive in time").answer(),
        };
        tracing::debug!(errCode = answer.code, "answered a REST call");
        answer
    };
    Outcome::Answer(answer.instrument(span).await)
}

/// Makes the context: operation id first, then the token's presence, then the token.
async fn caller(rest: &Rest, headers: &HeaderMap, path: &str) -> Result<Ctx, Error> {
    let operation_id = header(headers, &OPERATION_ID).ok_or(Error::new(ErrorCode::Args, "header must have operationID"))?;
    let operation_id = OperationId::parse(operation_id)?;
    let deadline = rest.runtime().clock.now().plus(rest.options().deadline);
    let reason = headers.get(Reason::HEADER).map_or(Ok(None), |value| Reason::from_header(value.as_bytes()))?;
    let context = |actor| Ctx::new(rest.runtime().clone(), actor, operation_id, deadline).with_reason(reason);
    if OPEN.iter().any(|open| path.starts_with(open)) {
        return Ok(context(Actor::Anonymous));
    }
    let token = header(headers, &TOKEN).ok_or(Error::new(ErrorCode::Args, "header must have token"))?;
    let check = rest.authenticator().authenticate(token);
    let checked = tokio::time::timeout(rest.options().deadline, check).await;
    let (principal, _ends) = checked.map_err(|_| Error::new(ErrorCode::DeadlineExceeded, "the deadline passed"))??;
    Ok(context(Actor::User(principal)))
}

fn header<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok()).filter(|value| !value.is_empty())
}

fn panicked(_: Box<dyn Any + Send>) -> Response {
    tracing::error!("a REST call panicked");
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// Counts a request under OpenIM's metric names, so that existing dashboards keep working.
fn measure(path: Option<Arc<str>>, method: &Method, response: &Response, started: Timestamp, rest: &Rest) {
    let status = response.status();
    let path = path.map_or(metrics::SharedString::from(""), metrics::SharedString::from);
    let method = metrics::SharedString::from(method.as_str().to_owned());
    if let Some(headers::Code(code)) = response.extensions().get() {
        metrics::counter!("api_count", "path" => path.clone(), "method" => method.clone(), "code" => code.to_string()).increment(1);
    }
    let spent = started.until(rest.runtime().clock.now());
    // As in OpenIM, whatever the route is.
    let place = if status == StatusCode::NOT_FOUND { metrics::SharedString::from("<404>") } else { path.clone() };
    metrics::counter!("http_count", "path" => place, "method" => method, "status" => status.as_str().to_owned()).increment(1);
    metrics::histogram!("openim_rest_request_seconds", "path" => path).record(spent.as_secs_f64());
}
