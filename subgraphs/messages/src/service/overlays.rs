//! What readers see in place of what is stored: deleted messages, quotes of messages that are no more, and for who has left
//! what messages said then.

use std::sync::Arc;

use openim_core::{Result, Timestamp, UserId};
use rustc_hash::{FxHashMap, FxHashSet};

use super::Service;
use crate::model::{Edit, Edited, Envelope, Log, Message, State, Window};
use crate::repository::hidden::{self, Part};
use crate::repository::{Range, edits, reading};
use crate::tips::Quote;

impl Service {
    /// Returns what a reader has deleted in these parts of logs, by log and seq; for nearly all readers without a question.
    pub(super) async fn hidden(&self, hider: Option<&UserId>, parts: &[Part]) -> Result<FxHashSet<(i64, i64)>> {
        match hider {
            Some(user) if !parts.is_empty() => hidden::among(self.store.read(), user, parts).await,
            _ => Ok(FxHashSet::default()),
        }
    }

    /// Puts messages back to what they said before their reader left: `left` has the moment, by log. Costs nothing for who
    /// takes part. What was taken away is taken away from who has left as well.
    pub(super) async fn rewind(&self, messages: &mut [(i64, Arc<Message>)], left: &FxHashMap<i64, Timestamp>) -> Result<()> {
        let later = |(log, message): &&mut (i64, Arc<Message>)| {
            let State { emptied: false, revoked: None, edited: Some(edited) } = &message.state else { return false };
            left.get(log).is_some_and(|left| edited.at >= *left)
        };
        let later: Vec<_> = messages.iter_mut().filter(later).collect();
        if later.is_empty() {
            return Ok(());
        }
        let places: Vec<_> = later.iter().map(|(log, message)| (*log, message.seq.0)).collect();
        let mut written: FxHashMap<(i64, i64), Vec<Edit>> = FxHashMap::default();
        for (place, edit) in edits::of(self.store.read(), &places).await? {
            written.entry(place).or_default().push(edit);
        }
        for (log, message) in later {
            let before = left.get(log).copied().unwrap_or_default();
            let said = written.remove(&(*log, message.seq.0)).unwrap_or_default();
            *message = Arc::new(rewound(message, said, before));
        }
        Ok(())
    }

    /// Changes messages that quote one which was revoked or is gone. Costs nothing where nobody quotes.
    pub(super) async fn requote<'a>(&self, messages: &mut [(i64, Arc<Message>)], logs: impl Iterator<Item = &'a Arc<Log>>) -> Result<()> {
        let quote = |(place, (log, message)): (usize, &(i64, Arc<Message>))| Some((place, *log, Quote::of(message)?));
        let quotes: Vec<_> = messages.iter().enumerate().filter_map(quote).collect();
        if quotes.is_empty() {
            return Ok(());
        }
        let logs: FxHashMap<i64, &Arc<Log>> = logs.map(|log| (log.no, log)).collect();
        let mut quoted: FxHashMap<(i64, i64), Arc<Message>> = FxHashMap::default();
        let mut missing: FxHashSet<(i64, i64)> = FxHashSet::default();
        for (_, log, quote) in &quotes {
            match self.caches.message(*log, quote.seq).await {
                Some(message) => {
                    quoted.insert((*log, quote.seq), message);
                }
                None => {
                    missing.insert((*log, quote.seq));
                }
            }
        }
        let range = |(log, seq): &(i64, i64)| Some(Range { log: (*logs.get(log)?).clone(), first: *seq, last: *seq });
        let ranges: Vec<Range> = missing.iter().filter_map(range).collect();
        if !ranges.is_empty() {
            let found = reading::in_ranges(self.store.read(), &ranges).await?;
            quoted.extend(found.into_iter().map(|(log, message)| ((log, message.seq.0), message)));
        }
        for (place, log, quote) in quotes {
            let seq = quote.seq;
            let Some(content) = quote.shown(quoted.get(&(log, seq)).map(|message| &**message)) else { continue };
            if let Some((_, message)) = messages.get_mut(place) {
                let envelope = Envelope { content, ..(*message.envelope).clone() };
                *message = Arc::new(Message { envelope: Arc::new(envelope), ..(**message).clone() });
            }
        }
        Ok(())
    }
}

/// Returns when the reader of these windows left, by log.
pub(super) fn left<'a>(windows: impl Iterator<Item = &'a Window>) -> FxHashMap<i64, Timestamp> {
    windows.filter_map(|window| Some((window.head.log.no, window.left_at?))).collect()
}

/// Returns an edited message as it was before a moment; `said` has what it said before each of its edits.
fn rewound(message: &Message, said: Vec<Edit>, before: Timestamp) -> Message {
    // What was sent is seen whenever it was, as an administrator may give any time; of what followed, what was before.
    let times = said.iter().skip(1).take_while(|edit| edit.written_at < before).count();
    let Some(Edit { content, written_at }) = said.into_iter().nth(times) else {
        // It was taken away since it was read.
        return Message { state: State { emptied: true, ..State::default() }, ..message.clone() };
    };
    let times = i64::try_from(times).unwrap_or(i64::MAX);
    let state = State { edited: (times > 0).then_some(Edited { at: written_at, times }), ..message.state.clone() };
    Message { envelope: Arc::new(Envelope { content, ..(*message.envelope).clone() }), state, ..message.clone() }
}
