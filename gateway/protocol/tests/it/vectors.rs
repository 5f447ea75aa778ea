//! Frames that Go made and frames that official clients sent (`data/vectors.json`).

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use openim_protocol::prost::Message;
use openim_protocol::{Encoding, Format, MAX_UNFOLDED, Request, Response, msg, sdkws};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

const GOB: Encoding = Encoding { format: Format::Gob, gzip: false };
const GOB_GZIP: Encoding = Encoding { format: Format::Gob, gzip: true };
const JSON: Encoding = Encoding { format: Format::Json, gzip: false };

#[derive(Deserialize)]
pub(crate) struct Vectors {
    generated: Vec<Generated>,
    captured: Vec<Captured>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Generated {
    name: String,
    gob_type_name: String,
    value: Fields,
    gob_len: usize,
    gob_hex: Option<String>,
    gob_hex_head: Option<String>,
    gob_hex_tail: Option<String>,
    gzip_hex: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Captured {
    client: String,
    protobuf_type: String,
    value: Fields,
    decoded_data: Value,
    gob_hex: Option<String>,
    gzip_hex: Option<String>,
    json_frame_text: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
struct Fields {
    req_identifier: i32,
    token: String,
    #[serde(rename = "SendID")]
    send_id: String,
    #[serde(rename = "OperationID")]
    operation_id: String,
    msg_incr: String,
    err_code: i32,
    err_msg: String,
    data_b64: Option<String>,
}

impl Fields {
    fn data(&self) -> Bytes {
        self.data_b64.as_ref().map(|text| STANDARD.decode(text).expect("base64").into()).unwrap_or_default()
    }

    fn request(&self) -> Request {
        Request {
            req_identifier: self.req_identifier,
            token: self.token.clone(),
            send_id: self.send_id.clone(),
            operation_id: self.operation_id.clone(),
            msg_incr: self.msg_incr.clone(),
            data: self.data(),
        }
    }

    fn response(&self) -> Response {
        Response {
            req_identifier: self.req_identifier,
            msg_incr: self.msg_incr.clone(),
            operation_id: self.operation_id.clone(),
            err_code: self.err_code,
            err_msg: Cow::Owned(self.err_msg.clone()),
            data: self.data(),
        }
    }
}

/// Reads the vectors.
pub(crate) fn vectors() -> Vectors {
    serde_json::from_str(include_str!("../data/vectors.json")).expect("vectors")
}

impl Vectors {
    /// Returns every whole frame with its encoding, for the tests that garble them.
    pub(crate) fn frames(&self) -> Vec<(Encoding, Vec<u8>)> {
        let both = |gob: &Option<String>, gzip: &Option<String>| {
            let gob = gob.iter().map(|text| (GOB, bytes(text)));
            gob.chain(gzip.iter().map(|text| (GOB_GZIP, bytes(text)))).collect::<Vec<_>>()
        };
        let mut frames: Vec<_> = self.generated.iter().flat_map(|vector| both(&vector.gob_hex, &vector.gzip_hex)).collect();
        for vector in &self.captured {
            frames.extend(both(&vector.gob_hex, &vector.gzip_hex));
            frames.extend(vector.json_frame_text.iter().map(|text| (JSON, text.clone().into_bytes())));
        }
        frames
    }
}

fn bytes(text: &str) -> Vec<u8> {
    hex::decode(text).expect("hex")
}

#[test]
fn frames_made_by_go_are_read_and_written_alike() {
    let mut seen = 0;
    for vector in vectors().generated {
        let Some(gob) = vector.gob_hex.as_deref().map(bytes) else { continue };
        seen += 1;
        assert_eq!(gob.len(), vector.gob_len, "{}", vector.name);
        let frames = [(GOB, Some(gob.clone())), (GOB_GZIP, vector.gzip_hex.as_deref().map(bytes))];
        let frames = frames.into_iter().filter_map(|(encoding, frame)| Some((encoding, frame?)));
        let request = matches!(vector.gob_type_name.as_str(), "GeneralWsReq" | "Req");
        for (encoding, frame) in frames {
            if request {
                assert_eq!(encoding.decode_request(&frame, MAX_UNFOLDED).expect(&vector.name), vector.value.request(), "{}", vector.name);
            } else {
                assert_eq!(encoding.decode_response(&frame, MAX_UNFOLDED).expect(&vector.name), vector.value.response(), "{}", vector.name);
            }
        }
        // The two types as the clients and the server write them: ours are the same byte by byte.
        match vector.gob_type_name.as_str() {
            "GeneralWsReq" => assert_eq!(GOB.encode_request(&vector.value.request()).expect("a frame"), gob, "{}", vector.name),
            "Resp" => assert_eq!(GOB.encode_response(&vector.value.response()), gob, "{}", vector.name),
            _ => {}
        }
    }
    assert!(seen >= 14, "{seen} vectors");
}

#[test]
fn a_frame_over_64_kilobytes_is_as_go_writes_it() {
    let vectors = vectors();
    let long = vectors.generated.iter().find(|vector| vector.gob_hex_head.is_some()).expect("a long vector");
    let request = Request { data: vec![0xcd; 70_000].into(), ..long.value.request() };
    let frame = GOB.encode_request(&request).expect("a frame");
    assert_eq!(frame.len(), long.gob_len);
    assert!(frame.starts_with(&bytes(long.gob_hex_head.as_deref().unwrap_or_default())));
    assert!(frame.ends_with(&bytes(long.gob_hex_tail.as_deref().unwrap_or_default())));
    assert_eq!(GOB.decode_request(&frame, MAX_UNFOLDED).expect("a request"), request);
}

#[test]
fn frames_of_official_clients_are_understood_to_the_last_field() {
    let vectors = vectors().captured;
    assert!(vectors.len() >= 12);
    for vector in vectors {
        let frames = [
            (GOB, vector.gob_hex.as_deref().map(bytes)),
            (GOB_GZIP, vector.gzip_hex.as_deref().map(bytes)),
            (JSON, vector.json_frame_text.clone().map(String::into_bytes)),
        ];
        for (encoding, frame) in frames {
            let Some(frame) = frame else { continue };
            let mut request = encoding.decode_request(&frame, MAX_UNFOLDED).expect(&vector.client);
            let data = std::mem::take(&mut request.data);
            assert_eq!(request, vector.value.request(), "{}", vector.client);
            assert_eq!(message(&vector.protobuf_type, &data), without_zeros(vector.decoded_data.clone()), "{}", vector.protobuf_type);
        }
    }
}

/// Decodes a message and returns it as JSON; both forms bring it back.
fn message(name: &str, data: &[u8]) -> Value {
    fn as_json<T: Message + Default + serde::Serialize + DeserializeOwned + PartialEq>(data: &[u8]) -> Value {
        let message = T::decode(data).expect("a message");
        let json = serde_json::to_value(&message).expect("JSON");
        assert!(serde_json::from_value::<T>(json.clone()).expect("a message") == message, "JSON holds all of it");
        assert!(T::decode(message.encode_to_vec().as_slice()).expect("a message") == message);
        json
    }
    match name {
        "openim.sdkws.GetMaxSeqReq" => as_json::<sdkws::GetMaxSeqReq>(data),
        "openim.sdkws.PullMessageBySeqsReq" => as_json::<sdkws::PullMessageBySeqsReq>(data),
        "openim.sdkws.MsgData" => as_json::<sdkws::MsgData>(data),
        "openim.sdkws.SubUserOnlineStatus" => as_json::<sdkws::SubUserOnlineStatus>(data),
        "openim.sdkws.SetAppBackgroundStatusReq" => as_json::<sdkws::SetAppBackgroundStatusReq>(data),
        "openim.msg.GetSeqMessageReq" => as_json::<msg::GetSeqMessageReq>(data),
        "openim.msg.GetConversationsHasReadAndMaxSeqReq" => as_json::<msg::GetConversationsHasReadAndMaxSeqReq>(data),
        other => panic!("no type {other}"),
    }
}

fn without_zeros(mut value: Value) -> Value {
    if let Some(fields) = value.as_object_mut() {
        fields.retain(|_, value| !matches!(value, Value::Null | Value::Bool(false)) && *value != 0 && *value != "");
    }
    value
}

#[test]
fn json_responses_are_as_the_javascript_client_reads_them() {
    let response = Response {
        req_identifier: 1006,
        msg_incr: "m".into(),
        operation_id: "o\"".into(),
        data: Bytes::from_static(&[0, 255]),
        ..Response::default()
    };
    let text = br#"{"reqIdentifier":1006,"msgIncr":"m","operationID":"o\"","errCode":0,"errMsg":"","data":"AP8="}"#;
    assert_eq!(JSON.encode_response(&response), text.as_slice());
    let refusal = Response { err_code: 1001, err_msg: "ArgsError".into(), ..Response::default() };
    let text = br#"{"reqIdentifier":0,"msgIncr":"","operationID":"","errCode":1001,"errMsg":"ArgsError","data":null}"#;
    assert_eq!(JSON.encode_response(&refusal), text.as_slice());
    let bare = br#"{"reqIdentifier":1001,"msgIncr":"m","sendID":"u","operationID":"o","data":null,"more":{"x":[1]}}"#;
    let request = JSON.decode_request(bare, 1000).expect("a request");
    assert_eq!((request.req_identifier, request.is_complete(), request.data.len()), (1001, true, 0));
    assert!(!JSON.decode_request(b"{}", 1000).expect("a request").is_complete());
    for text in ["", "null", "1", r#"{"reqIdentifier":"1"}"#, r#"{"data":"%"}"#, r#"{"data":[1]}"#, "{} x", r#"{"reqIdentifier":3e9}"#] {
        assert!(JSON.decode_request(text.as_bytes(), 1000).is_err(), "{text}");
    }
}

#[test]
fn every_encoding_brings_requests_and_responses_back() {
    for (index, encoding) in Encoding::ALL.into_iter().enumerate() {
        assert_eq!(encoding.index(), index);
        for length in [0, 1, 900, 40_000] {
            let request = Request {
                req_identifier: 1003,
                token: String::new(),
                send_id: "u1".into(),
                operation_id: "操作".into(),
                msg_incr: "u1_1".into(),
                data: vec![7; length].into(),
            };
            let frame = encoding.encode_request(&request).expect("a frame");
            assert_eq!(encoding.decode_request(&frame, MAX_UNFOLDED).expect("a request"), request);
            let response = Response { req_identifier: 2001, err_msg: "é".into(), data: vec![9; length].into(), ..Response::default() };
            let frame = encoding.encode_response(&response);
            assert_eq!(encoding.decode_response(&frame, MAX_UNFOLDED).expect("a response"), response);
            assert!(encoding.decode_response(&frame, 50).is_err(), "beyond the limit");
        }
    }
}
