//! `openim serve`: everything, until somebody stops it.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::Context as _;
use openim_core::Runtime;
use openim_platform::config::Loaded;
use openim_platform::telemetry::Telemetry;

use crate::restart::{Command, FOR_THE_SUPERVISOR};
use crate::run::{Ended, Running, start};
use crate::shutdown::watch_signals;

pub(super) async fn run(loaded: Loaded, runtime: Runtime) -> anyhow::Result<ExitCode> {
    let begun = Instant::now();
    let again = Command::of_this_process().context("the path of this program is unknown")?;
    let in_place = loaded.config.server.restart_in_place;
    let telemetry = Telemetry::start(&loaded.config.telemetry)?;
    let running = start(loaded, telemetry.clone(), runtime).await?;
    tracing::info!(addresses = ?running.addresses(), startup.duration_ms = begun.elapsed().as_millis(), "ready");
    super::print(&announcement(&running, begun.elapsed().as_millis()))?;
    let ended = wait(running, &telemetry).await;
    if !ended.restart {
        return Ok(ExitCode::SUCCESS);
    }
    if !in_place {
        return Ok(ExitCode::from(FOR_THE_SUPERVISOR));
    }
    Err(again.run()).context("the program cannot be started anew")
}

/// Waits for the end of a server; a signal asks for it.
pub(super) async fn wait(running: Running, telemetry: &Telemetry) -> Ended {
    let signals = tokio::spawn(watch_signals(running.lifecycle().clone()));
    let ended = running.finished().await;
    signals.abort();
    telemetry.flush();
    if !ended.clean {
        tracing::warn!("some requests or workers did not finish in time and were cut off");
    }
    ended
}

/// Says where a server is and what it has.
pub(super) fn announcement(running: &Running, milliseconds: u128) -> String {
    let mut text = format!("OpenIM Graph {} is ready after {milliseconds} ms: {}\n", env!("CARGO_PKG_VERSION"), running.does());
    for address in running.addresses() {
        let (host, note) = shown(address);
        let _ = writeln!(text, "  http://{host}{note}");
    }
    for place in running.places() {
        let _ = writeln!(text, "    {:<12} {}", place.path, place.what);
    }
    for address in running.sdk_addresses() {
        let (host, note) = shown(address);
        let _ = writeln!(text, "  ws://{host} for official OpenIM SDKs{note}");
    }
    if let Some(database) = running.database() {
        let _ = writeln!(text, "  data: {database}");
    }
    if let Some(path) = running.secret_file() {
        let _ = writeln!(text, "  no auth.secret is configured; the generated one is in {}", path.display());
    }
    text
}

/// Returns an address that can be opened here, and what is to be said about it.
fn shown(address: &SocketAddr) -> (String, &'static str) {
    match address.ip() {
        ip if !ip.is_unspecified() => (address.to_string(), ""),
        ip if ip.is_ipv4() => (format!("127.0.0.1:{}", address.port()), " (and every other address of this machine)"),
        _ => (format!("[::1]:{}", address.port()), " (and every other address of this machine)"),
    }
}
