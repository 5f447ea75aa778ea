//! What was told but not stored: who comes back learns of each kind that there was something.

use openim_core::{ConversationId, GroupId, Result, Timestamp, UserId};

use super::Service;
use crate::model::Announced;
use crate::repository::announced;

/// The most groups of a user that are looked at.
const MOST_GROUPS: u64 = 10_000;

impl Service {
    /// Returns the kinds of notifications that were given to a user, or to a group the user is in, at or after `since`
    /// without being stored.
    pub(crate) async fn announced_since(&self, user: &UserId, since: Timestamp) -> Result<Vec<Announced>> {
        let groups: Vec<GroupId> = self.groups.joined(user, MOST_GROUPS).await?;
        let own = ConversationId::own_notifications(user);
        let streams: Vec<ConversationId> = groups.iter().map(ConversationId::group).chain([own.clone()]).collect();
        let found = announced::since(self.store.read(), &streams, since).await?;
        let announced = |(stream, content_type): (ConversationId, i32)| {
            let group = if stream == own { None } else { groups.iter().find(|group| ConversationId::group(group) == stream).cloned() };
            Announced { content_type, group }
        };
        Ok(found.into_iter().map(announced).collect())
    }
}
