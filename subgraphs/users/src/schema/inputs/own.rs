//! What clients send about shared entries, configured values and notification accounts.

use async_graphql::{ID, InputObject};

use crate::model;
use crate::schema::types::UserLevel;

/// A small entry for all of a user's devices. Adding it again writes it over.
#[derive(InputObject)]
pub(crate) struct AddUserCommandInput {
    /// Whose: one's own when absent, anybody's for an app administrator.
    user_id: Option<ID>,
    /// What kind of entry, as the application numbers them; not 0.
    #[graphql(name = "type")]
    kind: i32,
    /// The client's key, unique among the user's entries of the type; 1 to 255 bytes.
    uuid: ID,
    /// The content, at most 16 KiB.
    #[graphql(default)]
    value: String,
    /// Whatever the application keeps with the entry, at most 16 KiB.
    #[graphql(default)]
    ex: String,
}

impl From<AddUserCommandInput> for model::AddCommand {
    fn from(input: AddUserCommandInput) -> Self {
        let AddUserCommandInput { user_id, kind, uuid, value, ex } = input;
        Self { user_id: user_id.map(|id| id.0), kind, uuid: uuid.0, value, ex }
    }
}

/// What to change of an entry. A field that is absent or null keeps what is stored; an empty text clears it.
#[derive(InputObject)]
pub(crate) struct UpdateUserCommandInput {
    /// Whose: one's own when absent, anybody's for an app administrator.
    user_id: Option<ID>,
    /// The entry's type.
    #[graphql(name = "type")]
    kind: i32,
    /// The client's key.
    uuid: ID,
    /// The new content, at most 16 KiB.
    value: Option<String>,
    /// The new application data, at most 16 KiB.
    ex: Option<String>,
}

impl From<UpdateUserCommandInput> for model::UpdateCommand {
    fn from(input: UpdateUserCommandInput) -> Self {
        let UpdateUserCommandInput { user_id, kind, uuid, value, ex } = input;
        Self { user_id: user_id.map(|id| id.0), kind, uuid: uuid.0, value, ex }
    }
}

/// Which entry goes.
#[derive(InputObject)]
pub(crate) struct RemoveUserCommandInput {
    /// Whose: one's own when absent, anybody's for an app administrator.
    pub(crate) user_id: Option<ID>,
    /// The entry's type.
    #[graphql(name = "type")]
    pub(crate) kind: i32,
    /// The client's key.
    pub(crate) uuid: ID,
}

/// Values that clients are configured with.
#[derive(InputObject)]
pub(crate) struct SetClientConfigInput {
    /// For whom; absent for everybody.
    user_id: Option<ID>,
    /// The values, at most 1,000; known names are written over, others stay.
    entries: Vec<ClientConfigEntryInput>,
}

/// One value.
#[derive(InputObject)]
pub(crate) struct ClientConfigEntryInput {
    /// The name, 1 to 128 bytes.
    key: String,
    /// The value, at most 16 KiB.
    value: String,
}

impl From<SetClientConfigInput> for model::SetConfig {
    fn from(input: SetClientConfigInput) -> Self {
        let values = input.entries.into_iter().map(|ClientConfigEntryInput { key, value }| model::ConfigValue { key, value });
        Self { user_id: input.user_id.map(|id| id.0), values: values.collect() }
    }
}

/// Which values go.
#[derive(InputObject)]
pub(crate) struct RemoveClientConfigInput {
    /// Whose; absent for everybody's.
    user_id: Option<ID>,
    /// The names, at most 1,000; unknown ones do not matter.
    keys: Vec<String>,
}

impl From<RemoveClientConfigInput> for model::RemoveConfig {
    fn from(input: RemoveClientConfigInput) -> Self {
        Self { user_id: input.user_id.map(|id| id.0), keys: input.keys }
    }
}

/// An account that sends notifications and cannot log in.
#[derive(InputObject)]
pub(crate) struct AddNotificationAccountInput {
    /// The id; absent or empty for one of ten digits that the server makes.
    id: Option<ID>,
    /// The shown name, not empty, at most 255 bytes.
    nickname: String,
    /// The address of the picture, at most 2 KiB.
    #[graphql(default)]
    face_url: String,
    /// `NOTIFICATION` or `ROBOT`.
    #[graphql(default_with = "UserLevel::Notification")]
    level: UserLevel,
}

impl From<AddNotificationAccountInput> for model::AddAccount {
    fn from(input: AddNotificationAccountInput) -> Self {
        let AddNotificationAccountInput { id, nickname, face_url, level } = input;
        Self { id: id.map(|id| id.0).filter(|id| !id.is_empty()), nickname, face_url, level: level.into() }
    }
}

/// How an account looks from now on. Absent, null and empty keep what is stored; one must be given.
#[derive(InputObject)]
pub(crate) struct UpdateNotificationAccountInput {
    /// The account.
    id: ID,
    /// The new shown name, at most 255 bytes.
    nickname: Option<String>,
    /// The new address of the picture, at most 2 KiB.
    face_url: Option<String>,
}

impl From<UpdateNotificationAccountInput> for model::UpdateAccount {
    fn from(input: UpdateNotificationAccountInput) -> Self {
        Self { id: input.id.0, nickname: input.nickname, face_url: input.face_url }
    }
}
