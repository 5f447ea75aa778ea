//! What readers see in place of what is stored: deleted messages, and quotes of messages that are no more.

use std::sync::Arc;

use openim_core::{Result, UserId};
use rustc_hash::{FxHashMap, FxHashSet};

use super::Service;
use crate::model::{Log, Message};
use crate::repository::hidden::{self, Part};
use crate::repository::{Range, reading};
use crate::tips::Quote;

impl Service {
    /// Returns what a reader has deleted in these parts of logs, by log and seq; for nearly all readers without a question.
    pub(super) async fn hidden(&self, hider: Option<&UserId>, parts: &[Part]) -> Result<FxHashSet<(i64, i64)>> {
        match hider {
            Some(user) if !parts.is_empty() => hidden::among(self.store.read(), user, parts).await,
            _ => Ok(FxHashSet::default()),
        }
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
                let envelope = openim_contracts::Envelope { content, ..(*message.envelope).clone() };
                *message = Arc::new(Message { envelope: Arc::new(envelope), ..(**message).clone() });
            }
        }
        Ok(())
    }
}
