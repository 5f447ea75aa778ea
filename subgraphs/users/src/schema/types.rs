//! What the graph shows of this domain.

mod online;
mod own;
mod statistics;

use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use openim_core::{Error, Result};
use openim_graphql::{DateTime, Long, PageInfo, Place, Platform, ReceiveOption, caller};

use super::loaders::load_presence;
use crate::model;
use crate::service::Profiles;

pub(crate) use online::OnlineUserConnection;
pub(crate) use own::{
    ClientConfigConnection, ClientConfigEntry, Presence, RemoveClientConfigPayload, SetClientConfigPayload, UserCommand, UserCommandPayload,
};
pub(crate) use statistics::RegistrationStatistics;

/// What kind of account a user is. It grants no right: who may administrate is configured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "model::UserLevel")]
pub(crate) enum UserLevel {
    /// An ordinary user (OpenIM 0).
    Ordinary,
    /// An ordinary user by OpenIM's other number (OpenIM 1).
    AppOrdinary,
    /// A system account, such as a configured administrator (OpenIM 2).
    Admin,
    /// An account that only sends notifications and cannot log in (OpenIM 3).
    Notification,
    /// A robot, which cannot log in (OpenIM 4).
    Robot,
}

#[derive(Debug, Clone)]
pub(crate) struct User(pub(crate) model::User);

/// A registered user. Profiles are open to everybody with a token.
#[Object]
impl User {
    /// The user's id (OpenIM `userID`).
    async fn id(&self) -> ID {
        ID::from(self.0.id.as_str())
    }

    /// The shown name; may be empty.
    async fn nickname(&self) -> &str {
        &self.0.profile.nickname
    }

    /// The address of the picture; empty when there is none.
    async fn face_url(&self) -> &str {
        &self.0.profile.face_url
    }

    /// Whatever the application keeps with the user.
    async fn ex(&self) -> &str {
        &self.0.profile.ex
    }

    /// When the user was registered.
    async fn created_at(&self) -> DateTime {
        self.0.created_at.into()
    }

    /// What kind of account it is.
    async fn level(&self) -> UserLevel {
        self.0.level.into()
    }

    /// What the user wants to receive from everybody.
    async fn global_receive_option(&self) -> ReceiveOption {
        ReceiveOption::from_number(self.0.receive_option)
    }

    /// Whether and where the user is online; null with an error when that cannot be known now.
    async fn presence(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Presence>> {
        load_presence(ctx, &self.0.id).await
    }
}

pub(crate) struct UserConnection {
    pub(crate) page: model::UserPage,
    pub(crate) filter: model::UserFilter,
}

/// A page of users, in order of registration.
#[Object]
impl UserConnection {
    /// The users of this page.
    async fn edges(&self) -> Vec<UserEdge> {
        self.page.users.iter().map(|user| UserEdge { cursor: cursor(user), node: User(user.clone()) }).collect()
    }

    /// Where this page lies in the list.
    async fn page_info(&self) -> PageInfo {
        PageInfo {
            has_next_page: self.page.has_next,
            has_previous_page: self.page.has_previous,
            start_cursor: self.page.users.first().map(cursor),
            end_cursor: self.page.users.last().map(cursor),
        }
    }

    /// How many users the whole list has. Counted only when asked for.
    async fn total_count(&self, ctx: &Context<'_>) -> async_graphql::Result<Long> {
        let total = ctx.data::<Profiles>()?.count(caller(ctx)?, &self.filter).await?;
        Ok(long(total)?)
    }
}

/// A user's place in a list.
#[derive(SimpleObject)]
pub(crate) struct UserEdge {
    /// The place, for `after`.
    cursor: String,
    /// The user.
    node: User,
}

fn cursor(user: &model::User) -> String {
    Place { at: user.created_at, id: user.id.to_string() }.text()
}

/// A page of user ids, in order of registration.
#[derive(SimpleObject)]
pub(crate) struct UserIdPage {
    /// The ids.
    ids: Vec<ID>,
    /// How many users there are.
    total_count: Long,
}

impl TryFrom<model::UserIdPage> for UserIdPage {
    type Error = Error;
    fn try_from(page: model::UserIdPage) -> Result<Self> {
        Ok(Self { ids: page.ids.into_iter().map(|id| ID::from(String::from(id))).collect(), total_count: long(page.total)? })
    }
}

/// Whether an id is registered.
#[derive(SimpleObject)]
pub(crate) struct AccountStatus {
    /// The id as it was asked.
    user_id: ID,
    /// Whether a user has this id.
    registered: bool,
}

impl From<model::AccountStatus> for AccountStatus {
    fn from(status: model::AccountStatus) -> Self {
        Self { user_id: ID::from(status.user_id), registered: status.registered }
    }
}

/// What a good token says.
#[derive(SimpleObject)]
pub(crate) struct TokenInfo {
    /// Whose it is.
    user_id: ID,
    /// For which platform it was made.
    platform: Platform,
    /// When it ends; null when it never does.
    expires_at: Option<DateTime>,
}

impl TryFrom<model::TokenFacts> for TokenInfo {
    type Error = Error;
    fn try_from(facts: model::TokenFacts) -> Result<Self> {
        let platform = Platform::from_number(facts.platform.number()).ok_or_else(|| Error::internal("a platform without a name"))?;
        Ok(Self { user_id: ID::from(facts.user_id.as_str()), platform, expires_at: facts.expires_at.map(DateTime) })
    }
}

/// A new token. It is shown only here: the server keeps its hash.
#[derive(SimpleObject)]
pub(crate) struct TokenPayload {
    /// The token, for the `token` header or `Authorization: Bearer`.
    token: String,
    /// How long it is good, in seconds; 0 when it never ends.
    expires_in_seconds: Long,
    /// When it ends; null when it never does.
    expires_at: Option<DateTime>,
}

impl From<model::IssuedToken> for TokenPayload {
    fn from(issued: model::IssuedToken) -> Self {
        Self { token: issued.token, expires_in_seconds: Long(issued.expires_in_seconds), expires_at: issued.expires_at.map(DateTime) }
    }
}

/// The registered users.
#[derive(SimpleObject)]
pub(crate) struct RegisterUsersPayload {
    /// The new users, in the order given.
    pub(crate) users: Vec<User>,
}

/// The changed user.
#[derive(SimpleObject)]
pub(crate) struct UpdateUserPayload {
    /// The user as it is now.
    pub(crate) user: User,
}

/// The notification account.
#[derive(SimpleObject)]
pub(crate) struct NotificationAccountPayload {
    /// The account as it is now.
    pub(crate) user: User,
}

/// What a forced logout did.
#[derive(SimpleObject)]
pub(crate) struct RevokeSessionsPayload {
    /// How many good tokens ended.
    pub(crate) revoked: i32,
}

fn long(count: u64) -> Result<Long> {
    i64::try_from(count).map(Long).map_err(Error::internal)
}
