//! One stream: turns what waits in its seat into events, in order per conversation, each message once.

mod catching_up;
mod notifications;
mod passing;

use std::collections::VecDeque;
use std::sync::Arc;

use openim_contracts::SignalKind;
use openim_core::{Actor, ConversationId, ConversationKind, Ctx, Error, ErrorCode, OperationId, Principal, Result, Timestamp};
use tokio::sync::SemaphorePermit;

use crate::attendance::Stay;
use crate::cursor::key_of;
use crate::event::{Event, Happened, Notification, ResetReason};
use crate::graph::Asking;
use crate::hub::Hub;
use crate::progress::Progress;
use crate::seat::{End, Item, Notice, Seat};

pub(crate) use passing::Watched;

/// What is to be told next. Ranges are opened one message at a time, so that a long one takes no memory.
#[derive(Debug)]
enum Todo {
    Messages {
        id: ConversationId,
        key: u64,
        next: i64,
        last: i64,
        at: Timestamp,
        /// When the last of them was stored; 0 when it is told again.
        stored_at: Timestamp,
    },
    /// A part of a notification stream whose content is still to be asked for.
    Stream {
        id: ConversationId,
        key: u64,
        next: i64,
        last: i64,
        at: Timestamp,
    },
    /// A stored notification with its place.
    Notify {
        notification: Box<Notification>,
        key: u64,
        at: Timestamp,
    },
    /// A log was told up to here, whatever is missing before.
    Reach {
        key: u64,
        seq: i64,
        at: Timestamp,
    },
    Say(Happened),
    /// Everything that was signalled until then has been told.
    Advance(Timestamp),
}

/// What a client asks of its stream.
#[derive(Debug, Default)]
pub(crate) struct Opening {
    /// The cursor to begin after.
    pub(crate) after: Option<String>,
    /// Whose presence to tell.
    pub(crate) watched: Watched,
}

#[derive(Debug)]
enum Stage {
    Opening(Option<String>),
    Live,
    Failing(Error),
    Ended,
}

/// The state of one stream.
pub(crate) struct Feed {
    hub: Arc<Hub>,
    seat: Arc<Seat>,
    /// The viewer is online as long as the stream lives.
    _stay: Stay,
    principal: Principal,
    operation_id: OperationId,
    opened: Timestamp,
    /// Whose presence is told.
    watched: Watched,
    progress: Progress,
    todo: VecDeque<Todo>,
    stage: Stage,
    /// When the message was stored that was told last. It is on its way to the socket until the next event is asked for.
    handing: Option<Timestamp>,
}

impl Drop for Feed {
    fn drop(&mut self) {
        self.watched.unwatch(&self.hub, &self.seat);
        self.hub.leave(&self.seat);
    }
}

impl Feed {
    /// Makes a stream whose seat is taken already: nothing that is signalled from now on is missed.
    pub(crate) fn new(
        hub: Arc<Hub>,
        seat: Arc<Seat>,
        stay: Stay,
        principal: Principal,
        operation_id: OperationId,
        opening: Opening,
    ) -> Self {
        let Opening { after, watched } = opening;
        let opened = hub.now();
        let progress = Progress::new(key_of(principal.user_id.as_str()), hub.settings.margin, opened);
        Self {
            hub,
            seat,
            _stay: stay,
            principal,
            operation_id,
            opened,
            watched,
            progress,
            todo: VecDeque::new(),
            stage: Stage::Opening(after),
            handing: None,
        }
    }

    /// Returns the next event; an error is the last item but the end.
    pub(crate) async fn next(&mut self) -> Option<Result<Event>> {
        if let Some(stored_at) = self.handing.take() {
            self.hub.arrivals.handed(stored_at, self.hub.now());
        }
        loop {
            if let (Stage::Opening(_) | Stage::Live, Some(end)) = (&self.stage, self.seat.end()) {
                self.end(end);
            }
            if let Some(event) = self.tell() {
                return Some(Ok(event));
            }
            if let Some(Todo::Stream { .. }) = self.todo.front() {
                if let Err(error) = Box::pin(self.fetch()).await {
                    self.stage = Stage::Ended;
                    self.todo = VecDeque::new();
                    return Some(Err(error));
                }
                continue;
            }
            let done = match std::mem::replace(&mut self.stage, Stage::Live) {
                // Boxed: the questions' state would otherwise be part of every idle stream.
                Stage::Opening(after) => Box::pin(self.open(after)).await,
                Stage::Live => match self.seat.next().await {
                    Ok(Item::Notice { notice, since }) => self.take(&notice, since).await,
                    Ok(Item::Lost { since, at }) => Box::pin(self.catch_up(since, at)).await,
                    Err(end) => {
                        self.end(end);
                        Ok(())
                    }
                },
                Stage::Failing(error) => Err(error),
                Stage::Ended => {
                    self.stage = Stage::Ended;
                    return None;
                }
            };
            if let Err(error) = done {
                self.stage = Stage::Ended;
                self.todo = VecDeque::new();
                return Some(Err(error));
            }
        }
    }

    fn end(&mut self, end: End) {
        self.todo = VecDeque::new();
        let error = match end {
            End::TooSlow => {
                metrics::counter!("openim_events_too_slow_total").increment(1);
                self.todo.push_back(Todo::Say(Happened::Reset { reason: ResetReason::TooSlow }));
                Error::new(ErrorCode::LimitExceeded, "the stream was read too slowly; resume from the last cursor")
            }
            End::Revoked => Error::new(ErrorCode::TokenKicked, "the token of this stream was revoked"),
            End::Stopping => Error::new(ErrorCode::Unavailable, "this node stops; resume from the last cursor"),
        };
        self.stage = Stage::Failing(error);
    }

    fn tell(&mut self) -> Option<Event> {
        loop {
            let what = match self.todo.pop_front()? {
                Todo::Advance(time) => {
                    self.progress.advance(time);
                    continue;
                }
                Todo::Reach { key, seq, at } => {
                    self.progress.told(key, seq, at);
                    continue;
                }
                stream @ Todo::Stream { .. } => {
                    self.todo.push_front(stream);
                    return None;
                }
                Todo::Notify { notification, key, at } => {
                    self.progress.told(key, notification.seq, at);
                    Happened::NotificationReceived { notification }
                }
                Todo::Say(what) => what,
                Todo::Messages { id, key, next, last, at, stored_at } => {
                    self.progress.told(key, next, at);
                    if next < last {
                        self.todo.push_front(Todo::Messages { id: id.clone(), key, next: next + 1, last, at, stored_at });
                    } else {
                        self.handing = Some(stored_at);
                    }
                    Happened::MessageAdded { conversation_id: id, seq: next }
                }
            };
            // The last event of a signal already carries the time of it.
            while let Some(Todo::Advance(time)) = self.todo.front() {
                self.progress.advance(*time);
                self.todo.pop_front();
            }
            return Some(Event { cursor: self.progress.cursor(), what });
        }
    }

    async fn take(&mut self, notice: &Notice, since: Timestamp) -> Result<()> {
        match &notice.kind {
            SignalKind::MessagesAppended { conversation_id, first_seq, last_seq, stored_at, .. } => {
                self.appended(conversation_id, notice, (*first_seq, *last_seq), *stored_at);
            }
            SignalKind::ConversationRead { conversation_id, reader, read_seq } => {
                let conversation_id = conversation_id.clone();
                self.say(Happened::ConversationRead { conversation_id, reader: reader.clone(), read_seq: *read_seq });
            }
            SignalKind::ConversationChanged { conversation_id } => {
                if conversation_id.kind() == ConversationKind::Group {
                    Box::pin(self.follow(conversation_id)).await?;
                }
                self.say(Happened::ConversationChanged { conversation_id: conversation_id.clone() });
                if conversation_id.kind() != ConversationKind::Group {
                    Box::pin(self.first_words(conversation_id, notice.at)).await?;
                }
            }
            SignalKind::UserChanged { user_id } => self.say(Happened::UserChanged { user_id: user_id.clone() }),
            SignalKind::FriendRequestChanged { from, to } => {
                self.say(Happened::FriendRequestChanged { from: from.clone(), to: to.clone() });
            }
            SignalKind::FriendsChanged { user_ids, .. } => self.say(Happened::FriendsChanged { user_ids: user_ids.clone() }),
            SignalKind::BlacklistChanged { user_id, .. } => self.say(Happened::BlacklistChanged { user_id: user_id.clone() }),
            SignalKind::GroupRequestChanged { group_id, user_id } => {
                self.say(Happened::GroupRequestChanged { group_id: group_id.clone(), user_id: user_id.clone() });
            }
            SignalKind::GroupChanged { group_id } => self.say(Happened::GroupChanged { group_id: group_id.clone() }),
            SignalKind::GroupMembersChanged { group_id, user_ids } => {
                self.say(Happened::GroupMembersChanged { group_id: group_id.clone(), user_ids: user_ids.clone() });
            }
            SignalKind::JoinedGroupsChanged { group_id, .. } => self.say(Happened::JoinedGroupsChanged { group_id: group_id.clone() }),
            SignalKind::Notified { message } => self.notified(message, notice),
            SignalKind::Transient { message } => self.passed_on(message, notice),
            SignalKind::PresenceChanged { user_id, platforms, version } => self.presence_changed(user_id, platforms, *version),
            SignalKind::MessagesChanged { conversation_id, seqs } => {
                for seq in seqs {
                    self.say(Happened::MessageChanged { conversation_id: conversation_id.clone(), seq: *seq });
                }
            }
            // The hub itself acts on them.
            SignalKind::SessionsRevoked { .. } | SignalKind::NodeSeen { .. } | SignalKind::ConfigurationChanged => {}
        }
        // Other signals were heard between the first and the last of this topic, and wait behind it.
        self.todo.push_back(Todo::Advance(since));
        Ok(())
    }

    fn appended(&mut self, id: &ConversationId, notice: &Notice, (first, last): (i64, i64), stored_at: Timestamp) {
        let start = match self.progress.position(notice.key) {
            // Whatever the signal says first: what lies between was missed, what lies before was told.
            Some(told) => told.saturating_add(1).max(1),
            // A log that was empty when the stream began; a long one without a position is none of the viewer's rows.
            None if id.kind() != ConversationKind::Group && last <= self.hub.settings.max_missed => 1,
            None => first.max(1),
        };
        if last < start {
            return;
        }
        if last - start >= self.hub.settings.max_missed {
            self.progress.told(notice.key, last, notice.at);
            self.say(Happened::Reset { reason: ResetReason::TooMuchMissed });
            return;
        }
        self.line_up(id.clone(), notice.key, (start, last), notice.at);
        if let Some(Todo::Messages { stored_at: place, .. }) = self.todo.back_mut() {
            *place = stored_at;
        }
    }

    /// Lines up a part of a log: messages by their keys, notifications with what they say.
    fn line_up(&mut self, id: ConversationId, key: u64, (next, last): (i64, i64), at: Timestamp) {
        self.todo.push_back(match id.kind() {
            ConversationKind::Notification => Todo::Stream { id, key, next, last, at },
            _ => Todo::Messages { id, key, next, last, at, stored_at: Timestamp::default() },
        });
    }

    fn say(&mut self, what: Happened) {
        self.todo.push_back(Todo::Say(what));
    }

    /// Waits for its turn to ask the graph.
    pub(crate) async fn ask<'a>(hub: &'a Hub, principal: &Principal, operation_id: &OperationId) -> Result<Turn<'a>> {
        let permit = hub.asking.acquire().await.map_err(Error::internal)?;
        let deadline = hub.now().plus(hub.settings.patience);
        let ctx = Ctx::new(hub.runtime.clone(), Actor::User(principal.clone()), operation_id.clone(), deadline);
        Ok(Turn { asking: Asking { graph: &hub.graph, ctx }, _permit: permit })
    }
}

/// The right to ask now.
pub(crate) struct Turn<'a> {
    pub(crate) asking: Asking<'a>,
    _permit: SemaphorePermit<'a>,
}
