//! What can be changed.

use async_graphql::{Context, Object, Result};
use openim_core::{Error, ErrorCode};
use openim_graphql::caller;

use super::group::Group;
use super::inputs::{CreateGroupInput, DismissGroupInput, MuteGroupInput, TransferGroupInput, UpdateGroupInput};
use super::member::GroupMember;
use super::member_inputs::{
    InviteToGroupInput, JoinGroupInput, LeaveGroupInput, MuteGroupMemberInput, RemoveGroupMembersInput, RespondToGroupRequestInput,
    UnmuteGroupMemberInput, UpdateGroupMembersInput,
};
use super::payloads::{
    GroupMemberPayload, GroupPayload, InviteToGroupPayload, JoinGroupPayload, RespondToGroupRequestPayload, UpdateGroupMembersPayload,
};
use super::request::GroupRequest;
use super::service;
use crate::model::MuteMember;

pub(crate) struct Mutation;

/// What can be changed.
#[Object]
impl Mutation {
    /// Makes a group with its first members. Its owner is the caller; an app administrator may name anybody, and is then only
    /// a member when named as one. Fails with `GROUP_ID_EXISTED` when the id is taken.
    async fn create_group(&self, ctx: &Context<'_>, #[graphql(desc = "The group.")] input: CreateGroupInput) -> Result<GroupPayload> {
        Ok(GroupPayload { group: Group(service(ctx)?.create(caller(ctx)?, input.into()).await?) })
    }

    /// Changes a group's data. For owner, administrators and app administrators.
    async fn update_group(&self, ctx: &Context<'_>, #[graphql(desc = "What to change.")] input: UpdateGroupInput) -> Result<GroupPayload> {
        Ok(GroupPayload { group: Group(service(ctx)?.update(caller(ctx)?, input.into()).await?) })
    }

    /// Ends a group: nobody may write, enter or change anything any more; its members are cleared soon. For the owner and app
    /// administrators.
    async fn dismiss_group(&self, ctx: &Context<'_>, #[graphql(desc = "Which one.")] input: DismissGroupInput) -> Result<GroupPayload> {
        Ok(GroupPayload { group: Group(service(ctx)?.dismiss(caller(ctx)?, input.into()).await?) })
    }

    /// Gives a group to another member; the old owner gets the role that the new one had. For the owner and app
    /// administrators.
    async fn transfer_group(&self, ctx: &Context<'_>, #[graphql(desc = "To whom.")] input: TransferGroupInput) -> Result<GroupPayload> {
        Ok(GroupPayload { group: Group(service(ctx)?.transfer(caller(ctx)?, input.into()).await?) })
    }

    /// Lets only the owner and administrators write. For owner, administrators and app administrators.
    async fn mute_group(&self, ctx: &Context<'_>, #[graphql(desc = "Which one.")] input: MuteGroupInput) -> Result<GroupPayload> {
        Ok(GroupPayload { group: Group(service(ctx)?.mute(caller(ctx)?, &input.group_id, true).await?) })
    }

    /// Lets everybody write again. For owner, administrators and app administrators.
    async fn unmute_group(&self, ctx: &Context<'_>, #[graphql(desc = "Which one.")] input: MuteGroupInput) -> Result<GroupPayload> {
        Ok(GroupPayload { group: Group(service(ctx)?.mute(caller(ctx)?, &input.group_id, false).await?) })
    }

    /// Brings users into a group, or asks for them where an ordinary member may not decide. Who is a member already is left
    /// alone and reported. For members and app administrators.
    async fn invite_to_group(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom.")] input: InviteToGroupInput,
    ) -> Result<InviteToGroupPayload> {
        Ok(service(ctx)?.invite(caller(ctx)?, input.into()).await?.into())
    }

    /// Enters a group, or asks to.
    async fn join_group(&self, ctx: &Context<'_>, #[graphql(desc = "Which one.")] input: JoinGroupInput) -> Result<JoinGroupPayload> {
        Ok(service(ctx)?.join(caller(ctx)?, input.into()).await?.into())
    }

    /// Answers a request to enter a group. For owner, administrators and app administrators.
    async fn respond_to_group_request(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The answer.")] input: RespondToGroupRequestInput,
    ) -> Result<RespondToGroupRequestPayload> {
        let (request, member) = service(ctx)?.answer(caller(ctx)?, input.into()).await?;
        Ok(RespondToGroupRequestPayload { request: GroupRequest(request), member: member.map(GroupMember) })
    }

    /// Leaves a group. The owner cannot.
    async fn leave_group(&self, ctx: &Context<'_>, #[graphql(desc = "Which one.")] input: LeaveGroupInput) -> Result<GroupPayload> {
        Ok(GroupPayload { group: Group(service(ctx)?.leave(caller(ctx)?, input.into()).await?) })
    }

    /// Removes members. The owner may remove everybody else, administrators ordinary members, app administrators everybody but
    /// the owner.
    async fn remove_group_members(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom.")] input: RemoveGroupMembersInput,
    ) -> Result<GroupPayload> {
        Ok(GroupPayload { group: Group(service(ctx)?.remove(caller(ctx)?, input.into()).await?) })
    }

    /// Keeps a member from writing for a time. Owner and administrators may mute ordinary members, the owner also
    /// administrators, app administrators everybody.
    async fn mute_group_member(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom and how long.")] input: MuteGroupMemberInput,
    ) -> Result<GroupMemberPayload> {
        let seconds = u32::try_from(input.seconds.0).map_err(|_| Error::new(ErrorCode::Args, "seconds must be from 1 to 4294967295"))?;
        let command = MuteMember { group: input.group_id.0, user: input.user_id.0, seconds: Some(seconds) };
        Ok(GroupMemberPayload { member: GroupMember(service(ctx)?.mute_member(caller(ctx)?, command).await?) })
    }

    /// Lets a muted member write again. The same people may as in `muteGroupMember`.
    async fn unmute_group_member(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom.")] input: UnmuteGroupMemberInput,
    ) -> Result<GroupMemberPayload> {
        let command = MuteMember { group: input.group_id.0, user: input.user_id.0, seconds: None };
        Ok(GroupMemberPayload { member: GroupMember(service(ctx)?.mute_member(caller(ctx)?, command).await?) })
    }

    /// Changes members, all or none. Everybody may change the own name, picture and text; administrators also ordinary
    /// members, whom they may make administrators; the owner everybody, but not the own role; app administrators everybody.
    async fn update_group_members(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom and what.")] input: UpdateGroupMembersInput,
    ) -> Result<UpdateGroupMembersPayload> {
        let changes = input.members.into_iter().map(Into::into).collect();
        let members = service(ctx)?.update_members(caller(ctx)?, changes).await?;
        Ok(UpdateGroupMembersPayload { members: members.into_iter().map(GroupMember).collect() })
    }
}
