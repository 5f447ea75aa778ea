//! `openim config`: is it good, what is in force, what could be set.

use std::fmt::Write as _;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use openim_platform::config::{Configuration, DEFAULTS, Loaded};
use openim_platform::fanout::MemoryFanout;
use openim_platform::store::Store;

use crate::build::database_settings;
use crate::cli::ConfigCommand;

/// How long the database may take: the configuration is told without it, too.
const PATIENCE: Duration = Duration::from_secs(5);

pub(super) async fn run(command: ConfigCommand, loaded: impl Fn() -> anyhow::Result<Loaded>) -> anyhow::Result<ExitCode> {
    match command {
        ConfigCommand::Check => {
            let (_, problems) = with_stored(loaded()?).await;
            let mut text = "the configuration is good\n".to_owned();
            for (key, message) in problems {
                let _ = writeln!(text, "  stored, and left out: {key}: {message}");
            }
            super::print(&text)?;
        }
        ConfigCommand::Print => super::print(&with_stored(loaded()?).await.0.print())?,
        ConfigCommand::Example => super::print(DEFAULTS)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Adds the stored settings when there is a database that can be asked; nothing is made or changed for that.
async fn with_stored(loaded: Loaded) -> (Loaded, Vec<(String, String)>) {
    let config = &loaded.config;
    let missing = config.database.url.is_empty() && !config.server.data_dir.join("openim.db").exists();
    if missing || (!config.database.is_postgres() && !config.database.url.is_empty()) {
        return (loaded, Vec::new());
    }
    let asked = async {
        let store = Store::connect(&database_settings(config), Arc::new(MemoryFanout::new())).await.ok()?;
        let opened = Configuration::open(loaded.clone(), store.clone(), "config").await;
        store.close().await;
        let configuration = opened.ok()?;
        Some((configuration.loaded(), configuration.problems()))
    };
    match tokio::time::timeout(PATIENCE, asked).await {
        Ok(Some(found)) => found,
        _ => (loaded, Vec::new()),
    }
}
