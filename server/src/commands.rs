//! The commands of the binary, a file each.

mod config;
mod doctor;
mod gateway;
mod import;
mod migrate;
mod schema;
mod seed;
mod serve;
mod token;

use std::io::{self, Write as _};
use std::process::ExitCode;

use openim_core::Runtime;
use openim_platform::config::{Loaded, load};

use crate::build::trial;
use crate::cli::{Cli, Command, Serve};

/// Something the command looked for is wrong; it was told already.
const FOUND_WRONG: u8 = 1;

/// Does what the command line says.
pub(crate) async fn run(mut cli: Cli) -> anyhow::Result<ExitCode> {
    let command = cli.command.take().unwrap_or(Command::Serve(Serve::default()));
    let inputs = cli.inputs(&command);
    let runtime = Runtime::system();
    let loaded = || -> anyhow::Result<Loaded> {
        let loaded = load(&inputs)?;
        let wrong = trial(&loaded.config, &runtime);
        Ok(loaded.tried(wrong)?)
    };
    match command {
        Command::Serve(_) => serve::run(loaded()?, runtime).await,
        Command::Gateway(gateway) => gateway::run(loaded()?, gateway, runtime).await,
        Command::Migrate { status } => migrate::run(&loaded()?, status).await,
        Command::Config(command) => config::run(command, loaded).await,
        Command::Schema(command) => schema::run(&command),
        Command::Token(token) => token::run(&loaded()?, token, runtime).await,
        Command::Import(import) => import::run(&loaded()?, import, runtime).await,
        Command::Seed(seed) => seed::run(&loaded()?, seed, runtime).await,
        Command::Doctor => doctor::run(&loaded()?, runtime).await,
    }
}

/// Writes a command's result to the standard output. A reader that went away is no failure.
fn print(text: &str) -> io::Result<()> {
    match io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}
