//! Serves signed addresses: a browser or an SDK sends and reads files here, without a token, with nothing but the signature.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Path, Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, HeaderName, HeaderValue,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures_util::StreamExt;
use openim_core::{Error, ErrorCode, Result};
use tower::ServiceExt;
use tower_http::services::ServeFile;

use super::Inner;
use super::disk::Written;
use super::links::{PATH, Permit};
use crate::{Download, Key};

/// The name of the file's field in a form.
pub(super) const FILE_FIELD: &str = "file";

/// The most fields that a form has before its file.
const MOST_FIELDS: usize = 32;

pub(super) fn routes(inner: Arc<Inner>) -> Router {
    let route = get(answer).put(answer).post(answer);
    Router::new().route(&format!("{PATH}{{*key}}"), route).layer(DefaultBodyLimit::disable()).with_state(inner)
}

async fn answer(State(inner): State<Arc<Inner>>, Path(key): Path<String>, request: Request) -> Response {
    match handle(&inner, key, request).await {
        Ok(response) => response,
        Err(error) => refusal(&error),
    }
}

async fn handle(inner: &Inner, key: String, request: Request) -> Result<Response> {
    let key = Key::parse(key)?;
    let method = if request.method().as_str() == "HEAD" { "GET" } else { request.method().as_str() };
    let permit = inner.links.check(method, &key, request.uri().query().unwrap_or_default(), inner.runtime.clock.now())?;
    match permit {
        Permit::Get(download) => read(inner, &key, &download, request).await,
        Permit::Put { size } => {
            let written = receive(inner, request, size).await?;
            let response = stored(&written);
            inner.disk.keep(written, &key).await?;
            Ok(response)
        }
        Permit::Part { upload, number, size } => {
            // Whether anybody waits for it is asked before the bytes are taken.
            inner.disk.parts(&upload, &key).await?;
            let written = receive(inner, request, size).await?;
            let response = stored(&written);
            inner.disk.keep_part(written, &upload, &key, number).await?;
            Ok(response)
        }
        Permit::Form { size } => {
            let written = form(inner, request, size).await?;
            inner.disk.keep(written, &key).await?;
            Ok(StatusCode::NO_CONTENT.into_response())
        }
    }
}

async fn receive(inner: &Inner, request: Request, size: u64) -> Result<Written> {
    let announced = request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|announced| announced != size) {
        return Err(Error::new(ErrorCode::Args, "the content has another length than announced"));
    }
    inner.disk.receive(&inner.runtime.ids.hex32(), request.into_body().into_data_stream(), size).await
}

async fn form(inner: &Inner, request: Request, size: u64) -> Result<Written> {
    let malformed = |cause| Error::new(ErrorCode::Args, "the form is malformed").with_source(cause);
    let mut form = Multipart::from_request(request, &()).await.map_err(|cause| malformed(cause.to_string()))?;
    for _ in 0..MOST_FIELDS {
        let Some(field) = form.next_field().await.map_err(|cause| malformed(cause.to_string()))? else { break };
        if field.name() == Some(FILE_FIELD) {
            return inner.disk.receive(&inner.runtime.ids.hex32(), field.boxed(), size).await;
        }
    }
    Err(Error::new(ErrorCode::Args, "the form has no file"))
}

async fn read(inner: &Inner, key: &Key, download: &Download, request: Request) -> Result<Response> {
    let Some(stat) = inner.disk.stat(key).await? else { return Err(Error::new(ErrorCode::NotFound, "there is no such file")) };
    let (parts, _) = request.into_parts();
    let request = Request::from_parts(parts, Body::empty());
    let mut response = ServeFile::new(inner.disk.data(key)).oneshot(request).await.map_err(Error::internal)?.map(Body::new);
    let headers = response.headers_mut();
    put(headers, CONTENT_TYPE, download.content_type());
    put(headers, CONTENT_DISPOSITION, &download.disposition());
    put(headers, ETAG, &format!("\"{}\"", stat.etag));
    put(headers, X_CONTENT_TYPE_OPTIONS, "nosniff");
    put(headers, CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox");
    // What lies under a key never changes.
    put(headers, CACHE_CONTROL, "private, max-age=86400, immutable");
    Ok(response)
}

fn put(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

fn stored(written: &Written) -> Response {
    let mut response = StatusCode::OK.into_response();
    put(response.headers_mut(), ETAG, &format!("\"{}\"", written.etag));
    response
}

fn refusal(error: &Error) -> Response {
    let status = match error.code() {
        ErrorCode::Args => StatusCode::BAD_REQUEST,
        ErrorCode::NoPermission => StatusCode::FORBIDDEN,
        ErrorCode::NotFound => StatusCode::NOT_FOUND,
        _ => {
            tracing::error!(error = %error, "a file could not be served");
            StatusCode::INTERNAL_SERVER_ERROR
        }
    };
    (status, error.message().to_owned()).into_response()
}
