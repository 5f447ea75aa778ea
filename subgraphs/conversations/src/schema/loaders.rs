//! Batches what the fields of one request ask for. No delay: the batch closes when the runtime has polled every field.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::dataloader::{DataLoader, Loader};
use openim_contracts::ConversationHead;
use openim_core::{ConversationId, Ctx, Error, UserId};

use crate::model::Conversation;
use crate::service::Service;

/// The rows that the caller may see, by owner and conversation.
pub(crate) type Rows = DataLoader<RowLoader>;
/// The ends of logs, by conversation.
pub(crate) type Ends = DataLoader<EndLoader>;

/// Makes the loaders of one request.
pub(crate) fn rows_and_ends(service: &Arc<Service>, ctx: &Ctx) -> (Rows, Ends) {
    let rows = RowLoader { service: service.clone(), ctx: ctx.clone() };
    let ends = EndLoader { service: service.clone() };
    (DataLoader::new(rows, tokio::spawn).delay(Duration::ZERO), DataLoader::new(ends, tokio::spawn).delay(Duration::ZERO))
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
