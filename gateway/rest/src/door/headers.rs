//! The headers of every answer.

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use uuid::{Builder, Uuid};

use super::Outcome;
use crate::engine::Rest;

/// The `errCode` of an answer, for the metrics.
#[derive(Debug, Clone, Copy)]
pub(super) struct Code(pub(super) i32);

const HTTP_ID: HeaderName = HeaderName::from_static("x-http-id");
const CORS: [(HeaderName, &str); 6] = [
    (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    (header::ACCESS_CONTROL_ALLOW_METHODS, "*"),
    (header::ACCESS_CONTROL_ALLOW_HEADERS, "*"),
    (header::ACCESS_CONTROL_MAX_AGE, "172800"),
    (header::ACCESS_CONTROL_ALLOW_CREDENTIALS, "false"),
    (header::ACCESS_CONTROL_EXPOSE_HEADERS, "Content-Length, Content-Type, Retry-After, X-HTTP-ID"),
];

/// Makes the HTTP response.
pub(super) fn respond(outcome: Outcome, rest: &Rest) -> Response {
    let (mut retry_after, mut location) = (None, None);
    let (status, content_type, body, code) = match outcome {
        Outcome::Answer(answer) => {
            retry_after = answer.retry_after;
            (answer.status, "application/json", Body::from(answer.body), Some(Code(answer.code)))
        }
        Outcome::Text(status, content_type, text) => (status, content_type, Body::from(text), None),
        Outcome::Plain(status, text) => (status, "text/plain; charset=utf-8", Body::from(text), None),
        Outcome::Json(json) => (StatusCode::OK, "application/json", Body::from(json), None),
        Outcome::Redirect(url) => match HeaderValue::from_str(&url) {
            Ok(url) => {
                location = Some(url);
                (StatusCode::FOUND, "text/plain; charset=utf-8", Body::empty(), None)
            }
            Err(_) => (StatusCode::INTERNAL_SERVER_ERROR, "text/plain; charset=utf-8", Body::from("the address cannot be told"), None),
        },
    };
    let mut response = Response::new(body);
    *response.status_mut() = status;
    if let Some(code) = code {
        response.extensions_mut().insert(code);
    }
    let headers = response.headers_mut();
    for (name, value) in CORS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    if let Some(location) = location {
        headers.insert(header::LOCATION, location);
    }
    if let Some(seconds) = retry_after {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    let mut text = Uuid::encode_buffer();
    if let Ok(id) = HeaderValue::from_str(id(rest).hyphenated().encode_lower(&mut text)) {
        headers.insert(HTTP_ID, id);
    }
    response
}

fn id(rest: &Rest) -> Uuid {
    let mut bytes = [0_u8; 16];
    rest.runtime().ids.fill(&mut bytes);
    Builder::from_random_bytes(bytes).into_uuid()
}
