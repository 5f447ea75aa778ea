//! The client of tests and measurements against a server that a test scripts.

use bytes::Bytes;
use futures_util::{SinkExt as _, StreamExt as _};
use openim_protocol::client::{ClientError, Options, Received, SdkClient, pushed};
use openim_protocol::prost::Message as _;
use openim_protocol::{Encoding, MAX_UNFOLDED, Response, connect, identifier, sdkws};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::Message as Frame;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response as Handshake};
use tokio_tungstenite::{WebSocketStream, accept_hdr_async};

/// Listens on a free port.
async fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = format!("ws://{}", listener.local_addr().expect("an address"));
    (listener, address)
}

/// Takes one connection and what its address says.
async fn accept(listener: TcpListener) -> (WebSocketStream<TcpStream>, connect::Connect) {
    let (stream, _) = listener.accept().await.expect("a connection");
    let mut said = None;
    #[expect(clippy::result_large_err, reason = "the library's own type")]
    let read = |request: &Request, response: Handshake| -> Result<Handshake, ErrorResponse> {
        said = Some(connect::parse(request.uri().query().unwrap_or_default(), None).expect("parameters"));
        Ok(response)
    };
    let socket = accept_hdr_async(stream, read).await.expect("a handshake");
    (socket, said.expect("an address"))
}

/// Answers 1001 with one log after a push, in every encoding a client may ask for.
async fn serve(listener: TcpListener) {
    let (mut socket, said) = accept(listener).await;
    if said.respond {
        socket.send(Frame::text(connect::result(0, "", ""))).await.expect("a client");
    }
    while let Some(Ok(frame)) = socket.next().await {
        let Frame::Binary(frame) = frame else { continue };
        let request = said.encoding.decode_request(&frame, MAX_UNFOLDED).expect("a request");
        assert_eq!((request.send_id.as_str(), request.is_complete()), ("u 1", true));
        let message = sdkws::MsgData { seq: 1, ..Default::default() };
        let log = sdkws::PullMsgs { msgs: vec![message], ..Default::default() };
        let push = sdkws::PushMessages { msgs: [("si_a_b".into(), log)].into(), ..Default::default() };
        let push = Response { req_identifier: identifier::PUSH, data: push.encode_to_vec().into(), ..Response::default() };
        let answer = sdkws::GetMaxSeqResp { max_seqs: [("si_a_b".into(), 1)].into(), ..Default::default() };
        let answer = Response {
            req_identifier: request.req_identifier,
            msg_incr: request.msg_incr,
            operation_id: request.operation_id,
            err_code: if request.req_identifier == identifier::SIGNAL { 1001 } else { 0 },
            err_msg: "".into(),
            data: answer.encode_to_vec().into(),
        };
        for response in [push, answer] {
            socket.send(Frame::Binary(said.encoding.encode_response(&response))).await.expect("a client");
        }
    }
}

#[tokio::test]
async fn the_client_asks_and_is_pushed_to_in_every_encoding() {
    for encoding in Encoding::ALL {
        for (packed, respond) in [(false, false), (false, true), (true, true)] {
            let (listener, address) = listen().await;
            let server = tokio::spawn(serve(listener));
            let options = Options { encoding, packed, respond, ..Options::native(address, "u 1", "a+b=", 7) };
            let mut client = SdkClient::connect(&options).await.expect("a connection");
            let request = sdkws::GetMaxSeqReq { user_id: "u 1".into() };
            let answer: sdkws::GetMaxSeqResp = client.ask(identifier::NEWEST_SEQS, &request).await.expect("an answer");
            assert_eq!(answer.max_seqs["si_a_b"], 1);
            let (conversation, message) = client.next_message().await.expect("a push");
            assert_eq!((conversation.as_str(), message.seq), ("si_a_b", 1));
            let refused = client.ask::<sdkws::GetMaxSeqResp>(identifier::SIGNAL, &request).await.expect_err("a failure");
            assert!(matches!(refused, ClientError::Failed { identifier: 1004, code: 1001, .. }));
            client.send_frame(Frame::Ping(Bytes::from_static(b"1"))).await.expect("a ping");
            assert!(pushed(&client.next_push().await.expect("a push")).expect("a message").is_some());
            assert_eq!(client.receive().await.expect("a pong"), Received::Pong(Bytes::from_static(b"1")));
            client.close().await.expect("an end");
            server.await.expect("the server");
        }
    }
}

#[tokio::test]
async fn refusals_are_understood_over_http_and_in_a_frame() {
    let (listener, address) = listen().await;
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("a connection");
        let mut head = [0; 2048];
        let _ = stream.read(&mut head).await.expect("a head");
        let body = connect::result(1506, "TokenKickedError", "");
        let head = format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n", body.len());
        stream.write_all((head + &body).as_bytes()).await.expect("a client");
    });
    let refused = SdkClient::connect(&Options::native(address, "u1", "t", 7)).await.err().expect("a refusal");
    assert!(matches!(&refused, ClientError::Refused(refusal) if refusal.err_code == 1506), "{refused}");
    server.await.expect("the server");

    let (listener, address) = listen().await;
    let server = tokio::spawn(async move {
        let (mut socket, _) = accept(listener).await;
        socket.send(Frame::text(connect::result(1501, "TokenExpiredError", "x"))).await.expect("a client");
        let _ = socket.close(None).await;
    });
    let refused = SdkClient::connect(&Options::js(address, "u1", "t")).await.err().expect("a refusal");
    assert!(matches!(&refused, ClientError::Refused(refusal) if refusal.err_dlt == "x"), "{refused}");
    server.await.expect("the server");
}
