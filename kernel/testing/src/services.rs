//! Services that belong to one test, which may stop and kill them.

use std::collections::HashMap;
use std::path::PathBuf;
use std::process::Stdio;

use openim_core::{IdSource, RandomIds};
use tokio::process::Command;

use crate::environment::{services_folder, services_script};

/// Throw-away services of one test. Dropping stops them and deletes their data.
pub struct PrivateServices {
    script: String,
    folder: PathBuf,
}

impl PrivateServices {
    /// Starts services (`postgres`, `redis`, `rabbitmq`), if the environment names the script that can.
    ///
    /// # Panics
    /// When one does not start.
    pub async fn start(services: &[&str]) -> Option<Self> {
        let script = services_script()?;
        // Inside the folder of the whole test run, so that its end also ends what a killed test has left.
        let folder = PathBuf::from(services_folder()?).join("private").join(RandomIds.hex32());
        std::fs::create_dir_all(&folder).expect("a folder for private services");
        let own = Self { script, folder };
        own.run("start", services).await;
        Some(own)
    }

    /// Does something to a service: `start`, `stop`, `restart` or `kill`. Ports and data stay.
    ///
    /// # Panics
    /// When that fails.
    pub async fn control(&self, command: &str, service: &str) {
        self.run(command, &[service]).await;
    }

    /// Returns the address of a service by the name of its variable, such as `OPENIM_TEST_AMQP_URL`.
    ///
    /// # Panics
    /// When there is none.
    pub async fn address(&self, variable: &str) -> String {
        let lines = self.run("env", &[]).await;
        let addresses: HashMap<_, _> = lines.lines().filter_map(|line| line.strip_prefix("export ")?.split_once('=')).collect();
        addresses.get(variable).expect("an address").trim_matches('\'').to_owned()
    }

    async fn run(&self, command: &str, services: &[&str]) -> String {
        let output = self.command(command, services).stderr(Stdio::piped()).output().await.expect("the services script");
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "services.sh {command} {services:?}: {complaint}");
        String::from_utf8(output.stdout).expect("text")
    }

    fn command(&self, command: &str, services: &[&str]) -> Command {
        let mut process = Command::new(&self.script);
        process.arg(command).args(services).env("OPENIM_SERVICES_DIR", &self.folder).stdin(Stdio::null());
        process
    }
}

impl Drop for PrivateServices {
    fn drop(&mut self) {
        let mut stop = std::process::Command::new(&self.script);
        stop.arg("stop").env("OPENIM_SERVICES_DIR", &self.folder).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        // The end of the test run stops what this could not.
        let _ = stop.status();
    }
}
