//! `openim serve`: everything, until somebody stops it.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Instant;

use openim_core::Runtime;
use openim_platform::config::Loaded;
use openim_platform::telemetry::Telemetry;

use crate::run::{Running, start};
use crate::shutdown::watch_signals;

pub(super) async fn run(loaded: Loaded, runtime: Runtime) -> anyhow::Result<ExitCode> {
    let begun = Instant::now();
    let telemetry = Telemetry::start(&loaded.config.telemetry)?;
    let running = start(loaded.config, telemetry.clone(), runtime).await?;
    tracing::info!(addresses = ?running.addresses(), startup.duration_ms = begun.elapsed().as_millis(), "ready");
    super::print(&announcement(&running, begun.elapsed().as_millis()))?;
    wait(running, &telemetry).await
}

/// Waits for the end of a server; a signal asks for it.
pub(super) async fn wait(running: Running, telemetry: &Telemetry) -> anyhow::Result<ExitCode> {
    let signals = tokio::spawn(watch_signals(running.lifecycle().clone()));
    let clean = running.finished().await;
    signals.abort();
    telemetry.flush();
    if !clean {
        tracing::warn!("some requests or workers did not finish in time and were cut off");
    }
    Ok(ExitCode::SUCCESS)
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
