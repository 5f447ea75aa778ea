//! What clients send about groups.

use async_graphql::{ID, InputObject};

use super::enums::{GroupType, GroupVerification, MemberAccess};
use super::group::texts;
use crate::model;

/// A group to make, with its first members.
#[derive(InputObject)]
pub(crate) struct CreateGroupInput {
    /// The wanted id: letters and digits of any script, at most 64 bytes, no `_`. A random number when absent.
    id: Option<ID>,
    /// What kind of group; only `WORKING` can be made.
    #[graphql(name = "type", default_with = "GroupType::Working")]
    kind: GroupType,
    /// The shown name, at most 255 bytes.
    name: String,
    /// The announcement, at most 16 KiB.
    #[graphql(default)]
    notification: String,
    /// What the group is about, at most 16 KiB.
    #[graphql(default)]
    introduction: String,
    /// The address of the picture, at most 2 KiB.
    #[graphql(default)]
    face_url: String,
    /// The application's own text, at most 64 KiB.
    #[graphql(default)]
    ex: String,
    /// Who has to wait for an answer before entering.
    #[graphql(default_with = "GroupVerification::Applicants")]
    verification: GroupVerification,
    /// Whether clients let ordinary members look at each other's profiles.
    #[graphql(default_with = "MemberAccess::Allowed")]
    look_member_info: MemberAccess,
    /// Whether clients let ordinary members ask each other to be friends.
    #[graphql(default_with = "MemberAccess::Allowed")]
    apply_member_friend: MemberAccess,
    /// Who owns it: oneself, or anybody for an app administrator. The caller when absent.
    owner_id: Option<ID>,
    /// Who is named as the one who made it, for app administrators. The caller when absent.
    creator_id: Option<ID>,
    /// Who administrates it besides the owner, at most 1,000.
    #[graphql(default)]
    admin_ids: Vec<ID>,
    /// Who else is in it, at most 1,000. Nobody may come twice among owner, administrators and members.
    #[graphql(default)]
    member_ids: Vec<ID>,
    /// Whether the news are also a line of the chat; absent for what the server's policy says.
    as_message: Option<bool>,
}

impl From<CreateGroupInput> for model::CreateGroup {
    fn from(input: CreateGroupInput) -> Self {
        let given = |id: Option<ID>| id.map(|id| id.0).filter(|id| !id.is_empty());
        Self {
            group: model::NewGroup {
                id: given(input.id),
                working: input.kind == GroupType::Working,
                creator: given(input.creator_id),
                name: input.name,
                notification: input.notification,
                introduction: input.introduction,
                face_url: input.face_url,
                ex: input.ex,
                verification: input.verification.into(),
                look_member_info: input.look_member_info.into(),
                apply_member_friend: input.apply_member_friend.into(),
            },
            owner: given(input.owner_id),
            admins: texts(input.admin_ids),
            members: texts(input.member_ids),
            as_message: input.as_message,
        }
    }
}

/// What to change of a group. A field that is absent or null keeps what is stored; an empty text clears it.
#[derive(InputObject)]
pub(crate) struct UpdateGroupInput {
    /// The group.
    group_id: ID,
    /// The new name, not blank, at most 255 bytes.
    name: Option<String>,
    /// The new announcement, at most 16 KiB. White space around it is dropped.
    notification: Option<String>,
    /// What the group is about, at most 16 KiB.
    introduction: Option<String>,
    /// The new address of the picture, at most 2 KiB.
    face_url: Option<String>,
    /// The application's own text, at most 64 KiB.
    ex: Option<String>,
    /// Who has to wait for an answer before entering.
    verification: Option<GroupVerification>,
    /// Whether clients let ordinary members look at each other's profiles.
    look_member_info: Option<MemberAccess>,
    /// Whether clients let ordinary members ask each other to be friends.
    apply_member_friend: Option<MemberAccess>,
    /// Whether an empty name, announcement, introduction or picture keeps what is stored, too, as in OpenIM's older
    /// `set_group_info`.
    #[graphql(default)]
    empty_keeps: bool,
}

impl From<UpdateGroupInput> for model::UpdateGroup {
    fn from(input: UpdateGroupInput) -> Self {
        Self {
            group: input.group_id.0,
            name: input.name,
            notification: input.notification,
            introduction: input.introduction,
            face_url: input.face_url,
            ex: input.ex,
            verification: input.verification.map(Into::into),
            look_member_info: input.look_member_info.map(Into::into),
            apply_member_friend: input.apply_member_friend.map(Into::into),
            empty_keeps: input.empty_keeps,
        }
    }
}

/// Which group ends.
#[derive(InputObject)]
pub(crate) struct DismissGroupInput {
    /// The group.
    group_id: ID,
    /// Clears the members at once and without a notification; also possible for a group that was dismissed before.
    #[graphql(default)]
    clear_members: bool,
    /// Whether the news are also a line of the chat; absent for what the server's policy says.
    as_message: Option<bool>,
}

impl From<DismissGroupInput> for model::Dismiss {
    fn from(input: DismissGroupInput) -> Self {
        Self { group: input.group_id.0, silently: input.clear_members, as_message: input.as_message }
    }
}

/// Who gets a group from whom.
#[derive(InputObject)]
pub(crate) struct TransferGroupInput {
    /// The group.
    group_id: ID,
    /// The owner: the caller, unless the caller is an app administrator.
    from_id: ID,
    /// The member who becomes the owner.
    to_id: ID,
}

impl From<TransferGroupInput> for model::Transfer {
    fn from(input: TransferGroupInput) -> Self {
        Self { group: input.group_id.0, from: input.from_id.0, to: input.to_id.0 }
    }
}

/// A group to mute or unmute.
#[derive(InputObject)]
pub(crate) struct MuteGroupInput {
    /// The group.
    pub(crate) group_id: ID,
}
