//! Members as the graph shows them.

use async_graphql::{Context, ID, Object, Result};
use openim_core::Timestamp;
use openim_graphql::DateTime;

use super::enums::{GroupRole, JoinSource};
use super::group::Group;
use super::loaders::load_group;
use super::stubs::User;
use crate::model::MemberView;

#[derive(Debug, Clone)]
pub(crate) struct GroupMember(pub(crate) MemberView);

/// Somebody in a group. Members of the group and app administrators see it.
#[Object]
impl GroupMember {
    /// The group's id (OpenIM `groupID`).
    async fn group_id(&self) -> ID {
        ID::from(self.0.member.group.as_str())
    }

    /// The group.
    async fn group(&self, ctx: &Context<'_>) -> Result<Option<Group>> {
        load_group(ctx, self.0.member.group.clone()).await
    }

    /// The member's id (OpenIM `userID`).
    async fn user_id(&self) -> ID {
        ID::from(self.0.member.user.as_str())
    }

    /// The member's account; null when it is not registered any more.
    async fn user(&self) -> Option<User> {
        Some(User(self.0.member.user.clone()))
    }

    /// The shown name: the member's own in the group, or else the profile's.
    async fn nickname(&self) -> &str {
        &self.0.nickname
    }

    /// The shown picture: the member's own in the group, or else the profile's.
    async fn face_url(&self) -> &str {
        &self.0.face_url
    }

    /// The member's own name in the group; empty when there is none.
    async fn own_nickname(&self) -> &str {
        &self.0.member.nickname
    }

    /// The member's own picture in the group; empty when there is none.
    async fn own_face_url(&self) -> &str {
        &self.0.member.face_url
    }

    /// What the member may do.
    async fn role(&self) -> GroupRole {
        self.0.member.role.into()
    }

    /// When the member entered.
    async fn joined_at(&self) -> DateTime {
        self.0.member.joined_at.into()
    }

    /// How the member came.
    async fn join_source(&self) -> JoinSource {
        self.0.member.source.into()
    }

    /// Who invited the member; null for nobody.
    async fn inviter(&self) -> Option<User> {
        self.0.member.inviter.clone().map(User)
    }

    /// The id of who invited the member; null for nobody.
    async fn inviter_id(&self) -> Option<ID> {
        self.0.member.inviter.as_ref().map(|id| ID::from(id.as_str()))
    }

    /// Who let the member in; null for nobody.
    async fn operator(&self) -> Option<User> {
        self.0.member.operator.clone().map(User)
    }

    /// The id of who let the member in; null for nobody.
    async fn operator_id(&self) -> Option<ID> {
        self.0.member.operator.as_ref().map(|id| ID::from(id.as_str()))
    }

    /// Until when the member may not write; may have passed; null when the member was never muted or was unmuted.
    async fn muted_until(&self) -> Option<DateTime> {
        Some(self.0.member.muted_until).filter(|until| *until != Timestamp(0)).map(DateTime)
    }

    /// The application's own text.
    async fn ex(&self) -> &str {
        &self.0.member.ex
    }
}
