//! What is no frame of an SDK ends the connection, with a reason and without an answer.

use futures_util::{SinkExt as _, StreamExt as _};
use openim_protocol::client::{Options, SdkClient};
use openim_protocol::sdkws::GetMaxSeqReq;
use openim_protocol::{Encoding, Format, MAX_FRAME};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};
use tokio_tungstenite::tungstenite::protocol::frame::{Frame, FrameHeader};

use crate::support::{Node, end};

fn binary(bytes: impl Into<Vec<u8>>) -> Message {
    Message::binary(bytes.into())
}

/// A gzip member of so many zeros, as a foreign encoder writes it.
fn bomb(client: &mut SdkClient, zeros: usize) -> Vec<u8> {
    let mut request = client.request(1001, &GetMaxSeqReq::default());
    request.data = vec![0; zeros].into();
    Encoding { format: Format::Gob, gzip: true }.encode_request(&request).unwrap().to_vec()
}

#[tokio::test]
async fn garbage_ends_the_connection() {
    let node = Node::start().await;
    let mut client = node.connect("ann", 1).await;
    let request = client.request(1001, &GetMaxSeqReq::default());
    let zipped = Encoding { format: Format::Gob, gzip: true };
    let good = zipped.encode_request(&request).unwrap().to_vec();
    let plain = Encoding { format: Format::Gob, gzip: false }.encode_request(&request).unwrap().to_vec();
    let mut unknown = request.clone();
    unknown.req_identifier = 3001;
    let mut foreign = request.clone();
    foreign.send_id = "bob".into();
    let big = bomb(&mut client, 4 << 20);
    assert!(big.len() < MAX_FRAME, "{}", big.len());
    for (what, frame) in [
        ("nothing", binary([])),
        ("no gzip", binary(plain)),
        ("cut gzip", binary(&good[..good.len() - 5])),
        ("damaged gzip", binary([&good[..20], &[0xff; 20]].concat())),
        ("a bomb", binary(big)),
        ("gzip of garbage", binary(zipped.encode_request(&Default::default()).unwrap().to_vec())),
        ("an unknown identifier", binary(zipped.encode_request(&unknown).unwrap())),
        ("somebody else's", binary(zipped.encode_request(&foreign).unwrap())),
        ("a text", Message::text("hello")),
        ("a subscription", Message::text(r#"{"type":"subscribe"}"#)),
    ] {
        let mut client = node.connect("ann", 1).await;
        client.send_frame(frame).await.unwrap();
        let (before, code, reason) = end(&mut client).await;
        assert_eq!((before.len(), code), (0, 4400), "{what}: {reason}");
    }
    assert_eq!(node.graph.asked(), []);
}

#[tokio::test]
async fn garbled_json_ends_the_connection() {
    let node = Node::start().await;
    let options = Options::js(format!("ws://{}", node.address), "ann", node.login("ann", 5));
    for text in ["", "{", "[]", r#"{"reqIdentifier":"1001"}"#, r#"{"reqIdentifier":1001,"sendID":"ann","data":"%%"}"#] {
        let mut client = node.open(&options).await;
        client.send_frame(binary(text)).await.unwrap();
        assert_eq!(end(&mut client).await.1, 4400, "{text}");
    }
}

#[tokio::test]
async fn frames_are_bounded_whole_or_in_pieces() {
    let node = Node::start().await;
    let mut client = node.connect("ann", 1).await;
    client.send_frame(binary(vec![7; MAX_FRAME + 1])).await.unwrap();
    assert_eq!(end(&mut client).await.1, 1009);

    let (mut socket, _) = tokio_tungstenite::connect_async(node.native("ann", 1).url()).await.unwrap();
    for piece in 0..60 {
        let opcode = OpCode::Data(if piece == 0 { Data::Binary } else { Data::Continue });
        let header = FrameHeader { is_final: false, opcode, mask: Some([1, 2, 3, 4]), ..FrameHeader::default() };
        if socket.send(Message::Frame(Frame::from_payload(header, vec![7; 1_000].into()))).await.is_err() {
            break;
        }
    }
    let end = loop {
        match socket.next().await {
            Some(Ok(Message::Close(frame))) => break frame.map(|frame| u16::from(frame.code)),
            Some(Ok(_)) => {}
            _ => break None,
        }
    };
    assert!(matches!(end, None | Some(1009)), "{end:?}");
    openim_testing::eventually("both are gone", async || (node.hub.sessions() == 0).then_some(())).await;
}

#[tokio::test]
async fn a_frame_in_pieces_is_a_frame() {
    let node = Node::start().await;
    let mut client = node.connect("ann", 1).await;
    let request = client.request(1001, &GetMaxSeqReq { user_id: "ann".into() });
    let encoding = Encoding { format: Format::Gob, gzip: true };
    let frame = encoding.encode_request(&request).unwrap();
    let (mut socket, _) = tokio_tungstenite::connect_async(node.native("ann", 1).url()).await.unwrap();
    let (head, tail) = frame.split_at(10);
    for (opcode, last, part) in [(Data::Binary, false, head), (Data::Continue, true, tail)] {
        let header = FrameHeader { is_final: last, opcode: OpCode::Data(opcode), mask: Some([1, 2, 3, 4]), ..FrameHeader::default() };
        socket.send(Message::Frame(Frame::from_payload(header, part.to_vec().into()))).await.unwrap();
    }
    let answer = socket.next().await.unwrap().unwrap().into_data();
    assert_eq!(encoding.decode_response(&answer, 1 << 20).unwrap().msg_incr, request.msg_incr);
}
