//! Where the signals of one stream wait: a bounded queue that costs nothing while it is empty.
//!
//! Signals of one topic wait as one. A busy conversation takes one place, whatever is said in it: after an outage of the
//! broker everything that was said meanwhile arrives at once, and that must not look like a slow reader.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;

use futures_util::task::AtomicWaker;
use openim_contracts::SignalKind;
use openim_core::{Platform, Principal, Timestamp, UserId};
use parking_lot::Mutex;
use rustc_hash::FxHashMap;

use crate::cursor::key_of;
use crate::registry::Sitter;

/// The most users that one event names, and messages that one change does.
const MOST_NAMED: usize = 100;

/// A signal as this node heard it; shared by all streams that wait for it.
#[derive(Debug, Clone)]
pub(crate) struct Notice {
    /// What happened.
    pub(crate) kind: SignalKind,
    /// What stands for the conversation it happened in; 0 without one.
    pub(crate) key: u64,
    /// What it is news of.
    pub(crate) topic: Option<Topic>,
    /// When this node heard of it.
    pub(crate) at: Timestamp,
}

/// What a stream needs to hear of only once, however often it was signalled while the stream was busy: each signal leads
/// to the newest state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Topic {
    /// The log of a conversation grew.
    Log(u64),
    /// Somebody read in a conversation.
    Read(u64, u64),
    /// The view of a conversation changed.
    View(u64),
    /// A profile changed.
    Profile(u64),
    /// A friend request between two people.
    FriendRequest(u64, u64),
    /// The viewer's friends.
    Friends,
    /// Somebody's place in the viewer's black list.
    Black(u64),
    /// Somebody's request to enter a group.
    GroupRequest(u64, u64),
    /// The data of a group.
    Group(u64),
    /// The members of a group.
    Members(u64),
    /// The viewer's being in a group.
    Joined(u64),
    /// Messages of a conversation look different.
    Looks(u64),
    /// Somebody writes in a conversation.
    Typing(u64, u64),
    /// Somebody's presence.
    Presence(u64),
    /// Signals were lost.
    Loss,
}

/// The content type of the message that says that its sender is typing.
pub(crate) const TYPING: i32 = 113;

impl Topic {
    /// Returns what a signal is news of, given what stands for its conversation; `None` when each one counts.
    pub(crate) fn of(kind: &SignalKind, key: u64) -> Option<Self> {
        match kind {
            SignalKind::MessagesAppended { .. } => Some(Self::Log(key)),
            SignalKind::ConversationRead { reader, .. } => Some(Self::Read(key, key_of(reader.as_str()))),
            SignalKind::ConversationChanged { .. } => Some(Self::View(key)),
            SignalKind::UserChanged { user_id } => Some(Self::Profile(key_of(user_id.as_str()))),
            SignalKind::FriendRequestChanged { from, to } => Some(Self::FriendRequest(key_of(from.as_str()), key_of(to.as_str()))),
            SignalKind::FriendsChanged { .. } => Some(Self::Friends),
            SignalKind::BlacklistChanged { user_id, .. } => Some(Self::Black(key_of(user_id.as_str()))),
            SignalKind::GroupRequestChanged { group_id, user_id } => {
                Some(Self::GroupRequest(key_of(group_id.as_str()), key_of(user_id.as_str())))
            }
            SignalKind::GroupChanged { group_id } => Some(Self::Group(key_of(group_id.as_str()))),
            SignalKind::GroupMembersChanged { group_id, .. } => Some(Self::Members(key_of(group_id.as_str()))),
            SignalKind::JoinedGroupsChanged { group_id, .. } => Some(Self::Joined(key_of(group_id.as_str()))),
            SignalKind::MessagesChanged { .. } => Some(Self::Looks(key)),
            SignalKind::Transient { message } if message.envelope.content_type == TYPING => {
                Some(Self::Typing(key, key_of(message.envelope.sender.as_str())))
            }
            SignalKind::PresenceChanged { user_id, .. } => Some(Self::Presence(key_of(user_id.as_str()))),
            SignalKind::SessionsRevoked { .. }
            | SignalKind::Notified { .. }
            | SignalKind::Transient { .. }
            | SignalKind::NodeSeen { .. }
            | SignalKind::ConfigurationChanged => None,
        }
    }

    /// Tells whether the news is worth nothing to a reader who is behind.
    fn is_fleeting(self) -> bool {
        matches!(self, Self::Typing(..))
    }
}

/// What waits for a stream.
#[derive(Debug, Clone)]
pub(crate) enum Item {
    /// A signal, or several of one topic; the first of them was heard at `since`.
    Notice { notice: Arc<Notice>, since: Timestamp },
    /// Signals were lost after `since`; it was noticed at `at`.
    Lost { since: Timestamp, at: Timestamp },
}

impl Item {
    fn topic(&self) -> Option<Topic> {
        match self {
            Self::Notice { notice, .. } => notice.topic,
            Self::Lost { .. } => Some(Topic::Loss),
        }
    }

    /// Takes in a later item of the same topic; returns whether nothing is lost by that.
    fn absorb(&mut self, later: &Self) -> bool {
        // What the first loss asks for, when its turn comes, covers the second.
        let (Self::Notice { notice, .. }, Self::Notice { notice: later, .. }) = (self, later) else { return true };
        match (&notice.kind, &later.kind) {
            (
                SignalKind::MessagesAppended { first_seq, last_seq, .. },
                SignalKind::MessagesAppended { first_seq: next, last_seq: end, .. },
            ) => {
                let (first, last) = ((*first_seq).min(*next), (*last_seq).max(*end));
                // A hole is a loss, and is told where it was noticed.
                if *next > last_seq.saturating_add(1) || *first_seq > end.saturating_add(1) {
                    return false;
                }
                let mut both = Notice::clone(later);
                if let SignalKind::MessagesAppended { first_seq, last_seq, messages, .. } = &mut both.kind {
                    (*first_seq, *last_seq) = (first, last);
                    messages.clear();
                }
                *notice = Arc::new(both);
            }
            (SignalKind::ConversationRead { read_seq, .. }, SignalKind::ConversationRead { read_seq: newer, .. }) if read_seq > newer => {}
            (SignalKind::PresenceChanged { version, .. }, SignalKind::PresenceChanged { version: newer, .. }) if version > newer => {}
            (SignalKind::MessagesChanged { seqs, .. }, SignalKind::MessagesChanged { seqs: others, .. }) => {
                let mut all: Vec<i64> = seqs.iter().chain(others).copied().collect();
                all.sort_unstable();
                all.dedup();
                // Each of them is told, so that the news of this topic may take several places.
                if all.len() > MOST_NAMED {
                    return false;
                }
                let mut both = Notice::clone(later);
                if let SignalKind::MessagesChanged { seqs, .. } = &mut both.kind {
                    *seqs = all;
                }
                *notice = Arc::new(both);
            }
            (
                SignalKind::FriendsChanged { user_ids, .. } | SignalKind::GroupMembersChanged { user_ids, .. },
                SignalKind::FriendsChanged { user_ids: others, .. } | SignalKind::GroupMembersChanged { user_ids: others, .. },
            ) => {
                let all = joined(user_ids, others);
                let mut both = Notice::clone(later);
                if let SignalKind::FriendsChanged { user_ids, .. } | SignalKind::GroupMembersChanged { user_ids, .. } = &mut both.kind {
                    *user_ids = all;
                }
                *notice = Arc::new(both);
            }
            _ => *notice = later.clone(),
        }
        true
    }
}

/// Joins two lists of the first who changed, each once and no longer than one of them may be.
fn joined(first: &[UserId], others: &[UserId]) -> Vec<UserId> {
    let mut all = first.to_vec();
    all.extend(others.iter().filter(|user| !first.contains(user)).cloned());
    all.truncate(MOST_NAMED);
    all
}

/// Why a stream ends before its client does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// The queue ran over.
    TooSlow,
    /// The token was revoked.
    Revoked,
    /// The node stops.
    Stopping,
}

#[derive(Debug, Default)]
struct State {
    items: VecDeque<Item>,
    /// The number of the item in front.
    front: usize,
    /// The number of the last waiting item of each topic.
    topics: FxHashMap<Topic, usize>,
    end: Option<End>,
}

impl State {
    fn add(&mut self, item: Item, capacity: usize) {
        let topic = item.topic();
        let place = topic.and_then(|topic| self.topics.get(&topic)?.checked_sub(self.front));
        let waiting = place.and_then(|place| self.items.get_mut(place));
        if waiting.is_some_and(|waiting| waiting.absorb(&item)) {
            return;
        }
        if self.items.len() >= capacity {
            if topic.is_some_and(Topic::is_fleeting) {
                return;
            }
            self.end = Some(End::TooSlow);
            self.clear();
        } else {
            if let Some(topic) = topic {
                self.topics.insert(topic, self.front + self.items.len());
            }
            self.items.push_back(item);
        }
    }

    fn take(&mut self) -> Option<Item> {
        let item = self.items.pop_front()?;
        if let Some(topic) = item.topic()
            && self.topics.get(&topic) == Some(&self.front)
        {
            self.topics.remove(&topic);
        }
        self.front += 1;
        if self.items.is_empty() {
            // A burst must not leave its memory behind on an idle stream.
            self.clear();
        }
        Some(item)
    }

    fn clear(&mut self) {
        self.items = VecDeque::new();
        self.topics = FxHashMap::default();
        self.front = 0;
    }
}

/// One stream's place in the hub.
#[derive(Debug)]
pub(crate) struct Seat {
    /// Whose stream.
    pub(crate) user: UserId,
    /// The device class of the token it was opened with.
    pub(crate) platform: Platform,
    token_hash: Option<Arc<str>>,
    capacity: usize,
    state: Mutex<State>,
    waker: AtomicWaker,
}

impl Sitter for Seat {
    fn user(&self) -> &UserId {
        &self.user
    }

    fn platform(&self) -> Platform {
        self.platform
    }

    fn token_hash(&self) -> Option<&str> {
        self.token_hash.as_deref()
    }
}

impl Seat {
    /// Makes a seat for at most `capacity` waiting signals.
    pub(crate) fn new(principal: &Principal, capacity: usize) -> Self {
        let Principal { user_id, platform, token_hash, .. } = principal.clone();
        Self { user: user_id, platform, token_hash, capacity, state: Mutex::default(), waker: AtomicWaker::new() }
    }

    /// Adds what happened; news of what waits already takes no further place, and a full queue ends the stream instead of
    /// growing.
    pub(crate) fn push(&self, item: Item) {
        {
            let mut state = self.state.lock();
            if state.end.is_some() {
                return;
            }
            state.add(item, self.capacity);
        }
        self.waker.wake();
    }

    /// Ends the stream; what waits is dropped.
    pub(crate) fn close(&self, end: End) {
        {
            let mut state = self.state.lock();
            state.end.get_or_insert(end);
            state.clear();
        }
        self.waker.wake();
    }

    /// Tells whether the stream must end.
    pub(crate) fn end(&self) -> Option<End> {
        self.state.lock().end
    }

    /// Waits for the next item, or for the end.
    pub(crate) async fn next(&self) -> Result<Item, End> {
        poll_fn(|task| {
            self.waker.register(task.waker());
            let mut state = self.state.lock();
            if let Some(end) = state.end {
                return Poll::Ready(Err(end));
            }
            state.take().map_or(Poll::Pending, |item| Poll::Ready(Ok(item)))
        })
        .await
    }
}
