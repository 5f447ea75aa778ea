//! `idle`: the server's memory for each open subscription that has nothing to say.

use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt, stream};
use serde_json::json;

use crate::client::{Caller, Socket};
use crate::report::{Goal, Report};
use crate::scenarios::unique;
use crate::server::Server;

/// Opens `count` sockets with one subscription each and reports the growth of resident memory by socket.
pub(crate) async fn run(server: &Server, report: &mut Report, count: usize) -> anyhow::Result<()> {
    let admin = Caller::admin(server).await?;
    // A hundred users, each with many devices: what is measured is sockets, not accounts.
    let ids: Vec<String> = (0..100).map(|_| unique("idle")).collect();
    let tokens = admin.users(&ids).await?;
    let warm = open(server, &tokens, 200.min(count)).await?; // allocator pools and caches fill before the first reading
    drop(warm);
    tokio::time::sleep(Duration::from_secs(1)).await;
    let Some(before) = server.memory() else { return Ok(()) };
    let sockets = open(server, &tokens, count).await?;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let Some(after) = server.memory() else { return Ok(()) };
    #[expect(clippy::cast_precision_loss, reason = "kilobytes")]
    let each = after.saturating_sub(before) as f64 / 1024.0 / sockets.len() as f64;
    report.goal("idle", format!("memory of one subscription ({} open)", sockets.len()), each, "KB", Goal::AtMost(20.0));
    Ok(())
}

async fn open(server: &Server, tokens: &[String], count: usize) -> anyhow::Result<Vec<Socket>> {
    stream::iter(0..count)
        .map(|index| async move {
            let mut socket = Socket::connect(server, &tokens[index % tokens.len()]).await?;
            socket.start("events", "subscription { events { __typename cursor } }", json!({})).await?;
            socket.next().await?; // the first event says that the subscription stands
            anyhow::Ok(socket)
        })
        .buffer_unordered(32)
        .try_collect()
        .await
}
