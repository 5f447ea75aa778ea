//! Reading single places of logs, as clients do that fill gaps or page through a history by its seqs.

use openim_core::{ConversationId, ConversationKind, Result};

use super::Service;
use super::reading::singles;
use crate::error;
use crate::model::{PullOrder, PulledRange, Window};
use crate::policy::Reader;

/// The most logs and the most seqs of one call.
const MOST_LOGS: usize = 100;
const MOST_SEQS: usize = 1_000;

impl Service {
    /// Returns an answer for each list in the order asked: its places in the order asked, each once, as far as the reader
    /// may see them, none of a log that is foreign or unknown.
    ///
    /// # Errors
    /// `ARGS_ERROR` for too many lists or seqs, and for two lists of one conversation.
    pub(crate) async fn pick(&self, reader: &Reader, lists: &[(ConversationId, Vec<i64>)], order: PullOrder) -> Result<Vec<PulledRange>> {
        if lists.len() > MOST_LOGS {
            return Err(error::args(format!("at most {MOST_LOGS} lists")));
        }
        if lists.iter().map(|(_, seqs)| seqs.len()).sum::<usize>() > MOST_SEQS {
            return Err(error::args(format!("at most {MOST_SEQS} seqs")));
        }
        let mut ids: Vec<ConversationId> = lists.iter().map(|(id, _)| id.clone()).collect();
        ids.sort_unstable();
        ids.dedup();
        if ids.len() < lists.len() {
            return Err(error::args("a conversation has one list"));
        }
        let windows = self.windows(reader, &ids).await?;
        let mut pieces = Vec::new();
        let mut answers = Vec::with_capacity(lists.len());
        for (id, seqs) in lists {
            let window = windows.get(id);
            let before = pieces.len();
            pieces.extend(window.into_iter().flat_map(|window| singles(window, seqs)));
            let end = window.and_then(|window| end(window, seqs, order));
            answers.push((id, pieces.len() - before, end));
        }
        let mut slots = self.slots(&pieces).await?.into_iter().flatten();
        let answer = |(id, count, end): (&ConversationId, usize, Option<i64>)| PulledRange {
            conversation_id: id.clone(),
            notification: id.kind() == ConversationKind::Notification,
            slots: slots.by_ref().take(count).collect(),
            is_end: end.is_some(),
            end_seq: end.unwrap_or_default(),
        };
        Ok(answers.into_iter().map(answer).collect())
    }
}

/// Returns the end of what may be seen when the seqs reach beyond it in the direction of the walk.
fn end(window: &Window, seqs: &[i64], order: PullOrder) -> Option<i64> {
    match order {
        PullOrder::Ascending => seqs.iter().any(|seq| *seq > window.upper).then_some(window.upper),
        PullOrder::Descending => seqs.iter().any(|seq| *seq < window.lower).then_some(window.lower),
    }
}
