//! What the domain counts, under the names that dashboards of OpenIM know.

use openim_core::{ConversationKind, Result};

/// Counts a batch that was committed.
pub(crate) fn committed(messages: usize) {
    metrics::counter!("msg_insert_mongo_success_total").increment(1);
    #[expect(clippy::cast_precision_loss, reason = "a histogram")]
    metrics::histogram!("openim_batch_messages").record(messages as f64);
}

/// Counts a batch that could not be committed.
pub(crate) fn not_committed() {
    metrics::counter!("msg_insert_mongo_failed_total").increment(1);
}

/// Counts that what senders have read could not be told.
pub(crate) fn positions_not_told() {
    metrics::counter!("seq_set_failed_total").increment(1);
}

/// Counts what became of a message that was let through to the log, or refused by what its receiver wants.
pub(crate) fn sent<T>(kind: ConversationKind, outcome: &Result<T>) {
    match (kind, outcome.is_ok()) {
        (ConversationKind::Single, true) => metrics::counter!("single_chat_msg_process_success_total").increment(1),
        (ConversationKind::Single, false) => metrics::counter!("single_chat_msg_process_failed_total").increment(1),
        (ConversationKind::Group, true) => metrics::counter!("group_chat_msg_process_success_total").increment(1),
        (ConversationKind::Group, false) => metrics::counter!("group_chat_msg_process_failed_total").increment(1),
        (ConversationKind::System | ConversationKind::Notification, _) => {}
    }
}
