//! What belongs to a user besides the profile: shared entries, configured values, presence.

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use openim_graphql::{DateTime, Long, PageInfo, Place, Platform, admin_only, caller};

use super::long;
use crate::model;
use crate::service::ClientConfig;

/// A small entry that a user's devices share, such as a favourite. Only its owner and app administrators see it.
#[derive(SimpleObject)]
pub(crate) struct UserCommand {
    /// What kind of entry, as the application numbers them; never 0.
    #[graphql(name = "type")]
    kind: i32,
    /// The client's key, unique among the user's entries of the type.
    uuid: ID,
    /// The content.
    value: String,
    /// Whatever the application keeps with the entry.
    ex: String,
    /// When the entry was first added.
    created_at: DateTime,
}

impl From<model::UserCommand> for UserCommand {
    fn from(command: model::UserCommand) -> Self {
        let model::UserCommand { key, value, ex, created_at } = command;
        Self { kind: key.kind, uuid: ID(key.uuid), value, ex, created_at: DateTime(created_at) }
    }
}

/// An entry that was added, changed or removed.
#[derive(SimpleObject)]
pub(crate) struct UserCommandPayload {
    /// The entry as it is now, or was when it was removed.
    command: UserCommand,
}

impl From<model::UserCommand> for UserCommandPayload {
    fn from(command: model::UserCommand) -> Self {
        Self { command: command.into() }
    }
}

/// A value that clients are configured with.
#[derive(SimpleObject)]
pub(crate) struct ClientConfigEntry {
    /// The name.
    key: String,
    /// The value.
    value: String,
    /// For whom it was set; null for everybody.
    user_id: Option<ID>,
}

impl From<&model::ConfigEntry> for ClientConfigEntry {
    fn from(entry: &model::ConfigEntry) -> Self {
        let user_id = entry.user_id.as_ref().map(|user| ID::from(user.as_str()));
        Self { key: entry.value.key.clone(), value: entry.value.value.clone(), user_id }
    }
}

/// The values that were set.
#[derive(SimpleObject)]
pub(crate) struct SetClientConfigPayload {
    /// The values, in the order given.
    pub(crate) entries: Vec<ClientConfigEntry>,
}

/// What became of values to remove.
#[derive(SimpleObject)]
pub(crate) struct RemoveClientConfigPayload {
    /// How many there were.
    pub(crate) removed: i32,
}

pub(crate) struct ClientConfigConnection {
    pub(crate) page: model::ConfigPage,
    pub(crate) filter: model::ConfigFilter,
}

/// A page of configured values: everybody's first, then by user, each in order of the names.
#[Object]
impl ClientConfigConnection {
    /// The values of this page.
    async fn edges(&self) -> Vec<ClientConfigEdge> {
        self.page.entries.iter().map(|entry| ClientConfigEdge { cursor: cursor(entry), node: entry.into() }).collect()
    }

    /// Where this page lies in the list.
    async fn page_info(&self) -> PageInfo {
        PageInfo {
            has_next_page: self.page.has_next,
            has_previous_page: self.page.has_previous,
            start_cursor: self.page.entries.first().map(cursor),
            end_cursor: self.page.entries.last().map(cursor),
        }
    }

    /// How many values the whole list has. Counted only when asked for.
    async fn total_count(&self, ctx: &Context<'_>) -> Result<Long> {
        let total = ctx.data::<ClientConfig>()?.count(caller(ctx)?, &self.filter).await?;
        Ok(long(total)?)
    }
}

/// A value's place in a list.
#[derive(SimpleObject)]
pub(crate) struct ClientConfigEdge {
    /// The place, for `after`.
    cursor: String,
    /// The value.
    node: ClientConfigEntry,
}

/// The list is in no order of time: its cursors have the user and the name, which a `:` can separate because no user id
/// has one.
fn cursor(entry: &model::ConfigEntry) -> String {
    let user = entry.user_id.as_ref().map_or("", |user| user.as_str());
    Place { at: openim_core::Timestamp(0), id: format!("{user}:{}", entry.value.key) }.text()
}

/// Where a user is connected now, on any node.
pub(crate) struct Presence(pub(crate) model::UserPresence);

/// Whether and where a user is online. Everybody with a token sees it.
#[Object]
impl Presence {
    /// The user's id, as it was asked.
    async fn user_id(&self) -> ID {
        ID::from(&self.0.user_id)
    }

    /// Whether the user has a connection open.
    async fn online(&self) -> bool {
        !self.0.connections.is_empty()
    }

    /// The platforms of the open connections, each once.
    async fn platforms(&self) -> Vec<Platform> {
        self.0.platforms().into_iter().filter_map(|(platform, _)| Platform::from_number(platform.number())).collect()
    }

    /// The open connections.
    #[graphql(directive = admin_only::apply())]
    async fn connections(&self, ctx: &Context<'_>) -> Result<Vec<OpenConnection>> {
        caller(ctx)?.require_admin()?;
        let known = |open: &openim_platform::presence::Connection| {
            Some(OpenConnection { id: ID::from(&open.id), platform: Platform::from_number(open.platform.number())? })
        };
        Ok(self.0.connections.iter().filter_map(known).collect())
    }

    /// How many connections are open on each platform.
    #[graphql(directive = admin_only::apply())]
    async fn connection_counts(&self, ctx: &Context<'_>) -> Result<Vec<ConnectionCount>> {
        caller(ctx)?.require_admin()?;
        let known = |(platform, count): (openim_core::Platform, usize)| {
            Some(ConnectionCount { platform: Platform::from_number(platform.number())?, count: i32::try_from(count).unwrap_or(i32::MAX) })
        };
        Ok(self.0.platforms().into_iter().filter_map(known).collect())
    }
}

/// An open connection: an event stream or a socket.
#[derive(SimpleObject)]
pub(crate) struct OpenConnection {
    /// The id that its node gave it.
    id: ID,
    /// The platform of its token.
    platform: Platform,
}

/// How many connections of a user are open on a platform.
#[derive(SimpleObject)]
pub(crate) struct ConnectionCount {
    /// The platform.
    platform: Platform,
    /// How many.
    count: i32,
}
