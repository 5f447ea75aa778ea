//! What the ports are made of: the addresses of the configuration, and the schema that they must have.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use openim_core::Runtime;
use openim_platform::config::{Config, ServiceUrl};
use openim_platform::ports::{PortSettings, Ports};
use openim_platform::presence::Lease;
use openim_platform::store::DatabaseSettings;

use super::data_folder;

/// Opens the ports; each has the adapter that the configuration asks for. The schema is not touched.
///
/// # Errors
/// Names what cannot be reached.
pub(crate) async fn open_ports(config: &Config, runtime: &Runtime) -> anyhow::Result<Arc<Ports>> {
    if !config.database.is_postgres() {
        data_folder(config)?;
    }
    let address = |url: &ServiceUrl| (!url.is_empty()).then(|| url.expose().to_owned());
    // Unique: a process that starts again must not be taken for the one that has just died.
    let node = format!("{}-{}", config.server.roles, runtime.ids.hex32());
    let mut settings = PortSettings::new(database_settings(config), address(&config.redis.url), address(&config.amqp.url), node);
    settings.prefix.clone_from(&config.server.deployment);
    settings.lease = Lease::lasting(Duration::from_secs(config.presence.lease_seconds));
    Ok(Arc::new(Ports::connect(&settings, runtime).await?))
}

/// Brings the schema up to date where that is safe or asked for, and refuses to go on with an old one.
///
/// # Errors
/// When the schema stays behind this binary.
pub(crate) async fn migrate(ports: &Ports, config: &Config) -> anyhow::Result<()> {
    if !config.database.is_postgres() || config.database.migrate_on_start {
        return ports.store.migrate().await.context("the schema cannot be brought up to date");
    }
    let pending = ports.store.pending_migrations().await.context("the database cannot tell its migrations")?;
    if !pending.is_empty() {
        bail!("{} migrations are missing: run `openim migrate`, or set database.migrate_on_start", pending.len());
    }
    Ok(())
}

/// Returns how the database is reached.
pub(crate) fn database_settings(config: &Config) -> DatabaseSettings {
    let section = &config.database;
    let url = match section.url.expose() {
        "" => format!("sqlite:{}", config.server.data_dir.join("openim.db").display()),
        // Both names of the scheme are in use; one is enough inside.
        url => url.strip_prefix("postgresql://").map_or_else(|| url.to_owned(), |rest| format!("postgres://{rest}")),
    };
    let mut settings = DatabaseSettings::new(url);
    if section.max_connections > 0 {
        settings.max_connections = section.max_connections;
    }
    settings.acquire_timeout = Duration::from_secs(section.acquire_timeout_seconds);
    settings.statement_timeout = Duration::from_secs(section.statement_timeout_seconds);
    settings
}

/// Returns where the data is, for people.
pub(crate) fn database_name(config: &Config) -> String {
    if config.database.url.is_empty() {
        return format!("SQLite in {}", config.server.data_dir.join("openim.db").display());
    }
    config.database.url.to_string()
}
