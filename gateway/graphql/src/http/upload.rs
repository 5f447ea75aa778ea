//! Uploads by the GraphQL multipart request specification: `operations`, then `map`, then the files.

use std::collections::HashMap;

use async_graphql::{Request as GraphqlRequest, UploadValue};
use axum::body::Body as HttpBody;
use axum::extract::multipart::{Field, Multipart, MultipartError};
use axum::extract::{DefaultBodyLimit, FromRequest, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use bytes::{Bytes, BytesMut};
use openim_core::{Error, ErrorCode};

use super::body::too_large;
use crate::incoming::{Body, Incoming, refuse};
use crate::problem::Problem;
use crate::settings::Settings;

/// Which places in the operations each file fills.
type Places = HashMap<String, Vec<String>>;

/// Reads an upload. The files stay in memory, at most `upload_files` of `upload_limit` bytes.
pub(super) async fn read(parts: &Parts, body: HttpBody, settings: &Settings) -> Result<Body, Problem> {
    let whole = settings.body_limit.saturating_add(settings.upload_limit.saturating_mul(settings.upload_files));
    let mut request = Request::from_parts(parts.clone(), body);
    DefaultBodyLimit::max(whole).apply(&mut request);
    let mut form = Multipart::from_request(request, &()).await.map_err(|_| Problem::bad_request("the multipart body has no boundary"))?;

    let operations = part(&mut form, "operations", settings.body_limit).await?;
    let mut body = Body::from_json(&operations, settings.batch_limit)?;
    let map = part(&mut form, "map", settings.body_limit).await?;
    let mut places: Places = serde_json::from_slice(&map).map_err(|error| refuse(&error))?;
    if places.len() > settings.upload_files || places.values().any(|paths| paths.len() > settings.upload_files) {
        let text = format!("a request may have at most {} files", settings.upload_files);
        return Err(Error::new(ErrorCode::LimitExceeded, text).into());
    }
    while let Some(field) = form.next_field().await.map_err(|error| broken(&error, whole))? {
        let paths = field.name().and_then(|name| places.remove(name));
        let paths = paths.ok_or_else(|| Problem::bad_request("the form has a file that map does not name"))?;
        let filename = field.file_name().unwrap_or_default().to_owned();
        let content_type = field.content_type().map(ToOwned::to_owned);
        let content = bounded(field, settings.upload_limit).await?;
        for path in paths {
            let file = UploadValue { filename: filename.clone(), content_type: content_type.clone(), content: content.clone() };
            place(&mut body, &path, file)?;
        }
    }
    if places.is_empty() { Ok(body) } else { Err(Problem::bad_request("map names a file that the form does not have")) }
}

async fn part(form: &mut Multipart, name: &str, limit: usize) -> Result<Bytes, Problem> {
    let field = form.next_field().await.map_err(|error| broken(&error, limit))?;
    match field {
        Some(field) if field.name() == Some(name) => bounded(field, limit).await,
        _ => Err(Problem::bad_request("an upload starts with the parts operations and map")),
    }
}

async fn bounded(mut field: Field<'_>, limit: usize) -> Result<Bytes, Problem> {
    let mut bytes = BytesMut::new();
    while let Some(chunk) = field.chunk().await.map_err(|error| broken(&error, limit))? {
        if bytes.len() + chunk.len() > limit {
            return Err(too_large(limit));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes.freeze())
}

fn broken(error: &MultipartError, limit: usize) -> Problem {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        too_large(limit)
    } else {
        Problem::bad_request("the multipart body cannot be read")
    }
}

/// Puts a file where the path says: `variables.file`, or `0.variables.file` in a batch.
fn place(body: &mut Body, path: &str, file: UploadValue) -> Result<(), Problem> {
    let found = match body {
        Body::Single(incoming) => fill(incoming, path, file),
        Body::Batch(batch) => path
            .split_once('.')
            .and_then(|(index, rest)| Some((batch.get_mut(index.parse::<usize>().ok()?)?, rest)))
            .is_some_and(|(incoming, rest)| fill(incoming, rest, file)),
    };
    if found { Ok(()) } else { Err(Problem::bad_request("map names a place that operations does not have")) }
}

/// async-graphql knows how a variable refers to a file; it does not say whether it found the variable, the count does.
fn fill(incoming: &mut Incoming, path: &str, file: UploadValue) -> bool {
    let mut request = GraphqlRequest::new("").variables(std::mem::take(&mut incoming.variables));
    request.uploads = std::mem::take(&mut incoming.uploads);
    let before = request.uploads.len();
    request.set_upload(path, file);
    let found = request.uploads.len() > before;
    incoming.variables = request.variables;
    incoming.uploads = request.uploads;
    found
}
