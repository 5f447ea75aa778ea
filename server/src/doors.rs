//! The routes of one process: the gateway's doors, the subgraphs that others call, and what operators ask.

mod gateway;
mod settings;

use std::sync::Arc;

use axum::Router;
use axum::http::HeaderMap;
use axum::routing::get;
use openim_core::Runtime;
use openim_federation::Gateway;
use openim_federation::proof::ProofSigner;
use openim_platform::config::{Config, Live, Role};
use openim_platform::limits::DoorQuotas;
use openim_platform::ports::Ports;
use openim_platform::readiness::Readiness;
use openim_platform::telemetry::Telemetry;

use crate::build::{Domains, ObjectStore};
use crate::health::{self, Health};
use crate::index::{self, Place};
use crate::shutdown::Lifecycle;
use crate::{http, subgraph_host};

/// What the doors stand on.
pub(crate) struct Stands<'a> {
    pub(crate) ports: &'a Arc<Ports>,
    pub(crate) objects: ObjectStore,
    pub(crate) quotas: Live<DoorQuotas>,
    pub(crate) readiness: Arc<Readiness>,
}

/// The routes and what they are.
pub(crate) struct Doors {
    pub(crate) router: Router,
    /// The door of official SDKs, which has addresses of its own.
    pub(crate) sdk: Option<Router>,
    pub(crate) places: Vec<Place>,
}

const GRAPHQL: Place = Place { path: "/graphql", what: "GraphQL: POST, GET, graphql-transport-ws, event streams; GraphiQL for browsers" };
const REST: Place = Place { path: "/docs/rest", what: "OpenIM's REST routes, described; /openapi.json for programs" };
const CONSOLE: Place = Place { path: "/console/", what: "the web console, for administrators" };
const FILES: Place = Place { path: "/files", what: "signed addresses of files, with PUT, POST and GET; handed out by the other doors" };
const SUBGRAPH: Place = Place { path: "/subgraph", what: "subgraphs for the gateways of this deployment, POST /subgraph/<name>" };
const OPERATORS: [Place; 3] = [
    Place { path: "/healthz", what: "whether the process is alive" },
    Place { path: "/readyz", what: "whether it may get work, and what is missing" },
    Place { path: "/metrics", what: "Prometheus metrics" },
];

/// Opens the doors that the roles ask for.
///
/// # Errors
/// When the graph does not compose or a route's document does not fit it.
pub(crate) fn open(
    config: &Config,
    domains: &Domains,
    stands: Stands<'_>,
    telemetry: &Telemetry,
    lifecycle: &Lifecycle,
    runtime: &Runtime,
) -> anyhow::Result<Doors> {
    let Stands { ports, objects, quotas, readiness } = stands;
    let roles = &config.server.roles;
    let mut doors = Doors { router: Router::new(), sdk: None, places: Vec::new() };
    if roles.has(Role::Gateway) {
        let (gateway, hub) = gateway::compose(config, domains, ports, lifecycle, runtime)?;
        let around = gateway::Around::of(domains, ports, quotas, runtime);
        doors.add(gateway::graphql(config, gateway.clone(), &around, lifecycle, runtime)?, GRAPHQL);
        if config.rest.enabled {
            doors.add(gateway::rest(config, &gateway, &around, runtime)?, REST);
        }
        if config.server.console {
            doors.add(openim_console::router(objects.port.origin().as_deref()), CONSOLE);
        }
        if let Some(router) = objects.router {
            doors.add(router, FILES);
        }
        if config.sdk.enabled {
            doors.sdk = Some(gateway::sdk(config, &gateway, hub, &around, lifecycle, runtime)?);
        }
    }
    if !roles.is_all() {
        let hosted: Vec<_> = domains.subgraphs().into_iter().filter(|(role, _)| roles.has(*role)).map(|(_, subgraph)| subgraph).collect();
        if !hosted.is_empty() {
            let signer = Arc::new(ProofSigner::new(config.internal.secret.expose()));
            doors.add(subgraph_host::routes(hosted, signer, runtime.clone()), SUBGRAPH);
        }
    }
    Ok(doors.finish(Health::new(Some(readiness), lifecycle, telemetry), config, runtime))
}

/// Opens the GraphQL door over a gateway that stands alone.
///
/// # Errors
/// When registered documents cannot be read.
pub(crate) fn open_gateway(
    config: &Config,
    gateway: Gateway,
    telemetry: &Telemetry,
    lifecycle: &Lifecycle,
    runtime: &Runtime,
) -> anyhow::Result<Doors> {
    let mut doors = Doors { router: Router::new(), sdk: None, places: Vec::new() };
    doors.add(gateway::graphql_alone(config, gateway, lifecycle, runtime)?, GRAPHQL);
    Ok(doors.finish(Health::new(None, lifecycle, telemetry), config, runtime))
}

impl Doors {
    fn add(&mut self, router: Router, place: Place) {
        self.router = std::mem::take(&mut self.router).merge(router);
        self.places.push(place);
    }

    fn finish(mut self, health: Health, config: &Config, runtime: &Runtime) -> Self {
        self.places.extend(OPERATORS.into_iter().filter(|place| place.path != "/metrics" || health.metrics.is_some()));
        let places: Arc<[Place]> = self.places.clone().into();
        let index = get(move |headers: HeaderMap| async move { index::page(&places, &headers) });
        self.router = http::surround(self.router.route("/", index).merge(health::routes(health)), config, runtime);
        self.sdk = self.sdk.map(|router| http::surround(router, config, runtime));
        self
    }
}
