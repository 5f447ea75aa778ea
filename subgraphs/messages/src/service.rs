//! The use cases: send one, send many, notify, read.

mod access;
mod announcing;
mod asking;
mod broadcasting;
mod composing;
mod fresh;
mod notifying;
mod reading;
mod sending;

use std::sync::Arc;

use openim_contracts::{ConversationReader, GroupReader, RelationReader, UserReader};
use openim_platform::store::Store;
use openim_platform::webhooks::Webhooks;

use crate::batcher::Batcher;
use crate::caches::Caches;
use crate::settings::MessagesSettings;

pub(crate) use reading::LogPage;

/// The use cases of the messages domain.
pub(crate) struct Service {
    pub(crate) settings: MessagesSettings,
    pub(crate) store: Store,
    pub(crate) batcher: Arc<Batcher>,
    pub(crate) caches: Caches,
    pub(crate) users: Arc<dyn UserReader>,
    pub(crate) conversations: Arc<dyn ConversationReader>,
    pub(crate) groups: Arc<dyn GroupReader>,
    pub(crate) relations: Arc<dyn RelationReader>,
    pub(crate) webhooks: Webhooks,
}
