//! Serves the web console from inside the binary, under `/console`. The console asks `/graphql` and nothing else; here are
//! only its files, in the form that a browser keeps longest.
//!
//! The files are those of `web-console/dist`, as `npm run build` leaves them. A build without them has a page that says how
//! to get them.

use axum::Router;
use axum::body::Body;
use axum::extract::Path;
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, HeaderName, IF_NONE_MATCH,
    REFERRER_POLICY, VARY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use rust_embed::{EmbeddedFile, RustEmbed};
use tower_http::set_header::SetResponseHeaderLayer;

/// What a page of the console may do besides asking: run its own scripts, show pictures from anywhere. Styles are written by
/// its components.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob: https: http:; \
     media-src 'self' blob: https: http:; font-src 'self' data:; worker-src 'self' blob:; manifest-src 'self'; base-uri 'none'; \
     form-action 'self'; frame-ancestors 'none'; connect-src 'self' https:";

/// The built console.
#[derive(RustEmbed)]
#[folder = "../../web-console/dist"]
#[allow_missing = true]
struct Files;

/// What is shown when the console was not built.
const NOT_BUILT: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>OpenIM Graph</title>\
    <h1>The console is not in this build</h1><p>Build it with <code>make console</code>, then build the server again, or start \
    the server with <code>make run</code>, which does both. GraphiQL is at <a href=\"/graphql\">/graphql</a>.</p>";

/// Tells whether the console is in this build.
pub fn is_built() -> bool {
    Files::get("index.html").is_some()
}

/// Returns the routes of the console. Its pages may ask their own server, every one that speaks HTTPS, and `files`: the origin
/// of the object store, to which they send files.
pub fn router(files: Option<&str>) -> Router {
    let policy = SetResponseHeaderLayer::overriding(CONTENT_SECURITY_POLICY, policy(files));
    Router::new()
        .route("/console", get(async || Redirect::permanent("/console/")))
        .route("/console/", get(async |headers: HeaderMap| page(&headers)))
        .route("/console/{*path}", get(async |Path(path): Path<String>, headers: HeaderMap| file(&path, &headers)))
        .layer(policy)
}

/// What stands in no origin would end the directive, or the header.
fn policy(files: Option<&str>) -> HeaderValue {
    let own = HeaderValue::from_static(POLICY);
    match files.filter(|origin| !origin.contains([' ', ';', ','])) {
        Some(origin) => HeaderValue::from_str(&format!("{POLICY} {origin}")).unwrap_or(own),
        None => own,
    }
}

/// The page of every address of the console: which one it is, its own router finds out.
fn page(headers: &HeaderMap) -> Response {
    match Files::get("index.html") {
        Some(_) => serve("index.html", "no-cache", headers).unwrap_or_else(|| StatusCode::NOT_FOUND.into_response()),
        None => with_headers((StatusCode::OK, NOT_BUILT).into_response(), "text/html; charset=utf-8", "no-store"),
    }
}

fn file(path: &str, headers: &HeaderMap) -> Response {
    // What Vite puts there has the hash of its content in its name.
    let keep = if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    match serve(path, keep, headers) {
        Some(response) => response,
        // A name with an ending was meant as a file; everything else is an address of the console.
        None if path.rsplit('/').next().is_some_and(|name| name.contains('.')) => StatusCode::NOT_FOUND.into_response(),
        None => page(headers),
    }
}

fn serve(path: &str, keep: &str, headers: &HeaderMap) -> Option<Response> {
    let (file, compressed) = choose(path, headers)?;
    let tag = format!("\"{}{}\"", hex::encode(file.metadata.sha256_hash()), if compressed { "-br" } else { "" });
    let known = headers.get(IF_NONE_MATCH).and_then(|value| value.to_str().ok()).is_some_and(|value| value.contains(&tag));
    let mut response = if known { StatusCode::NOT_MODIFIED.into_response() } else { Body::from(file.data.into_owned()).into_response() };
    if compressed {
        put(response.headers_mut(), CONTENT_ENCODING, "br");
    }
    put(response.headers_mut(), ETAG, &tag);
    put(response.headers_mut(), VARY, "accept-encoding");
    Some(with_headers(response, content_type(path), keep))
}

/// Returns a file, in its compressed form when there is one and the browser takes it.
fn choose(path: &str, headers: &HeaderMap) -> Option<(EmbeddedFile, bool)> {
    // The compressed forms have no address of their own.
    let plain = Files::get(path).filter(|_| !path.ends_with(".br"))?;
    let accepted = headers.get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let brotli = accepted.split(',').any(|coding| coding.trim().split(';').next() == Some("br") && !coding.contains("q=0"));
    match Files::get(&format!("{path}.br")).filter(|_| brotli) {
        Some(compressed) => Some((compressed, true)),
        None => Some((plain, false)),
    }
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("json" | "map") => "application/json",
        Some("png") => "image/png",
        Some("woff2") => "font/woff2",
        Some("ttf") => "font/ttf",
        Some("wasm") => "application/wasm",
        _ => "application/octet-stream",
    }
}

fn with_headers(mut response: Response, content_type: &str, keep: &str) -> Response {
    let headers = response.headers_mut();
    put(headers, CONTENT_TYPE, content_type);
    put(headers, CACHE_CONTROL, keep);
    put(headers, X_CONTENT_TYPE_OPTIONS, "nosniff");
    put(headers, REFERRER_POLICY, "no-referrer");
    response
}

fn put(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connects(files: Option<&str>) -> String {
        let policy = policy(files);
        let text = policy.to_str().unwrap();
        text.split("; ").find_map(|directive| directive.strip_prefix("connect-src ")).unwrap().to_owned()
    }

    #[test]
    fn pages_may_send_files_to_the_store_and_to_nobody_else_without_encryption() {
        assert_eq!(connects(None), "'self' https:");
        assert_eq!(connects(Some("http://127.0.0.1:9000")), "'self' https: http://127.0.0.1:9000");
        for bent in ["http://a; script-src *", "http://a http://b", "http://a,b", "http://a\r\nx: y"] {
            assert_eq!(connects(Some(bent)), "'self' https:", "{bent}");
        }
    }
}
