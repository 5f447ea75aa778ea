//! Who opened a socket: checked once, in the handshake.

use std::net::IpAddr;
use std::sync::Arc;

use openim_core::{Actor, Ctx, OperationId, Principal, Timestamp};
use openim_protocol::Encoding;

use crate::door::Service;

/// The client of one socket.
pub(crate) struct Caller {
    pub(crate) principal: Arc<Principal>,
    /// Until when the token is good.
    pub(crate) expires_at: Timestamp,
    /// Checked again when this node may have missed a revocation.
    pub(crate) token: Box<str>,
    pub(crate) encoding: Encoding,
    pub(crate) origin: Option<IpAddr>,
}

impl Caller {
    /// Makes the context of one operation, traced by what the client calls it.
    pub(crate) fn ctx(&self, service: &Service, operation_id: &str) -> Ctx {
        let runtime = &service.runtime;
        let operation_id = OperationId::parse(operation_id).unwrap_or_else(|_| OperationId::fresh(&*runtime.ids));
        let deadline = runtime.clock.now().plus(service.settings.deadline);
        Ctx::new(runtime.clone(), Actor::User((*self.principal).clone()), operation_id, deadline).with_origin(self.origin)
    }
}
