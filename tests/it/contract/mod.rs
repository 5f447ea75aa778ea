//! The contract of all of OpenIM's routes, in both deployments: one story calls every route with what its earlier calls have
//! made, checks what is told against the gateway's own tables, and lets strangers try each route first.

mod accounts;
mod conversations;
mod doors;
mod files;
mod friends;
mod groups;
mod messages;
mod operating;
mod shape;
mod story;
mod strangers;
mod table;

use std::net::SocketAddr;

use crate::harness::{Binary, Cluster, Process, SECRET, free_address, soon};
use doors::Doors;
use story::Story;

/// What both deployments are told besides.
const SETTINGS: [(&str, &str); 1] = [("TELEMETRY__DASHBOARD_URL", files::DASHBOARDS)];

/// Where the story happens.
enum Deployment {
    /// One process with everything inside, as without any configuration.
    Embedded { process: Box<Process>, _folder: Binary },
    /// Many processes over PostgreSQL, Redis and RabbitMQ.
    Cluster(Box<Cluster>),
}

impl Deployment {
    async fn embedded() -> Self {
        let binary = Binary::new();
        // A port of its own: after a restart it must be the same.
        let listen = free_address().to_string();
        let mut environment = vec![("OPENIM__AUTH__SECRET".to_owned(), SECRET)];
        environment.extend(SETTINGS.map(|(key, value)| (format!("OPENIM__{key}"), value)));
        let environment: Vec<_> = environment.iter().map(|(key, value)| (key.as_str(), *value)).collect();
        let process = binary.serve_with(&["--listen", &listen], &environment).await;
        Self::Embedded { process: Box::new(process), _folder: binary }
    }

    fn doors(&self) -> Vec<SocketAddr> {
        match self {
            Self::Embedded { process, .. } => vec![process.address],
            Self::Cluster(cluster) => cluster.doors(),
        }
    }

    fn ids(&self) -> Vec<u32> {
        match self {
            Self::Embedded { process, .. } => vec![process.id()],
            Self::Cluster(cluster) => cluster.ids(),
        }
    }

    async fn started_anew(&mut self) {
        match self {
            Self::Embedded { process, .. } => _ = soon("it says its address again", process.next_address()).await,
            Self::Cluster(cluster) => cluster.started_anew().await,
        }
    }

    async fn stop(self) {
        match self {
            Self::Embedded { mut process, .. } => {
                process.signal("TERM").await;
                assert_eq!(process.ended().await, Some(0));
            }
            Self::Cluster(cluster) => cluster.stop().await,
        }
    }
}

async fn tell(mut deployment: Deployment) {
    let mut story = Story::begin(Doors::new(deployment.doors())).await;
    accounts::tell(&mut story).await;
    friends::tell(&mut story).await;
    groups::tell(&mut story).await;
    let version = conversations::before(&mut story).await;
    let said = messages::send(&mut story).await;
    conversations::tell(&mut story, version).await;
    messages::read(&mut story, &said).await;
    operating::count(&mut story).await;
    messages::take_back(&mut story, &said).await;
    files::tell(&mut story).await;
    operating::discover(&mut story).await;
    operating::configure(&mut story).await;
    let before = deployment.ids();
    operating::restart(&mut story).await;
    deployment.started_anew().await;
    assert_eq!(deployment.ids(), before, "the processes stay the same");
    operating::remember(&mut story).await;
    story.end();
    deployment.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_route_keeps_the_contract_embedded() {
    tell(Deployment::embedded().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_route_keeps_the_contract_in_a_cluster() {
    let Some(cluster) = Cluster::start_with(&SETTINGS).await else { return };
    tell(Deployment::Cluster(Box::new(cluster))).await;
}
