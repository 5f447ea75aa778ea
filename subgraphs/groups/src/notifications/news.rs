//! Telling what an operator did, inside the transaction of the change.

use openim_contracts::{Audience, NotificationRequested, NotificationTarget, Signal, SignalKind};
use openim_core::{ConversationId, Ctx, Error, GroupId, Result, UserId};
use openim_platform::store::Tx;
use serde::Serialize;

use super::shapes::MemberShape;
use crate::people::People;
use crate::policy::Standing;
use crate::repository::groups;

/// The most members that a signal names; who wants to know more loads the changes.
const MAX_SIGNALLED: usize = 100;

/// What one operation tells.
pub(crate) struct News<'a> {
    ctx: &'a Ctx,
    tx: &'a Tx,
    people: &'a People,
    operator: &'a Standing,
}

impl<'a> News<'a> {
    /// Tells in the name of `operator`, whose name is among `people`.
    pub(crate) fn new(ctx: &'a Ctx, tx: &'a Tx, people: &'a People, operator: &'a Standing) -> Self {
        Self { ctx, tx, people, operator }
    }

    /// Returns how the operator is shown in a group: an app administrator always as such.
    pub(crate) fn operator(&self, group: &GroupId) -> MemberShape {
        let user = self.people.public(&self.operator.user);
        match &self.operator.member {
            _ if self.operator.app_admin => MemberShape::of_app_admin(group, &user),
            Some(member) => (&self.people.view(member.clone())).into(),
            None => MemberShape::of_stranger(group, &user),
        }
    }

    /// Writes a notification to a group. A dismissed one hears nothing but that it was dismissed.
    pub(crate) async fn to_group(&self, group: &GroupId, content_type: i32, tips: &impl Serialize, as_message: Option<bool>) -> Result<()> {
        if content_type != super::content_type::DISMISSED {
            let stored = groups::find_one(self.tx.connection(), group).await?;
            if stored.is_some_and(|group| group.is_dismissed()) {
                return Ok(());
            }
        }
        self.write(NotificationTarget::Group(group.clone()), content_type, tips, as_message).await
    }

    /// Writes a notification to one user.
    pub(crate) async fn to_user(&self, user: &UserId, content_type: i32, tips: &impl Serialize) -> Result<()> {
        self.write(NotificationTarget::User(user.clone()), content_type, tips, None).await
    }

    async fn write(&self, target: NotificationTarget, content_type: i32, tips: &impl Serialize, as_message: Option<bool>) -> Result<()> {
        let notification = NotificationRequested {
            key: self.ctx.ids().hex32(),
            content_type,
            sender: self.operator.user.clone(),
            target,
            detail: serde_json::to_value(tips).map_err(Error::internal)?,
            as_message,
            at: self.ctx.now(),
        };
        self.tx.append(self.ctx, &notification).await
    }
}

/// Hints to everybody in a group that its data changed.
pub(crate) fn group_changed(tx: &Tx, group: &GroupId) {
    tx.signal(Signal { audience: everybody(group), kind: SignalKind::GroupChanged { group_id: group.clone() } });
}

/// Hints to everybody in a group that members entered, left or changed.
pub(crate) fn members_changed(tx: &Tx, group: &GroupId, users: &[UserId]) {
    let user_ids = users.iter().take(MAX_SIGNALLED).cloned().collect();
    tx.signal(Signal { audience: everybody(group), kind: SignalKind::GroupMembersChanged { group_id: group.clone(), user_ids } });
}

/// Hints to each user that the own list of groups changed.
pub(crate) fn joined_changed(tx: &Tx, group: &GroupId, users: &[UserId]) {
    for user in users {
        let kind = SignalKind::JoinedGroupsChanged { owner: user.clone(), group_id: group.clone() };
        tx.signal(Signal { audience: Audience::Users(vec![user.clone()]), kind });
    }
}

/// Hints to those concerned that a request to enter was made or answered.
pub(crate) fn request_changed(tx: &Tx, group: &GroupId, user: &UserId, concerned: Vec<UserId>) {
    let kind = SignalKind::GroupRequestChanged { group_id: group.clone(), user_id: user.clone() };
    tx.signal(Signal { audience: Audience::Users(concerned), kind });
}

fn everybody(group: &GroupId) -> Audience {
    Audience::Conversation(ConversationId::group(group))
}
