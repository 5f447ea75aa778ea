//! What clients send.

mod own;

use async_graphql::{ID, InputObject};
use openim_graphql::{Platform, ReceiveOption};

use super::types::UserLevel;
use crate::model;

pub(crate) use own::{
    AddNotificationAccountInput, AddUserCommandInput, RemoveClientConfigInput, RemoveUserCommandInput, SetClientConfigInput,
    UpdateNotificationAccountInput, UpdateUserCommandInput,
};

/// Users to register: all of them or none.
#[derive(InputObject)]
pub(crate) struct RegisterUsersInput {
    /// The new users, 1 to 1,000.
    pub(crate) users: Vec<NewUserInput>,
}

impl From<RegisterUsersInput> for model::RegisterUsers {
    fn from(input: RegisterUsersInput) -> Self {
        Self { users: input.users.into_iter().map(Into::into).collect() }
    }
}

/// A user to register.
#[derive(InputObject)]
pub(crate) struct NewUserInput {
    /// The id: letters and digits of any script and `_`, at most 64 bytes.
    id: ID,
    /// The shown name, not empty, at most 255 bytes.
    nickname: String,
    /// The address of the picture, at most 2 KiB.
    #[graphql(default)]
    face_url: String,
    /// Whatever the application keeps with the user, at most 64 KiB.
    #[graphql(default)]
    ex: String,
    /// What kind of account it is.
    #[graphql(default_with = "UserLevel::Ordinary")]
    level: UserLevel,
    /// What the user wants to receive from everybody.
    #[graphql(default_with = "ReceiveOption::Receive")]
    global_receive_option: ReceiveOption,
}

impl From<NewUserInput> for model::NewUser {
    fn from(input: NewUserInput) -> Self {
        Self {
            id: input.id.0,
            profile: model::Profile { nickname: input.nickname, face_url: input.face_url, ex: input.ex },
            level: input.level.into(),
            receive_option: input.global_receive_option.number(),
        }
    }
}

/// What to change of a user. A field that is absent or null keeps what is stored; an empty text clears it.
#[derive(InputObject)]
pub(crate) struct UpdateUserInput {
    /// Whose profile: one's own, or anybody's for an app administrator.
    id: ID,
    /// The new shown name, at most 255 bytes.
    nickname: Option<String>,
    /// The new address of the picture, at most 2 KiB.
    face_url: Option<String>,
    /// The new application data, at most 64 KiB.
    ex: Option<String>,
    /// What the user wants to receive from everybody from now on.
    global_receive_option: Option<ReceiveOption>,
    /// Whether an empty text and `RECEIVE` keep what is stored, too, as in OpenIM's older `update_user_info`.
    #[graphql(default)]
    empty_keeps: bool,
}

impl From<UpdateUserInput> for model::UpdateUser {
    fn from(input: UpdateUserInput) -> Self {
        Self {
            id: input.id.0,
            nickname: input.nickname,
            face_url: input.face_url,
            ex: input.ex,
            receive_option: input.global_receive_option.map(ReceiveOption::number),
            empty_keeps: input.empty_keeps,
        }
    }
}

/// How an administrator logs in.
#[derive(InputObject)]
pub(crate) struct CreateAdminTokenInput {
    /// The configured secret.
    pub(crate) secret: String,
    /// A configured administrator.
    pub(crate) user_id: ID,
}

/// Who gets a token for what.
#[derive(InputObject)]
pub(crate) struct CreateUserTokenInput {
    /// The user; no administrator, notification account or robot.
    pub(crate) user_id: ID,
    /// The platform; not `ADMIN`.
    pub(crate) platform: Platform,
}

/// Whose logins end.
#[derive(InputObject)]
pub(crate) struct RevokeSessionsInput {
    /// The user; an unknown one has no logins.
    pub(crate) user_id: ID,
    /// The platform.
    pub(crate) platform: Platform,
}
