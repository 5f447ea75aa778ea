//! `openim seed`: a server full of believable people and talk, for demos, screenshots and tests. Everything goes through the
//! graph, as an application would do it; a server that does not run is started for as long as it takes.

mod dice;
mod fill;
mod graph;
mod groups;
mod people;
mod phrases;
mod pictures;
mod plan;
mod send;
mod talk;
mod upload;

use std::fs;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context as _, bail};
use openim_core::Runtime;
use openim_platform::config::{Config, Loaded};
use openim_platform::telemetry::Telemetry;
use serde_json::{Value, json};

use self::graph::Graph;
use self::plan::{Plan, Sizes};
use crate::cli::Seed;
use crate::run::{Running, start};

const LOGIN: &str = "mutation($secret: String!, $user: ID!) { createAdminToken(input: {secret: $secret, userId: $user}) { token } }";
const ANYBODY: &str = "query($first: Int!) { admin { users(first: $first) { totalCount edges { node { id level } } } } }";
const ACCOUNT: &str = "mutation($input: AddNotificationAccountInput!) { addNotificationAccount(input: $input) { __typename } }";
const NEWS: &str = "mutation($input: SendMessageBatchInput!) { sendMessageBatch(input: $input) { failures { receiverId } } }";
const CLIENTS: &str = "mutation($input: SetClientConfigInput!) { setClientConfig(input: $input) { __typename } }";

/// The account that tells everybody the news.
const NEWS_ID: &str = "news";

pub(super) async fn run(loaded: &Loaded, command: Seed, runtime: Runtime) -> anyhow::Result<ExitCode> {
    let begun = Instant::now();
    match &command.url {
        Some(url) => fill(&Graph::new(url)?, &loaded.config, &command, &runtime).await?,
        None => {
            let (running, base) = embedded(loaded, &runtime).await?;
            let filled = fill(&Graph::new(&base)?, &loaded.config, &command, &runtime).await;
            running.lifecycle().stopping.cancel();
            let ended = running.finished().await;
            filled?;
            if !ended.clean {
                tracing::warn!("the server did not finish in time and was cut off");
            }
        }
    }
    super::print(&format!("done after {:.1} s\n", begun.elapsed().as_secs_f64()))?;
    Ok(ExitCode::SUCCESS)
}

/// Starts a server on its own addresses.
async fn embedded(loaded: &Loaded, runtime: &Runtime) -> anyhow::Result<(Running, String)> {
    let running = start(loaded.clone(), Telemetry::off(), runtime.clone())
        .await
        .context("no server can be started here; if one runs already, name it with --url")?;
    let address = running.addresses().first().context("the server has no address")?;
    let base = format!("http://{}", reachable(*address));
    Ok((running, base))
}

fn reachable(address: SocketAddr) -> SocketAddr {
    let mut address = address;
    if address.ip().is_unspecified() {
        address.set_ip(if address.is_ipv4() { std::net::Ipv4Addr::LOCALHOST.into() } else { std::net::Ipv6Addr::LOCALHOST.into() });
    }
    address
}

async fn fill(graph: &Graph, config: &Config, command: &Seed, runtime: &Runtime) -> anyhow::Result<()> {
    let graph = sign_in(graph, config).await?;
    refuse_if_used(&graph, command).await?;
    let size = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    let sizes = Sizes { users: size(command.users), groups: size(command.groups), messages: size(command.messages) };
    let now = runtime.clock.now().0;
    let plan = Plan::new(sizes, command.seed, now);

    let fresh = fill::people(&graph, &plan).await?;
    let faces = plan.people.iter().filter(|one| one.face.is_some()).count();
    told("people", plan.people.len(), &format!("{} new, {faces} with a picture", fresh.len()))?;
    fill::friends(&graph, &plan, &fresh).await?;
    told("friendships", plan.friends.len(), &format!("{} open requests, {} on black lists", plan.requests.len(), plan.blocks.len()))?;
    fill::groups(&graph, &plan, &fresh).await?;
    told("groups", plan.groups.len(), &format!("{} ask to join", plan.groups.iter().map(|group| group.applicants.len()).sum::<usize>()))?;
    news(&graph, &plan, now).await?;
    let all = plan.messages();
    let salt = command.seed ^ u64::try_from(all).unwrap_or(0).rotate_left(32);
    send::talk(&graph, &plan, salt, |sent| {
        // Progress is not worth failing for.
        let _ = told("messages", sent, &format!("of {all}"));
    })
    .await?;
    told("chats", plan.chats.len(), "with read positions")
}

fn told(what: &str, count: usize, more: &str) -> anyhow::Result<()> {
    Ok(super::print(&format!("{count:>7} {what:<12} {more}\n"))?)
}

/// Signs in as the first app administrator.
async fn sign_in(graph: &Graph, config: &Config) -> anyhow::Result<Graph> {
    let secret = match config.auth.secret.is_empty() {
        false => config.auth.secret.expose().to_owned(),
        true => {
            let path = config.server.data_dir.join("secret");
            let text = fs::read_to_string(&path);
            let text = text.with_context(|| format!("auth.secret is not set and {} cannot be read", path.display()))?;
            text.trim().to_owned()
        }
    };
    let admin = config.auth.admin_user_ids.first().context("auth.admin_user_ids names nobody")?;
    let answer = graph.ask(LOGIN, json!({"secret": secret, "user": admin})).await.context("the administrator cannot sign in")?;
    Ok(graph.with_token(answer["createAdminToken"]["token"].as_str().context("an answer has no token")?))
}

/// Demo data among real people would be hard to get rid of.
async fn refuse_if_used(graph: &Graph, command: &Seed) -> anyhow::Result<()> {
    let answer = graph.ask(ANYBODY, json!({"first": 50})).await?;
    let users = answer["admin"]["users"]["edges"].as_array().map_or(&[][..], Vec::as_slice);
    let ordinary = users.iter().filter(|edge| edge["node"]["level"] != "ADMIN").count();
    if ordinary > 0 && !command.force {
        bail!("this server has users already; --force fills it nevertheless");
    }
    Ok(())
}

/// News for everybody, and values for clients.
async fn news(graph: &Graph, plan: &Plan, now: i64) -> anyhow::Result<()> {
    if !fill::known(graph, &[NEWS_ID]).await?.is_empty() {
        return Ok(());
    }
    let entries = json!([{"key": "theme", "value": "blue"}, {"key": "maxUploadMegabytes", "value": "100"}]);
    graph.ask(CLIENTS, json!({"input": {"entries": entries}})).await?;
    let account = json!({"id": NEWS_ID, "nickname": "Company news"});
    graph.ask(ACCOUNT, json!({"input": account})).await?;
    let sent_at = send::time(now - 26 * 3_600_000);
    let notice = json!({"systemNotice": {"name": "Company news", "noticeType": 1, "mixType": 0, "url": "",
        "text": "Welcome to the demo: everybody and everything here is made up."}});
    for chunk in plan.people.chunks(1_000) {
        let ids: Vec<Value> = chunk.iter().map(|person| Value::from(person.id.as_str())).collect();
        let input = json!({"senderId": NEWS_ID, "receiverIds": ids, "content": notice, "sentAt": sent_at, "createdAt": sent_at,
            "clientMessageId": format!("demo-news-{}", chunk.first().map_or("", |person| person.id.as_str()))});
        graph.ask(NEWS, json!({"input": input})).await.context("the news cannot be sent")?;
    }
    Ok(())
}
