//! Lists of an owner's conversations: by activity, by log end, by read position.

use std::cmp::Reverse;

use openim_core::{ConversationId, Ctx, Result, Timestamp, UserId};
use openim_graphql::{Page, Place};

use super::Service;
use crate::model::{ListPage, Listed, LogEnd, Position, read_position};

impl Service {
    /// Returns a page of an owner's conversations, the newest activity first, and how much is unread in all of them.
    pub(crate) async fn list(&self, ctx: &Ctx, owner: &UserId, page: Page) -> Result<ListPage> {
        let after = page.after.as_deref().map(Place::parse).transpose()?.map(order);
        let mut all = self.listed(self.all(ctx, owner).await?).await?;
        all.sort_by_cached_key(|listed| order(place(listed)));
        let total = all.len();
        let total_unread = all.iter().map(Listed::unread).fold(0, i64::saturating_add);
        let start = match after {
            Some(after) => all.partition_point(|listed| order(place(listed)) <= after),
            None => usize::try_from(page.offset).unwrap_or(usize::MAX).min(total),
        };
        let limit = usize::try_from(page.limit).unwrap_or(usize::MAX);
        let items: Vec<_> = all.into_iter().skip(start).take(limit).map(|listed| (place(&listed).text(), listed)).collect();
        Ok(ListPage { has_next: start + items.len() < total, has_previous: start > 0, items, total, total_unread })
    }

    /// Returns the ends of an owner's logs: the conversations, their notification streams and the owner's own one.
    /// Empty logs are left out unless `include_empty`; `only` narrows it to these conversations.
    pub(crate) async fn ends(
        &self,
        ctx: &Ctx,
        owner: &UserId,
        only: Option<Vec<ConversationId>>,
        include_empty: bool,
    ) -> Result<Vec<LogEnd>> {
        let own_stream = only.is_none().then(|| ConversationId::own_notifications(owner));
        let rows = match only {
            Some(ids) => self.by_ids(ctx, owner, ids).await?,
            None => self.all(ctx, owner).await?,
        };
        // Who has left sees the log up to the limit, and nothing of the notification stream.
        let mut wanted: Vec<(ConversationId, Option<i64>)> = Vec::with_capacity(2 * rows.len() + 1);
        for row in rows {
            let limit = Some(row.max_seq).filter(|limit| *limit > 0);
            if limit.is_none() {
                wanted.push((row.id.notification_twin(), None));
            }
            wanted.push((row.id, limit));
        }
        wanted.extend(own_stream.map(|id| (id, None)));
        let ids: Vec<_> = wanted.iter().map(|(id, _)| id.clone()).collect();
        let heads = self.log_ends(&ids).await?;
        let end = |(id, limit): (ConversationId, Option<i64>)| {
            let max_seq = heads.get(&id).map_or(0, |head| head.max_seq).min(limit.unwrap_or(i64::MAX));
            LogEnd { max_seq, id, live: limit.is_none() }
        };
        let mut ends: Vec<_> = wanted.into_iter().map(end).filter(|end| include_empty || end.max_seq > 0).collect();
        ends.sort_by(|a, b| a.id.cmp(&b.id));
        // A single and a system conversation of the same two people share one notification stream.
        ends.dedup_by(|a, b| a.id == b.id);
        Ok(ends)
    }

    /// Returns how far an owner has read, in all conversations or in those of `only` that have a row.
    pub(crate) async fn positions(&self, ctx: &Ctx, owner: &UserId, only: Option<Vec<ConversationId>>) -> Result<Vec<Position>> {
        let rows = match only {
            Some(ids) => self.by_ids(ctx, owner, ids).await?,
            None => self.all(ctx, owner).await?,
        };
        let listed = self.listed(rows).await?;
        Ok(listed
            .into_iter()
            .map(|Listed { row, head }| Position {
                read_seq: read_position(&row, head.as_ref()),
                max_seq: if row.max_seq > 0 { row.max_seq } else { head.as_ref().map_or(0, |head| head.max_seq) },
                max_seq_at: head.filter(|head| head.max_seq > 0).map(|head| head.last_time),
                pinned: row.pinned,
                id: row.id,
            })
            .collect())
    }
}

fn place(listed: &Listed) -> Place {
    Place { at: listed.activity(), id: listed.row.id.to_string() }
}

/// The newest activity comes first, then the smaller id.
fn order(place: Place) -> (Reverse<Timestamp>, String) {
    (Reverse(place.at), place.id)
}
