//! Sockets that say nothing: how much memory each takes.

use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt, stream};
use openim_protocol::client::{Options, SdkClient};

use crate::client::Caller;
use crate::scenarios::unique;
use crate::server::Server;

/// Devices of one user: what is measured is sockets, not accounts.
const DEVICES: usize = 20;

/// Opens `count` sockets and returns the growth of resident memory for each, in kilobytes.
pub(super) async fn run(server: &Server, admin: &Caller, count: usize) -> anyhow::Result<Option<f64>> {
    let ids: Vec<String> = (0..count.div_ceil(DEVICES)).map(|_| unique("silent")).collect();
    let tokens = admin.users(&ids).await?;
    // Pools of the allocator and caches fill before the first reading.
    drop(open(server, &ids, &tokens, ids.len() * 2).await?);
    tokio::time::sleep(Duration::from_secs(1)).await;
    let Some(before) = server.memory() else { return Ok(None) };
    let sockets = open(server, &ids, &tokens, count).await?;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let Some(after) = server.memory() else { return Ok(None) };
    #[expect(clippy::cast_precision_loss, reason = "kilobytes")]
    let each = after.saturating_sub(before) as f64 / 1024.0 / sockets.len() as f64;
    Ok(Some(each))
}

async fn open(server: &Server, ids: &[String], tokens: &[String], count: usize) -> anyhow::Result<Vec<SdkClient>> {
    stream::iter(0..count)
        .map(|at| async move {
            let user = at % ids.len();
            anyhow::Ok(SdkClient::connect(&Options::wasm(&server.sdk, &ids[user], &tokens[user])).await?)
        })
        .buffer_unordered(32)
        .try_collect()
        .await
}
