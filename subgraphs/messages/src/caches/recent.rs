//! The newest messages of all logs, as they were committed: a commit puts in hundreds at a time under one lock, and the
//! oldest fall out when the room is used up. A message that was changed since is not kept: a commit may be late in saying
//! what it appended.

use std::collections::VecDeque;
use std::sync::Arc;

use parking_lot::Mutex;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::model::Message;

/// What a kept message costs beyond its content.
pub(super) const OVERHEAD: usize = 512;

/// How many changed places are remembered, so that none of them is kept as it was before.
const CHANGED: usize = 4_096;

/// A log's number and a seq.
type Place = (i64, i64);

/// The messages, bounded by bytes.
pub(super) struct Recent {
    most_bytes: usize,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    messages: FxHashMap<Place, Arc<Message>>,
    /// Oldest first, each with its weight.
    order: VecDeque<(Place, usize)>,
    bytes: usize,
    /// What was changed last, oldest first.
    changed: VecDeque<Place>,
    changed_places: FxHashSet<Place>,
}

impl Recent {
    pub(super) fn new(most_bytes: usize) -> Self {
        Self { most_bytes, kept: Mutex::default() }
    }

    pub(super) fn get(&self, place: Place) -> Option<Arc<Message>> {
        self.kept.lock().messages.get(&place).cloned()
    }

    pub(super) fn keep<'a>(&self, messages: impl Iterator<Item = (i64, &'a Arc<Message>)>) {
        let mut gone = Vec::new();
        let mut kept = self.kept.lock();
        for (log, message) in messages {
            let place = (log, message.seq.0);
            if kept.changed_places.contains(&place) {
                continue;
            }
            let weight = message.envelope.content.len() + OVERHEAD;
            if kept.messages.insert(place, message.clone()).is_none() {
                kept.order.push_back((place, weight));
                kept.bytes += weight;
            }
            while kept.bytes > self.most_bytes {
                let Some((oldest, weight)) = kept.order.pop_front() else { break };
                kept.bytes -= weight;
                gone.extend(kept.messages.remove(&oldest));
            }
        }
        // Freeing them takes longer than forgetting them: not under the lock.
        drop(kept);
        drop(gone);
    }

    /// Forgets messages that were changed. Their room is given back when they would have fallen out.
    pub(super) fn forget(&self, places: impl Iterator<Item = Place>) {
        let mut kept = self.kept.lock();
        for place in places {
            kept.messages.remove(&place);
            if kept.changed_places.insert(place) {
                kept.changed.push_back(place);
            }
            if kept.changed.len() > CHANGED
                && let Some(oldest) = kept.changed.pop_front()
            {
                kept.changed_places.remove(&oldest);
            }
        }
    }

    /// Forgets all messages.
    pub(super) fn clear(&self) {
        let mut kept = self.kept.lock();
        (kept.messages, kept.order, kept.bytes) = Default::default();
    }
}

#[cfg(test)]
mod tests {
    use openim_core::{ClientMessageId, ConversationId, Seq, Timestamp, UserId};

    use super::*;
    use crate::model::{Envelope, State};

    fn message(seq: i64) -> Arc<Message> {
        let user = |id: &str| UserId::parse(id).expect("a user id");
        let envelope = Envelope {
            server_id: seq.to_string(),
            client_id: ClientMessageId::parse(seq.to_string()).expect("a client id"),
            sender: user("a"),
            receiver: Some(user("b")),
            group: None,
            platform: 5,
            nickname: String::new(),
            face_url: String::new(),
            session_type: 1,
            source: 100,
            content_type: 101,
            content: String::new(),
            sent_at: Timestamp(0),
            created_at: Timestamp(0),
            at_user_ids: Vec::new(),
            attached_info: String::new(),
            ex: String::new(),
            options: Vec::new(),
            offline_push: None,
        };
        let conversation_id = ConversationId::single(&user("a"), &user("b"));
        let (stored_at, state) = (Timestamp(0), State::default());
        Arc::new(Message { conversation_id, seq: Seq(seq), stored_at, envelope: Arc::new(envelope), state })
    }

    #[test]
    fn the_oldest_fall_out_when_the_room_is_used_up() {
        let recent = Recent::new(3 * OVERHEAD);
        for seq in 1..=5 {
            recent.keep([(7, &message(seq))].into_iter());
        }
        let left: Vec<i64> = (1..=5).filter(|seq| recent.get((7, *seq)).is_some()).collect();
        assert_eq!(left, [3, 4, 5]);
        assert_eq!(recent.kept.lock().order.len(), 3);
    }

    #[test]
    fn keeping_a_message_twice_takes_its_room_once() {
        let recent = Recent::new(2 * OVERHEAD);
        for _ in 0..3 {
            recent.keep([(7, &message(1)), (7, &message(2))].into_iter());
        }
        assert!(recent.get((7, 1)).is_some() && recent.get((7, 2)).is_some());
    }

    #[test]
    fn a_changed_message_is_not_kept_as_it_was() {
        let recent = Recent::new(10 * OVERHEAD);
        recent.keep([(7, &message(1)), (7, &message(2))].into_iter());
        recent.forget([(7, 1), (7, 3)].into_iter());
        recent.keep([(7, &message(1)), (7, &message(3)), (7, &message(4))].into_iter());
        let left: Vec<i64> = (1..=4).filter(|seq| recent.get((7, *seq)).is_some()).collect();
        assert_eq!(left, [2, 4]);
        recent.clear();
        assert!(recent.get((7, 2)).is_none());
    }
}
