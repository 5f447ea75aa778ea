//! `openim doctor`: everything the server needs, asked one by one, each with what would help.

use std::fs;
use std::io;
use std::net::TcpListener;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use openim_contracts::Node;
use openim_core::{Causes, Runtime};
use openim_platform::config::{Config, Loaded, ObjectEngine, Role, Secret};
use openim_platform::fanout::MemoryFanout;
use openim_platform::nodes;
use openim_platform::probe;
use openim_platform::store::{DatabaseKind, Store};

use crate::build::{database_file, database_settings, open_objects};

/// 2025-01-01: no machine that runs this binary is older.
const EARLIEST: i64 = 1_735_689_600_000;
/// Proofs between processes and tokens' times allow no more.
const CLOCK_SKEW_MS: i64 = 5_000;
/// How long one thing may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// What was found out about one thing.
enum Finding {
    Good(String),
    Doubtful(String),
    Bad(String),
}

use Finding::{Bad, Doubtful, Good};

pub(super) async fn run(loaded: &Loaded, runtime: Runtime) -> anyhow::Result<ExitCode> {
    let config = &loaded.config;
    let mut table = vec![("configuration", Good("every key is good".into())), ("data folder", folder(config))];
    table.push(("secret", secret(config)));
    table.extend(database(config, &runtime).await);
    table.push(("redis", service("redis", config.redis.url.is_empty(), probe::redis(config.redis.url.expose())).await));
    table.push(("rabbitmq", service("rabbitmq", config.amqp.url.is_empty(), probe::amqp(config.amqp.url.expose())).await));
    table.push(("files", files(config, &runtime).await));
    table.push(("ports", ports(config)));
    table.push(("clock", clock(&runtime)));

    let bad = table.iter().filter(|(_, finding)| matches!(finding, Bad(_))).count();
    for (name, finding) in &table {
        let (word, text) = match finding {
            Good(text) => ("ok", text),
            Doubtful(text) => ("look", text),
            Bad(text) => ("BAD", text),
        };
        super::print(&format!("{word:<5} {name:<14} {text}\n"))?;
    }
    Ok(if bad == 0 { ExitCode::SUCCESS } else { ExitCode::from(super::FOUND_WRONG) })
}

fn folder(config: &Config) -> Finding {
    let probe = |folder: &std::path::Path| -> io::Result<()> {
        let file = folder.join(".doctor");
        fs::write(&file, b"x")?;
        fs::remove_file(&file)
    };
    let folder = &config.server.data_dir;
    let shown = folder.display();
    match fs::metadata(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Doubtful(format!("{shown} is not there: the first start makes it")),
        Err(error) => Bad(format!("{shown}: {error}")),
        Ok(metadata) => match probe(folder) {
            Err(error) => Bad(format!("{shown} cannot be written: {error}")),
            Ok(()) if readable_by_others(&metadata) => Doubtful(format!("{shown} is open to others, with all messages in it: chmod 700")),
            Ok(()) => Good(format!("{shown} can be written")),
        },
    }
}

/// Asks the object store, unless its folder is still to be made.
async fn files(config: &Config, runtime: &Runtime) -> Finding {
    let folder = &config.objects.folder;
    let folder = if folder.as_os_str().is_empty() { &config.server.data_dir } else { folder };
    if config.objects.engine == ObjectEngine::Folder && !folder.exists() {
        return Good(format!("the first start makes {}", folder.display()));
    }
    // No address is signed here: any secret does.
    let opened = match open_objects(config, &Secret::new("doctor"), runtime).await {
        Ok(opened) => opened,
        Err(error) => return Bad(format!("{error:#}")),
    };
    match tokio::time::timeout(PATIENCE, opened.port.ping()).await {
        Ok(Ok(())) => Good(format!("{} takes files", opened.port.engine())),
        Ok(Err(error)) => Bad(format!("{} takes no files: {}", opened.port.engine(), Causes(&error))),
        Err(_) => Bad(format!("{} gives no answer", opened.port.engine())),
    }
}

fn secret(config: &Config) -> Finding {
    if !config.auth.secret.is_empty() {
        return Good("auth.secret is configured".into());
    }
    let path = config.server.data_dir.join("secret");
    match fs::metadata(&path) {
        Ok(metadata) if readable_by_others(&metadata) => Doubtful(format!("{} can be read by others: chmod 600", path.display())),
        Ok(_) => Good(format!("the generated one in {}", path.display())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Good("none configured; one is made at the first start".into()),
        Err(error) => Bad(format!("{}: {error}", path.display())),
    }
}

#[cfg(unix)]
fn readable_by_others(metadata: &fs::Metadata) -> bool {
    std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o077 != 0
}

#[cfg(not(unix))]
fn readable_by_others(_: &fs::Metadata) -> bool {
    false
}

async fn database(config: &Config, runtime: &Runtime) -> Vec<(&'static str, Finding)> {
    if let Some(file) = database_file(config).filter(|file| !file.exists()) {
        return vec![("database", Good(format!("SQLite: the first start makes {}", file.display())))];
    }
    let mut settings = database_settings(config);
    settings.acquire_timeout = settings.acquire_timeout.min(PATIENCE / 2);
    let store = match tokio::time::timeout(PATIENCE, Store::connect(&settings, Arc::new(MemoryFanout::new()))).await {
        Ok(Ok(store)) => store,
        Ok(Err(error)) => return vec![("database", Bad(Causes(&error).to_string()))],
        Err(_) => return vec![("database", Bad("does not answer".into()))],
    };
    let kind = match store.kind() {
        DatabaseKind::Sqlite => "SQLite answers".to_owned(),
        DatabaseKind::Postgres => format!("{} answers", config.database.url),
    };
    let mut found = vec![("database", store.ping().await.map_or_else(|error| Bad(Causes(&error).to_string()), |()| Good(kind)))];
    found.push(("migrations", migrations(&store, config).await));
    found.extend(processes(&store, runtime).await.map(|finding| ("processes", finding)));
    if let Some(finding) = database_clock(&store, runtime).await {
        found.push(("database clock", finding));
    }
    store.close().await;
    found
}

async fn migrations(store: &Store, config: &Config) -> Finding {
    match store.pending_migrations().await {
        Ok(pending) if pending.is_empty() => Good("the schema is up to date".into()),
        Ok(pending) if !config.database.is_postgres() || config.database.migrate_on_start => {
            Good(format!("{} are applied at the next start", pending.len()))
        }
        Ok(pending) => Bad(format!("{} are missing: run `openim migrate`", pending.len())),
        Err(error) => Bad(Causes(&error).to_string()),
    }
}

/// Lists the processes of the deployment; nothing when their table is still to be made.
async fn processes(store: &Store, runtime: &Runtime) -> Option<Finding> {
    if !store.pending_migrations().await.ok()?.is_empty() {
        return None;
    }
    let nodes = match nodes::all(store.read()).await {
        Ok(nodes) => nodes,
        Err(error) => return Some(Bad(Causes(&error).to_string())),
    };
    let now = runtime.clock.now();
    let (living, silent): (Vec<_>, Vec<_>) = nodes.into_iter().partition(|node| nodes::is_healthy(node, now));
    let shown = |node: &Node| {
        let roles = if node.roles.len() == Role::ALL.len() { "all".to_owned() } else { node.roles.join(",") };
        let stopping = if node.stopping { ", stopping" } else { "" };
        format!("{roles} at {} (process {} on {}, {}{stopping})", node.address, node.pid, node.host, node.version)
    };
    let list = |nodes: &[Node]| nodes.iter().map(shown).collect::<Vec<_>>().join("; ");
    Some(match (living.is_empty(), silent.is_empty()) {
        (true, true) => Good("none runs".into()),
        (_, true) => Good(format!("{} live: {}", living.len(), list(&living))),
        _ => Doubtful(format!(
            "{} live: {}; {} silent, forgotten after 15 minutes: {}",
            living.len(),
            list(&living),
            silent.len(),
            list(&silent)
        )),
    })
}

/// Compares the clocks of two machines; SQLite has none of its own.
async fn database_clock(store: &Store, runtime: &Runtime) -> Option<Finding> {
    let theirs = store.clock().await.transpose()?;
    Some(match theirs {
        Ok(theirs) => match theirs.0 - runtime.clock.now().0 {
            skew if skew.abs() <= CLOCK_SKEW_MS => Good(format!("{} ms apart", skew.abs())),
            skew => Bad(format!("{} ms apart from this machine's: synchronise both", skew.abs())),
        },
        Err(error) => Bad(Causes(&error).to_string()),
    })
}

async fn service(name: &str, embedded: bool, ping: impl Future<Output = openim_core::Result<()>>) -> Finding {
    if embedded {
        return Good("not configured: the embedded adapter".into());
    }
    match tokio::time::timeout(PATIENCE, ping).await {
        Ok(Ok(())) => Good(format!("{name} answers")),
        Ok(Err(error)) => Bad(Causes(&error).to_string()),
        Err(_) => Bad("does not answer".into()),
    }
}

fn ports(config: &Config) -> Finding {
    let sdk = config.sdk.listen.iter().filter(|_| config.sdk.enabled && config.server.roles.has(Role::Gateway));
    let addresses: Vec<_> = config.server.listen.iter().chain(sdk).collect();
    let taken: Vec<_> =
        addresses.iter().filter_map(|address| TcpListener::bind(address).err().map(|error| format!("{address}: {error}"))).collect();
    let all = addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    if taken.is_empty() { Good(format!("{all} free")) } else { Doubtful(format!("{} (is the server running already?)", taken.join(", "))) }
}

fn clock(runtime: &Runtime) -> Finding {
    match runtime.clock.now().0 {
        now if now >= EARLIEST => Good("set".into()),
        _ => Bad("this machine's clock is years behind: tokens would be refused".into()),
    }
}
