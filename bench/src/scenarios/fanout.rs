//! `fanout`: one sender, one conversation, many open readers; what a delivery costs.

use std::time::{Duration, Instant};

use serde_json::json;
use tokio::task::JoinSet;

use crate::client::{Caller, Socket};
use crate::report::{Report, histogram};
use crate::scenarios::unique;
use crate::server::Server;

const EVENTS: &str = "subscription { events { __typename ... on MessageAdded { message { seq sentAt content { __typename ... on TextContent { text } } } } } }";
const SEND: &str = "mutation($to: ID!, $key: ID!) { sendMessage(input: {recipient: {userId: $to}, clientMessageId: $key, content: {text: {text: \"to all of you\"}}}) { message { seq } } }";

/// Sends `messages` one after the other to `readers` open subscriptions of the receiver.
pub(crate) async fn run(server: &Server, report: &mut Report, readers: usize, messages: i64) -> anyhow::Result<()> {
    let admin = Caller::admin(server).await?;
    let ids = [unique("from"), unique("to")];
    let tokens = admin.users(&ids).await?;
    let sender = admin.with_token(&tokens[0]);
    let mut tasks = JoinSet::new();
    for _ in 0..readers {
        let mut socket = Socket::connect(server, &tokens[1]).await?;
        socket.start("events", EVENTS, json!({})).await?;
        socket.next().await?;
        tasks.spawn(async move {
            let mut expected = 1;
            while expected <= messages {
                let frame = tokio::time::timeout(Duration::from_secs(30), socket.next()).await??;
                let Some(seq) = frame["payload"]["data"]["events"]["message"]["seq"].as_i64() else { continue };
                anyhow::ensure!(seq == expected, "seq {seq} came where {expected} was expected");
                expected += 1;
            }
            anyhow::Ok(())
        });
    }
    let before = server.cpu();
    let started = Instant::now();
    let mut ack = histogram()?;
    for _ in 0..messages {
        let at = Instant::now();
        sender.graphql(SEND, json!({"to": ids[1], "key": unique("m")})).await?;
        ack.record(u64::try_from(at.elapsed().as_micros())?)?;
    }
    while let Some(done) = tasks.join_next().await {
        if let Err(problem) = done? {
            report.failure(format!("fanout: {problem}"));
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "counts")]
    let deliveries = (readers as f64) * (messages as f64);
    report.figure("fanout", format!("deliveries to {readers} readers"), deliveries / started.elapsed().as_secs_f64(), "/s");
    if let (Some(before), Some(after)) = (before, server.cpu()) {
        report.figure("fanout", "server CPU a delivery", after.saturating_sub(before).as_secs_f64() * 1e6 / deliveries, "µs");
    }
    report.latency("fanout", "acknowledgement", &ack);
    Ok(())
}
