//! Lists of an owner's conversations: by activity, by log end, by read position.

use openim_core::{ConversationId, Ctx, Result, UserId};
use openim_graphql::{Page, Place};

use super::Service;
use crate::model::{Kept, ListItems, ListOrder, ListPage, ListQuery, Listed, LogEnd, Position, Tally, age, read_position};
use crate::policy;
use crate::repository;

impl Service {
    /// Returns a page of an owner's conversations.
    pub(crate) async fn list(&self, ctx: &Ctx, owner: &UserId, query: ListQuery) -> Result<ListPage> {
        let ListQuery { page, order, only, started } = query;
        let after = page.after.as_deref().map(Place::parse).transpose()?;
        if matches!((order, &only, started), (ListOrder::Age, None, false)) {
            return self.by_age(ctx, owner, &page, after).await;
        }
        let after = after.map(|place| sorting(order, place));
        let rows = match only {
            Some(ids) => self.views(ctx, owner, ids).await?,
            None => self.all(ctx, owner).await?,
        };
        let mut all = self.listed(rows).await?;
        all.retain(|listed| !started || listed.started());
        all.sort_by_cached_key(|listed| sorting(order, listed.place(order)));
        let (total, tally) = (all.len(), Tally::of(&all));
        let start = match after {
            Some(after) => all.partition_point(|listed| sorting(order, listed.place(order)) <= after),
            None => usize::try_from(page.offset).unwrap_or(usize::MAX).min(total),
        };
        let limit = usize::try_from(page.limit).unwrap_or(usize::MAX);
        let items: Vec<_> = all.into_iter().skip(start).take(limit).map(|listed| (listed.place(order).text(), listed)).collect();
        let has_next = start + items.len() < total;
        Ok(ListPage { has_next, has_previous: start > 0, items: ListItems::Listed(items), total: total as u64, tally: Some(tally) })
    }

    /// Returns a page by the rows' age: an order of which the logs know nothing, so that only the page is read.
    async fn by_age(&self, ctx: &Ctx, owner: &UserId, page: &Page, after: Option<Place>) -> Result<ListPage> {
        policy::may_open(ctx, owner)?;
        self.awaken(ctx, owner).await?;
        let db = self.store.read();
        let total = repository::count_of_owner(db, owner, self.settings.max_conversations).await?;
        let offset = if after.is_some() { 0 } else { page.offset.min(total) };
        let limit = page.limit.min(self.settings.max_conversations.saturating_sub(offset));
        let mut rows = repository::by_age(db, owner, after.as_ref(), offset, limit.saturating_add(1)).await?;
        let has_next = rows.len() as u64 > limit;
        rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        let items = ListItems::Rows(rows.into_iter().map(|row| (age(&row).text(), row)).collect());
        Ok(ListPage { has_next, has_previous: after.is_some() || offset > 0, items, total, tally: None })
    }

    /// Counts in all of an owner's conversations.
    pub(crate) async fn tally(&self, ctx: &Ctx, owner: &UserId) -> Result<Tally> {
        let rows = self.all(ctx, owner).await?;
        Ok(Tally::of(&self.listed(rows).await?))
    }

    /// Returns the ids of an owner's conversations of one sort, the oldest rows first.
    pub(crate) async fn ids_of(&self, ctx: &Ctx, owner: &UserId, kept: Kept) -> Result<Vec<String>> {
        policy::may_open(ctx, owner)?;
        repository::ids_of_owner(self.store.read(), owner, kept, self.settings.max_conversations).await
    }

    /// Returns the ends of an owner's logs: the conversations, their notification streams and the owner's own one.
    /// Empty logs, and conversations that the owner has deleted, are left out unless `include_empty`: an event stream follows
    /// them, too. `only` narrows it to these conversations.
    pub(crate) async fn ends(
        &self,
        ctx: &Ctx,
        owner: &UserId,
        only: Option<Vec<ConversationId>>,
        include_empty: bool,
    ) -> Result<Vec<LogEnd>> {
        let own_stream = only.is_none().then(|| ConversationId::own_notifications(owner));
        let rows = match only {
            Some(ids) if include_empty => {
                policy::may_open(ctx, owner)?;
                let keys: Vec<_> = ids.into_iter().map(|id| (owner.clone(), id)).collect();
                repository::find_many(self.store.read(), &keys).await?
            }
            Some(ids) => self.views(ctx, owner, ids).await?,
            None if include_empty => {
                let rows = self.all(ctx, owner).await?;
                rows.into_iter().chain(self.awaken(ctx, owner).await?).collect()
            }
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
            Some(ids) => self.views(ctx, owner, ids).await?,
            None => self.all(ctx, owner).await?,
        };
        let listed = self.listed(rows).await?;
        Ok(listed
            .into_iter()
            .map(|listed| (listed.newest_at(), listed))
            .map(|(max_seq_at, Listed { row, head })| Position {
                read_seq: read_position(&row, head.as_ref()),
                max_seq: if row.max_seq > 0 { row.max_seq } else { head.as_ref().map_or(0, |head| head.max_seq) },
                max_seq_at,
                pinned: row.preferences.pinned,
                id: row.id,
            })
            .collect())
    }
}

/// Returns what entries are sorted by: pinned ones first where they are, then the time, then the smaller id.
fn sorting(order: ListOrder, place: Place) -> (bool, i64, String) {
    match order {
        ListOrder::Activity => (false, place.at.0.saturating_neg(), place.id),
        ListOrder::PinnedFirst => (!place.id.starts_with('+'), place.at.0.saturating_neg(), place.id),
        ListOrder::Age => (false, place.at.0, place.id),
    }
}
