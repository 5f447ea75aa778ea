//! The page at `/`: what is there, for whoever opens the address in a browser or with curl.

use axum::Json;
use axum::http::{HeaderMap, header};
use axum::response::{Html, IntoResponse, Response};
use serde_json::{Map, Value, json};

/// One thing that this process serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    /// Its path.
    pub(crate) path: &'static str,
    /// What it is.
    pub(crate) what: &'static str,
}

/// Answers with a page or with JSON, as the caller likes.
pub(crate) fn page(places: &[Place], headers: &HeaderMap) -> Response {
    let browser = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).is_some_and(|accept| accept.contains("text/html"));
    if browser { Html(html(places)).into_response() } else { json_list(places).into_response() }
}

fn json_list(places: &[Place]) -> Json<Value> {
    let list: Map<String, Value> = places.iter().map(|place| (place.path.to_owned(), place.what.into())).collect();
    Json(json!({ "name": "OpenIM Graph", "version": env!("CARGO_PKG_VERSION"), "places": list }))
}

fn html(places: &[Place]) -> String {
    let items: String = places.iter().map(|place| format!("<li><a href=\"{0}\">{0}</a> {1}</li>", place.path, place.what)).collect();
    format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>OpenIM Graph</title>\
         <style>body{{font:1rem/1.6 system-ui;max-width:42rem;margin:3rem auto;padding:0 1rem}}</style>\
         <h1>OpenIM Graph {}</h1><ul>{items}</ul></html>",
        env!("CARGO_PKG_VERSION")
    )
}
