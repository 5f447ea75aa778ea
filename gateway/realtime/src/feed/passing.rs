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

/// Whose presence a stream hears of, each with the number of the change that was told last.
#[derive(Debug, Default)]
pub(crate) struct Watched(Vec<(UserId, i64)>);

impl Watched {
    /// Takes users to watch.
    ///
    /// # Errors
    /// `ARGS_ERROR` for more than `most`, and for an id that none can have.
    pub(crate) fn parse(ids: &[String], most: usize) -> Result<Self> {
        if ids.len() > most {
            return Err(Error::new(ErrorCode::Args, format!("at most {most} users can be watched")));
        }
        let mut users = ids.iter().map(|id| Ok((UserId::parse(id.as_str())?, 0))).collect::<Result<Vec<_>>>()?;
        users.sort_unstable();
        users.dedup();
        Ok(Self(users))
    }

    /// Lets a stream hear of them.
    pub(crate) fn watch(&self, hub: &Hub, seat: &Arc<Seat>) {
        if !self.0.is_empty() {
            hub.index(|registry| self.0.iter().for_each(|(user, _)| _ = registry.watch(seat, user)));
        }
    }

    /// Lets a stream hear of them no more.
    pub(super) fn unwatch(&self, hub: &Hub, seat: &Arc<Seat>) {
        if !self.0.is_empty() {
            hub.index(|registry| self.0.iter().for_each(|(user, _)| registry.unwatch(seat, user)));
        }
    }

    fn users(&self) -> Vec<UserId> {
        self.0.iter().map(|(user, _)| user.clone()).collect()
    }

    /// Notes that a change is told; returns whether it is newer than the last one.
    fn told(&mut self, user: &UserId, version: i64) -> bool {
        let place = self.0.binary_search_by(|(other, _)| other.cmp(user)).ok();
        let Some((_, told)) = place.and_then(|place| self.0.get_mut(place)) else { return false };
        // Two nodes may tell of changes in the wrong order.
        let newer = version > *told;
        *told = version.max(*told);
        newer
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
                self.say(Happened::PresenceChanged { user_id, platforms });
            }
        }
        Ok(())
    }

    /// Tells a change of somebody's presence.
    pub(super) fn presence_changed(&mut self, user: &UserId, platforms: &[Platform], version: i64) {
        if self.watched.told(user, version) {
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
