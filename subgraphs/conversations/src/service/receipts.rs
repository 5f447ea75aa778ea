//! Who has read a message. Worked out of read positions when somebody asks: nothing is written per member and message.

use std::collections::{BTreeMap, HashMap};

use openim_core::{ConversationId, ConversationKind, Ctx, Result, UserId};

use super::Service;
use crate::model::ReaderPage;
use crate::policy;
use crate::repository::{self, readers};

/// A message: the conversation, its place, and who wrote it and is no reader.
pub(crate) type Written = (ConversationId, i64, Option<UserId>);

impl Service {
    /// Returns for each message that the caller takes part in how many others have read it; the rest are left out.
    pub(crate) async fn read_counts(&self, ctx: &Ctx, messages: &[Written]) -> Result<HashMap<Written, i64>> {
        let mut by_log: BTreeMap<&ConversationId, Vec<(i64, Option<UserId>)>> = BTreeMap::new();
        for (id, seq, sender) in messages {
            by_log.entry(id).or_default().push((*seq, sender.clone()));
        }
        let mut counts = HashMap::new();
        for (id, mut places) in by_log {
            let Some(limits) = self.seen(ctx, id).await? else { continue };
            places.retain(|(seq, _)| limits.contains(seq));
            if places.is_empty() {
                continue;
            }
            let counted = readers::count(self.store.read(), id, &places).await?;
            counts.extend(places.into_iter().zip(counted).map(|((seq, sender), count)| ((id.clone(), seq, sender), count)));
        }
        Ok(counts)
    }

    /// Returns a page of who has read a message; nothing for who does not take part.
    pub(crate) async fn readers(
        &self,
        ctx: &Ctx,
        message: &Written,
        after: Option<&(i64, UserId)>,
        limit: u64,
    ) -> Result<Option<ReaderPage>> {
        let (id, seq, sender) = message;
        if !self.seen(ctx, id).await?.is_some_and(|limits| limits.contains(seq)) {
            return Ok(None);
        }
        let mut page = readers::list(self.store.read(), id, &(*seq, sender.clone()), after, limit + 1).await?;
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let has_next = page.len() > limit;
        page.truncate(limit);
        Ok(Some(ReaderPage { readers: page, has_next }))
    }

    /// Returns the seqs of a conversation that the caller may ask about: what a member or participant sees of it.
    async fn seen(&self, ctx: &Ctx, id: &ConversationId) -> Result<Option<std::ops::RangeInclusive<i64>>> {
        let caller = &ctx.principal()?.user_id;
        if !matches!(id.kind(), ConversationKind::Single | ConversationKind::Group) {
            return Ok(None);
        }
        let Some(head) = self.log_ends(std::slice::from_ref(id)).await?.remove(id) else { return Ok(None) };
        if ctx.is_admin() {
            return Ok(Some(1..=head.max_seq));
        }
        let takes_part = match crate::model::group_in(id) {
            Some(group) => self.groups.member(&group, caller).await?.is_some(),
            None => policy::takes_part(&head, caller),
        };
        if !takes_part {
            return Ok(None);
        }
        let row = repository::find(self.store.read(), caller, id).await?;
        let first = row.as_ref().map_or(1, |row| row.min_seq).max(head.min_seq).max(1);
        Ok(Some(first..=row.as_ref().map_or(head.max_seq, |row| crate::model::visible_max(row, &head))))
    }
}
