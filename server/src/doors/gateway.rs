//! The gateway role: the composed graph and the doors to it.

use std::sync::{Arc, OnceLock};

use anyhow::Context as _;
use async_graphql::{Response, Variables};
use async_trait::async_trait;
use axum::Router;
use openim_contracts::Authenticator;
use openim_core::{Ctx, Error, ErrorCode, Principal, Result, Runtime, Timestamp};
use openim_federation::proof::ProofSigner;
use openim_federation::{Gateway, Http, HttpOptions, InProcess, Prepared};
use openim_graphql_door::{Door, PersistedDocuments, Settings};
use openim_platform::cache::{Cache, MemoryCache};
use openim_platform::config::{Config, Live, Role, ServiceUrl};
use openim_platform::fanout::{Fanout, MemoryFanout};
use openim_platform::limits::{DoorLimits, DoorQuotas, MemoryLimiter, RateLimiter};
use openim_platform::nodes::Figures;
use openim_platform::ports::Ports;
use openim_platform::telemetry::inject_current;
use openim_realtime::{Attendance, AttendancePorts, GraphQuery, Hub, OPERATIONS};
use openim_rest::Rest;

use super::settings;
use crate::build::{Domains, door_quotas};
use crate::schema::subgraph_sdl;
use crate::shutdown::Lifecycle;

/// Composes the graph: subgraphs of this process directly, all others over HTTP, events always here. Returns it with the hub
/// of this node.
///
/// # Errors
/// When the subgraphs do not fit together or an address is no URL.
pub(super) fn compose(
    config: &Config,
    domains: &Domains,
    ports: &Ports,
    lifecycle: &Lifecycle,
    runtime: &Runtime,
) -> anyhow::Result<(Gateway, Arc<Hub>)> {
    let roles = &config.server.roles;
    let signer = Arc::new(ProofSigner::new(config.internal.secret.expose()));
    let mut builder = Gateway::builder().limits(settings::limits(config)).introspection(config.graphql.introspection);
    for (role, subgraph) in domains.subgraphs() {
        let name = role.word();
        builder = if roles.has(role) {
            builder.subgraph(name, subgraph.sdl(), InProcess(subgraph))
        } else {
            let sdl = subgraph_sdl(name).with_context(|| format!("the schema of {name} is not in this binary"))?;
            builder.subgraph(name, sdl, remote(config, role, &signer)?)
        };
    }

    let graph = Arc::new(OwnGraph::default());
    let attendance_ports = AttendancePorts {
        presence: ports.presence.clone(),
        fanout: ports.fanout.clone(),
        listener: domains.users.presence_listener(),
        figures: ports.figures.clone(),
    };
    let (attendance, arrivals) = Attendance::new(attendance_ports, runtime.clone(), settings::pace(config));
    let hub = Hub::new(settings::realtime(config), runtime.clone(), graph.clone(), arrivals);
    let events = hub.subgraph();
    let gateway = builder.subgraph(events.name(), events.sdl(), InProcess(events)).build()?;
    graph.open(&gateway)?;
    let received = ports.fanout.subscribe();
    let stopping = lifecycle.stopping.clone();
    let running = hub.clone();
    lifecycle.doors.spawn(async move { running.run(received, stopping).await });
    lifecycle.doors.spawn(attendance.run(lifecycle.stopping.clone()));
    Ok((gateway, hub))
}

fn remote(config: &Config, role: Role, signer: &Arc<ProofSigner>) -> anyhow::Result<Http> {
    let none = ServiceUrl::default();
    let base = match role {
        Role::Users => &config.subgraphs.users,
        Role::Relations => &config.subgraphs.relations,
        Role::Groups => &config.subgraphs.groups,
        Role::Messages => &config.subgraphs.messages,
        Role::Conversations => &config.subgraphs.conversations,
        Role::Third => &config.subgraphs.third,
        Role::Gateway | Role::Worker => &none,
    };
    let url = format!("{}/subgraph/{}", base.expose().trim_end_matches('/'), role.word());
    let options = HttpOptions { signer: Some(signer.clone()), trace_headers: Some(inject_current), ..HttpOptions::default() };
    Http::new(&url, options).with_context(|| format!("subgraphs.{}", role.word()))
}

/// What stands around a gateway: who is known, what is kept, how often one may come.
pub(super) struct Around {
    authenticator: Arc<dyn Authenticator>,
    cache: Arc<dyn Cache>,
    fanout: Arc<dyn Fanout>,
    limits: Arc<DoorLimits>,
    figures: Figures,
    /// Which part of the streams (one in so many) is for callers without a token.
    anonymous_share: usize,
}

impl Around {
    /// Returns what a deployment has.
    pub(super) fn of(domains: &Domains, ports: &Ports, quotas: Live<DoorQuotas>, runtime: &Runtime) -> Self {
        Self {
            authenticator: domains.users.authenticator(),
            cache: ports.cache.clone(),
            fanout: ports.fanout.clone(),
            limits: door_limits(quotas, ports.rate_limiter.clone(), runtime),
            figures: ports.figures.clone(),
            anonymous_share: Settings::default().anonymous_share,
        }
    }

    /// Returns what a gateway that stands alone has: nobody has a token there.
    fn alone(config: &Config, runtime: &Runtime) -> Self {
        let limiter = Arc::new(MemoryLimiter::new(runtime.clock.clone()));
        Self {
            authenticator: Arc::new(NoTokens),
            cache: Arc::new(MemoryCache::new(runtime.clock.clone())),
            fanout: Arc::new(MemoryFanout::new()),
            limits: door_limits(Live::new(door_quotas(config)), limiter, runtime),
            figures: Figures::new(),
            anonymous_share: 1,
        }
    }
}

fn door_limits(quotas: Live<DoorQuotas>, limiter: Arc<dyn RateLimiter>, runtime: &Runtime) -> Arc<DoorLimits> {
    Arc::new(DoorLimits::new(quotas, limiter, runtime.clock.clone()))
}

/// Opens the GraphQL doors of a gateway that stands alone.
///
/// # Errors
/// When registered documents cannot be read.
pub(super) fn graphql_alone(config: &Config, gateway: Gateway, lifecycle: &Lifecycle, runtime: &Runtime) -> anyhow::Result<Router> {
    graphql(config, gateway, &Around::alone(config, runtime), lifecycle, runtime)
}

/// Opens the GraphQL doors.
///
/// # Errors
/// When registered documents cannot be read.
pub(super) fn graphql(
    config: &Config,
    gateway: Gateway,
    around: &Around,
    lifecycle: &Lifecycle,
    runtime: &Runtime,
) -> anyhow::Result<Router> {
    let mut documents = PersistedDocuments::new(settings::document_mode(config), around.cache.clone());
    if !config.graphql.registered_documents.as_os_str().is_empty() {
        documents = documents.register(&config.graphql.registered_documents).context("graphql.registered_documents cannot be used")?;
    }
    Ok(openim_graphql_door::router(Door {
        executor: gateway,
        authenticator: around.authenticator.clone(),
        runtime: runtime.clone(),
        fanout: around.fanout.clone(),
        documents,
        settings: Settings { anonymous_share: around.anonymous_share, ..settings::graphql(config) },
        limits: around.limits.clone(),
        figures: around.figures.clone(),
        shutdown: lifecycle.stopping.clone(),
        tasks: lifecycle.doors.clone(),
    }))
}

/// Opens the REST door.
///
/// # Errors
/// When a route's document does not fit the graph.
pub(super) fn rest(config: &Config, gateway: &Gateway, around: &Around, runtime: &Runtime) -> anyhow::Result<Router> {
    let rest = Rest::new(gateway, around.authenticator.clone(), runtime.clone(), settings::rest(config))?;
    Ok(openim_rest::router(rest, around.limits.clone()))
}

/// Opens the door of official SDKs.
///
/// # Errors
/// When an operation does not fit the graph.
pub(super) fn sdk(
    config: &Config,
    gateway: &Gateway,
    hub: Arc<Hub>,
    around: &Around,
    lifecycle: &Lifecycle,
    runtime: &Runtime,
) -> anyhow::Result<Router> {
    Ok(openim_sdk_door::router(openim_sdk_door::Door {
        graph: gateway,
        hub,
        authenticator: around.authenticator.clone(),
        runtime: runtime.clone(),
        limits: around.limits.clone(),
        settings: settings::sdk(config),
        tasks: lifecycle.doors.clone(),
    })?)
}

/// What the hub asks, over the very gateway that its events are a part of.
#[derive(Default)]
struct OwnGraph(OnceLock<(Gateway, Vec<(&'static str, Prepared)>)>);

impl OwnGraph {
    fn open(&self, gateway: &Gateway) -> anyhow::Result<()> {
        let mut prepared = Vec::new();
        for document in OPERATIONS {
            let plan = gateway
                .prepare(document, None)
                .map_err(|errors| anyhow::anyhow!("an operation of the hub does not fit the graph: {errors:?}"))?;
            prepared.push((document, plan));
        }
        // Set once, right after the gateway was built.
        let _ = self.0.set((gateway.clone(), prepared));
        Ok(())
    }
}

#[async_trait]
impl GraphQuery for OwnGraph {
    async fn query(&self, operation: &'static str, variables: Variables, ctx: &Ctx) -> Response {
        let found =
            self.0.get().and_then(|(gateway, prepared)| Some((gateway, &prepared.iter().find(|(document, _)| *document == operation)?.1)));
        match found {
            Some((gateway, prepared)) => gateway.execute_prepared(prepared, variables, ctx).await,
            None => {
                let error = Error::new(ErrorCode::Unavailable, "the graph is not ready");
                Response::from_errors(vec![async_graphql::Error::from(error).into_server_error(async_graphql::Pos::default())])
            }
        }
    }
}

/// Refuses every token.
struct NoTokens;

#[async_trait]
impl Authenticator for NoTokens {
    async fn authenticate(&self, _token: &str) -> Result<(Principal, Timestamp)> {
        Err(Error::new(ErrorCode::TokenUnknown, "this gateway knows no tokens"))
    }
}
