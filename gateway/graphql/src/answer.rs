//! One answer as bytes. A request that was refused has no `data` at all; one whose data became null keeps `data: null`.

use async_graphql::{Response, Value};
use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use openim_core::Error;
use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::accept::Format;
use crate::problem::{code_of, status_of};

/// A response in the order and with the members of the GraphQL specification.
pub(crate) struct Wire<'a>(pub(crate) &'a Response);

impl Serialize for Wire<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if !self.0.errors.is_empty() {
            map.serialize_entry("errors", &self.0.errors)?;
        }
        if !is_refused(self.0) {
            map.serialize_entry("data", &self.0.data)?;
        }
        if !self.0.extensions.is_empty() {
            map.serialize_entry("extensions", &self.0.extensions)?;
        }
        map.end()
    }
}

/// Tells whether the operation did not run: no data, and no error belongs to a field.
pub(crate) fn is_refused(response: &Response) -> bool {
    response.data == Value::Null && !response.errors.is_empty() && response.errors.iter().all(|error| error.path.is_empty())
}

/// Writes one response.
pub(crate) fn single(response: &Response, format: Format) -> Result<axum::response::Response, Error> {
    let status = match format {
        Format::GraphqlJson if is_refused(response) => status_of(code_of(response)),
        _ => StatusCode::OK,
    };
    whole(status, format, serde_json::to_vec(&Wire(response)).map_err(Error::internal)?)
}

/// Writes the responses of a batch, in the order of its operations.
pub(crate) fn batch(responses: &[Response], format: Format) -> Result<axum::response::Response, Error> {
    let responses: Vec<Wire<'_>> = responses.iter().map(Wire).collect();
    whole(StatusCode::OK, format, serde_json::to_vec(&responses).map_err(Error::internal)?)
}

fn whole(status: StatusCode, format: Format, body: Vec<u8>) -> Result<axum::response::Response, Error> {
    let mut response = axum::response::Response::new(Body::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(format.content_type()));
    Ok(response)
}
