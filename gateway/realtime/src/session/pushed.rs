//! A message on its way to the sockets of a node.

use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use openim_contracts::MessageData;
use openim_core::Timestamp;

/// How many forms of a message there are: one for each encoding that sockets of a node speak.
pub const FORMS: usize = 4;

/// What a message costs beside its content while it waits, in bytes.
const AROUND: usize = 512;

/// A message with the frames it has become so far: each form is written once, however many sockets get it.
#[derive(Debug)]
pub struct Pushed {
    message: Arc<MessageData>,
    stored_at: Timestamp,
    forms: [OnceLock<Bytes>; FORMS],
}

impl Pushed {
    /// Takes a message and when it was stored; 0 for one that was not, or is told again.
    pub(crate) fn new(message: Arc<MessageData>, stored_at: Timestamp) -> Self {
        Self { message, stored_at, forms: Default::default() }
    }

    /// Returns the message.
    pub fn message(&self) -> &MessageData {
        &self.message
    }

    /// Returns the message in one of its forms, which `make` writes the first time.
    pub fn form(&self, form: usize, make: impl FnOnce(&MessageData) -> Bytes) -> Bytes {
        match self.forms.get(form) {
            Some(cell) => cell.get_or_init(|| make(&self.message)).clone(),
            None => make(&self.message),
        }
    }

    /// Returns when it was stored; 0 when it was not.
    pub(crate) fn stored_at(&self) -> Timestamp {
        self.stored_at
    }

    /// Returns about how many bytes it keeps from being freed.
    pub(crate) fn size(&self) -> usize {
        self.message.envelope.content.len() + AROUND
    }
}
