//! Building a gateway: compose, read the schema, check that every subgraph can be reached.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use openim_core::Ctx;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::compose::compose_supergraph;
use crate::gateway::{Gateway, Inner};
use crate::introspection::AT_ONCE;
use crate::planner::Planner;
use crate::schema::GraphSchema;
use crate::shared::SharedStreams;
use crate::{Limits, SubgraphTransport};

/// Why no gateway could be built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The subgraphs do not fit together.
    #[error("the subgraphs do not compose: {}", .0.join("; "))]
    Composition(Vec<String>),
    /// The supergraph is not one.
    #[error("the supergraph is not usable: {0}")]
    Supergraph(String),
    /// A subgraph of the supergraph has no transport.
    #[error("no transport for the subgraph {0}")]
    MissingTransport(String),
    /// A transport cannot be made.
    #[error("no transport can be made: {0}")]
    Transport(String),
}

/// Makes the context of requests that bring none.
pub(crate) type DefaultCtx = Box<dyn Fn() -> Ctx + Send + Sync>;

/// Collects what a gateway is made of.
pub struct GatewayBuilder {
    subgraphs: Vec<(String, String)>,
    transports: Vec<(String, Arc<dyn SubgraphTransport>)>,
    supergraph: Option<String>,
    directives: String,
    limits: Limits,
    plan_cache: u64,
    planning_time: Duration,
    event_time: Duration,
    introspection: bool,
    default_ctx: Option<DefaultCtx>,
}

impl Default for GatewayBuilder {
    fn default() -> Self {
        Self {
            subgraphs: Vec::new(),
            transports: Vec::new(),
            supergraph: None,
            directives: String::new(),
            limits: Limits::default(),
            plan_cache: 2_000,
            planning_time: Duration::from_secs(3),
            event_time: Duration::from_secs(10),
            introspection: true,
            default_ctx: None,
        }
    }
}

impl GatewayBuilder {
    /// Adds a subgraph that is to be composed.
    #[must_use]
    pub fn subgraph(mut self, name: impl Into<String>, sdl: impl Into<String>, transport: impl SubgraphTransport) -> Self {
        let name = name.into();
        self.subgraphs.push((name.clone(), sdl.into()));
        self.transport(name, transport)
    }

    /// Uses a supergraph that was composed before, instead of composing.
    #[must_use]
    pub fn supergraph(mut self, sdl: impl Into<String>) -> Self {
        self.supergraph = Some(sdl.into());
        self
    }

    /// Says how a subgraph of the supergraph is reached.
    #[must_use]
    pub fn transport(mut self, name: impl Into<String>, transport: impl SubgraphTransport) -> Self {
        self.transports.push((name.into(), Arc::new(transport)));
        self
    }

    /// Declares directives (SDL) that prepared documents may use; they are ignored, and clients never see them.
    #[must_use]
    pub fn directives(mut self, sdl: impl Into<String>) -> Self {
        self.directives = sdl.into();
        self
    }

    /// Bounds the operations of clients; prepared ones are ours and only bounded to protect the process.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Sets how many operations stay parsed and planned; a long one counts once a kilobyte.
    #[must_use]
    pub fn plan_cache(mut self, operations: u64) -> Self {
        self.plan_cache = operations;
        self
    }

    /// Sets how long the planner may think.
    #[must_use]
    pub fn planning_time(mut self, limit: Duration) -> Self {
        self.planning_time = limit;
        self
    }

    /// Sets how long the fetches of one event of a subscription may take.
    #[must_use]
    pub fn event_time(mut self, limit: Duration) -> Self {
        self.event_time = limit;
        self
    }

    /// Allows or forbids `__schema` and `__type`.
    #[must_use]
    pub fn introspection(mut self, allowed: bool) -> Self {
        self.introspection = allowed;
        self
    }

    /// Makes the context of requests that bring none; without it they are refused.
    #[must_use]
    pub fn default_ctx(mut self, make: impl Fn() -> Ctx + Send + Sync + 'static) -> Self {
        self.default_ctx = Some(Box::new(make));
        self
    }

    /// Composes and builds.
    ///
    /// # Errors
    /// [`BuildError`] says what does not fit.
    pub fn build(self) -> Result<Gateway, BuildError> {
        let supergraph = match self.supergraph {
            Some(sdl) => sdl,
            None => compose_supergraph(&self.subgraphs)?,
        };
        let names = Planner::subgraph_names(&supergraph).map_err(BuildError::Supergraph)?;
        let services: HashMap<String, usize> = self.transports.iter().enumerate().map(|(index, (name, _))| (name.clone(), index)).collect();
        if let Some(missing) = names.into_iter().find(|name| !services.contains_key(name)) {
            return Err(BuildError::MissingTransport(missing));
        }
        let possible = GraphSchema::possible_types(&supergraph)?;
        let planner = Planner::new(&supergraph, services, Arc::clone(&possible)).map_err(BuildError::Supergraph)?;
        let schema = GraphSchema::new(&supergraph, &planner.client_schema(), &self.directives)?;
        Ok(Gateway(Arc::new(Inner {
            supergraph,
            schema,
            planner,
            transports: self.transports.into_iter().map(|(_, transport)| transport).collect(),
            documents: moka::future::Cache::builder().weigher(|text: &String, _| weight(text)).max_capacity(self.plan_cache).build(),
            limits: self.limits,
            planning_time: self.planning_time,
            event_time: self.event_time,
            introspection: self.introspection,
            introspections: Arc::new(Semaphore::new(AT_ONCE)),
            default_ctx: self.default_ctx,
            streams: SharedStreams::default(),
            tasks: TaskTracker::new(),
            closing: CancellationToken::new(),
        })))
    }
}

fn weight(text: &str) -> u32 {
    u32::try_from(text.len() / 1024 + 1).unwrap_or(u32::MAX)
}
