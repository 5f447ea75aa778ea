//! A deployment of many processes on loopback: two gateways, one process a subgraph, one worker, over PostgreSQL, Redis and
//! RabbitMQ of their own, so that a test may stop any of them.

use std::collections::BTreeMap;
use std::net::{SocketAddr, TcpListener};

use openim_core::{IdSource, RandomIds};
use openim_testing::PrivateServices;

use super::{Binary, Process, SECRET, soon};

/// The processes of a deployment, by name.
const ROLES: [(&str, &str); 9] = [
    ("users", "users"),
    ("relations", "relations"),
    ("groups", "groups"),
    ("messages", "messages"),
    ("conversations", "conversations"),
    ("third", "third"),
    ("worker", "worker"),
    ("gateway-1", "gateway"),
    ("gateway-2", "gateway"),
];

/// A running deployment.
pub(crate) struct Cluster {
    binary: Binary,
    processes: BTreeMap<&'static str, Process>,
    addresses: BTreeMap<&'static str, SocketAddr>,
    environment: Vec<(String, String)>,
    services: PrivateServices,
}

impl Cluster {
    /// Starts everything; `None` when the tests run without throw-away services.
    pub(crate) async fn start() -> Option<Self> {
        Self::start_with(&[]).await
    }

    /// Starts everything with some settings of its own, given as the ends of their variables.
    pub(crate) async fn start_with(settings: &[(&str, &str)]) -> Option<Self> {
        let services = PrivateServices::start(&["postgres", "redis", "rabbitmq"]).await?;
        let addresses: BTreeMap<_, _> = ROLES.iter().map(|(name, _)| (*name, free_address())).collect();
        let mut environment = environment(&services, &addresses).await;
        environment.extend(settings.iter().map(|(key, value)| (format!("OPENIM__{key}"), (*value).to_owned())));
        let mut cluster = Self { binary: Binary::new(), processes: BTreeMap::new(), addresses, environment, services };
        let migrated = cluster.binary.run(&["migrate"], &cluster.environment()).await;
        assert!(migrated.status.success(), "{}", String::from_utf8_lossy(&migrated.stderr));
        for (name, _) in ROLES {
            cluster.launch(name).await;
        }
        Some(cluster)
    }

    /// Returns the gateways' addresses.
    pub(crate) fn doors(&self) -> Vec<SocketAddr> {
        vec![self.addresses["gateway-1"], self.addresses["gateway-2"]]
    }

    /// Kills a process and starts it again at the same address.
    pub(crate) async fn crash(&mut self, name: &'static str) {
        let mut process = self.processes.remove(name).expect("it runs");
        process.signal("KILL").await;
        process.ended().await;
        self.launch(name).await;
    }

    /// Kills a process for good.
    pub(crate) async fn kill(&mut self, name: &'static str) {
        let mut process = self.processes.remove(name).expect("it runs");
        process.signal("KILL").await;
        process.ended().await;
    }

    /// Stops a service and starts it again with its data.
    pub(crate) async fn restart_service(&self, name: &str) {
        self.services.control("restart", name).await;
    }

    /// Returns the processes' ids of the system.
    pub(crate) fn ids(&self) -> Vec<u32> {
        self.processes.values().map(Process::id).collect()
    }

    /// Waits until every process has started itself anew.
    pub(crate) async fn started_anew(&mut self) {
        for process in self.processes.values_mut() {
            soon("it says its address again", process.next_address()).await;
        }
    }

    /// Ends the processes; the services end with this value.
    pub(crate) async fn stop(mut self) {
        for (_, mut process) in std::mem::take(&mut self.processes) {
            process.signal("TERM").await;
            process.ended().await;
        }
    }

    async fn launch(&mut self, name: &'static str) {
        let (_, role) = ROLES.into_iter().find(|(known, _)| *known == name).expect("a known process");
        let listen = self.addresses[name].to_string();
        let process = self.binary.serve_with(&["--roles", role, "--listen", &listen], &self.environment()).await;
        self.processes.insert(name, process);
    }

    fn environment(&self) -> Vec<(&str, &str)> {
        self.environment.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect()
    }
}

/// Returns what every process is told.
async fn environment(services: &PrivateServices, addresses: &BTreeMap<&'static str, SocketAddr>) -> Vec<(String, String)> {
    let mut environment = Vec::new();
    for (key, variable) in
        [("DATABASE__URL", "OPENIM_TEST_POSTGRES_URL"), ("REDIS__URL", "OPENIM_TEST_REDIS_URL"), ("AMQP__URL", "OPENIM_TEST_AMQP_URL")]
    {
        environment.push((format!("OPENIM__{key}"), services.address(variable).await));
    }
    // All processes run in the same folder.
    let alike = [("AUTH__SECRET", SECRET), ("INTERNAL__SECRET", "the proof of the tests' processes"), ("OBJECTS__FOLDER", "objects")];
    for (key, value) in alike {
        environment.push((format!("OPENIM__{key}"), value.to_owned()));
    }
    for name in ["users", "relations", "groups", "messages", "conversations", "third"] {
        environment.push((format!("OPENIM__SUBGRAPHS__{}", name.to_uppercase()), format!("http://{}", addresses[name])));
    }
    environment
}

/// Returns an address on this machine that nobody listens on. It is below those that the system gives away, and those of
/// `scripts/services.sh`: nobody gets it by chance before it is used, or while its process is started again.
pub(crate) fn free_address() -> SocketAddr {
    let by_chance = || u16::from_str_radix(&RandomIds.hex32()[..3], 16).expect("three digits");
    let mut addresses = std::iter::repeat_with(|| SocketAddr::from(([127, 0, 0, 1], 11_000 + by_chance())));
    addresses.find(|address| TcpListener::bind(address).is_ok()).expect("there is no end of them")
}
