//! `openim config`: is it good, what is in force, what could be set.

use std::process::ExitCode;

use openim_platform::config::{DEFAULTS, Loaded};

use crate::cli::ConfigCommand;

pub(super) fn run(command: ConfigCommand, loaded: impl Fn() -> anyhow::Result<Loaded>) -> anyhow::Result<ExitCode> {
    match command {
        ConfigCommand::Check => {
            loaded()?;
            super::print("the configuration is good\n")?;
        }
        ConfigCommand::Print => super::print(&loaded()?.print())?,
        ConfigCommand::Example => super::print(DEFAULTS)?,
    }
    Ok(ExitCode::SUCCESS)
}
