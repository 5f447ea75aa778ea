//! What happened in an owner's conversations since a moment: what an event stream asks when it resumes.

use std::collections::HashMap;

use openim_contracts::ConversationHead;
use openim_core::{ConversationId, Ctx, Result, Timestamp, UserId};

use super::Service;
use crate::model::{Change, Changes, Listed, Read, read_position, visible_max};
use crate::repository;

impl Service {
    /// Returns the conversations with new messages, changed rows or moved read positions since then, by id.
    pub(crate) async fn changes_since(&self, ctx: &Ctx, owner: &UserId, since: Timestamp) -> Result<Changes> {
        let listed = self.listed(self.all(ctx, owner).await?).await?;
        let limit = u64::try_from(self.settings.max_changes).unwrap_or(u64::MAX).saturating_add(1);
        let peers = repository::read_by_peers_since(self.store.read(), owner, since, limit).await?;
        let mut truncated = peers.len() > self.settings.max_changes;
        let mut reads: HashMap<ConversationId, Vec<Read>> = HashMap::new();
        for row in peers {
            reads.entry(row.id).or_default().push(Read { reader: row.owner, read_seq: row.read_seq });
        }
        let streams = self.streams_since(owner, &listed, since).await?;
        let mut conversations: Vec<_> = listed.into_iter().filter_map(|listed| change(listed, &mut reads, since)).collect();
        if conversations.len() + streams.len() > self.settings.max_changes {
            truncated = true;
            conversations.truncate(self.settings.max_changes.saturating_sub(streams.len()));
        }
        conversations.extend(streams);
        conversations.sort_by(|a, b| a.id.cmp(&b.id));
        // A single and a system conversation of the same two people share one notification stream.
        conversations.dedup_by(|a, b| a.id == b.id);
        Ok(Changes { conversations, truncated })
    }

    /// Returns the notification streams of live conversations, and the owner's own, to which something was added.
    async fn streams_since(&self, owner: &UserId, listed: &[Listed], since: Timestamp) -> Result<Vec<Change>> {
        let live = listed.iter().filter(|listed| listed.row.max_seq == 0).map(|listed| listed.row.id.notification_twin());
        let ids: Vec<_> = live.chain([ConversationId::own_notifications(owner)]).collect();
        let heads = self.log_ends(&ids).await?.into_values();
        let grown = heads.filter(|head| head.max_seq > 0 && head.last_stored_at >= since);
        let change =
            |head: ConversationHead| Change { id: head.conversation_id, max_seq: head.max_seq, row_changed: false, reads: Vec::new() };
        Ok(grown.map(change).take(self.settings.max_changes).collect())
    }
}

fn change(Listed { row, head }: Listed, reads: &mut HashMap<ConversationId, Vec<Read>>, since: Timestamp) -> Option<Change> {
    let mut reads = reads.remove(&row.id).unwrap_or_default();
    if row.read_at >= since {
        reads.push(Read { reader: row.owner.clone(), read_seq: read_position(&row, head.as_ref()) });
    }
    // A moved position touches the row, too; only what else touched it is a change of the row.
    let row_changed = row.created_at >= since || (row.updated_at >= since && row.updated_at != row.read_at);
    // To who has left the leaving, which changed the row, is the last of the news.
    let appended = row.max_seq == 0 && head.as_ref().is_some_and(|head| head.max_seq > 0 && head.last_stored_at >= since);
    (appended || row_changed || !reads.is_empty()).then(|| Change {
        max_seq: head.map_or(0, |head| visible_max(&row, &head)),
        id: row.id,
        row_changed,
        reads,
    })
}
