//! Sessions: what an SDK socket has of the hub. A session hears every message for its user as the message itself, made once
//! per node however many sockets get it; what a signal could not carry, or what was lost, comes as ranges to be read from
//! the log. It has no task: it works when its socket polls it.

mod berth;
mod missed;
mod pushed;
mod register;
mod rules;

use std::collections::VecDeque;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::future::{BoxFuture, FutureExt};
use openim_core::{ConversationId, ConversationKind, Error, ErrorCode, OperationId, Platform, Principal, Result, Timestamp, UserId};
use openim_platform::presence::background_id;

pub use berth::SessionEnd;
pub use pushed::{FORMS, Pushed};

pub(crate) use berth::{Berth, Waiting};
pub(crate) use register::Sessions;
pub(crate) use rules::receives;

use crate::attendance::Stay;
use crate::hub::Hub;

/// For how long after its begin a session looks whether a conversation that appears has a message that nobody told it of:
/// longer than it takes to make the conversation of a first message, unless the event bus is away.
const YOUNG: Duration = Duration::from_secs(60);
/// The most conversations that are remembered meanwhile; of more, a message may be told twice, which clients pass over.
const MOST_HEARD: usize = 64;

/// What a session has to tell its socket.
#[derive(Debug)]
pub enum Push {
    /// A message.
    Message(Arc<Pushed>),
    /// Messages that must be read from the log.
    Range {
        /// The log.
        conversation_id: ConversationId,
        /// The first place.
        first: i64,
        /// The last place.
        last: i64,
    },
    /// Somebody who is watched came, went, or uses other devices.
    Presence {
        /// Who.
        user_id: UserId,
        /// All platforms that are online now.
        platforms: Vec<Platform>,
    },
    /// Signals were lost: tokens and presences must be looked at again. What was stored meanwhile follows as ranges.
    Lost,
}

/// A place of an SDK socket; dropping it gives it up.
pub struct Session {
    hub: Arc<Hub>,
    berth: Arc<Berth>,
    /// The user is online as long as the session lives.
    stay: Stay,
    principal: Arc<Principal>,
    operation_id: OperationId,
    /// Whose presence is heard of, and which change of it was told last.
    watched: Vec<(UserId, i64)>,
    began: Timestamp,
    /// The conversations without members of which something was told, or looked for, while the session was young.
    heard: Vec<ConversationId>,
    /// Which groups the user is in, being asked. Nothing is taken from the berth before: of a group that the user leaves
    /// meanwhile, the answer may still know, and what is asked about it afterwards must be what stands.
    opening: Option<BoxFuture<'static, Result<()>>>,
    ready: VecDeque<Push>,
    asking: Option<BoxFuture<'static, Result<VecDeque<Push>>>>,
}

/// Tells whether a conversation comes into being with its first message.
fn has_first_words(id: &ConversationId) -> bool {
    matches!(id.kind(), ConversationKind::Single | ConversationKind::System)
}

impl Hub {
    /// Takes a place for a socket: from now on nothing is missed of what goes to the user; group
    /// conversations are heard once [`Session::poll_open`] is ready.
    ///
    /// # Errors
    /// `CONNECTION_LIMIT` for a user with too many sockets, `TOKEN_KICKED` when the token was revoked just now,
    /// `UNAVAILABLE` while the node stops.
    pub fn attach(self: &Arc<Self>, principal: Arc<Principal>, operation_id: OperationId) -> Result<Session> {
        let settings = &self.settings;
        let berth = Arc::new(Berth::new(&principal, settings.session_frames, settings.session_bytes));
        self.sessions.lock().join(&berth, settings.max_sessions_per_user.max(1))?;
        let (hub, whose, operation) = (self.clone(), principal.clone(), operation_id.clone());
        let opening = async move { missed::follow_all(&hub, &whose, &operation).await };
        let session = Session {
            hub: self.clone(),
            berth,
            stay: self.arrivals.arrive(&principal, self.runtime.ids.hex32()),
            principal,
            operation_id,
            watched: Vec::new(),
            began: self.now(),
            heard: Vec::new(),
            opening: Some(opening.boxed()),
            ready: VecDeque::new(),
            asking: None,
        };
        if self.is_stopped() {
            return Err(Error::new(ErrorCode::Unavailable, "this node stops"));
        }
        Ok(session)
    }
}

impl Session {
    /// Becomes ready when the session hears of all groups that its user is in.
    ///
    /// # Errors
    /// That of the graph; the session then hears of no group.
    pub fn poll_open(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>> {
        let Some(opening) = &mut self.opening else { return Poll::Ready(Ok(())) };
        let Poll::Ready(opened) = opening.poll_unpin(cx) else { return Poll::Pending };
        self.opening = None;
        Poll::Ready(opened)
    }

    /// Becomes ready when the session must end, also while nothing is taken from it.
    pub fn poll_end(&mut self, cx: &Context<'_>) -> Poll<SessionEnd> {
        self.berth.poll_end(cx).map_or(Poll::Pending, Poll::Ready)
    }

    /// Returns the next push, or why the session must end; before it is open there is none. One task may poll at a time.
    ///
    /// # Errors
    /// The reason of the end.
    pub fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Result<Push, SessionEnd>> {
        loop {
            if let Some(end) = self.berth.poll_end(cx) {
                return Poll::Ready(Err(end));
            }
            if self.opening.is_some() {
                return Poll::Pending;
            }
            if let Some(push) = self.ready.pop_front() {
                self.note(&push);
                return Poll::Ready(Ok(push));
            }
            if let Some(asking) = &mut self.asking {
                let Poll::Ready(found) = asking.poll_unpin(cx) else { return Poll::Pending };
                self.asking = None;
                match found {
                    Ok(pushes) => self.ready = pushes,
                    Err(error) => {
                        tracing::warn!(error = &error as &dyn std::error::Error, "a session cannot ask the graph and ends");
                        return Poll::Ready(Err(SessionEnd::Failed));
                    }
                }
                continue;
            }
            match self.berth.take() {
                Some(waiting) => {
                    if let Some(push) = self.turn(waiting) {
                        return Poll::Ready(Ok(push));
                    }
                }
                None => return Poll::Pending,
            }
        }
    }

    /// Counts a message that was handed to the socket.
    pub fn handed(&self, pushed: &Pushed) {
        self.hub.arrivals.handed(pushed.stored_at(), self.hub.now());
    }

    /// Says whether the app is in the background, for the rules of who gets a push and who is told while being offline.
    pub fn set_background(&mut self, background: bool) {
        if self.berth.set_background(background) == background {
            return;
        }
        let id = self.hub.runtime.ids.hex32();
        let id = if background { background_id(&id) } else { id };
        // The new stay begins before the old one ends: the user is online all the time.
        self.stay = self.hub.arrivals.arrive(&self.principal, id);
    }

    /// Hears of these users' presence from now on.
    ///
    /// # Errors
    /// `ARGS_ERROR` when that were too many.
    pub fn watch(&mut self, users: &[UserId]) -> Result<()> {
        let most = self.hub.settings.max_watched;
        let new: Vec<&UserId> = users.iter().filter(|user| !self.watched.iter().any(|(other, _)| other == *user)).collect();
        if self.watched.len() + new.len() > most {
            return Err(Error::new(ErrorCode::Args, format!("at most {most} users can be watched")));
        }
        let mut sessions = self.hub.sessions.lock();
        for user in new {
            if sessions.watch(&self.berth, user) {
                self.watched.push((user.clone(), 0));
            }
        }
        Ok(())
    }

    /// Hears of these users' presence no more.
    pub fn unwatch(&mut self, users: &[UserId]) {
        let mut sessions = self.hub.sessions.lock();
        users.iter().for_each(|user| sessions.unwatch(&self.berth, user));
        self.watched.retain(|(user, _)| !users.contains(user));
    }

    /// Returns whose presence is heard of.
    pub fn watched(&self) -> Vec<UserId> {
        self.watched.iter().map(|(user, _)| user.clone()).collect()
    }

    fn is_young(&self) -> bool {
        self.began.until(self.hub.now()) < YOUNG
    }

    /// Notes of which conversations something was told.
    fn note(&mut self, push: &Push) {
        let id = match push {
            Push::Message(pushed) => &pushed.message().conversation_id,
            Push::Range { conversation_id, .. } => conversation_id,
            Push::Presence { .. } | Push::Lost => return,
        };
        self.hear(id);
    }

    /// Notes that a conversation needs no looking at any more.
    fn hear(&mut self, id: &ConversationId) {
        if !self.is_young() {
            self.heard = Vec::new();
        } else if has_first_words(id) && !self.heard.contains(id) && self.heard.len() < MOST_HEARD {
            self.heard.push(id.clone());
        }
    }

    fn turn(&mut self, waiting: Waiting) -> Option<Push> {
        let (hub, principal, operation_id) = (self.hub.clone(), self.principal.clone(), self.operation_id.clone());
        match waiting {
            Waiting::Presence { user_id, platforms, version } => {
                // Two nodes may tell of changes in the wrong order.
                let (_, told) = self.watched.iter_mut().find(|(user, told)| *user == user_id && (*told < version || version == 0))?;
                *told = version;
                return Some(Push::Presence { user_id, platforms });
            }
            Waiting::Push(push) => {
                self.note(&push);
                return Some(push);
            }
            Waiting::View(id) if id.kind() == ConversationKind::Group => {
                self.asking = Some(async move { missed::follow(&hub, &principal, &operation_id, &id).await }.boxed());
            }
            Waiting::View(id) => {
                // A first message is signalled a moment before its conversation is there. A client that connected between
                // the two has neither heard of it nor seen it among the ends of its logs.
                if self.is_young() && !self.heard.contains(&id) {
                    // Later changes of the row are no news of messages.
                    self.hear(&id);
                    let since = self.began.minus(hub.settings.margin);
                    self.asking = Some(async move { missed::stored(&hub, &principal, &operation_id, &id, since).await }.boxed());
                }
            }
            Waiting::Lost { since } => {
                self.asking = Some(async move { missed::since(&hub, &principal, &operation_id, since).await }.boxed());
            }
        }
        None
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let mut sessions = self.hub.sessions.lock();
        self.watched.iter().for_each(|(user, _)| sessions.unwatch(&self.berth, user));
        sessions.leave(&self.berth);
    }
}
