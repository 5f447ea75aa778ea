//! The handshake: who may open a socket, and how a refusal is told. The order of the checks and both ways of telling are
//! OpenIM's.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::ws::{Message, WebSocket};
use axum::extract::{FromRequestParts as _, Request, State, WebSocketUpgrade};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use openim_core::{Error, ErrorCode, OperationId, Origin, Result};
use openim_platform::nodes::SocketKind;
use openim_protocol::connect::{self, Connect};
use openim_realtime::Session;

use crate::caller::Caller;
use crate::closing::Closing;
use crate::connection::{self, Connection};
use crate::door::{Place, Service};

/// A socket reads into a buffer of this size for as long as it lives; longer frames borrow more.
const READ_BUFFER: usize = 2 * 1024;
/// How much is collected before it is written.
const WRITE_BUFFER: usize = 4 * 1024;

/// Serves every request: SDKs are configured with any path.
pub(crate) async fn enter(State(service): State<Arc<Service>>, request: Request) -> Response {
    let (mut parts, _) = request.into_parts();
    let Some(place) = Place::take(&service) else {
        return service.refuse(&ErrorCode::ConnectionLimit.into());
    };
    let compression = parts.headers.get("compression").and_then(|value| value.to_str().ok());
    let connect = match connect::parse(parts.uri.query().unwrap_or_default(), compression) {
        Ok(connect) => connect,
        Err(error) => return service.refuse(&error),
    };
    let respond = connect.respond;
    let origin = parts.extensions.get::<Origin>().map(|origin| origin.0);
    let admitted = service.admit(connect, origin).await;
    let upgrade = WebSocketUpgrade::from_request_parts(&mut parts, &()).await;
    let (upgrade, admitted) = match (upgrade, admitted) {
        (Ok(upgrade), Ok(admitted)) => (upgrade, Ok(admitted)),
        (Ok(upgrade), Err(error)) if respond => (upgrade, Err(error)),
        (_, Err(error)) => return service.refuse(&error),
        (Err(_), Ok(_)) => return (StatusCode::BAD_REQUEST, "this is no websocket handshake").into_response(),
    };
    let limit = service.settings.frame_limit;
    let upgrade = upgrade.read_buffer_size(READ_BUFFER).write_buffer_size(WRITE_BUFFER).max_message_size(limit).max_frame_size(limit);
    let tracked = service.tasks.token();
    service.meters.connect(admitted.as_ref().map_or_else(Error::number, |_| 0));
    upgrade.on_upgrade(move |socket| async move {
        match admitted {
            Ok((caller, session)) => {
                let first = respond.then(|| Message::Text(connect::result(0, "", "").into()));
                let open = service.hub.figures().open(SocketKind::Sdk, Some(caller.principal.platform));
                Box::new(Connection::new(service, socket, caller, session, first)).run().await;
                drop(open);
            }
            Err(error) => refuse_inside(&service, socket, &error).await,
        }
        drop((place, tracked));
    })
}

impl Service {
    /// Checks the token and takes the place in the hub.
    async fn admit(&self, connect: Connect, origin: Option<IpAddr>) -> Result<(Arc<Caller>, Session)> {
        let Connect { user_id, token, platform, operation_id, encoding, .. } = connect;
        let check = tokio::time::timeout(self.settings.deadline, self.authenticator.authenticate(&token)).await;
        let check = check.unwrap_or_else(|_| Err(ErrorCode::DeadlineExceeded.into()));
        let (principal, expires_at) = match check {
            Ok(checked) => checked,
            Err(error) => {
                // Tokens cannot be guessed without end.
                self.limits.admit(None, origin).await?;
                return Err(error);
            }
        };
        if principal.user_id.as_str() != user_id || principal.platform != platform {
            return Err(Error::new(ErrorCode::TokenInvalid, "the token is of another user or platform"));
        }
        self.limits.admit(Some(&principal), origin).await?;
        let operation_id = OperationId::parse(operation_id).unwrap_or_else(|_| OperationId::fresh(&*self.runtime.ids));
        let principal = Arc::new(principal);
        let session = self.hub.attach(principal.clone(), operation_id)?;
        Ok((Arc::new(Caller { principal, expires_at, token: token.into(), encoding, origin }), session))
    }

    /// Answers with HTTP, which a client's dialer reads when the upgrade does not come.
    fn refuse(&self, error: &Error) -> Response {
        self.meters.connect(error.number());
        let mut response = told(error).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        response
    }
}

/// Says why a socket cannot be opened.
fn told(error: &Error) -> String {
    tracing::debug!(error = error as &dyn std::error::Error, code = error.number(), "an SDK may not connect");
    let text = error.code().text();
    // A text that only repeats the code tells nothing more.
    let detail = if error.message() == text { "" } else { error.message() };
    connect::result(error.number(), text, detail)
}

/// Tells it in the first frame, for clients that cannot read the answer to a handshake.
async fn refuse_inside(service: &Service, mut socket: WebSocket, error: &Error) {
    service.meters.closed(Closing::REFUSED.label);
    connection::farewell(&mut socket, Some(Message::Text(told(error).into())), Closing::REFUSED).await;
}
