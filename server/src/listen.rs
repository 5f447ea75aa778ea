//! Listeners and their connections. hyper is driven here and not by `axum::serve`, which waits for the head of a request
//! without end.

use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Context as _;
use axum::Router;
use axum::extract::ConnectInfo;
use axum::serve::Listener;
use hyper::Request;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tower::Service as _;

use crate::shutdown::Lifecycle;

/// How often the other end of a silent HTTP/2 connection must show that it lives.
const HTTP2_KEEPALIVE: Duration = Duration::from_secs(20);

/// What is behind every listener.
#[derive(Clone)]
pub(crate) struct Door {
    pub(crate) router: Router,
    /// How long a connection may be without the complete head of a request.
    pub(crate) header_time: Duration,
}

/// Looks whether the addresses of the setting `key` can be had, before anything else is done.
///
/// # Errors
/// When one cannot.
pub(crate) fn check(key: &str, listen: &[SocketAddr]) -> anyhow::Result<()> {
    for address in listen {
        std::net::TcpListener::bind(address).with_context(|| refused(key, address))?;
    }
    Ok(())
}

fn refused(key: &str, address: &SocketAddr) -> String {
    format!("{key}: {address} cannot be had (`openim doctor` looks at all addresses)")
}

/// Listens at all addresses of the setting `key` until the server stops; returns them with real port numbers.
///
/// # Errors
/// When an address cannot be had.
pub(crate) async fn open(key: &str, listen: &[SocketAddr], door: &Door, lifecycle: &Lifecycle) -> anyhow::Result<Vec<SocketAddr>> {
    let mut addresses = Vec::new();
    for address in listen {
        let listener = TcpListener::bind(address).await.with_context(|| refused(key, address))?;
        addresses.push(listener.local_addr().context("the address of a listener is unknown")?);
        lifecycle.doors.spawn(accept(listener, door.clone(), lifecycle.clone()));
    }
    Ok(addresses)
}

async fn accept(mut listener: TcpListener, door: Door, lifecycle: Lifecycle) {
    let stopping = &lifecycle.stopping;
    // Errors of accepting (too many open files) are waited out by axum's listener.
    while let Some((stream, peer)) = stopping.run_until_cancelled(Listener::accept(&mut listener)).await {
        lifecycle.doors.spawn(serve(stream, peer, door.clone(), stopping.clone()));
    }
}

/// Serves one connection. When the server stops, the request at hand is finished.
async fn serve(stream: TcpStream, peer: SocketAddr, door: Door, stopping: CancellationToken) {
    // Answers are small and complete: waiting for more to send only adds delay.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(error.cause = %error, "a connection keeps its delay");
    }
    let asked = Arc::new(AtomicBool::new(false));
    let (router, seen) = (door.router, asked.clone());
    let service = service_fn(move |mut request: Request<Incoming>| {
        seen.store(true, Ordering::Relaxed);
        request.extensions_mut().insert(ConnectInfo(peer));
        router.clone().call(request)
    });
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(door.header_time);
    builder.http2().timer(TokioTimer::new()).keep_alive_interval(HTTP2_KEEPALIVE).enable_connect_protocol();
    let mut connection = pin!(builder.serve_connection_with_upgrades(TokioIo::new(stream), service));
    // hyper's own time limit begins when it knows the version of HTTP, which a silent client never tells.
    let mut first = pin!(tokio::time::sleep(door.header_time));
    let mut waiting = true;
    let mut open = true;
    loop {
        tokio::select! {
            ended = connection.as_mut() => {
                if let Err(error) = ended {
                    tracing::debug!(error.cause = %error, "a connection ended in an error");
                }
                return;
            }
            () = first.as_mut(), if waiting => {
                waiting = false;
                if !asked.load(Ordering::Relaxed) {
                    return;
                }
            }
            () = stopping.cancelled(), if open => {
                open = false;
                connection.as_mut().graceful_shutdown();
            }
        }
    }
}
