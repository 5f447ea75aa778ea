//! What this process says of itself to the others, and its heart.

use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;

use openim_core::Runtime;
use openim_platform::config::{Config, Role};
use openim_platform::nodes::{Duties, Heart, Identity, process};
use openim_platform::readiness::Readiness;

use crate::build::Domains;
use crate::shutdown::Lifecycle;

/// An address of nobody: the way to it shows which of this machine's addresses others see. Nothing is sent.
const ELSEWHERE: &str = "192.0.2.1:9";

/// Starts the signs of life of a process that answers at `address`.
pub(crate) fn start_heart(
    config: &Config,
    address: SocketAddr,
    metrics: bool,
    readiness: Arc<Readiness>,
    lifecycle: &Lifecycle,
    runtime: &Runtime,
) {
    let roles = &config.server.roles;
    let address = advertised(&config.server.advertised_host, address);
    let identity = Identity {
        roles: roles.iter().map(|role| role.word().to_owned()).collect(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        metrics_address: metrics.then(|| address.clone()),
        address,
    };
    let duties = Duties { carries_events: Domains::carry_events(roles), delivers_webhooks: roles.has(Role::Worker) };
    let heart = Heart::new(readiness, identity, duties, runtime.clone());
    lifecycle.workers.spawn(heart.run(lifecycle.stopping.clone(), lifecycle.draining.clone()));
}

/// Returns how others reach an address of this machine.
fn advertised(host: &str, listening: SocketAddr) -> String {
    let port = listening.port();
    match host {
        "" if !listening.ip().is_unspecified() => listening.to_string(),
        "" => own_address().map_or_else(|| format!("{}:{port}", process::host()), |own| SocketAddr::new(own.ip(), port).to_string()),
        host if host.contains(':') && !host.starts_with('[') => format!("[{host}]:{port}"),
        host => format!("{host}:{port}"),
    }
}

fn own_address() -> Option<SocketAddr> {
    let socket = UdpSocket::bind("0.0.0.0:0").ok()?;
    socket.connect(ELSEWHERE).ok()?;
    socket.local_addr().ok().filter(|address| !address.ip().is_unspecified())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_reached_by_what_it_is_told_or_where_it_listens() {
        let at = |text: &str| text.parse().unwrap();
        assert_eq!(advertised("", at("127.0.0.1:7")), "127.0.0.1:7");
        assert_eq!(advertised("openim-1.internal", at("0.0.0.0:7")), "openim-1.internal:7");
        assert_eq!(advertised("fd00::1", at("[::]:7")), "[fd00::1]:7");
        let found = advertised("", at("0.0.0.0:7"));
        assert!(found.ends_with(":7") && !found.starts_with("0.0.0.0"), "{found}");
    }
}
