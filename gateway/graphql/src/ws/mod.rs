//! GraphQL over WebSocket: `graphql-transport-ws`, and the older `graphql-ws` for clients that know only that.
//!
//! The loop is our own, because an idle socket must stay small, a slow one bounded, and every operation needs a context of
//! its own; none of that can be had from the library's.

mod connection;
mod operations;
mod protocol;

use std::sync::Arc;

use async_graphql::Executor;
use axum::extract::{FromRequestParts, WebSocketUpgrade};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::Response;
use openim_core::ErrorCode;

use crate::caller;
use crate::meters::Transport;
use crate::problem::Problem;
use crate::service::Service;
use connection::{Connection, Visitor};
use protocol::Protocol;

/// A socket reads into a buffer of this size for as long as it lives; longer frames borrow more.
const READ_BUFFER: usize = 4 * 1024;
/// How much is collected before it is written.
const WRITE_BUFFER: usize = 8 * 1024;

/// Tells whether a request wants to become a WebSocket.
pub(crate) fn is_upgrade(parts: &Parts) -> bool {
    let upgrade = parts.headers.get(header::UPGRADE).and_then(|value| value.to_str().ok());
    let by_header = parts.method == Method::GET && upgrade.is_some_and(|value| value.eq_ignore_ascii_case("websocket"));
    by_header || parts.method == Method::CONNECT
}

/// Turns a request into a socket.
pub(crate) async fn upgrade<E: Executor>(service: Arc<Service<E>>, parts: &mut Parts) -> Result<Response, Problem> {
    if !origin_allowed(parts, &service.settings.allowed_origins) {
        return Err(Problem::new(StatusCode::FORBIDDEN, ErrorCode::NoPermission, "pages of this origin may not connect"));
    }
    let refused = || Problem::new(StatusCode::BAD_REQUEST, ErrorCode::ConnectionArgs, "this is no websocket handshake");
    let upgrade = WebSocketUpgrade::from_request_parts(parts, &()).await.map_err(|_| refused())?;
    let mut upgrade = upgrade.protocols(Protocol::NAMES);
    let Some(protocol) = upgrade.selected_protocol().and_then(|name| Protocol::named(name.as_bytes())) else {
        let text = "offer the subprotocol graphql-transport-ws (or graphql-ws)";
        return Err(Problem::new(StatusCode::BAD_REQUEST, ErrorCode::ConnectionArgs, text));
    };
    let limit = service.settings.socket.frame_limit;
    upgrade = upgrade.read_buffer_size(READ_BUFFER).write_buffer_size(WRITE_BUFFER).max_message_size(limit).max_frame_size(limit);
    let mark = service.streams.mark();
    let caller = service.authenticate(caller::token(&parts.headers)?, caller::origin(&parts.extensions)).await?;
    // A handshake counts as an operation, so that nobody opens sockets without end.
    service.admit(&caller, Transport::Socket).await?;
    let visitor = Visitor { caller: Arc::new(caller), mark };
    let lifeline = service.streams.wait(visitor.caller.clone());
    let tracked = service.tasks.token();
    Ok(upgrade.on_upgrade(move |socket| async move {
        Box::new(Connection::new(service, socket, protocol, visitor, lifeline)).run().await;
        drop(tracked);
    }))
}

/// Browsers send `Origin` and let any page connect, so the list is kept here. Others send none.
fn origin_allowed(parts: &Parts, allowed: &[String]) -> bool {
    let Some(origin) = parts.headers.get(header::ORIGIN) else { return true };
    let Ok(origin) = origin.to_str() else { return false };
    if allowed.iter().any(|one| one == "*" || one.eq_ignore_ascii_case(origin)) {
        return true;
    }
    let own = host(&parts.headers).or_else(|| parts.uri.authority().map(|authority| authority.as_str()));
    origin.split_once("://").is_some_and(|(_, authority)| own.is_some_and(|own| own.eq_ignore_ascii_case(authority)))
}

fn host(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::HOST)?.to_str().ok()
}
