//! By which address a caller called us: answers hold addresses of this server.

use axum::http::HeaderName;
use axum::http::request::Parts;

use super::header;

/// Where OpenIM's clients say the address themselves.
const REQUEST_API: HeaderName = HeaderName::from_static("x-request-api");
/// Where a proxy says that it was called with TLS.
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// The longest address that is taken from a header.
const LONGEST: usize = 1024;

/// Returns the address without a slash at its end: what the caller says, else what is configured, else scheme and host of
/// the request; empty when nobody says. It goes nowhere but into the caller's own answer.
pub(super) fn of(parts: &Parts, public_url: &str) -> String {
    let good = |text: &&str| {
        let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        host.is_some_and(|host| !host.is_empty()) && text.len() <= LONGEST && text.bytes().all(|byte| byte.is_ascii_graphic())
    };
    if let Some(said) = header(&parts.headers, &REQUEST_API).filter(good) {
        return said.trim_end_matches('/').to_owned();
    }
    if !public_url.is_empty() {
        return public_url.trim_end_matches('/').to_owned();
    }
    let host = header(&parts.headers, &header::HOST).or_else(|| parts.uri.authority().map(|authority| authority.as_str()));
    let scheme = if header(&parts.headers, &FORWARDED_PROTO) == Some("https") { "https" } else { "http" };
    host.map(|host| format!("{scheme}://{host}")).filter(|address| good(&address.as_str())).unwrap_or_default()
}
