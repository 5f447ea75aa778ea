//! `openim-bench`: drives a server over its real doors, checks every message, and prints a table and JSON.
//!
//! Every figure is a plain measurement or a ratio against something named in the same run. A lost, repeated or misordered
//! message fails the run; a missed goal is only said.

mod client;
mod report;
mod scenarios;
mod server;

use std::path::PathBuf;
use std::time::Duration;

use clap::{Parser, Subcommand};

use report::Report;
use scenarios::{Size, chat, fanout, graph, idle, lists, rest, sdk, store};
use server::Server;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Measures OpenIM Graph.
#[derive(Parser)]
#[command(name = "openim-bench", version)]
struct Arguments {
    /// A server that runs already; without it the `openim` binary beside this program is started on SQLite.
    #[arg(long, requires = "secret")]
    url: Option<String>,
    /// The administrators' secret of that server.
    #[arg(long)]
    secret: Option<String>,
    /// The SDK door of that server.
    #[arg(long, default_value = "ws://127.0.0.1:10001")]
    sdk_url: String,
    /// A PostgreSQL URL for the `store`, `lists` and `sdk` scenarios, in addition to SQLite.
    #[arg(long, env = "OPENIM_TEST_POSTGRES_URL", hide_env_values = true)]
    postgres: Option<String>,
    /// A Redis URL: with it, PostgreSQL and RabbitMQ, the `sdk` scenario also measures a server on these three.
    #[arg(long, env = "OPENIM_TEST_REDIS_URL", hide_env_values = true)]
    redis: Option<String>,
    /// A RabbitMQ URL, see `--redis`.
    #[arg(long, env = "OPENIM_TEST_AMQP_URL", hide_env_values = true)]
    amqp: Option<String>,
    /// How long to measure.
    #[arg(long, value_enum, default_value = "small")]
    size: Size,
    /// Also write the figures as JSON into this file.
    #[arg(long)]
    json: Option<PathBuf>,
    #[command(subcommand)]
    scenario: Scenario,
}

#[derive(Subcommand, Clone, Copy, PartialEq, Eq)]
enum Scenario {
    /// Every scenario, each server-driven one on a fresh server.
    All,
    /// Pairs of users write to each other over GraphQL and REST and read over graphql-transport-ws.
    Chat,
    /// One sender, many open readers.
    Fanout,
    /// The gateway in process against one schema, and against HTTP subgraphs.
    Graph,
    /// Memory of open subscriptions.
    Idle,
    /// Pages and synchronisation of a group of 100,000 members and of 5,000 friends.
    Lists,
    /// An OpenIM route against its operation sent as GraphQL.
    Rest,
    /// Sockets of official SDKs: chats, a large group, idle ones, a login.
    Sdk,
    /// The message store against the database's own batch insert.
    Store,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let arguments = Arguments::parse();
    let mut report = Report::default();
    measure(&arguments, &mut report).await?;
    print(&report);
    if let Some(path) = &arguments.json {
        std::fs::write(path, serde_json::to_string_pretty(&report)?)?;
    }
    anyhow::ensure!(report.failures.is_empty(), "{} failures", report.failures.len());
    Ok(())
}

async fn measure(arguments: &Arguments, report: &mut Report) -> anyhow::Result<()> {
    let full = arguments.size == Size::Full;
    let wants = |scenario| arguments.scenario == Scenario::All || arguments.scenario == scenario;
    if wants(Scenario::Graph) {
        let (rounds, round) = if full { (15, 1000) } else { (7, 250) };
        graph::run(report, rounds, Duration::from_millis(round)).await?;
    }
    if wants(Scenario::Store) {
        store::run(report, arguments.postgres.as_deref(), if full { 200_000 } else { 40_000 }).await?;
    }
    if wants(Scenario::Lists) {
        lists::run(report, arguments.postgres.as_deref()).await?;
    }
    if wants(Scenario::Rest) {
        let server = open(arguments, report).await?;
        let (rounds, round) = if full { (9, 3000) } else { (5, 1000) };
        rest::run(&server, report, rounds, Duration::from_millis(round)).await?;
        server.stop().await?;
    }
    if wants(Scenario::Chat) {
        let server = open(arguments, report).await?;
        chat::run(&server, report, if full { 20 } else { 4 }, if full { 50 } else { 16 }).await?;
        server.stop().await?;
    }
    if wants(Scenario::Fanout) {
        let server = open(arguments, report).await?;
        let (readers, messages) = if full { (2000, 100) } else { (60, 50) };
        fanout::run(&server, report, readers, messages).await?;
        server.stop().await?;
    }
    if wants(Scenario::Idle) {
        let server = open(arguments, report).await?;
        idle::run(&server, report, 5000).await?;
        server.stop().await?;
    }
    if wants(Scenario::Sdk) {
        let server = open(arguments, report).await?;
        sdk::run(server, report, "SQLite", 150.0, full).await?;
        if let (Some(postgres), Some(redis), Some(amqp)) = (&arguments.postgres, &arguments.redis, &arguments.amqp) {
            let database = store::fresh_database(postgres).await?;
            let services = [
                ("OPENIM__DATABASE__URL", database.as_str()),
                ("OPENIM__DATABASE__MIGRATE_ON_START", "true"),
                ("OPENIM__REDIS__URL", redis),
                ("OPENIM__AMQP__URL", amqp),
            ];
            sdk::run(Server::start(&services).await?, report, "services", 400.0, full).await?;
        }
    }
    Ok(())
}

async fn open(arguments: &Arguments, report: &mut Report) -> anyhow::Result<Server> {
    if let (Some(url), Some(secret)) = (&arguments.url, &arguments.secret) {
        return Ok(Server::running(url.clone(), arguments.sdk_url.clone(), secret.clone()));
    }
    let server = Server::start(&[("OPENIM__REALTIME__MAX_STREAMS_PER_USER", "5000")]).await?;
    if !report.figures.iter().any(|figure| figure.scenario == "start") {
        report.goal("start", "first start to ready", server.ready_after.as_secs_f64(), "s", report::Goal::AtMost(1.0));
    }
    Ok(server)
}

#[expect(clippy::print_stdout, reason = "the table is what this program is for")]
fn print(report: &Report) {
    println!("{}", report.table());
}
