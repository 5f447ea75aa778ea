//! How a stream begins, resumes, and makes good a loss: by asking the graph, in an order that leaves no hole.
//!
//! Logs' ends are read first, changes after them, messages last. A message that is stored between two questions is then
//! either in the later answer or signalled to the seat, which was taken before the first question; never in neither.

use openim_core::{ConversationId, ConversationKind, Result, Timestamp};
use rustc_hash::{FxHashMap, FxHashSet};

use super::{Feed, Todo};
use crate::cursor::{Cursor, key_of};
use crate::event::{Happened, MissedNews, ResetReason};
use crate::graph::{Change, Changes, Head};

/// The most conversations of which a resume repeats messages.
const MAX_CONVERSATIONS: usize = 1_000;
/// `storedSince` names at most this many messages of a conversation; such an answer may have been cut.
const CUT: i64 = 1_000;

/// What a resuming stream has learned from the graph.
struct Missed<'a> {
    changes: Changes,
    news: MissedNews,
    /// The first and the last place that each log gained.
    stored: &'a FxHashMap<ConversationId, (i64, i64)>,
}

/// Adds to the news that the viewer entered or left a group: the view of its conversation says so.
fn all_news(mut news: MissedNews, changes: &Changes) -> MissedNews {
    let moved = |change: &Change| change.row_changed && change.conversation_id.kind() == ConversationKind::Group;
    if changes.conversations.iter().any(moved) {
        news.joined_groups();
    }
    news
}

impl Feed {
    /// Begins the stream: after a cursor if it is good, else from now. Then tells who of those watched is online.
    pub(super) async fn open(&mut self, after: Option<String>) -> Result<()> {
        self.begin_after(after).await?;
        self.tell_presences().await
    }

    async fn begin_after(&mut self, after: Option<String>) -> Result<()> {
        let hub = self.hub.clone();
        let turn = Self::ask(&hub, &self.principal, &self.operation_id).await?;
        let heads = turn.asking.heads(None).await?;
        heads.iter().for_each(|head| self.place(head));
        let mut reset = None;
        match after.map(|text| self.check(&text)) {
            Some(Ok(cursor)) => {
                let since = cursor.time.minus(hub.settings.margin);
                let changes = turn.asking.changes(since).await?;
                let with_messages: Vec<_> =
                    changes.conversations.iter().filter(|change| change.max_seq > 0).map(|change| &change.conversation_id).collect();
                let news = turn.asking.announced(since).await?;
                if changes.truncated || with_messages.len() > MAX_CONVERSATIONS {
                    reset = Some(ResetReason::TooMuchMissed);
                } else {
                    let stored = turn.asking.stored(&with_messages, since).await?;
                    let ranges = stored.into_iter().map(|range| (range.conversation_id, (range.first_seq, range.last_seq))).collect();
                    if self.resume(&cursor, &heads, Missed { changes, news, stored: &ranges }) {
                        return Ok(());
                    }
                    reset = Some(ResetReason::TooMuchMissed);
                }
            }
            Some(Err(reason)) => reset = Some(reason),
            None => {}
        }
        let changes = turn.asking.changes(self.opened.minus(hub.settings.margin)).await?;
        self.begin(&changes);
        self.say(Happened::Ready { missed: 0 });
        if let Some(reason) = reset {
            self.say(Happened::Reset { reason });
        }
        Ok(())
    }

    /// Tells what was lost since; the seat holds what came after the loss was noticed.
    pub(super) async fn catch_up(&mut self, since: Timestamp, at: Timestamp) -> Result<()> {
        let hub = self.hub.clone();
        let turn = Self::ask(&hub, &self.principal, &self.operation_id).await?;
        let heads = turn.asking.heads(None).await?;
        let since = since.minus(hub.settings.margin);
        let changes = turn.asking.changes(since).await?;
        let news = turn.asking.announced(since).await?;
        drop(turn);

        // A group without a position was entered during the loss: what was said before is not news.
        let position = |feed: &Self, id: &ConversationId| feed.progress.position(key_of(id.as_str()));
        let groups = heads.iter().map(|head| &head.conversation_id).filter(|id| id.kind() == ConversationKind::Group);
        let entered = groups.filter(|id| position(self, id).is_none()).flat_map(|id| [id.clone(), id.notification_twin()]);
        let entered: FxHashSet<ConversationId> = entered.collect();
        let missed = |feed: &Self, head: &Head| {
            let start = if entered.contains(&head.conversation_id) { head.max_seq } else { 0 };
            let told = position(feed, &head.conversation_id).unwrap_or(start);
            (head.max_seq - told).max(0)
        };
        let total = heads.iter().map(|head| missed(self, head)).fold(0, i64::saturating_add);
        let too_much = changes.truncated || total > hub.settings.max_missed;
        for change in changes.conversations.iter().filter(|change| change.row_changed && !too_much) {
            self.say(Happened::ConversationChanged { conversation_id: change.conversation_id.clone() });
        }
        for head in heads {
            let missed = missed(self, &head);
            if too_much || missed == 0 {
                self.place(&head);
            } else {
                self.index(&head);
                let key = key_of(head.conversation_id.as_str());
                let next = head.max_seq - missed + 1;
                self.line_up(head.conversation_id, key, (next, head.max_seq), at);
            }
        }
        if too_much {
            self.say(Happened::Reset { reason: ResetReason::TooMuchMissed });
        } else {
            let news = all_news(news, &changes);
            changes.conversations.into_iter().for_each(|change| self.say_reads(change));
            self.say_news(news);
        }
        self.tell_presences().await?;
        self.todo.push_back(Todo::Advance(at));
        Ok(())
    }

    /// Looks whether the viewer takes part in a group and lets the seat hear of it, or no more.
    pub(super) async fn follow(&mut self, id: &ConversationId) -> Result<()> {
        let hub = self.hub.clone();
        let turn = Self::ask(&hub, &self.principal, &self.operation_id).await?;
        let user = &self.principal.user_id;
        let heads = turn.asking.heads(Some(id)).await?;
        let live = heads.iter().any(|head| head.conversation_id == *id && head.live);
        match live {
            true if hub.index(|registry| registry.follows(user, id)) && self.progress.position(key_of(id.as_str())).is_some() => {}
            // The positions are asked for once the seat hears of the group: between the two nothing is missed.
            true => {
                hub.index(|registry| registry.follow(user, id));
                for head in turn.asking.heads(Some(id)).await? {
                    let key = key_of(head.conversation_id.as_str());
                    if self.progress.position(key).is_none() {
                        self.progress.set(key, head.max_seq);
                    }
                }
            }
            false => hub.index(|registry| registry.unfollow(user, id)),
        }
        Ok(())
    }

    /// Tells what was said in a conversation that the viewer did not have yet when the stream began. A first message is
    /// signalled a moment before the conversation is there: a stream that began between the two could know of neither.
    pub(super) async fn first_words(&mut self, id: &ConversationId, at: Timestamp) -> Result<()> {
        if self.progress.position(key_of(id.as_str())).is_some() {
            return Ok(());
        }
        let hub = self.hub.clone();
        let turn = Self::ask(&hub, &self.principal, &self.operation_id).await?;
        for head in turn.asking.heads(Some(id)).await? {
            let key = key_of(head.conversation_id.as_str());
            if self.progress.position(key).is_some() {
                continue;
            }
            if (1..=hub.settings.max_missed).contains(&head.max_seq) {
                self.line_up(head.conversation_id, key, (1, head.max_seq), at);
            } else {
                self.progress.set(key, head.max_seq);
            }
        }
        Ok(())
    }

    fn check(&self, text: &str) -> Result<Cursor, ResetReason> {
        let settings = &self.hub.settings;
        let viewer = key_of(self.principal.user_id.as_str());
        let cursor = Cursor::parse(text).filter(|cursor| cursor.viewer == viewer).ok_or(ResetReason::ForeignCursor)?;
        if cursor.time > self.opened.plus(settings.margin) {
            return Err(ResetReason::ForeignCursor);
        }
        if cursor.time < self.opened.minus(settings.max_cursor_age) {
            return Err(ResetReason::ExpiredCursor);
        }
        Ok(cursor)
    }

    /// Notes where a log stands and lets the seat hear of a group.
    fn place(&mut self, head: &Head) {
        self.index(head);
        // Empty logs begin at 1 anyway; only of groups it must be known that they are empty and not foreign.
        if head.max_seq > 0 || head.conversation_id.kind() != ConversationKind::Single {
            self.progress.set(key_of(head.conversation_id.as_str()), head.max_seq);
        }
    }

    fn index(&self, head: &Head) {
        if head.live && head.conversation_id.kind() == ConversationKind::Group {
            self.hub.index(|registry| registry.follow(&self.principal.user_id, &head.conversation_id));
        }
    }

    /// Sets the first cursor: what was stored just before is known to a client that loads after `Ready`.
    fn begin(&mut self, changes: &Changes) {
        for change in changes.conversations.iter().filter(|change| change.max_seq > 0) {
            let key = key_of(change.conversation_id.as_str());
            let seq = self.progress.position(key).unwrap_or(0).max(change.max_seq);
            self.progress.told(key, seq, self.opened);
        }
    }

    /// Lines up what the client has not been told; returns false when that is more than is repeated.
    fn resume(&mut self, cursor: &Cursor, heads: &[Head], missed: Missed<'_>) -> bool {
        let Missed { changes, news, stored } = missed;
        let news = all_news(news, &changes);
        // A log that ends before the cursor's position was restored from a copy: its end is the truth.
        let known = |(key, seq): &(u64, i64)| (*key, self.progress.position(*key).map_or(*seq, |end| end.min(*seq)));
        let told: FxHashMap<u64, i64> = cursor.positions.iter().map(known).collect();
        let mut todo = Vec::new();
        let mut missed: i64 = 0;
        for change in &changes.conversations {
            let Some((first, last)) = stored.get(&change.conversation_id).copied() else { continue };
            let key = key_of(change.conversation_id.as_str());
            let next = match told.get(&key) {
                Some(told) => told.saturating_add(1).max(1),
                None if last - first + 1 >= CUT => return false,
                None => first,
            };
            if next <= last {
                missed = missed.saturating_add(last - next + 1);
                todo.push((change.conversation_id.clone(), key, next, last));
            } else {
                // The ends were read before: the cursor may know more than they said.
                self.progress.set(key, last.max(self.progress.position(key).unwrap_or(0)));
            }
        }
        // Where the cursor knows the place no signal was too late, whenever the messages were stored.
        for head in heads.iter().filter(|head| !stored.contains_key(&head.conversation_id)) {
            let key = key_of(head.conversation_id.as_str());
            if let Some(told) = told.get(&key).filter(|told| **told < head.max_seq) {
                missed = missed.saturating_add(head.max_seq - told);
                todo.push((head.conversation_id.clone(), key, told.saturating_add(1).max(1), head.max_seq));
            }
        }
        let others = changes.conversations.iter().map(|change| change.reads.len() + usize::from(change.row_changed)).sum::<usize>();
        missed = missed.saturating_add(i64::try_from(others).unwrap_or(i64::MAX)).saturating_add(i64::from(!news.is_empty()));
        if missed > self.hub.settings.max_missed {
            return false;
        }

        self.progress.rewind(cursor.time);
        for (key, seq) in &cursor.positions {
            let end = self.progress.position(*key).unwrap_or(*seq);
            self.progress.told(*key, end, cursor.time);
        }
        self.say(Happened::Ready { missed });
        for change in changes.conversations.iter().filter(|change| change.row_changed) {
            self.say(Happened::ConversationChanged { conversation_id: change.conversation_id.clone() });
        }
        for (id, key, next, last) in todo {
            // Until its messages are told, a cursor must not say that they were.
            self.progress.set(key, next - 1);
            self.line_up(id, key, (next, last), self.opened);
        }
        changes.conversations.into_iter().for_each(|change| self.say_reads(change));
        self.say_news(news);
        self.todo.push_back(Todo::Advance(self.opened));
        true
    }

    fn say_news(&mut self, news: MissedNews) {
        if !news.is_empty() {
            self.say(Happened::ListsChanged { missed: Box::new(news) });
        }
    }

    fn say_reads(&mut self, change: Change) {
        for read in change.reads {
            let conversation_id = change.conversation_id.clone();
            self.say(Happened::ConversationRead { conversation_id, reader: read.user_id, read_seq: read.read_seq });
        }
    }
}
