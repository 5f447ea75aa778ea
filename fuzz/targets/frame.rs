//! Any bytes as a frame: the first chooses the encoding; what is inside is read as each protobuf message of the socket.
//! The same bytes are also a text frame, a query of an address and contents to compress.
#![no_main]

use libfuzzer_sys::fuzz_target;
use openim_protocol::prost::Message;
use openim_protocol::{Encoding, MAX_UNFOLDED, Response, connect, heartbeat, msg, push, sdkws};

fuzz_target!(|bytes: &[u8]| {
    let Some((&first, frame)) = bytes.split_first() else { return };
    let encoding = Encoding::ALL[usize::from(first) % Encoding::ALL.len()];
    let data = match encoding.decode_request(frame, MAX_UNFOLDED) {
        Ok(request) => request.data,
        Err(_) => frame.to_vec().into(),
    };
    let _ = sdkws::GetMaxSeqReq::decode(data.clone());
    let _ = sdkws::PullMessageBySeqsReq::decode(data.clone());
    let _ = sdkws::MsgData::decode(data.clone());
    let _ = sdkws::SubUserOnlineStatus::decode(data.clone());
    let _ = sdkws::SetAppBackgroundStatusReq::decode(data.clone());
    let _ = msg::GetSeqMessageReq::decode(data.clone());
    let _ = msg::GetConversationsHasReadAndMaxSeqReq::decode(data.clone());
    let _ = msg::GetLastMessageReq::decode(data.clone());
    let _ = push::DelUserPushTokenReq::decode(data.clone());
    let response = Response { data, ..Response::default() };
    let again = encoding.decode_response(&encoding.encode_response(&response), usize::MAX).expect("a response");
    assert_eq!(again, response);
    if let Ok(text) = std::str::from_utf8(frame) {
        let _ = heartbeat::parse(text);
        let _ = connect::parse(text, None);
        assert!(connect::result(1, text, text).len() < 1024);
    }
});
