//! The server: the command line, and the wiring of all crates into one process with some or all roles. The only crate that
//! knows all others.

mod build;
pub mod cli;
mod commands;
mod doors;
mod health;
mod http;
mod index;
mod listen;
mod node;
mod restart;
mod run;
mod schema;
mod shutdown;
mod subgraph_host;
mod supergraph;

use std::process::ExitCode;

use anyhow::Context as _;
use clap::Parser as _;
use openim_core::Causes;
use openim_platform::config::Problems;

pub use run::{Ended, Running, start};
pub use shutdown::Lifecycle;

/// What the process ends with when its configuration or command line is wrong.
const WRONG_CONFIGURATION: u8 = 2;

/// Runs the binary: reads the command line, does what it says, tells failures.
pub fn main() -> ExitCode {
    match blocking(cli::Cli::parse()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("openim: {}", Causes(&*error));
            if error.is::<Problems>() { ExitCode::from(WRONG_CONFIGURATION) } else { ExitCode::FAILURE }
        }
    }
}

fn blocking(cli: cli::Cli) -> anyhow::Result<ExitCode> {
    // One crypto provider for every TLS client; an error only says that it is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("the runtime cannot be started")?;
    runtime.block_on(commands::run(cli))
}
