//! The users subgraph: who exists, what they show of themselves, and the tokens they are logged in with.
//!
//! [`Users`] is the whole of it for the server's wiring: the part of the graph, the authenticator of all doors, the reader
//! of other domains, event handlers and background work.

mod cache;
mod error;
mod events;
mod hooks;
mod model;
mod notifications;
mod policy;
mod reader;
mod repository;
mod schema;
mod service;
mod settings;
mod timers;
mod token;

use std::sync::Arc;

use openim_contracts::{Authenticator, UserReader};
use openim_core::{Ctx, OperationId, Result, Runtime};
use openim_graphql::Subgraph;
use openim_platform::cache::Cache;
use openim_platform::events::EventHandler;
use openim_platform::limits::Attempts;
use openim_platform::presence::{Presence, PresenceListener};
use openim_platform::store::Store;
use openim_platform::timers::Job;
use openim_platform::webhooks::Webhooks;

use cache::{Summaries, TokenStates};
use events::ClearCaches;
use reader::{SummaryReader, TokenAuthenticator};
use service::{ClientConfig, Commands, Presences, Profiles, Services, Sessions};
use timers::TokenCleanup;
use token::TokenCodec;

pub use settings::{SettingsError, UsersSettings};

/// What the domain stands on.
pub struct UsersPorts {
    /// The database.
    pub store: Store,
    /// What lies in front of the tokens.
    pub cache: Arc<dyn Cache>,
    /// Who is online.
    pub presence: Arc<dyn Presence>,
    /// Whom to ask before and tell after.
    pub webhooks: Webhooks,
    /// What keeps the secret from being guessed.
    pub attempts: Attempts,
}

/// The users domain with everything it needs.
pub struct Users {
    services: Services,
    authenticator: Arc<TokenAuthenticator>,
    reader: Arc<SummaryReader>,
    clear_caches: Arc<ClearCaches>,
    cleanup: Arc<TokenCleanup>,
    runtime: Runtime,
}

impl Users {
    /// Puts the domain together.
    ///
    /// # Errors
    /// The first setting that does not fit.
    pub fn new(settings: UsersSettings, ports: UsersPorts, runtime: Runtime) -> Result<Self, SettingsError> {
        let UsersPorts { store, cache, presence, webhooks, attempts } = ports;
        let rules = Arc::new(settings.rules()?);
        let codec = Arc::new(TokenCodec::new(rules.secrets.clone()));
        let states = TokenStates::new(cache, store.clone());
        let summaries = Summaries::new();
        let sessions = Sessions::new(store.clone(), rules.clone(), codec, states.clone(), Arc::new(attempts), webhooks.clone());
        Ok(Self {
            authenticator: Arc::new(TokenAuthenticator::new(sessions.clone(), rules.clone(), runtime.clone())),
            services: Services {
                profiles: Profiles::new(store.clone(), rules.clone(), summaries.clone(), webhooks.clone()),
                sessions,
                commands: Commands::new(store.clone()),
                client_config: ClientConfig::new(store.clone()),
                presences: Presences::new(presence, store.clone(), webhooks),
            },
            reader: Arc::new(SummaryReader::new(store, summaries.clone())),
            clear_caches: Arc::new(ClearCaches::new(states, summaries)),
            cleanup: Arc::new(TokenCleanup(rules)),
            runtime,
        })
    }

    /// Creates configured administrators that are missing and corrects changed names; called once at the start, after the
    /// migrations.
    ///
    /// # Errors
    /// As any statement; the start should fail.
    pub async fn ensure_admins(&self) -> Result<()> {
        let operation_id = OperationId::parse(self.runtime.ids.hex32())?;
        self.services.profiles.ensure_admins(&Ctx::system(&self.runtime, operation_id)).await
    }

    /// Returns this domain's part of the graph.
    pub fn subgraph(&self) -> Arc<dyn Subgraph> {
        schema::subgraph(self.services.clone())
    }

    /// Returns what turns a token into a principal, for every door.
    pub fn authenticator(&self) -> Arc<dyn Authenticator> {
        self.authenticator.clone()
    }

    /// Returns what other domains read users with.
    pub fn reader(&self) -> Arc<dyn UserReader> {
        self.reader.clone()
    }

    /// Returns what a gateway tells of who came online and who went.
    pub fn presence_listener(&self) -> Arc<dyn PresenceListener> {
        Arc::new(self.services.presences.clone())
    }

    /// Returns the handlers to register with the event dispatcher.
    pub fn handlers(&self) -> Vec<Arc<dyn EventHandler>> {
        vec![self.clear_caches.clone()]
    }

    /// Returns what is done by the clock.
    pub fn timers(&self) -> Vec<Arc<dyn Job>> {
        vec![self.cleanup.clone()]
    }
}
