//! One's own files and uploads.

use async_graphql::{Context, ID, Object, Result};
use openim_core::UserId;
use openim_graphql::{Page, caller};

use super::connection::FileConnection;
use super::push::PushToken;
use super::uploads::Upload;
use crate::model::FileFilter;
use crate::service::{Files, Pushes};

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

    /// The user's files, newest first.
    async fn files(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 20 when absent.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page starts.")] after: Option<String>,
        #[graphql(desc = "How many to skip, instead of `after`.")] offset: Option<i32>,
        #[graphql(desc = "Only those uploaded for this, such as `msg-picture`.")] cause: Option<String>,
    ) -> Result<FileConnection> {
        FileConnection::load(ctx, FileFilter { owner: Some(self.id.clone()), cause }, Page::new(first, after, offset)?).await
    }

    /// An upload of the caller's own, to go on with it; null when there is none of this id, or its time is over.
    async fn upload(&self, ctx: &Context<'_>, #[graphql(desc = "The upload's id.")] id: ID) -> Result<Option<Upload>> {
        Ok(ctx.data::<Files>()?.upload(caller(ctx)?, &id).await?.map(Upload))
    }

    /// The devices that can be told while they are offline.
    async fn push_tokens(&self, ctx: &Context<'_>) -> Result<Vec<PushToken>> {
        Ok(ctx.data::<Pushes>()?.devices(caller(ctx)?, &self.id).await?.into_iter().map(PushToken).collect())
    }

    /// The number on the app's icon, from which pushes count on.
    async fn app_badge(&self, ctx: &Context<'_>) -> Result<i32> {
        Ok(ctx.data::<Pushes>()?.badge(caller(ctx)?, &self.id).await?)
    }
}
