//! Processes are killed and services vanish under load. Whatever happens: no acknowledged message is lost, none is stored
//! twice, seqs stay dense, and every stream resumes where it was.

mod cluster;
mod load;

use serde_json::{Value, json};

use crate::harness::{Binary, Client, SECRET};
use cluster::Cluster;
use load::{Load, User};

/// Registers users and gets their tokens; the number is even.
async fn users(client: &Client, prefix: &str, count: usize) -> Vec<User> {
    let rest = client.rest();
    let admin = rest.call("/auth/get_admin_token", json!({ "secret": SECRET, "userID": "imAdmin" })).await;
    let admin = rest.with_token(admin["token"].as_str().expect("a token"));
    let mut users = Vec::new();
    let ids: Vec<String> = (0..count).map(|number| format!("{prefix}{number}")).collect();
    let infos: Vec<Value> = ids.iter().map(|id| json!({ "userID": id, "nickname": id, "faceURL": "" })).collect();
    admin.call("/user/user_register", json!({ "users": infos })).await;
    for id in ids {
        let token = admin.call("/auth/get_user_token", json!({ "userID": id, "platformID": 5 })).await;
        users.push(User { id, token: token["token"].as_str().expect("a token").to_owned() });
    }
    users
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_server_loses_nothing_that_it_acknowledged() {
    let binary = Binary::new();
    let environment = [("OPENIM__AUTH__SECRET", SECRET)];
    let mut process = binary.serve_with(&["--listen", "127.0.0.1:0"], &environment).await;
    let mut load = Load::start(users(&Client::new(process.address), "solo", 8).await, vec![process.address]).await;
    for _ in 0..3 {
        load.progress(300).await;
        process.signal("KILL").await;
        process.ended().await;
        process = binary.serve_with(&["--listen", "127.0.0.1:0"], &environment).await;
        load.moved(vec![process.address]);
    }
    load.progress(300).await;
    load.check().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_processes_of_a_deployment_lose_nothing() {
    let Some(mut cluster) = Cluster::start("kills").await else { return };
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
    let Some(cluster) = Cluster::start("services").await else { return };
    let mut load = Load::start(users(&Client::new(cluster.doors()[0]), "service", 8).await, cluster.doors()).await;
    for service in ["rabbitmq", "redis", "postgres"] {
        load.progress(100).await;
        cluster.restart_service(service).await;
    }
    load.progress(100).await;
    load.check().await;
    cluster.stop().await;
}
