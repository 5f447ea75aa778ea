//! Offline push: what the messages domain says when somebody pushes to devices that are offline. Only places are written
//! down; who decides reads the messages from the log, and so never pushes what was revoked meanwhile.

use std::sync::Arc;

use openim_core::{ConversationId, OperationId};
use serde::{Deserialize, Serialize};

use crate::{DomainEvent, MessageData};

/// A message in its log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlacedMessage {
    /// The log: the conversation, or the notification stream `n_…`.
    pub conversation_id: ConversationId,
    /// The place in it.
    pub seq: i64,
    /// The operation that sent it.
    pub operation_id: OperationId,
}

/// Devices that are offline should hear of messages. Written in the transaction of the messages, and only where somebody
/// pushes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PushWanted {
    /// Those with a place, at most 500.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub stored: Vec<PlacedMessage>,
    /// Those that nobody stores.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub passing: Vec<Arc<MessageData>>,
}

impl DomainEvent for PushWanted {
    const TOPIC: &'static str = "messages.push_wanted";
}
