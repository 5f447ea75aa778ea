//! A client's own message on its way back to it. The plain JavaScript client knows it by the answer to its request and
//! takes what comes before that for news: the push waits for the answer, and what follows waits behind it.

use openim_protocol::{Request, identifier};
use openim_realtime::Push;

/// What is being sent, by its operation, and its push when that came first.
#[derive(Debug, Default)]
pub(crate) struct Own {
    operation: Option<String>,
    held: Option<Push>,
}

impl Own {
    /// A request is being answered from now on.
    pub(crate) fn asked(&mut self, request: &Request) {
        self.operation = (request.req_identifier == identifier::SEND).then(|| request.operation_id.clone());
    }

    /// Returns a push unless it has to wait.
    pub(crate) fn pass(&mut self, push: Push) -> Option<Push> {
        let Push::Message(pushed) = &push else { return Some(push) };
        if self.operation.as_ref() != Some(&pushed.message().operation_id) {
            return Some(push);
        }
        self.held = Some(push);
        None
    }

    /// Tells whether a push waits.
    pub(crate) fn is_held(&self) -> bool {
        self.held.is_some()
    }

    /// The answer is on its way: returns what waited for it.
    pub(crate) fn answered(&mut self) -> Option<Push> {
        self.operation = None;
        self.held.take()
    }
}
