//! The messages of `proto/` against OpenIM's tables: names, numbers, types.

use std::collections::BTreeMap;

use openim_protocol::prost::Message as _;
use openim_protocol::{jssdk, sdkws, transcoder};
use prost_types::field_descriptor_proto::{Label, Type};
use prost_types::{DescriptorProto, FieldDescriptorProto, FileDescriptorSet};
use serde_json::{Value, json};

type Table = BTreeMap<String, Vec<String>>;

fn compiled() -> Table {
    let files = FileDescriptorSet::decode(include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin")).as_slice()).expect("descriptors");
    let mut table = Table::new();
    for file in files.file {
        for message in &file.message_type {
            let fields = message.field.iter().map(|field| describe(field, message)).collect();
            table.insert(format!("{}.{}", file.package(), message.name()).replace("openim.", ""), fields);
        }
    }
    table
}

/// Writes a field as the tables do: `number name type`, `[type]` a list, `{type}` a map by text.
fn describe(field: &FieldDescriptorProto, message: &DescriptorProto) -> String {
    let entry = message.nested_type.iter().find(|entry| field.type_name().ends_with(&format!(".{}", entry.name())));
    let ty = match entry {
        Some(entry) => {
            assert_eq!(entry.field[0].r#type(), Type::String);
            format!("{{{}}}", type_name(&entry.field[1]))
        }
        None if field.label() == Label::Repeated => format!("[{}]", type_name(field)),
        None => type_name(field),
    };
    format!("{} {} {ty}", field.number(), field.json_name())
}

fn type_name(field: &FieldDescriptorProto) -> String {
    match field.r#type() {
        Type::Message | Type::Enum => field.type_name().replace(".openim.", ""),
        other => other.as_str_name().trim_start_matches("TYPE_").to_lowercase(),
    }
}

#[test]
fn every_field_is_openims() {
    let facts: Table = serde_json::from_str(include_str!("../data/fields.json")).expect("the table");
    assert_eq!(compiled(), facts);
}

/// The REST door has its own table of the same messages, without numbers.
#[test]
fn the_rest_contract_has_the_same_fields() {
    let rest: Table = serde_json::from_str(include_str!("../../../rest/data/types.json")).expect("the table");
    let mut compared = 0;
    for (name, fields) in compiled() {
        let Some(expected) = rest.get(&name) else { continue };
        let unnumbered = |field: &String| field.split_once(' ').map(|(_, rest)| rest.replace("sdkws.PullOrder", "int32"));
        let fields: Vec<_> = fields.iter().filter_map(unnumbered).collect();
        assert_eq!(&fields, expected, "{name}");
        compared += 1;
    }
    assert!(compared >= 15, "{compared} messages");
}

#[test]
fn a_message_has_the_bytes_that_clients_know() {
    let mut platforms = sdkws::SubUserOnlineStatusElem { user_id: "u2".into(), online_platform_ids: vec![5, 7] };
    assert_eq!(platforms.encode_to_vec(), b"\x0a\x02u2\x12\x02\x05\x07", "packed");
    platforms.online_platform_ids.clear();
    assert_eq!(platforms.encode_to_vec(), b"\x0a\x02u2");
    let push = sdkws::PushMessages {
        msgs: [("si_a_b".into(), sdkws::PullMsgs { msgs: vec![sdkws::MsgData { seq: 1, ..Default::default() }], ..Default::default() })]
            .into(),
        ..Default::default()
    };
    assert_eq!(push.encode_to_vec(), b"\x0a\x0e\x0a\x06si_a_b\x12\x04\x0a\x02\x70\x01");
}

#[test]
fn bodies_are_transcoded_both_ways() {
    let request = transcoder("jssdk.GetActiveConversationsReq").expect("a transcoder");
    assert_eq!(request.to_json(b"\x0a\x02u1\x10\x14").expect("JSON"), br#"{"ownerUserID":"u1","count":20}"#);
    assert_eq!(request.to_json(b"").expect("JSON"), b"{}");
    request.to_json(b"\x0a\x7fu1").expect_err("cut off");
    request.to_json(b"\x0a\x01\xff").expect_err("no UTF-8");

    let answer: Value = json!({"unreadCount": 3, "conversations": [{
        "conversation": {"ownerUserID": "u1", "conversationID": "si_u1_u2", "recvMsgOpt": 0, "isPinned": true, "maxSeq": 9_007_199_254_740_993_i64},
        "lastMsg": {"sendID": "u2", "content": "eyJhIjoxfQ==", "seq": 7, "options": {"history": true}, "offlinePushInfo": null, "atUserIDList": null},
        "user": {"userID": "u2", "appMangerLevel": 1}, "friend": null, "group": null, "maxSeq": 7, "readSeq": 4}]});
    let response = transcoder("jssdk.GetActiveConversationsResp").expect("a transcoder");
    let protobuf = response.to_protobuf(answer.to_string().as_bytes()).expect("protobuf");
    let message = jssdk::GetActiveConversationsResp::decode(protobuf.as_slice()).expect("a message");
    let conversation = &message.conversations[0];
    let last = conversation.last_msg.as_ref().expect("a last message");
    assert_eq!((message.unread_count, conversation.max_seq, last.content.as_ref()), (3, 7, br#"{"a":1}"#.as_slice()));
    assert_eq!(conversation.conversation.as_ref().map(|view| (view.is_pinned, view.max_seq)), Some((true, 9_007_199_254_740_993)));
    assert!(conversation.friend.is_none() && last.options["history"]);
    let back: Value = serde_json::from_slice(&response.to_json(&protobuf).expect("JSON")).expect("JSON");
    assert_eq!(back["conversations"][0]["lastMsg"]["content"], "eyJhIjoxfQ==");
    response.to_protobuf(br#"{"unreadCount":"3"}"#).expect_err("a text is no number");
    assert!(transcoder("sdkws.MsgData").is_none());
}
