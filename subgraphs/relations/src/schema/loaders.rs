//! Batches what the fields of one request ask for. No delay: the batch closes when the runtime has polled every field.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::Request;
use async_graphql::dataloader::{DataLoader, Loader};
use openim_core::{Ctx, Error};

use crate::model::{BlockEntry, FriendRequest, Friendship, Pair};
use crate::service::Service;

/// Puts the loaders of one request into it.
pub(crate) fn provide(request: Request, ctx: &Ctx, service: &Arc<Service>) -> Request {
    let caller = Caller { ctx: ctx.clone(), service: service.clone() };
    request.data(loader(Friends(caller.clone()))).data(loader(Blocks(caller.clone()))).data(loader(Requests(caller)))
}

fn loader<L: Loader<Pair>>(loader: L) -> DataLoader<L> {
    DataLoader::new(loader, tokio::spawn).delay(Duration::ZERO)
}

#[derive(Clone)]
struct Caller {
    ctx: Ctx,
    service: Arc<Service>,
}

/// Loads friends by owner and friend, those that the caller may see.
pub(crate) struct Friends(Caller);

impl Loader<Pair> for Friends {
    type Value = Friendship;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[Pair]) -> Result<HashMap<Pair, Friendship>, Arc<Error>> {
        let rows = self.0.service.visible_friends(&self.0.ctx, keys).await?;
        Ok(rows.into_iter().map(|row| (row.key(), row)).collect())
    }
}

/// Loads black list entries by owner and blocked user, those that the caller may see.
pub(crate) struct Blocks(Caller);

impl Loader<Pair> for Blocks {
    type Value = BlockEntry;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[Pair]) -> Result<HashMap<Pair, BlockEntry>, Arc<Error>> {
        let rows = self.0.service.visible_blocks(&self.0.ctx, keys).await?;
        Ok(rows.into_iter().map(|row| (row.key(), row)).collect())
    }
}

/// Loads friend requests by who asks and who is asked, those that the caller may see.
pub(crate) struct Requests(Caller);

impl Loader<Pair> for Requests {
    type Value = FriendRequest;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[Pair]) -> Result<HashMap<Pair, FriendRequest>, Arc<Error>> {
        let rows = self.0.service.visible_requests(&self.0.ctx, keys).await?;
        Ok(rows.into_iter().map(|row| (row.key(), row)).collect())
    }
}
