//! Notifications in a stream. Those that are stored have a place in a log and are told in its order, each once; what a
//! signal skips is asked for. The others are told as they come.

use openim_contracts::MessageData;
use openim_core::Result;

use super::{Feed, Todo};
use crate::event::{Happened, Notification, ResetReason};
use crate::seat::Notice;

/// How many notifications one question brings.
const PAGE: i64 = 100;

impl Feed {
    /// Lines up a notification that was signalled, and what was missed before it.
    pub(super) fn notified(&mut self, message: &MessageData, notice: &Notice) {
        let (id, key, seq, at) = (&message.conversation_id, notice.key, message.seq, notice.at);
        let notification = || Box::new(Notification::from(message));
        if seq < 1 {
            return self.say(Happened::NotificationReceived { notification: notification() });
        }
        let start = match self.progress.position(key) {
            Some(told) => told.saturating_add(1).max(1),
            // A stream that was empty when this one began; that of a group has a position from the moment it is followed.
            None if message.envelope.group.is_none() && seq <= self.hub.settings.max_missed => 1,
            None => seq,
        };
        if seq < start {
            return;
        }
        if seq - start >= self.hub.settings.max_missed {
            self.progress.told(key, seq, at);
            return self.say(Happened::Reset { reason: ResetReason::TooMuchMissed });
        }
        if start < seq {
            self.line_up(id.clone(), key, (start, seq - 1), at);
        }
        self.todo.push_back(Todo::Notify { notification: notification(), key, at });
    }

    /// Asks for the part of a notification stream that is next, a page at a time.
    pub(super) async fn fetch(&mut self) -> Result<()> {
        let Some(Todo::Stream { id, key, next, last, at }) = self.todo.pop_front() else { return Ok(()) };
        let end = last.min(next.saturating_add(PAGE - 1));
        let hub = self.hub.clone();
        let turn = Self::ask(&hub, &self.principal, &self.operation_id).await?;
        let found = turn.asking.notifications(&id, next, end).await?;
        if end < last {
            self.todo.push_front(Todo::Stream { id, key, next: end + 1, last, at });
        }
        self.todo.push_front(Todo::Reach { key, seq: end, at });
        for notification in found.into_iter().rev() {
            self.todo.push_front(Todo::Notify { notification: Box::new(notification), key, at });
        }
        Ok(())
    }
}
