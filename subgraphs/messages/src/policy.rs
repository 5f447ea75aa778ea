//! May this caller send this, may this reader see that. Pure functions over facts that the service collected.

use openim_contracts::{ReaderState, UserSummary};
use openim_core::{Actor, ConversationKind, Ctx, Error, ErrorCode, Result, UserId};

use crate::error;
use crate::model::numbers::{self, option};
use crate::model::{Head, SendMessage, Window};

/// As whom a log is read.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Reader {
    /// An administrator or the server itself: every log, all of it.
    Everything,
    /// A user: own conversations, within the limits of the own row.
    User(UserId),
}

impl Reader {
    /// Tells as whom the caller reads.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` without a token.
    pub(crate) fn of(ctx: &Ctx) -> Result<Self> {
        match ctx.actor() {
            _ if ctx.is_admin() => Ok(Self::Everything),
            Actor::User(principal) => Ok(Self::User(principal.user_id.clone())),
            Actor::Anonymous | Actor::System => Err(Error::new(ErrorCode::Unauthenticated, "a token is required")),
        }
    }

    /// Returns the user, if it is one.
    pub(crate) fn user(&self) -> Option<&UserId> {
        match self {
            Self::Everything => None,
            Self::User(user) => Some(user),
        }
    }
}

/// Returns the part of a log that a reader may see, `None` for a stranger.
///
/// max(log min, reader min) .. min(log max, reader max if set); a participant without a row has no limits.
pub(crate) fn window(reader: &Reader, head: Head, state: Option<&ReaderState>) -> Option<Window> {
    let state = match reader {
        Reader::Everything => ReaderState::default(),
        Reader::User(user) if head.log.has(user) => state.copied().unwrap_or_default(),
        Reader::User(_) => return None,
    };
    let lower = head.min_seq.max(state.min_seq).max(1);
    let upper = if state.max_seq > 0 { head.max_seq.min(state.max_seq) } else { head.max_seq };
    Some(Window { head, lower, upper })
}

/// Checks who may send what in whose name, before anything is looked up. Returns the sender.
///
/// # Errors
/// `UNAUTHENTICATED`, `NO_PERMISSION` for a foreign sender or for what only administrators may give.
pub(crate) fn may_send(ctx: &Ctx, command: &SendMessage) -> Result<UserId> {
    let sender = match &command.sender {
        Some(sender) => sender.clone(),
        None => ctx.principal()?.user_id.clone(),
    };
    ctx.require_self_or_admin(&sender)?;
    if !ctx.is_admin() {
        let administrators_only = command.sent_at.is_some() || command.source.is_some_and(|source| source != numbers::FROM_USER);
        if administrators_only {
            return Err(Error::new(ErrorCode::NoPermission, "only an app administrator may set the send time or the source"));
        }
        let notification = numbers::NOTIFICATIONS.contains(&command.content_type) && command.content_type != numbers::SYSTEM_NOTICE;
        if notification {
            return Err(Error::new(ErrorCode::NoPermission, "notifications are made by the server"));
        }
        if command.client_id.is_none() {
            return Err(error::args("clientMessageId is required: it makes the send repeatable"));
        }
    }
    Ok(sender)
}

/// Checks the sender's account.
///
/// # Errors
/// Of a system notice 1101 for an unknown account and `NO_PERMISSION` for an ordinary one; otherwise 1004.
pub(crate) fn sender_account(kind: ConversationKind, own_administrator: bool, sender: Option<&UserSummary>) -> Result<()> {
    match (kind, sender) {
        (ConversationKind::System, None) => Err(ErrorCode::UserNotFound.into()),
        (ConversationKind::System, Some(user)) if user.level < numbers::SYSTEM_ACCOUNT_LEVEL => {
            Err(Error::new(ErrorCode::NoPermission, "only system accounts may write system notices"))
        }
        (_, None) if !own_administrator => Err(error::missing("the sender does not exist")),
        _ => Ok(()),
    }
}

/// What the receiver's settings do to a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reception {
    /// Nothing.
    Normal,
    /// It is not pushed to devices that are offline.
    Silent,
}

/// Tells whether the receiver's settings are looked at: not for system notices and other notifications.
pub(crate) fn asks_receiver(kind: ConversationKind, content_type: i32) -> bool {
    kind == ConversationKind::Single && (!numbers::NOTIFICATIONS.contains(&content_type) || content_type == numbers::READ_RECEIPT)
}

/// Applies the receiver's account-wide option; `None` means that the conversation's own option decides.
///
/// # Errors
/// `ARGS_ERROR` "message is not sent" when the account receives nothing.
pub(crate) fn account_reception(receiver: &UserSummary) -> Result<Option<Reception>> {
    match receiver.global_receive_option {
        numbers::REFUSE => Err(error::refused_by_receiver()),
        numbers::SILENT => Ok(Some(Reception::Silent)),
        _ => Ok(None),
    }
}

/// Applies the option of the receiver's conversation; receipts pass a refusal.
///
/// # Errors
/// `ARGS_ERROR` "message is not sent" when the conversation receives nothing.
pub(crate) fn conversation_reception(state: Option<&ReaderState>, content_type: i32) -> Result<Reception> {
    match state.map_or(0, |state| state.receive_option) {
        numbers::REFUSE if content_type != numbers::READ_RECEIPT => Err(error::refused_by_receiver()),
        numbers::SILENT => Ok(Reception::Silent),
        _ => Ok(Reception::Normal),
    }
}

/// Returns the switches that a content type forces off.
pub(crate) fn forced_off(content_type: i32) -> &'static [&'static str] {
    use option::{CONVERSATION_UPDATE, HISTORY, OFFLINE_PUSH, PERSISTENT, SENDER_CONVERSATION_UPDATE, SENDER_SYNC, UNREAD_COUNT};
    match content_type {
        numbers::REVOKE_REQUEST => &[UNREAD_COUNT, OFFLINE_PUSH],
        numbers::READ_RECEIPT => &[CONVERSATION_UPDATE, SENDER_CONVERSATION_UPDATE, UNREAD_COUNT, OFFLINE_PUSH],
        numbers::TYPING => &[HISTORY, PERSISTENT, SENDER_SYNC, CONVERSATION_UPDATE, SENDER_CONVERSATION_UPDATE, UNREAD_COUNT, OFFLINE_PUSH],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use openim_core::{ConversationId, Timestamp};

    use super::*;
    use crate::model::{Log, LogKey, Parties};

    fn head(min_seq: i64, max_seq: i64) -> Result<Head> {
        let (a, b) = (UserId::parse("a")?, UserId::parse("b")?);
        let key = LogKey { id: ConversationId::single(&a, &b), kind: ConversationKind::Single, parties: Parties::pair(&a, &b) };
        let log = Arc::new(Log { no: 1, key });
        Ok(Head { log, max_seq, min_seq, last_sent_at: Timestamp(0), last_stored_at: Timestamp(0), last_sender: None })
    }

    #[test]
    fn a_window_is_cut_by_the_log_and_by_the_reader() -> Result<()> {
        let reader = Reader::User(UserId::parse("a")?);
        let state = ReaderState { min_seq: 4, max_seq: 8, ..ReaderState::default() };
        let seen = |head, state| window(&reader, head, state).map(|window| (window.lower, window.upper));
        assert_eq!(seen(head(1, 10)?, None), Some((1, 10)));
        assert_eq!(seen(head(1, 10)?, Some(&state)), Some((4, 8)));
        assert_eq!(seen(head(6, 7)?, Some(&state)), Some((6, 7)));
        assert_eq!(seen(head(0, 0)?, None), Some((1, 0)));
        Ok(())
    }

    #[test]
    fn a_stranger_has_no_window_and_an_administrator_has_all_of_it() -> Result<()> {
        assert!(window(&Reader::User(UserId::parse("c")?), head(1, 10)?, None).is_none());
        let state = ReaderState { min_seq: 4, ..ReaderState::default() };
        assert_eq!(window(&Reader::Everything, head(1, 10)?, Some(&state)).map(|window| window.lower), Some(1));
        Ok(())
    }

    #[test]
    fn typing_is_never_stored_and_receipts_are_never_unread() {
        assert!(forced_off(numbers::TYPING).contains(&option::HISTORY));
        assert!(forced_off(numbers::READ_RECEIPT).contains(&option::UNREAD_COUNT));
        assert!(forced_off(101).is_empty());
    }
}
