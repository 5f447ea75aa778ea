//! One's own things.

use async_graphql::{Context, ID, Object, Result};
use openim_core::UserId;
use openim_graphql::caller;

use super::loaders::load_user;
use super::types::{ClientConfigEntry, User, UserCommand};
use crate::service::{ClientConfig, Commands};

pub(crate) struct Viewer {
    pub(crate) id: UserId,
}

/// One's own things, or those of the user an app administrator named.
#[Object]
impl Viewer {
    /// The user's id.
    #[graphql(shareable)]
    async fn id(&self) -> ID {
        ID::from(self.id.as_str())
    }

    /// The user; null when it is not registered.
    async fn user(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        load_user(ctx, self.id.as_str()).await
    }

    /// The small entries that the user's devices share, such as favourites, in the order in which they were added. There
    /// are at most 1,000.
    async fn commands(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "type", desc = "Only entries of this type, which is not 0.")] kind: Option<i32>,
    ) -> Result<Vec<UserCommand>> {
        let commands = ctx.data::<Commands>()?.of_user(caller(ctx)?, &self.id, kind).await?;
        Ok(commands.into_iter().map(Into::into).collect())
    }

    /// The values that the user's clients are configured with: everybody's, hidden by the user's own of the same name. In
    /// order of the names.
    async fn client_config(&self, ctx: &Context<'_>) -> Result<Vec<ClientConfigEntry>> {
        let entries = ctx.data::<ClientConfig>()?.effective(caller(ctx)?, Some(self.id.as_str())).await?;
        Ok(entries.iter().map(Into::into).collect())
    }
}
