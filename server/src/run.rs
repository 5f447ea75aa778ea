//! One server from start to end, in the order that the start needs: ports, schema, administrators, workers, doors.

use std::fs::File;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use openim_core::Runtime;
use openim_federation::Gateway;
use openim_platform::config::{Config, Configuration, Live, Loaded, Role};
use openim_platform::ports::Ports;
use openim_platform::telemetry::Telemetry;

use crate::build::{
    Domains, Ground, auth_secrets, database_name, door_quotas, files_secret, hold_database, migrate, open_objects, open_ports,
};
use crate::doors::{self, Doors, Stands};
use crate::health::readiness;
use crate::index::Place;
use crate::listen;
use crate::node::start_heart;
use crate::shutdown::Lifecycle;

/// How long event handlers, broker connections and the pools may take each, after doors and workers are done.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// A server that answers.
pub struct Running {
    addresses: Vec<SocketAddr>,
    sdk_addresses: Vec<SocketAddr>,
    places: Vec<Place>,
    does: String,
    database: Option<String>,
    secret_file: Option<PathBuf>,
    grace: Duration,
    lifecycle: Lifecycle,
    ports: Option<Arc<Ports>>,
    /// Keeps other servers away from an SQLite database.
    _held: Option<File>,
}

/// How a server ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ended {
    /// Whether nothing had to be cut off.
    pub clean: bool,
    /// Whether it ended in order to be started anew.
    pub restart: bool,
}

/// Starts a server with the roles of the configuration; it answers when this returns.
///
/// # Errors
/// When a part cannot be reached or built, or an address cannot be had.
pub async fn start(loaded: Loaded, telemetry: Telemetry, runtime: Runtime) -> anyhow::Result<Running> {
    let lifecycle = Lifecycle::default();
    // Before anything is made: a start that fails leaves nothing behind.
    listen::check("server.listen", &loaded.config.server.listen)?;
    if loaded.config.sdk.enabled && loaded.config.server.roles.has(Role::Gateway) {
        listen::check("sdk.listen", &loaded.config.sdk.listen)?;
    }
    let held = hold_database(&loaded.config)?;
    let ports = open_ports(&loaded.config, &runtime).await?;
    migrate(&ports, &loaded.config).await?;
    let origin = loaded.origin("auth.secret");
    let configuration = Configuration::open(loaded, ports.store.clone(), ports.node_id.clone()).await?;
    let config = configuration.now().config().clone();
    telemetry.set_filter(&config.telemetry.log_filter)?;
    let secrets = auth_secrets(&config, origin, &runtime)?;
    let objects = open_objects(&config, &files_secret(&config, &runtime)?, &runtime).await?;
    let ground = Ground { ports: &ports, objects: &objects, lifecycle: &lifecycle, configuration: &configuration };
    let domains = Domains::new(&config, &secrets, &ground, &runtime)?;
    domains.users.ensure_admins().await.context("the administrators cannot be registered")?;
    domains.start_work(&config.server.roles, &ports, &lifecycle);

    let quotas = Live::new(door_quotas(&config));
    lifecycle.restart_when(configuration.restart());
    domains.live(&telemetry, quotas.clone(), &ports.store).follow(&configuration, &lifecycle);
    let readiness = readiness(&config.server.roles, &ports, &objects);
    let stands = Stands { ports: &ports, objects, quotas: quotas.clone(), readiness: readiness.clone() };
    let Doors { router, sdk, places } = doors::open(&config, &domains, stands, &telemetry, &lifecycle, &runtime)?;
    keep_metrics_tidy(&telemetry, &lifecycle);
    let door = listen::Door { router, header_time: Duration::from_secs(config.server.header_seconds) };
    let addresses = listen::open("server.listen", &config.server.listen, &door, &lifecycle).await?;
    let sdk_addresses = match sdk {
        Some(router) => listen::open("sdk.listen", &config.sdk.listen, &listen::Door { router, ..door }, &lifecycle).await?,
        None => Vec::new(),
    };
    if let Some(address) = addresses.first() {
        start_heart(&config, *address, telemetry.metrics().is_some(), readiness, &lifecycle, &runtime);
    }
    Ok(Running {
        addresses,
        sdk_addresses,
        places,
        does: format!("roles {}", config.server.roles),
        database: Some(database_name(&config)),
        secret_file: secrets.kept_in().map(Path::to_owned),
        grace: Duration::from_secs(config.server.shutdown_seconds),
        lifecycle,
        ports: Some(ports),
        _held: held,
    })
}

/// Starts a gateway alone, over a supergraph of anybody.
pub(crate) async fn serve_gateway(
    config: Config,
    address: SocketAddr,
    gateway: Gateway,
    telemetry: Telemetry,
    runtime: Runtime,
) -> anyhow::Result<Running> {
    let lifecycle = Lifecycle::default();
    let Doors { router, places, .. } = doors::open_gateway(&config, gateway, &telemetry, &lifecycle, &runtime)?;
    keep_metrics_tidy(&telemetry, &lifecycle);
    let door = listen::Door { router, header_time: Duration::from_secs(config.server.header_seconds) };
    let addresses = listen::open("--listen", &[address], &door, &lifecycle).await?;
    Ok(Running {
        addresses,
        sdk_addresses: Vec::new(),
        places,
        does: "a gateway alone".to_owned(),
        database: None,
        secret_file: None,
        grace: Duration::from_secs(config.server.shutdown_seconds),
        lifecycle,
        ports: None,
        _held: None,
    })
}

fn keep_metrics_tidy(telemetry: &Telemetry, lifecycle: &Lifecycle) {
    let (telemetry, stop) = (telemetry.clone(), lifecycle.draining.clone());
    lifecycle.workers.spawn(async move { stop.run_until_cancelled(telemetry.keep_tidy()).await });
}

impl Running {
    /// Returns the addresses that are listened to, with real port numbers.
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// Returns the addresses of the door for official SDKs, with real port numbers; none when it is shut.
    pub fn sdk_addresses(&self) -> &[SocketAddr] {
        &self.sdk_addresses
    }

    /// Returns the file of the generated secret; `None` when one is configured.
    pub fn secret_file(&self) -> Option<&Path> {
        self.secret_file.as_deref()
    }

    /// Returns the stop signals.
    pub fn lifecycle(&self) -> &Lifecycle {
        &self.lifecycle
    }

    /// Returns what this process does.
    pub(crate) fn does(&self) -> &str {
        &self.does
    }

    /// Returns where the data is, without passwords.
    pub(crate) fn database(&self) -> Option<&str> {
        self.database.as_deref()
    }

    /// Returns what is served.
    pub(crate) fn places(&self) -> &[Place] {
        &self.places
    }

    /// Waits until somebody asks to stop, or to start anew, and everything is done.
    pub async fn finished(self) -> Ended {
        let clean = self.lifecycle.run_down(self.grace).await;
        if let Some(ports) = &self.ports {
            // Pools close when their connections come back; a request that was cut off may never give its own back.
            ports.close(LAST_WORDS).await;
        }
        Ended { clean, restart: self.lifecycle.restarts() }
    }
}
