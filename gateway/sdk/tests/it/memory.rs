//! What an idle socket costs.

use openim_testing::eventually;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::Node;

/// Both ends are ours and many machines give a process 1024 descriptors.
const SOCKETS: usize = 400;
/// The client's half of each socket is in the number too.
const MOST: usize = 12 * 1024;

#[cfg(target_os = "linux")]
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/statm").unwrap();
    status.split(' ').nth(1).unwrap().parse::<usize>().unwrap() * 4096
}

/// A client without buffers, so that the process grows by little more than the server's half.
async fn idle_socket(node: &Node, number: usize) -> TcpStream {
    let options = node.native(&format!("user{number}"), 7);
    let mut stream = TcpStream::connect(node.address).await.unwrap();
    let query = options.url().split_once('?').unwrap().1.to_owned();
    let head = format!(
        "GET /?{query} HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-version: 13\r\n\
         sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut seen = Vec::new();
    while !seen.ends_with(b"\r\n\r\n") {
        assert_ne!(stream.read_buf(&mut seen).await.unwrap(), 0);
    }
    stream
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn an_idle_socket_stays_small() {
    let node = Node::start().await;
    let mut open = Vec::with_capacity(SOCKETS + 50);
    for number in 0..50 {
        open.push(idle_socket(&node, number).await);
    }
    eventually("all have a place", async || (node.hub.sessions() == 50).then_some(())).await;
    let before = resident();
    for number in 50..SOCKETS + 50 {
        open.push(idle_socket(&node, number).await);
    }
    eventually("all have a place", async || (node.hub.sessions() == SOCKETS + 50).then_some(())).await;
    let each = resident().saturating_sub(before) / SOCKETS;
    assert!(each <= MOST, "{each} bytes per idle socket");
}
