//! `openim migrate`: the schema of the database, once for all processes.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use openim_platform::config::Loaded;
use openim_platform::fanout::MemoryFanout;
use openim_platform::store::Store;

use crate::build::{data_folder, database_file, database_settings};

pub(super) async fn run(loaded: &Loaded, only_status: bool) -> anyhow::Result<ExitCode> {
    let config = &loaded.config;
    if let Some(file) = database_file(config).filter(|file| only_status && !file.exists()) {
        super::print(&format!("there is no {} yet: `openim migrate` or the first start makes it\n", file.display()))?;
        return Ok(ExitCode::from(super::FOUND_WRONG));
    }
    data_folder(config)?;
    let store =
        Store::connect(&database_settings(config), Arc::new(MemoryFanout::new())).await.context("the database cannot be reached")?;
    let pending = store.pending_migrations().await.context("the database cannot tell its migrations")?;
    let code = match (pending.is_empty(), only_status) {
        (true, _) => {
            super::print("the schema is up to date\n")?;
            ExitCode::SUCCESS
        }
        (false, true) => {
            super::print(&format!("{} migrations are missing:\n  {}\n", pending.len(), pending.join("\n  ")))?;
            ExitCode::from(super::FOUND_WRONG)
        }
        (false, false) => {
            store.migrate().await.context("the schema cannot be brought up to date")?;
            super::print(&format!("{} migrations were applied:\n  {}\n", pending.len(), pending.join("\n  ")))?;
            ExitCode::SUCCESS
        }
    };
    store.close().await;
    Ok(code)
}
