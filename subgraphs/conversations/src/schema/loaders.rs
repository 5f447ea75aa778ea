//! Batches what the fields of one request ask for. No delay: the batch closes when the runtime has polled every field.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::Request;
use async_graphql::dataloader::{DataLoader, Loader};
use openim_contracts::ConversationHead;
use openim_core::{ConversationId, Ctx, Error, UserId};

use crate::model::{Conversation, GroupMark};
use crate::service::{Service, Written};

/// The rows that the caller may see, by owner and conversation.
pub(crate) type Rows = DataLoader<RowLoader>;
/// The ends of logs, by conversation.
pub(crate) type Ends = DataLoader<EndLoader>;
/// What is marked for all members of groups, by conversation.
pub(crate) type Marks = DataLoader<MarkLoader>;

/// How many have read messages that the caller may know it of.
pub(crate) type Counts = DataLoader<CountLoader>;

/// Gives a request its loaders.
pub(crate) fn provide(request: Request, service: &Arc<Service>, ctx: &Ctx) -> Request {
    let rows: Rows = DataLoader::new(RowLoader { service: service.clone(), ctx: ctx.clone() }, tokio::spawn).delay(Duration::ZERO);
    let ends: Ends = DataLoader::new(EndLoader { service: service.clone() }, tokio::spawn).delay(Duration::ZERO);
    let marks: Marks = DataLoader::new(MarkLoader { service: service.clone() }, tokio::spawn).delay(Duration::ZERO);
    let counts: Counts = DataLoader::new(CountLoader { service: service.clone(), ctx: ctx.clone() }, tokio::spawn).delay(Duration::ZERO);
    request.data(rows).data(ends).data(marks).data(counts)
}

/// Loads counts of readers for one caller.
pub(crate) struct CountLoader {
    service: Arc<Service>,
    ctx: Ctx,
}

impl Loader<Written> for CountLoader {
    type Value = i64;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[Written]) -> Result<HashMap<Written, i64>, Arc<Error>> {
        Ok(self.service.read_counts(&self.ctx, keys).await?)
    }
}

/// Loads rows for one caller.
pub(crate) struct RowLoader {
    service: Arc<Service>,
    ctx: Ctx,
}

impl Loader<(UserId, ConversationId)> for RowLoader {
    type Value = Conversation;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[(UserId, ConversationId)]) -> Result<HashMap<(UserId, ConversationId), Conversation>, Arc<Error>> {
        let rows = self.service.visible(&self.ctx, keys).await?;
        Ok(rows.into_iter().map(|row| ((row.owner.clone(), row.id.clone()), row)).collect())
    }
}

/// Loads ends of logs; asked only for conversations whose row the caller sees.
pub(crate) struct EndLoader {
    service: Arc<Service>,
}

impl Loader<ConversationId> for EndLoader {
    type Value = ConversationHead;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[ConversationId]) -> Result<HashMap<ConversationId, ConversationHead>, Arc<Error>> {
        Ok(self.service.log_ends(keys).await?)
    }
}

/// Loads marks of groups; asked only for conversations whose row the caller sees.
pub(crate) struct MarkLoader {
    service: Arc<Service>,
}

impl Loader<ConversationId> for MarkLoader {
    type Value = GroupMark;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[ConversationId]) -> Result<HashMap<ConversationId, GroupMark>, Arc<Error>> {
        Ok(self.service.marks(keys).await?)
    }
}
