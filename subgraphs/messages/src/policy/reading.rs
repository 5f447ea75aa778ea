//! As whom a log is read, and how much of it.

use openim_contracts::ReaderState;
use openim_core::{Actor, ConversationKind, Ctx, Error, ErrorCode, Result, Timestamp, UserId};

use crate::model::{Head, Log, Parties, Window};

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

/// What the groups domain knows of a reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Membership {
    /// Is a member, since then.
    Member(Timestamp),
    /// Is none, and the group goes on without.
    Outside,
    /// Is none, because the group was dismissed.
    Dismissed,
}

/// How much of a log a reader may see, whatever its ends are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// Nothing.
    Nothing,
    /// What lies within these limits.
    Within(ReaderState),
    /// What was stored since and lies within these limits: a member whose row does not know yet from where on to read.
    Since(Timestamp, ReaderState),
}

impl Access {
    /// Returns when the reader left, if one who has.
    pub(crate) fn left(&self) -> Option<Timestamp> {
        match self {
            Self::Within(limits) => limits.left(),
            Self::Nothing | Self::Since(..) => None,
        }
    }
}

/// Tells how much of a log a user may see. `membership` is asked for groups only, `state` is the user's row in the
/// conversation, or in the one that a notification stream belongs to.
///
/// A participant of a pair without a row has no limits. A member of a group sees it within the limits of the row, and only
/// what was stored since entering as long as there is none or a provisional one; who has left sees it up to the limit that was
/// set then, and as it was then; of a dismissed group everybody who has a row sees it. Its notification stream is for members.
pub(crate) fn access(user: &UserId, log: &Log, membership: Membership, state: Option<&ReaderState>) -> Access {
    let stream = log.key.kind == ConversationKind::Notification;
    match (&log.key.parties, membership, state) {
        (Parties::Pair(a, b), _, state) if a == user || b == user => Access::Within(state.copied().unwrap_or_default()),
        (Parties::Pair(..), ..) => Access::Nothing,
        (Parties::Group(_), Membership::Member(_), _) if stream => Access::Within(ReaderState::default()),
        (Parties::Group(_), ..) if stream => Access::Nothing,
        (Parties::Group(_), membership, state) if state.is_none_or(|state| state.provisional) => match membership {
            Membership::Member(since) => Access::Since(since, state.copied().unwrap_or_default()),
            Membership::Outside | Membership::Dismissed => Access::Nothing,
        },
        (Parties::Group(_), _, Some(state)) if state.max_seq > 0 => Access::Within(*state),
        (Parties::Group(_), Membership::Member(_) | Membership::Dismissed, Some(state)) => Access::Within(*state),
        (Parties::Group(_), ..) => Access::Nothing,
    }
}

/// Returns the part of a log that lies within limits: max(log min, reader min) .. min(log max, reader max if set).
pub(crate) fn window(head: Head, state: &ReaderState) -> Window {
    let lower = head.min_seq.max(state.min_seq).max(1);
    let upper = if state.max_seq > 0 { head.max_seq.min(state.max_seq) } else { head.max_seq };
    Window { head, lower, upper, left_at: state.left(), hider: None }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use openim_core::{ConversationId, GroupId};

    use super::*;
    use crate::model::LogKey;

    fn log(kind: ConversationKind, parties: Parties) -> Result<Log> {
        Ok(Log { no: 1, key: LogKey { id: ConversationId::parse("sg_g")?, kind, parties } })
    }

    #[test]
    fn a_window_is_cut_by_the_log_and_by_the_reader() -> Result<()> {
        let (a, b) = (UserId::parse("a")?, UserId::parse("b")?);
        let log = Arc::new(log(ConversationKind::Single, Parties::pair(&a, &b))?);
        let limits = ReaderState { min_seq: 4, max_seq: 8, ..ReaderState::default() };
        let seen = |min_seq, max_seq, state: &ReaderState| {
            let (last_sent_at, last_stored_at) = (Timestamp(0), Timestamp(0));
            let window = window(Head { log: log.clone(), max_seq, min_seq, last_sent_at, last_stored_at, last_sender: None }, state);
            (window.lower, window.upper)
        };
        assert_eq!(seen(1, 10, &ReaderState::default()), (1, 10));
        assert_eq!(seen(1, 10, &limits), (4, 8));
        assert_eq!(seen(6, 7, &limits), (6, 7));
        assert_eq!(seen(0, 0, &ReaderState::default()), (1, 0));
        Ok(())
    }

    #[test]
    fn a_pair_is_for_its_people() -> Result<()> {
        let (a, b, c) = (UserId::parse("a")?, UserId::parse("b")?, UserId::parse("c")?);
        let state = ReaderState { min_seq: 4, ..ReaderState::default() };
        for kind in [ConversationKind::Single, ConversationKind::Notification] {
            let log = log(kind, Parties::pair(&a, &b))?;
            assert_eq!(access(&b, &log, Membership::Outside, Some(&state)), Access::Within(state));
            assert_eq!(access(&a, &log, Membership::Outside, None), Access::Within(ReaderState::default()));
            assert_eq!(access(&c, &log, Membership::Outside, Some(&state)), Access::Nothing);
        }
        Ok(())
    }

    #[test]
    fn a_group_is_for_members_and_up_to_a_point_for_who_has_left() -> Result<()> {
        let user = UserId::parse("a")?;
        let group = Parties::Group(GroupId::parse("g")?);
        let (open, frozen) = (ReaderState::default(), ReaderState { max_seq: 5, ..ReaderState::default() });
        let early = ReaderState { min_seq: 3, provisional: true, ..open };
        let member = Membership::Member(Timestamp(7));
        let chat = log(ConversationKind::Group, group.clone())?;
        for (membership, state, expected) in [
            (member, Some(&open), Access::Within(open)),
            (member, Some(&frozen), Access::Within(frozen)),
            (member, None, Access::Since(Timestamp(7), open)),
            (member, Some(&early), Access::Since(Timestamp(7), early)),
            (Membership::Outside, Some(&early), Access::Nothing),
            (Membership::Dismissed, Some(&early), Access::Nothing),
            (Membership::Outside, Some(&frozen), Access::Within(frozen)),
            (Membership::Outside, Some(&open), Access::Nothing),
            (Membership::Outside, None, Access::Nothing),
            (Membership::Dismissed, Some(&open), Access::Within(open)),
            (Membership::Dismissed, None, Access::Nothing),
        ] {
            assert_eq!(access(&user, &chat, membership, state), expected, "{membership:?} {state:?}");
        }
        let stream = log(ConversationKind::Notification, group)?;
        assert_eq!(access(&user, &stream, member, None), Access::Within(open));
        for membership in [Membership::Outside, Membership::Dismissed] {
            assert_eq!(access(&user, &stream, membership, Some(&open)), Access::Nothing);
        }
        Ok(())
    }
}
