//! Reading logs, always through a window: the part that this reader may see. Strangers have none.

use std::sync::Arc;

use openim_core::{ConversationId, ConversationKind, Ctx, Result, Seq, Timestamp};
use rustc_hash::{FxHashMap, FxHashSet};

use super::Service;
use super::overlays::left;
use crate::error;
use crate::model::{Log, Message, Pull, PullOrder, PulledRange, SeqRange, Slot, StoredRange, Window};
use crate::policy::Reader;
use crate::repository::{Range, reading};

/// The most ranges of one pull, the most seqs of one call, the most conversations of one question.
const MOST_RANGES: usize = 100;
const MOST_SEQS: i64 = 1_000;
const MOST_CONVERSATIONS: usize = 1_000;

/// A part of what a reader sees of a log.
pub(super) struct Piece<'a> {
    pub(super) window: &'a Window,
    pub(super) first: i64,
    pub(super) last: i64,
}

impl Piece<'_> {
    fn range(&self) -> Range {
        Range { log: self.window.head.log.clone(), first: self.first, last: self.last }
    }
}

/// A page of a log.
#[derive(Debug, Clone)]
pub(crate) struct LogPage {
    pub(crate) messages: Vec<Arc<Message>>,
    /// The places of the page; `first > last` for an empty one.
    pub(crate) first: i64,
    pub(crate) last: i64,
    pub(crate) window: Window,
}

impl Service {
    /// Returns the parts of logs that were asked for and may be seen; the others are left out.
    ///
    /// # Errors
    /// `ARGS_ERROR` for too many parts, and for parts that overlap.
    pub(crate) async fn pull(&self, reader: &Reader, pull: &Pull) -> Result<Vec<PulledRange>> {
        if pull.ranges.len() > MOST_RANGES {
            return Err(error::args(format!("at most {MOST_RANGES} ranges")));
        }
        if overlap(&pull.ranges) {
            return Err(error::args("ranges of a conversation overlap"));
        }
        let ids: Vec<ConversationId> = unique(pull.ranges.iter().map(|range| &range.conversation_id));
        let windows = self.windows(reader, &ids).await?;
        let mut budget = MOST_SEQS;
        let mut clips = Vec::new();
        for asked in &pull.ranges {
            let Some(window) = windows.get(&asked.conversation_id) else { continue };
            let Some(clip) = clip(asked, window, pull.order, budget) else { continue };
            budget -= clip.last - clip.first + 1;
            clips.push(clip);
        }
        let pieces: Vec<Piece<'_>> = clips.iter().map(Clip::piece).collect();
        let mut slots = self.slots(&pieces).await?.into_iter();
        Ok(clips
            .into_iter()
            .map(|clip| PulledRange {
                conversation_id: clip.window.head.log.key.id.clone(),
                notification: clip.window.head.log.key.kind == ConversationKind::Notification,
                slots: slots.next().unwrap_or_default(),
                is_end: clip.is_end,
                end_seq: clip.end_seq,
            })
            .collect())
    }

    /// Returns the slots of these seqs in the order asked, each once, those outside of the reader's window left out.
    ///
    /// # Errors
    /// `ARGS_ERROR` for too many seqs.
    pub(crate) async fn slots_of(&self, window: &Window, seqs: &[i64]) -> Result<Vec<Slot>> {
        if i64::try_from(seqs.len()).unwrap_or(i64::MAX) > MOST_SEQS {
            return Err(error::args(format!("at most {MOST_SEQS} seqs")));
        }
        Ok(self.slots(&singles(window, seqs)).await?.into_iter().flatten().collect())
    }

    /// Returns one list of slots for each piece, with holes where messages are gone. The caller bounds the pieces, and they are
    /// one reader's.
    pub(super) async fn slots(&self, pieces: &[Piece<'_>]) -> Result<Vec<Vec<Slot>>> {
        let found = self.messages_in(pieces).await?;
        let slot = |log: &Log, seq: i64| match found.get(&(log.no, seq)) {
            Some(message) => Slot::Message(message.clone()),
            None => Slot::Hole(log.key.id.clone(), Seq(seq)),
        };
        let slots = |piece: &Piece<'_>| (piece.first..=piece.last).map(|seq| slot(&piece.window.head.log, seq)).collect();
        Ok(pieces.iter().map(slots).collect())
    }

    /// Returns what is there in these pieces for their reader, by log and seq.
    async fn messages_in(&self, pieces: &[Piece<'_>]) -> Result<FxHashMap<(i64, i64), Arc<Message>>> {
        let ranges: Vec<Range> = pieces.iter().filter(|piece| piece.first <= piece.last).map(Piece::range).collect();
        if ranges.is_empty() {
            return Ok(FxHashMap::default());
        }
        let mut found = reading::in_ranges(self.store.read(), &ranges).await?;
        self.rewind(&mut found, &left(pieces.iter().map(|piece| piece.window))).await?;
        let hider = pieces.iter().find_map(|piece| piece.window.hider.as_ref());
        let parts: Vec<_> = ranges.iter().map(|range| (range.log.no, range.first, range.last)).collect();
        let hidden = self.hidden(hider, &parts).await?;
        found.retain(|(log, message)| !message.state.emptied && !hidden.contains(&(*log, message.seq.0)));
        self.requote(&mut found, ranges.iter().map(|range| &range.log)).await?;
        Ok(found.into_iter().map(|(log, message)| ((log, message.seq.0), message)).collect())
    }

    /// Returns a page of a log: the newest `limit` places before `before`, or the oldest after `after`.
    pub(crate) async fn page(&self, window: Window, limit: i64, before: Option<i64>, after: Option<i64>, newest: bool) -> Result<LogPage> {
        let lower = after.map_or(window.lower, |seq| window.lower.max(seq.saturating_add(1)));
        let upper = before.map_or(window.upper, |seq| window.upper.min(seq.saturating_sub(1)));
        let (first, last) =
            if newest { (lower.max(upper.saturating_sub(limit - 1)), upper) } else { (lower, upper.min(lower.saturating_add(limit - 1))) };
        let found = self.messages_in(&[Piece { window: &window, first, last }]).await?;
        let mut messages: Vec<_> = found.into_values().collect();
        messages.sort_unstable_by_key(|message| message.seq);
        Ok(LogPage { messages, first, last, window })
    }

    /// Returns the newest message that is there for the reader of each window, by conversation. Each log appears once.
    pub(crate) async fn newest(&self, windows: &[Window]) -> Result<FxHashMap<ConversationId, Arc<Message>>> {
        let mut found = Vec::new();
        let mut ranges: FxHashMap<Option<_>, Vec<Range>> = FxHashMap::default();
        for window in windows.iter().filter(|window| window.lower <= window.upper) {
            let hider = window.hider.as_ref();
            // What somebody has deleted is asked for together with the message.
            let known = if hider.is_none() { self.caches.message(window.head.log.no, window.upper).await } else { None };
            match known.filter(|message| !message.state.emptied) {
                Some(message) => found.push((window.head.log.no, message)),
                None => {
                    ranges.entry(hider).or_default().push(Range { log: window.head.log.clone(), first: window.lower, last: window.upper })
                }
            }
        }
        for (hider, ranges) in ranges {
            found.extend(reading::newest(self.store.read(), &ranges, hider).await?);
        }
        self.rewind(&mut found, &left(windows.iter())).await?;
        self.requote(&mut found, windows.iter().map(|window| &window.head.log)).await?;
        Ok(found.into_iter().map(|(_, message)| (message.conversation_id.clone(), message)).collect())
    }

    /// Returns what was stored in these conversations at or after `since`, as far as the reader may see it.
    ///
    /// # Errors
    /// `ARGS_ERROR` for too many conversations.
    pub(crate) async fn stored_since(&self, reader: &Reader, ids: &[ConversationId], since: Timestamp) -> Result<Vec<StoredRange>> {
        if ids.len() > MOST_CONVERSATIONS {
            return Err(error::args(format!("at most {MOST_CONVERSATIONS} conversations")));
        }
        let windows = self.windows(reader, &unique(ids.iter())).await?;
        let heads: Vec<_> =
            windows.values().filter(|window| window.head.last_stored_at >= since).map(|window| window.head.clone()).collect();
        if heads.is_empty() {
            return Ok(Vec::new());
        }
        let ranges = reading::stored_since(self.store.read(), &heads, since).await?;
        let cut = |range: StoredRange| {
            let window = windows.get(&range.conversation_id)?;
            let (first, last) = (range.first.max(window.lower), range.last.min(window.upper));
            (first <= last).then_some(StoredRange { first, last, ..range })
        };
        let mut ranges: Vec<_> = ranges.into_iter().filter_map(cut).collect();
        ranges.sort_unstable_by(|a, b| a.conversation_id.cmp(&b.conversation_id));
        Ok(ranges)
    }

    /// Returns one place as the caller may see it.
    pub(crate) async fn message(&self, ctx: &Ctx, id: &ConversationId, seq: i64) -> Result<Option<Slot>> {
        let key = (id.clone(), seq);
        Ok(self.messages(&Reader::of(ctx)?, std::slice::from_ref(&key)).await?.remove(&key))
    }
}

/// A range cut to what is visible and allowed.
struct Clip<'a> {
    window: &'a Window,
    first: i64,
    last: i64,
    is_end: bool,
    end_seq: i64,
}

impl Clip<'_> {
    fn piece(&self) -> Piece<'_> {
        Piece { window: self.window, first: self.first, last: self.last }
    }
}

fn clip<'a>(asked: &SeqRange, window: &'a Window, order: PullOrder, budget: i64) -> Option<Clip<'a>> {
    let (begin, end) = (asked.begin.max(window.lower), asked.end.min(window.upper));
    if begin > end || budget <= 0 {
        return None;
    }
    let notification = window.head.log.key.kind == ConversationKind::Notification;
    let limit = if notification { i64::MAX } else { asked.limit.unwrap_or(i64::MAX) };
    if limit <= 0 {
        return None;
    }
    let first = begin.max(end.saturating_sub(limit.min(budget) - 1));
    // What the budget cut off is still to be pulled, so that a walk down has not ended.
    let cut = limit > budget && first > begin;
    let is_end = match order {
        PullOrder::Ascending => window.upper <= asked.end,
        PullOrder::Descending => asked.begin <= window.lower && !cut,
    };
    let end_seq = match (is_end, order) {
        (false, _) => 0,
        (true, PullOrder::Ascending) => window.upper,
        (true, PullOrder::Descending) => window.lower,
    };
    Some(Clip { window, first, last: end, is_end, end_seq })
}

/// Returns the visible places among these seqs in the order asked, each once.
pub(super) fn singles<'a>(window: &'a Window, seqs: &[i64]) -> Vec<Piece<'a>> {
    let mut seen = FxHashSet::default();
    let visible = seqs.iter().filter(|seq| window.contains(**seq) && seen.insert(**seq));
    visible.map(|seq| Piece { window, first: *seq, last: *seq }).collect()
}

/// Tells whether a place is asked for twice.
fn overlap(ranges: &[SeqRange]) -> bool {
    let mut parts: Vec<_> = ranges.iter().filter(|range| range.begin <= range.end).collect();
    parts.sort_unstable_by_key(|range| (&range.conversation_id, range.begin));
    parts.iter().zip(parts.iter().skip(1)).any(|(a, b)| a.conversation_id == b.conversation_id && b.begin <= a.end)
}

fn unique<'a>(ids: impl Iterator<Item = &'a ConversationId>) -> Vec<ConversationId> {
    let mut seen = FxHashSet::default();
    ids.filter(|id| seen.insert(*id)).cloned().collect()
}
