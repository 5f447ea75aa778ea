//! A deployment of many processes on loopback: two gateways, one process a subgraph, one worker, over PostgreSQL, Redis and
//! RabbitMQ of their own, so that a test may stop any of them.

use std::collections::BTreeMap;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;

use tokio::process::Command;

use crate::harness::{Binary, Process};

/// The processes of a deployment, by name.
const ROLES: [(&str, &str); 6] = [
    ("users", "users"),
    ("messages", "messages"),
    ("conversations", "conversations"),
    ("worker", "worker"),
    ("gateway-1", "gateway"),
    ("gateway-2", "gateway"),
];

/// A running deployment.
pub(super) struct Cluster {
    binary: Binary,
    services: Services,
    addresses: BTreeMap<&'static str, SocketAddr>,
    processes: BTreeMap<&'static str, Process>,
}

impl Cluster {
    /// Starts everything; `None` when the tests run without throw-away services.
    pub(super) async fn start(name: &str) -> Option<Self> {
        let services = Services::start(name).await?;
        let addresses = ROLES.iter().map(|(name, _)| (*name, free_address())).collect();
        let mut cluster = Self { binary: Binary::new(), services, addresses, processes: BTreeMap::new() };
        let environment = cluster.environment();
        let migrated = cluster.binary.run(&["migrate"], &borrowed(&environment)).await;
        assert!(migrated.status.success(), "{}", String::from_utf8_lossy(&migrated.stderr));
        for (name, _) in ROLES {
            cluster.launch(name).await;
        }
        Some(cluster)
    }

    /// Returns the gateways' addresses.
    pub(super) fn doors(&self) -> Vec<SocketAddr> {
        vec![self.addresses["gateway-1"], self.addresses["gateway-2"]]
    }

    /// Kills a process and starts it again at the same address.
    pub(super) async fn crash(&mut self, name: &'static str) {
        let mut process = self.processes.remove(name).expect("it runs");
        process.signal("KILL").await;
        process.ended().await;
        self.launch(name).await;
    }

    /// Stops a service and starts it again with its data.
    pub(super) async fn restart_service(&self, name: &str) {
        self.services.run(&["restart", name]).await;
    }

    /// Ends the processes, then the services.
    pub(super) async fn stop(mut self) {
        for (_, mut process) in std::mem::take(&mut self.processes) {
            process.signal("TERM").await;
            process.ended().await;
        }
        self.services.run(&["stop"]).await;
    }

    async fn launch(&mut self, name: &'static str) {
        let (_, role) = ROLES.into_iter().find(|(known, _)| *known == name).expect("a known process");
        let listen = self.addresses[name].to_string();
        let environment = self.environment();
        let process = self.binary.serve_with(&["--roles", role, "--listen", &listen], &borrowed(&environment)).await;
        self.processes.insert(name, process);
    }

    fn environment(&self) -> Vec<(String, String)> {
        let mut environment = self.services.settings.clone();
        for (key, value) in [("AUTH__SECRET", crate::harness::SECRET), ("INTERNAL__SECRET", "the proof of the tests' processes")] {
            environment.push((format!("OPENIM__{key}"), value.to_owned()));
        }
        for name in ["users", "messages", "conversations"] {
            environment.push((format!("OPENIM__SUBGRAPHS__{}", name.to_uppercase()), format!("http://{}", self.addresses[name])));
        }
        environment
    }
}

/// Throw-away services in a folder of their own, beside those that other tests share.
struct Services {
    script: PathBuf,
    folder: PathBuf,
    settings: Vec<(String, String)>,
}

impl Services {
    #[expect(clippy::disallowed_methods, reason = "tests learn from the environment where their services are")]
    async fn start(name: &str) -> Option<Self> {
        let (Ok(script), Ok(shared)) = (std::env::var("OPENIM_TEST_SERVICES"), std::env::var("OPENIM_SERVICES_DIR")) else {
            println!("skipped: there are no throw-away services; `make test` starts them");
            return None;
        };
        let mut services = Self { script: script.into(), folder: PathBuf::from(shared).join("private").join(name), settings: Vec::new() };
        services.run(&["stop"]).await; // what a failed run left behind
        services.run(&["start"]).await;
        for line in services.run(&["env"]).await.lines() {
            let Some((key, value)) = line.trim_start_matches("export ").split_once('=') else { continue };
            let key = match key {
                "OPENIM_TEST_POSTGRES_URL" => "OPENIM__DATABASE__URL",
                "OPENIM_TEST_REDIS_URL" => "OPENIM__REDIS__URL",
                "OPENIM_TEST_AMQP_URL" => "OPENIM__AMQP__URL",
                _ => continue,
            };
            services.settings.push((key.to_owned(), value.trim_matches('\'').to_owned()));
        }
        Some(services)
    }

    async fn run(&self, arguments: &[&str]) -> String {
        let mut command = Command::new(&self.script);
        let output = command.args(arguments).env("OPENIM_SERVICES_DIR", &self.folder).output().await.expect("the script runs");
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
}

fn borrowed(environment: &[(String, String)]) -> Vec<(&str, &str)> {
    environment.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect()
}

fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port")
}
