//! Routes of GET, without an envelope: they lead elsewhere or answer a list. No header is needed, and what goes wrong is
//! told as plain text.

use std::net::IpAddr;

use async_graphql::indexmap::IndexMap;
use async_graphql::{Name, Value};
use axum::extract::{FromRequestParts as _, Path, Request};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use openim_core::{Actor, Ctx, Error, ErrorCode, OperationId, Origin};

use super::{Door, Outcome, TOKEN, base, header};
use crate::contract::Reply;
use crate::engine::Served;
use crate::envelope::Refusal;

/// The parameter that may name the operation.
const OPERATION_ID: &str = "operationID";

/// The most parameters that are passed on.
const MOST_PARAMETERS: usize = 32;

/// Headers by which a proxy says that it passes a request on.
const PASSED_ON: [HeaderName; 2] = [HeaderName::from_static("x-forwarded-for"), HeaderName::from_static("forwarded")];

pub(super) async fn answer(door: &Door, served: &Served, request: Request) -> Outcome {
    let (mut parts, _) = request.into_parts();
    let name = match Path::<String>::from_request_parts(&mut parts, &()).await {
        Ok(Path(name)) => name,
        // The path is also one of POST, which needs no decoding, or has no place for a name.
        Err(_) => served.path.split_once('*').and_then(|(start, _)| parts.uri.path().strip_prefix(start)).unwrap_or_default().to_owned(),
    };
    if served.path.contains('*') && name.trim_matches('/').is_empty() {
        return Outcome::Plain(StatusCode::BAD_REQUEST, "the name is empty".to_owned());
    }
    let mut query = IndexMap::new();
    for (key, value) in form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes()).take(MOST_PARAMETERS) {
        // The first value of each counts.
        query.entry(Name::new(key)).or_insert_with(|| Value::String(value.into_owned()));
    }
    let operation = match query.get(OPERATION_ID) {
        Some(Value::String(text)) => OperationId::parse(text.as_str()).ok(),
        _ => None,
    };
    let origin = parts.extensions.get::<Origin>().map(|origin| origin.0);
    let answered = async {
        let ctx = caller(door, operation, header(&parts.headers, &TOKEN)).await?.with_origin(certain(origin, &parts.headers));
        door.limits.admit(ctx.principal().ok(), origin).await?;
        let name = Value::String(name.trim_start_matches('/').to_owned());
        let request = Value::Object(IndexMap::from_iter([(Name::new("name"), name), (Name::new("query"), Value::Object(query))]));
        if let Reply::Bare(_) = served.route.reply {
            return Ok(Outcome::Json(door.rest.bare(served, &ctx, &request).await?));
        }
        let url = door.rest.redirect(served, &ctx, &request, &base::of(&parts, &door.rest.options().public_url)).await?;
        if url.is_empty() {
            return Err(Refusal::new(ErrorCode::NotFound, "this leads nowhere: no address is configured"));
        }
        Ok(Outcome::Redirect(url))
    };
    answered.await.unwrap_or_else(|refusal: Refusal| {
        let (status, text) = refusal.plain();
        Outcome::Plain(status, text)
    })
}

/// Returns where a request came from, when that is certain. A proxy on this machine that nobody configured looks like this
/// machine, and what it passes on comes from anywhere.
fn certain(origin: Option<IpAddr>, headers: &HeaderMap) -> Option<IpAddr> {
    let passed_on = PASSED_ON.iter().any(|name| headers.contains_key(name));
    origin.filter(|origin| !(passed_on && origin.to_canonical().is_loopback()))
}

/// Makes the context; a token is taken when there is one.
async fn caller(door: &Door, operation: Option<OperationId>, token: Option<&str>) -> Result<Ctx, Error> {
    let (runtime, options) = (door.rest.runtime().clone(), door.rest.options());
    let actor = match token {
        None => Actor::Anonymous,
        Some(token) => {
            let check = door.rest.authenticator().authenticate(token);
            let checked = tokio::time::timeout(options.deadline, check).await;
            Actor::User(checked.map_err(|_| Error::new(ErrorCode::DeadlineExceeded, "the deadline passed"))??.0)
        }
    };
    let operation = operation.unwrap_or_else(|| OperationId::fresh(&*runtime.ids));
    let deadline = runtime.clock.now().plus(options.deadline);
    Ok(Ctx::new(runtime, actor, operation, deadline))
}
