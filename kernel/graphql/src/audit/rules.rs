//! What is noted, and what needs a reason.

use std::collections::HashSet;

/// What applications' servers do all day with an administrator's token, and what every client does by the way: left out
/// unless configured otherwise.
pub const HIGH_RATE: &[&str] = &[
    "sendMessage",
    "sendSimpleMessage",
    "createUserToken",
    "markConversationRead",
    "markMessagesRead",
    "setReadPosition",
    "startUpload",
    "completeUpload",
    "startFormUpload",
    "completeFormUpload",
    "abortUpload",
    "registerPushToken",
    "setAppBadge",
    "uploadClientLogs",
];

/// What takes something away that cannot simply be put back: with `audit.require_reason` administrators must say why.
pub const DESTRUCTIVE: &[&str] = &[
    "clearConversations",
    "deleteClientLogs",
    "deleteConversations",
    "deleteFile",
    "deleteMessages",
    "dismissGroup",
    "purgeMessages",
    "purgeOlderMessages",
    "removeClientConfig",
    "removeFriend",
    "removeGroupMembers",
    "resetSettings",
    "restartNodes",
    "revokeMessage",
    "revokeSessions",
    "rotateSecret",
    "transferGroup",
];

/// How administrators' acts are treated.
#[derive(Debug, Clone, Default)]
pub struct AuditRules {
    skip: HashSet<String>,
    require_reason: bool,
}

impl AuditRules {
    /// Takes the mutations that are not noted, and whether destructive ones need a reason.
    pub fn new(skip: impl IntoIterator<Item = String>, require_reason: bool) -> Self {
        Self { skip: skip.into_iter().collect(), require_reason }
    }

    pub(super) fn skips(&self, mutation: &str) -> bool {
        self.skip.contains(mutation)
    }

    pub(super) fn wants_reason(&self, mutation: &str) -> bool {
        self.require_reason && DESTRUCTIVE.contains(&mutation)
    }
}
