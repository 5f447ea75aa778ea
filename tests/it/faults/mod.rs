//! Processes are killed and services vanish under load. Whatever happens: no acknowledged message is lost, none is stored
//! twice, seqs stay dense, and every stream resumes where it was.

mod clock;
mod load;
mod nodes;
mod presence;
mod storm;

use crate::harness::{Binary, Client, Cluster, SECRET};
use load::{Load, User};

/// Registers users and gets their tokens; the number is even.
async fn users(client: &Client, prefix: &str, count: usize) -> Vec<User> {
    let ids: Vec<String> = (0..count).map(|number| format!("{prefix}{number}")).collect();
    let named: Vec<(&str, &str)> = ids.iter().map(|id| (id.as_str(), id.as_str())).collect();
    let tokens = client.admin().await.users(&named).await;
    ids.into_iter().zip(tokens).map(|(id, token)| User { id, token }).collect()
}

/// Returns what the environment asks for in place of the short form.
#[expect(clippy::disallowed_methods, reason = "how long a test runs is no setting of the product")]
fn asked(name: &str, short: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(short)
}

/// The long form: `OPENIM_FAULT_ROUNDS=100 OPENIM_FAULT_USERS=200`; each user sends five messages a second.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_server_loses_nothing_that_it_acknowledged() {
    let (rounds, people) = (asked("OPENIM_FAULT_ROUNDS", 3), asked("OPENIM_FAULT_USERS", 8) / 2 * 2);
    // Between two ends everybody says some 25 messages.
    let between = people * 25;
    let binary = Binary::new();
    let environment = [("OPENIM__AUTH__SECRET", SECRET)];
    let mut process = binary.serve_with(&["--listen", "127.0.0.1:0"], &environment).await;
    let mut load = Load::start(users(&Client::new(process.address), "solo", people).await, vec![process.address]).await;
    for _ in 0..rounds {
        load.progress(between).await;
        process.signal("KILL").await;
        process.ended().await;
        process = binary.serve_with(&["--listen", "127.0.0.1:0"], &environment).await;
        load.moved(vec![process.address]);
    }
    load.progress(between).await;
    load.check().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_processes_of_a_deployment_lose_nothing() {
    let Some(mut cluster) = Cluster::start().await else { return };
    let mut load = Load::start(users(&Client::new(cluster.doors()[0]), "kill", 8).await, cluster.doors()).await;
    for victim in ["messages", "gateway-1", "conversations", "worker", "users", "gateway-2"] {
        load.progress(100).await;
        cluster.crash(victim).await;
    }
    load.progress(100).await;
    load.check().await;
    cluster.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn restarted_services_lose_nothing() {
    let Some(cluster) = Cluster::start().await else { return };
    let mut load = Load::start(users(&Client::new(cluster.doors()[0]), "service", 8).await, cluster.doors()).await;
    for service in ["rabbitmq", "redis", "postgres"] {
        load.progress(100).await;
        cluster.restart_service(service).await;
    }
    load.progress(100).await;
    load.check().await;
    cluster.stop().await;
}
