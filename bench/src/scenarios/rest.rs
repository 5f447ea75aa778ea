//! `rest`: an OpenIM route against the same operation sent as GraphQL over HTTP, in turn, by server CPU and by time.

use std::time::{Duration, Instant};

use bytes::Bytes;
use serde_json::json;
use tokio::task::JoinSet;

use crate::client::Caller;
use crate::report::{Goal, Report};
use crate::scenarios::unique;
use crate::server::Server;

const USERS: &str =
    "query($ids: [ID!]!) { users(ids: $ids) { userID: id nickname faceURL: faceUrl ex createdAt level globalReceiveOption } }";

/// Measures `get_users_info` both ways, in rounds that alternate.
pub(crate) async fn run(server: &Server, report: &mut Report, rounds: usize, round: Duration) -> anyhow::Result<()> {
    let admin = Caller::admin(server).await?;
    let ids: Vec<String> = (0..10).map(|_| unique("rest")).collect();
    admin.users(&ids).await?;
    let rest = ("/user/get_users_info", Bytes::from(json!({"userIDs": ids}).to_string()));
    let graphql = ("/graphql", Bytes::from(json!({"query": USERS, "variables": {"ids": ids}}).to_string()));
    let mut by_time = Vec::new();
    let mut by_cpu = Vec::new();
    let mut rates = (0.0, 0.0);
    flood(server, &admin, &rest, round / 4).await?;
    flood(server, &admin, &graphql, round / 4).await?;
    for _ in 0..rounds {
        let a = flood(server, &admin, &rest, round).await?;
        let b = flood(server, &admin, &graphql, round).await?;
        by_time.push(b.rate / a.rate);
        by_cpu.extend(a.cpu.zip(b.cpu).map(|(a, b)| a / b));
        rates = (a.rate, b.rate);
    }
    report.figure("rest", "get_users_info, REST", rates.0, "req/s");
    report.figure("rest", "the same operation, GraphQL HTTP", rates.1, "req/s");
    report.goal("rest", "time of REST ÷ GraphQL", median(&mut by_time), "x", Goal::AtMost(1.15));
    if !by_cpu.is_empty() {
        report.goal("rest", "server CPU of REST ÷ GraphQL", median(&mut by_cpu), "x", Goal::AtMost(1.15));
    }
    Ok(())
}

struct Flood {
    rate: f64,
    cpu: Option<f64>,
}

async fn flood(server: &Server, caller: &Caller, (path, body): &(&'static str, Bytes), duration: Duration) -> anyhow::Result<Flood> {
    let before = server.cpu();
    let started = Instant::now();
    let mut tasks = JoinSet::new();
    for _ in 0..16 {
        let (caller, path, body) = (caller.clone(), *path, body.clone());
        tasks.spawn(async move {
            let mut count = 0_u32;
            while started.elapsed() < duration {
                caller.post_raw(path, body.clone()).await?;
                count += 1;
            }
            anyhow::Ok(count)
        });
    }
    let mut total = 0.0;
    while let Some(done) = tasks.join_next().await {
        total += f64::from(done??);
    }
    let cpu = before.zip(server.cpu()).map(|(before, after)| after.saturating_sub(before).as_secs_f64() / total);
    Ok(Flood { rate: total / started.elapsed().as_secs_f64(), cpu })
}

/// Returns the middle value.
pub(crate) fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
