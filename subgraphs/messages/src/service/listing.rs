//! The list of messages by who, when and what: for administrators over all conversations, for everybody else over what they
//! may see of their own.

use std::sync::Arc;

use openim_core::{ConversationId, Result, UserId};

use super::Service;
use super::overlays::left;
use crate::error;
use crate::model::{Message, MessageFilter, Window};
use crate::policy::Reader;
use crate::repository::listing::{self, Part, Place, Scope};

/// In how many conversations of one kind, of two and of groups, is looked for one user.
const MOST_CONVERSATIONS: i64 = 4_000;

/// A page of the list.
#[derive(Debug, Clone, Default)]
pub(crate) struct Listed {
    /// The messages, the oldest first, each with its place in the list.
    pub(crate) messages: Vec<(Place, Arc<Message>)>,
    /// Whether more follow.
    pub(crate) more: bool,
    /// How many there are in all.
    pub(crate) total: i64,
}

impl Service {
    /// Returns a page of the messages that have all of `filter`.
    ///
    /// # Errors
    /// `ARGS_ERROR` for a user with more conversations than can be looked through.
    pub(crate) async fn list(
        &self,
        reader: &Reader,
        filter: &MessageFilter,
        after: Option<Place>,
        offset: i64,
        limit: i64,
    ) -> Result<Listed> {
        let db = self.store.read();
        let windows = match reader {
            Reader::Everything => Vec::new(),
            Reader::User(user) => self.own(reader, user).await?,
        };
        let parts: Vec<Part> = windows.iter().map(|window| (window.head.log.no, window.lower, window.upper)).collect();
        let scope = match reader {
            Reader::Everything => Scope::Everything,
            Reader::User(user) => {
                if parts.is_empty() {
                    return Ok(Listed::default());
                }
                Scope::Parts(&parts, user)
            }
        };
        let total = listing::count(db, &scope, filter).await?;
        let mut found = listing::page(db, &scope, filter, after, offset, limit + 1).await?;
        let wanted = usize::try_from(limit).unwrap_or(0);
        let more = found.len() > wanted;
        found.truncate(wanted);
        self.rewind(&mut found, &left(windows.iter())).await?;
        let place = |(log, message): (i64, Arc<Message>)| ((message.envelope.sent_at, log, message.seq.0), message);
        Ok(Listed { messages: found.into_iter().map(place).collect(), more, total })
    }

    /// Returns what a user may see of the own conversations, empty parts left out.
    async fn own(&self, reader: &Reader, user: &UserId) -> Result<Vec<Window>> {
        let pairs = listing::pairs(self.store.read(), user, MOST_CONVERSATIONS + 1).await?;
        let groups = self.groups.joined(user, u64::try_from(MOST_CONVERSATIONS + 1).unwrap_or(0)).await?;
        if i64::try_from(pairs.len().max(groups.len())).unwrap_or(i64::MAX) > MOST_CONVERSATIONS {
            return Err(error::args(format!("more than {MOST_CONVERSATIONS} conversations cannot be looked through")));
        }
        let ids: Vec<ConversationId> =
            pairs.into_iter().map(|log| log.key.id.clone()).chain(groups.iter().map(ConversationId::group)).collect();
        let windows = self.windows(reader, &ids).await?;
        Ok(windows.into_values().filter(|window| window.lower <= window.upper).collect())
    }
}
