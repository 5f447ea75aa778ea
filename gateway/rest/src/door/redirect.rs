//! Routes without an envelope that lead elsewhere: no header is needed, and what goes wrong is told as plain text.

use async_graphql::indexmap::IndexMap;
use async_graphql::{Name, Value};
use axum::extract::{FromRequestParts as _, Path, Request};
use axum::http::StatusCode;
use openim_core::{Actor, Ctx, Error, ErrorCode, OperationId, Origin};

use super::{Door, Outcome, TOKEN, base, header};
use crate::engine::Served;
use crate::envelope::Refusal;

/// The parameter that may name the operation.
const OPERATION_ID: &str = "operationID";

/// The most parameters that are passed on.
const MOST_PARAMETERS: usize = 32;

pub(super) async fn lead(door: &Door, served: &Served, request: Request) -> Outcome {
    let (mut parts, _) = request.into_parts();
    // Without a name the path is another route's.
    let name = Path::<String>::from_request_parts(&mut parts, &()).await.map(|Path(name)| name).unwrap_or_default();
    if name.trim_matches('/').is_empty() {
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
    let led = async {
        let ctx = caller(door, operation, header(&parts.headers, &TOKEN)).await?.with_origin(origin);
        door.limits.admit(ctx.principal().ok(), origin).await?;
        let name = Value::String(name.trim_start_matches('/').to_owned());
        let request = Value::Object(IndexMap::from_iter([(Name::new("name"), name), (Name::new("query"), Value::Object(query))]));
        door.rest.redirect(served, &ctx, &request, &base::of(&parts, &door.rest.options().public_url)).await
    };
    let led: Result<String, Refusal> = led.await;
    match led {
        Ok(url) => Outcome::Redirect(url),
        Err(refusal) => {
            let (status, text) = refusal.plain();
            Outcome::Plain(status, text)
        }
    }
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
