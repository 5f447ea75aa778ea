//! What an idle subscription costs.

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{Server, soon};

/// Both ends are ours and many machines give a process 1024 descriptors.
const SOCKETS: usize = 400;
/// The promise is 20 KB; the executor of this test and the client's half of each socket are in the number too.
const MOST: usize = 20 * 1024;

#[cfg(target_os = "linux")]
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/statm").unwrap();
    status.split(' ').nth(1).unwrap().parse::<usize>().unwrap() * 4096
}

/// A client text frame, masked with zeros.
fn frame(text: &str) -> Vec<u8> {
    let length = u8::try_from(text.len()).unwrap();
    assert!(length < 126);
    [&[0x81, 0x80 | length, 0, 0, 0, 0], text.as_bytes()].concat()
}

/// A client without buffers, so that the process grows by little more than the server's half.
async fn idle_subscription(server: &Server) -> TcpStream {
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let head = format!(
        "GET /graphql HTTP/1.1\r\nhost: {}\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-version: 13\r\n\
         sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-protocol: graphql-transport-ws\r\n\r\n",
        server.address
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(&frame(&json!({ "type": "connection_init" }).to_string())).await.unwrap();
    let query = json!({ "type": "subscribe", "id": "1", "payload": { "query": "subscription{ticks{number}}" } }).to_string();
    stream.write_all(&frame(&query)).await.unwrap();
    let mut seen = Vec::new();
    while !String::from_utf8_lossy(&seen).contains("connection_ack") {
        assert_ne!(soon(stream.read_buf(&mut seen)).await.unwrap(), 0);
    }
    stream
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn an_idle_subscription_stays_small() {
    let server = Server::start().await;
    let mut open = Vec::with_capacity(SOCKETS + 50);
    for _ in 0..50 {
        open.push(idle_subscription(&server).await);
    }
    server.probe.open(50).await;
    let before = resident();
    for _ in 0..SOCKETS {
        open.push(idle_subscription(&server).await);
    }
    server.probe.open(SOCKETS + 50).await;
    let each = resident().saturating_sub(before) / SOCKETS;
    assert!(each <= MOST, "{each} bytes per idle subscription");
}
