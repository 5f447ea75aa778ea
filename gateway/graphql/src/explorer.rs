//! A page for trying the graph in a browser. It consists of three files of ours and needs nothing from the internet, so it
//! works on an island; the console has the comfortable explorer.

use axum::Router;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// Returns the page.
pub(crate) fn page() -> Response {
    let mut response = file("text/html; charset=utf-8", include_str!("explorer/index.html"));
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    response
}

/// Serves the page's files.
pub(crate) fn routes() -> Router {
    Router::new()
        .route("/graphql/explorer.css", get(|| async { file("text/css; charset=utf-8", include_str!("explorer/explorer.css")) }))
        .route("/graphql/explorer.js", get(|| async { file("text/javascript; charset=utf-8", include_str!("explorer/explorer.js")) }))
}

fn file(content_type: &'static str, text: &'static str) -> Response {
    ([(header::CONTENT_TYPE, content_type)], text).into_response()
}
