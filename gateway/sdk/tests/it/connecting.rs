//! The handshake: the order of the checks and both ways of telling a refusal.

use futures_util::{SinkExt as _, StreamExt as _};
use openim_core::ErrorCode;
use openim_platform::limits::DoorQuotas;
use openim_protocol::client::{Options, Received, SdkClient};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;

use crate::support::{Node, refusal};

/// Asks for an upgrade with a query as it stands and returns the head and the body of the answer.
async fn raw(node: &Node, query: &str) -> (String, String) {
    let mut stream = TcpStream::connect(node.address).await.unwrap();
    let head = format!(
        "GET /any/path?{query} HTTP/1.1\r\nhost: x\r\nconnection: close, upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n\
         sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut text = Vec::new();
    // A refused client that says no goodbye is let go after a while: the end may come as a reset.
    let _ = tokio::time::timeout(openim_testing::PATIENCE, stream.read_to_end(&mut text)).await.expect("the connection is closed");
    let text = String::from_utf8_lossy(&text).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    (head.to_lowercase(), body.to_owned())
}

#[tokio::test]
async fn wrong_parameters_are_told_over_http_in_the_order_of_the_checks() {
    let node = Node::start().await;
    for (query, code) in [
        ("", 1602),
        ("platformID=x&isBackground=x", 1602),
        ("platformID=5&isMsgResp=maybe&isBackground=x", 1602),
        ("platformID=5&sendID=ann&token=t&operationID=o", 500),
        ("platformID=5&isBackground=no&isMsgResp=true&sendID=ann&token=t&operationID=o", 500),
        ("platformID=5&isBackground=false&isMsgResp=true&sendID=ann&token=t", 1602),
        ("platformID=12&isBackground=0&sendID=ann&token=t&operationID=o", 1602),
        ("platformID=5&isBackground=T&sendID=ann&token=t&operationID=o&sdkType=swift", 1602),
        ("v=!!", 1602),
        // The token is looked at last.
        ("platformID=5&isBackground=F&sendID=ann&token=t&operationID=o", 1507),
    ] {
        let (head, body) = raw(&node, query).await;
        assert!(head.starts_with("http/1.1 200 ok"), "{query}: {head}");
        assert!(head.contains("content-type: application/json"), "{query}: {head}");
        let told: serde_json::Value = serde_json::from_str(&body).unwrap();
        assert_eq!(told["errCode"], code, "{query}: {told}");
        if code == 1602 {
            assert_eq!(told["errMsg"], "args err, need token, sendID, platformID");
        }
        assert!(told.get("errDlt").is_some() && told.as_object().unwrap().len() == 3, "{told}");
    }
}

#[tokio::test]
async fn refused_tokens_are_told_as_the_client_asked() {
    let node = Node::start().await;
    let address = format!("ws://{}", node.address);
    for code in
        [ErrorCode::TokenExpired, ErrorCode::TokenMalformed, ErrorCode::TokenUnknown, ErrorCode::TokenKicked, ErrorCode::TokenNotExist]
    {
        node.refuse("bad", code);
        for options in
            [Options::native(&address, "ann", "bad", 5), Options::wasm(&address, "ann", "bad"), Options::js(&address, "ann", "bad")]
        {
            let told = refusal(&options).await;
            assert_eq!((told.err_code, told.err_msg.as_str()), (code.number(), code.text()));
        }
    }
    // A good token of somebody else, or of another device.
    let token = node.login("ann", 5);
    assert_eq!(refusal(&Options::wasm(&address, "bob", &token)).await.err_code, 1502);
    assert_eq!(refusal(&Options::native(&address, "ann", &token, 1)).await.err_code, 1502);
    assert_eq!(node.hub.sessions(), 0);
}

#[tokio::test]
async fn a_refusal_in_a_frame_is_the_only_one_and_the_socket_is_closed() {
    let node = Node::start().await;
    let (head, body) = raw(&node, "platformID=5&isBackground=false&isMsgResp=true&sendID=ann&token=t&operationID=o").await;
    assert!(head.starts_with("http/1.1 101"), "{head}");
    assert!(body.contains(r#"{"errCode":1507,"errMsg":"TokenNotExistError","errDlt":""}"#), "{body}");
}

#[tokio::test]
async fn success_is_told_only_to_who_asked_for_it() {
    let node = Node::start().await;
    let address = format!("ws://{}/some/path", node.address);
    let token = node.login("ann", 5);
    for (options, text) in [
        (Options::native(&address, "ann", &token, 5), None),
        (Options { packed: true, ..Options::js(&address, "ann", &token) }, Some(r#"{"errCode":0,"errMsg":"","errDlt":""}"#)),
    ] {
        // The client reads the result itself, so that it is looked at below it.
        let (mut socket, _) = tokio_tungstenite::connect_async(options.url()).await.unwrap();
        socket.send(Message::Ping("xyz".into())).await.unwrap();
        let first = tokio::time::timeout(openim_testing::PATIENCE, socket.next()).await.expect("something comes").unwrap().unwrap();
        match text {
            Some(text) => assert_eq!(first.into_text().unwrap().as_str(), text),
            None => assert_eq!(first, Message::Pong("xyz".into()), "native clients stop at a text"),
        }
    }
}

#[tokio::test]
async fn connections_are_bounded_in_all_and_for_each_user() {
    let node = Node::with(|plan| {
        plan.door.max_connections = 3;
        plan.hub.max_sessions_per_user = 2;
    })
    .await;
    let first = node.connect("ann", 5).await;
    let _second = node.connect("ann", 2).await;
    let mut third = node.native("ann", 1);
    assert_eq!(refusal(&third).await.err_code, 1601);
    third.respond = true;
    assert_eq!(refusal(&third).await.err_code, 1601, "in a frame");
    let _bob = node.connect("bob", 5).await;
    // The node is full: parameters are not looked at any more.
    let (head, body) = raw(&node, "").await;
    assert!(head.starts_with("http/1.1 200") && body.contains(r#""errCode":1601,"errMsg":"ConnOverMaxNumLimit""#), "{body}");
    first.close().await.unwrap();
    let carol = node.native("carol", 5);
    openim_testing::eventually("a place is free", async || SdkClient::connect(&carol).await.is_ok().then_some(())).await;
}

#[tokio::test]
async fn who_comes_too_often_must_wait() {
    let node = Node::with(|plan| plan.quotas = Some(DoorQuotas { user: 3, admin: 0, anonymous: 1 })).await;
    let mut client = node.connect("ann", 5).await;
    let request = client.request(1004, &openim_protocol::sdkws::GetMaxSeqReq::default());
    let mut codes = Vec::new();
    for _ in 0..2 {
        client.send(&request).await.unwrap();
        codes.push(client.answer_to(&request.msg_incr).await.unwrap().err_code);
    }
    assert_eq!(codes, [1001, 429], "the socket stays open");
    assert_eq!(refusal(&node.native("ann", 5)).await.err_code, 429);
    // Tokens cannot be guessed without end.
    let guess = Options::native(format!("ws://{}", node.address), "ann", "guess", 5);
    assert_eq!((refusal(&guess).await.err_code, refusal(&guess).await.err_code), (1507, 429));
}

#[tokio::test]
async fn a_call_without_an_upgrade_is_no_connection() {
    let node = Node::start().await;
    let token = node.login("ann", 5);
    let mut stream = TcpStream::connect(node.address).await.unwrap();
    let head = format!("GET /?platformID=5&isBackground=false&sendID=ann&token={token}&operationID=o HTTP/1.0\r\n\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).await.unwrap();
    assert!(text.starts_with("HTTP/1.0 400"), "{text}");
    assert_eq!(node.hub.sessions(), 0);
}

#[tokio::test]
async fn pings_in_text_are_answered_in_text() {
    let node = Node::start().await;
    let mut client = node.open(&Options::js(format!("ws://{}", node.address), "ann", node.login("ann", 5))).await;
    for (ping, pong) in [
        (r#"{"type":"ping"}"#, r#"{"type":"pong","body":null}"#),
        (r#"{"type":"ping","body":"1795290274955590731"}"#, r#"{"type":"pong","body":"1795290274955590731"}"#),
    ] {
        client.send_frame(Message::text(ping)).await.unwrap();
        assert_eq!(client.receive().await.unwrap(), Received::Text(pong.to_owned()));
    }
    client.send_frame(Message::text(r#"{"type":"pong"}"#)).await.unwrap();
    client.send_frame(Message::Ping("xyz".into())).await.unwrap();
    assert_eq!(client.receive().await.unwrap(), Received::Pong("xyz".into()));
}
