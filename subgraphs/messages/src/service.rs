//! The use cases: send one, send many, notify, read, change.

mod access;
mod adding;
mod additions;
mod announcing;
mod answering;
mod asking;
mod broadcasting;
mod changing;
mod composing;
mod deleting;
mod editing;
mod fresh;
mod giving;
mod listing;
mod notifying;
mod overlays;
mod passing;
mod picking;
mod pinning;
mod purging;
mod reacting;
mod reading;
mod revoking;
mod searching;
mod sending;
mod statistics;
mod statuses;

use std::sync::Arc;

use openim_contracts::{ConversationReader, GroupReader, RelationReader, UserReader};
use openim_platform::cache::Cache;
use openim_platform::config::Live;
use openim_platform::store::Store;
use openim_platform::webhooks::Webhooks;

use crate::batcher::Batcher;
use crate::caches::Caches;
use crate::settings::MessagesSettings;

pub(crate) use additions::{Answers, Kind, ThreadPart};
pub(crate) use answering::SimpleMessage;
pub(crate) use giving::BusinessNotification;
pub(crate) use listing::Listed;
pub(crate) use reading::LogPage;
pub(crate) use searching::{Hit, Hits, Search};

/// The use cases of the messages domain.
pub(crate) struct Service {
    pub(crate) settings: Live<MessagesSettings>,
    pub(crate) store: Store,
    pub(crate) batcher: Arc<Batcher>,
    pub(crate) caches: Caches,
    pub(crate) users: Arc<dyn UserReader>,
    pub(crate) conversations: Arc<dyn ConversationReader>,
    pub(crate) groups: Arc<dyn GroupReader>,
    pub(crate) relations: Arc<dyn RelationReader>,
    pub(crate) webhooks: Webhooks,
    pub(crate) cache: Arc<dyn Cache>,
}
