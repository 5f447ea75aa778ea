//! What is told once and kept nowhere: presence, and messages that are passed on without being stored.

use std::sync::Arc;
use std::time::Duration;

use openim_contracts::MessageData;
use openim_core::{Error, ErrorCode, Platform, Result, UserId};

use super::Feed;
use crate::event::Happened;
use crate::graph::MOST_PRESENCES;
use crate::hub::Hub;
use crate::seat::{Notice, Seat, TYPING};
use crate::session::receives;

/// How long it is worth telling that somebody types.
const FRESH: Duration = Duration::from_secs(10);

/// Whose presence a stream hears of, in the order of their ids.
#[derive(Debug, Default)]
pub(crate) struct Watched(Vec<WatchedUser>);

/// A user who is watched, and what this stream was told of them.
#[derive(Debug)]
struct WatchedUser {
    id: UserId,
    /// The number of the newest change that was heard of.
    version: i64,
    /// The platforms that were told last.
    told: Option<Vec<Platform>>,
}

impl Watched {
    /// Takes users to watch.
    ///
    /// # Errors
    /// `ARGS_ERROR` for more than `most`, and for an id that none can have.
    pub(crate) fn parse(ids: &[String], most: usize) -> Result<Self> {
        if ids.len() > most {
            return Err(Error::new(ErrorCode::Args, format!("at most {most} users can be watched")));
        }
        let mut users = ids.iter().map(|id| UserId::parse(id.as_str())).collect::<Result<Vec<_>>>()?;
        users.sort_unstable();
        users.dedup();
        Ok(Self(users.into_iter().map(|id| WatchedUser { id, version: 0, told: None }).collect()))
    }

    /// Lets a stream hear of them.
    pub(crate) fn watch(&self, hub: &Hub, seat: &Arc<Seat>) {
        if !self.0.is_empty() {
            hub.index(|registry| self.0.iter().for_each(|user| _ = registry.watch(seat, &user.id)));
        }
    }

    /// Lets a stream hear of them no more.
    pub(super) fn unwatch(&self, hub: &Hub, seat: &Arc<Seat>) {
        if !self.0.is_empty() {
            hub.index(|registry| self.0.iter().for_each(|user| registry.unwatch(seat, &user.id)));
        }
    }

    fn users(&self) -> Vec<UserId> {
        self.0.iter().map(|user| user.id.clone()).collect()
    }

    /// Notes what a user's platforms are, as of a change or, without a version, as was just read; returns whether that is
    /// news to this stream.
    fn tell(&mut self, user: &UserId, platforms: &[Platform], version: Option<i64>) -> bool {
        let place = self.0.binary_search_by(|other| other.id.cmp(user)).ok();
        let Some(watched) = place.and_then(|place| self.0.get_mut(place)) else { return false };
        // Two nodes may tell of changes in the wrong order.
        if version.is_some_and(|version| version <= watched.version) {
            return false;
        }
        watched.version = version.unwrap_or(watched.version);
        // What was told is told again by a node that is not certain that everybody heard it.
        let news = watched.told.as_deref() != Some(platforms);
        if news {
            watched.told = Some(platforms.to_vec());
        }
        news
    }
}

impl Feed {
    /// Tells where those who are watched are online now. Changes are heard already, and follow.
    pub(super) async fn tell_presences(&mut self) -> Result<()> {
        let users = self.watched.users();
        if users.is_empty() {
            return Ok(());
        }
        let hub = self.hub.clone();
        let turn = Self::ask(&hub, &self.principal, &self.operation_id).await?;
        for some in users.chunks(MOST_PRESENCES) {
            for (user_id, platforms) in turn.asking.presences(some).await? {
                if self.watched.tell(&user_id, &platforms, None) {
                    self.say(Happened::PresenceChanged { user_id, platforms });
                }
            }
        }
        Ok(())
    }

    /// Tells a change of somebody's presence.
    pub(super) fn presence_changed(&mut self, user: &UserId, platforms: &[Platform], version: i64) {
        if self.watched.tell(user, platforms, Some(version)) {
            self.say(Happened::PresenceChanged { user_id: user.clone(), platforms: platforms.to_vec() });
        }
    }

    /// Passes a message on, unless it is the viewer's own and not meant for other devices, or too old to mean anything.
    pub(super) fn passed_on(&mut self, message: &Arc<MessageData>, notice: &Notice) {
        let stale = message.envelope.content_type == TYPING && self.hub.now() > notice.at.plus(FRESH);
        if !stale && receives(message, &self.principal.user_id, self.principal.platform, false) {
            self.say(Happened::TransientMessageReceived { message: message.clone() });
        }
    }
}
