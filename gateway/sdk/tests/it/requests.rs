//! Each request becomes its operation, and the operation's answer the request's.

use openim_core::ErrorCode;
use openim_protocol::client::{ClientError, Options, SdkClient};
use openim_protocol::msg::{
    ConversationSeqs, GetConversationsHasReadAndMaxSeqReq, GetConversationsHasReadAndMaxSeqResp, GetLastMessageReq, GetLastMessageResp,
    GetSeqMessageReq, GetSeqMessageResp, SendMsgResp,
};
use openim_protocol::prost::Message;
use openim_protocol::push::{DelUserPushTokenReq, DelUserPushTokenResp};
use openim_protocol::sdkws::{
    GetMaxSeqReq, GetMaxSeqResp, MsgData, PullMessageBySeqsReq, PullMessageBySeqsResp, SeqRange, SetAppBackgroundStatusReq,
    SetAppBackgroundStatusResp, SubUserOnlineStatus, SubUserOnlineStatusTips,
};
use serde_json::{Value, json};

use crate::support::{Node, end};

fn stored() -> Value {
    json!({
        "conversationID": "si_ann_bob", "sendID": "bob", "recvID": "ann", "groupID": null, "clientMsgID": "c1", "serverMsgID": "s1",
        "senderPlatformID": "LINUX", "senderNickname": "Bob", "senderFaceURL": "f", "sessionType": "SINGLE", "msgFrom": "USER",
        "contentType": 101, "content": "{\"content\":\"hi\"}", "seq": 2, "sendTime": "2027-01-15T08:00:00.123Z",
        "createTime": "2027-01-15T08:00:00.000Z", "status": "SENT", "isRead": true, "options": [{"key": "history", "value": false}],
        "offlinePushInfo": {"title": "t", "desc": "d", "ex": "e", "iOSPushSound": "s", "iOSBadgeCount": true, "signalInfo": "i"},
        "atUserIDList": ["x"], "attachedInfo": "null", "ex": "ex",
    })
}

fn expected() -> MsgData {
    MsgData {
        send_id: "bob".into(),
        recv_id: "ann".into(),
        client_msg_id: "c1".into(),
        server_msg_id: "s1".into(),
        sender_platform_id: 7,
        sender_nickname: "Bob".into(),
        sender_face_url: "f".into(),
        session_type: 1,
        msg_from: 100,
        content_type: 101,
        content: "{\"content\":\"hi\"}".into(),
        seq: 2,
        send_time: 1_800_000_000_123,
        create_time: 1_800_000_000_000,
        status: 2,
        is_read: true,
        options: [("history".to_owned(), false)].into(),
        offline_push_info: Some(openim_protocol::sdkws::OfflinePushInfo {
            title: "t".into(),
            desc: "d".into(),
            ex: "e".into(),
            ios_push_sound: "s".into(),
            ios_badge_count: true,
            signal_info: "i".into(),
        }),
        at_user_id_list: vec!["x".into()],
        attached_info: "null".into(),
        ex: "ex".into(),
        ..MsgData::default()
    }
}

/// Asks and returns the answer with what the graph was asked.
async fn ask<Answer: Message + Default>(node: &Node, client: &mut SdkClient, id: i32, request: &impl Message) -> (Answer, String, Value) {
    node.graph.asked();
    let answer = client.ask(id, request).await.expect("an answer");
    let asked = node.graph.asked();
    let [asked] = asked.as_slice() else { panic!("asked {asked:?}") };
    assert_eq!(asked.caller, "ann");
    assert!(asked.operation_id.starts_with("op-ann_"), "the client's own: {}", asked.operation_id);
    (answer, asked.operation.clone(), asked.variables.clone())
}

#[tokio::test]
async fn every_encoding_asks_and_hears_the_same() {
    let node = Node::start().await;
    node.graph.answers("NewestSeqs", json!({"viewer": {"maxSeqs": [{"conversationID": "si_ann_bob", "maxSeq": 7}]}}));
    let (address, token) = (format!("ws://{}", node.address), node.login("ann", 5));
    for options in
        [Options::native(&address, "ann", &token, 5), Options::wasm(&address, "ann", &token), Options::js(&address, "ann", &token)]
    {
        let mut client = SdkClient::connect(&options).await.unwrap();
        let (answer, operation, variables): (GetMaxSeqResp, _, _) =
            ask(&node, &mut client, 1001, &GetMaxSeqReq { user_id: "ann".into() }).await;
        assert_eq!(answer.max_seqs, [("si_ann_bob".to_owned(), 7)].into());
        assert_eq!((operation.as_str(), variables), ("NewestSeqs", json!({"userID": "ann"})));
    }
}

#[tokio::test]
async fn messages_are_pulled_by_ranges_by_seqs_and_by_their_end() {
    let node = Node::start().await;
    let mut client = node.connect("ann", 1).await;
    let ranges = json!({"viewer": {"msgs": [
        {"conversationID": "si_ann_bob", "notification": false, "isEnd": true, "endSeq": 2, "Msgs": [stored()]},
        {"conversationID": "n_ann_bob", "notification": true, "isEnd": false, "endSeq": 0, "Msgs": []},
    ]}});
    node.graph.answers("PullRanges", ranges.clone());
    let range = SeqRange { conversation_id: "si_ann_bob".into(), begin: 0, end: 2, num: 1 };
    let request = PullMessageBySeqsReq { user_id: "ann".into(), seq_ranges: vec![range], order: 1 };
    let (answer, operation, variables): (PullMessageBySeqsResp, _, _) = ask(&node, &mut client, 1002, &request).await;
    assert_eq!(operation, "PullRanges");
    let range = json!({"conversationId": "si_ann_bob", "begin": 0, "end": 2, "limit": 1});
    assert_eq!(variables, json!({"userID": "ann", "ranges": [range], "order": "DESCENDING"}));
    let pulled = &answer.msgs["si_ann_bob"];
    assert_eq!((pulled.is_end, pulled.end_seq, pulled.msgs.as_slice()), (true, 2, [expected()].as_slice()));
    assert!(answer.notification_msgs["n_ann_bob"].msgs.is_empty());

    node.graph.answers("PullSeqs", ranges);
    let lists = vec![ConversationSeqs { conversation_id: "si_ann_bob".into(), seqs: vec![2, 1] }];
    let request = GetSeqMessageReq { user_id: "ann".into(), conversations: lists, order: 0 };
    let (answer, operation, variables): (GetSeqMessageResp, _, _) = ask(&node, &mut client, 1005, &request).await;
    assert_eq!(operation, "PullSeqs");
    let list = json!({"conversationId": "si_ann_bob", "seqs": [2, 1]});
    assert_eq!(variables, json!({"userID": "ann", "lists": [list], "order": "ASCENDING"}));
    assert_eq!(answer.msgs["si_ann_bob"].msgs, [expected()]);
    // Who asked for a log finds it in the answer: a part without anything is not left out on the wire.
    assert_eq!((answer.notification_msgs["n_ann_bob"].is_end, answer.notification_msgs["n_ann_bob"].end_seq), (false, -1));

    node.graph.answers("LastMessages", json!({"viewer": {"msgs": [{"latestMessage": stored()}, {"latestMessage": null}]}}));
    let request = GetLastMessageReq { user_id: "ann".into(), conversation_ids: vec!["si_ann_bob".into(), "si_ann_eve".into()] };
    let (answer, operation, variables): (GetLastMessageResp, _, _) = ask(&node, &mut client, 1007, &request).await;
    assert_eq!((operation.as_str(), variables["conversationIDs"].clone()), ("LastMessages", json!(["si_ann_bob", "si_ann_eve"])));
    assert_eq!(answer.msgs, [("si_ann_bob".to_owned(), expected())].into());
}

#[tokio::test]
async fn read_positions_come_with_pinned_ones_when_asked_for() {
    let node = Node::start().await;
    let mut client = node.connect("ann", 1).await;
    let position =
        json!({"conversationID": "si_ann_bob", "pinned": true, "maxSeq": 9, "hasReadSeq": 4, "maxSeqTime": "2027-01-15T08:00:00.000Z"});
    node.graph.answers("ReadPositions", json!({"viewer": {"seqs": [position]}}));
    for return_pinned in [true, false] {
        let request = GetConversationsHasReadAndMaxSeqReq { user_id: "ann".into(), conversation_ids: Vec::new(), return_pinned };
        let (answer, _, variables): (GetConversationsHasReadAndMaxSeqResp, _, _) = ask(&node, &mut client, 1006, &request).await;
        assert_eq!(variables, json!({"userID": "ann", "conversationIDs": []}));
        let seqs = &answer.seqs["si_ann_bob"];
        assert_eq!((seqs.max_seq, seqs.has_read_seq, seqs.max_seq_time), (9, 4, 1_800_000_000_000));
        assert_eq!(answer.pinned_conversation_ids.len(), usize::from(return_pinned));
    }
}

#[tokio::test]
async fn a_message_is_sent_as_it_is() {
    let node = Node::start().await;
    let mut client = node.connect("ann", 1).await;
    let sent = json!({"serverMsgID": "s1", "clientMsgID": "c1", "sendTime": "2027-01-15T08:00:00.123Z"});
    node.graph.answers("Send", json!({"sendMessage": {"message": sent, "modify": []}}));
    let message = MsgData {
        send_id: "ann".into(),
        group_id: "g1".into(),
        client_msg_id: "c1".into(),
        session_type: 3,
        msg_from: 100,
        content_type: 106,
        content: "{\"text\":\"hi\"}".into(),
        at_user_id_list: vec!["bob".into()],
        ..MsgData::default()
    };
    let (answer, _, variables): (SendMsgResp, _, _) = ask(&node, &mut client, 1003, &message).await;
    let time = 1_800_000_000_123;
    assert_eq!(answer, SendMsgResp { server_msg_id: "s1".into(), client_msg_id: "c1".into(), send_time: time, modify: None });
    let expected = json!({
        "recipient": {"groupId": "g1"}, "content": {"raw": {"contentType": 106, "text": "{\"text\":\"hi\"}"}}, "senderId": "ann",
        "options": [], "attachedInfo": "", "ex": "", "clientMessageId": "c1", "atUserIds": ["bob"],
    });
    assert_eq!(variables["input"], expected);
}

#[tokio::test]
async fn what_the_application_changed_in_a_message_is_told_to_its_sender() {
    let node = Node::start().await;
    let mut client = node.connect("ann", 1).await;
    let sent = json!({"serverMsgID": "s1", "clientMsgID": "c1", "sendTime": null, "conversationID": "si_ann_bob", "seq": 2});
    node.graph.answers("Send", json!({"sendMessage": {"message": sent, "modify": [{"name": "content"}]}}));
    node.graph.answers("PullRanges", json!({"viewer": {"msgs": [{"conversationID": "si_ann_bob", "Msgs": [stored()]}]}}));
    let message = MsgData { send_id: "ann".into(), session_type: 1, content_type: 101, ..MsgData::default() };
    let answer: SendMsgResp = client.ask(1003, &message).await.unwrap();
    assert_eq!(answer.modify, Some(expected()));
    let read = node.graph.asked().pop().unwrap();
    assert_eq!(read.variables["ranges"], json!([{"conversationId": "si_ann_bob", "begin": 2, "end": 2}]));
}

#[tokio::test]
async fn who_is_online_is_told_to_who_asks() {
    let node = Node::start().await;
    let mut client = node.connect("ann", 1).await;
    let bob = json!({"userID": "bob", "onlinePlatformIDs": ["IOS", "WEB"]});
    node.graph.answers("Presences", json!({"subscribers": [bob, {"userID": "eve", "onlinePlatformIDs": []}]}));
    let request = SubUserOnlineStatus { subscribe_user_id: vec!["bob".into(), "eve".into()], unsubscribe_user_id: Vec::new() };
    let (answer, _, variables): (SubUserOnlineStatusTips, _, _) = ask(&node, &mut client, 2005, &request).await;
    assert_eq!(variables, json!({"userIDs": ["bob", "eve"]}));
    let told: Vec<_> = answer.subscribers.iter().map(|one| (one.user_id.as_str(), one.online_platform_ids.as_slice())).collect();
    assert_eq!(told, [("bob", [1, 5].as_slice()), ("eve", &[])]);
    let leave = SubUserOnlineStatus { subscribe_user_id: Vec::new(), unsubscribe_user_id: vec!["bob".into()] };
    assert_eq!(client.ask::<SubUserOnlineStatusTips>(2005, &leave).await.unwrap(), SubUserOnlineStatusTips::default());
    assert_eq!(node.graph.asked(), []);
}

#[tokio::test]
async fn failures_have_openims_numbers_and_nothing_else() {
    let node = Node::start().await;
    let mut client = node.connect("ann", 1).await;
    for code in [ErrorCode::NoPermission, ErrorCode::BlockedByPeer, ErrorCode::Unavailable] {
        node.graph.fails("NewestSeqs", code);
        let request = client.request(1001, &GetMaxSeqReq { user_id: "bob".into() });
        client.send(&request).await.unwrap();
        let answer = client.answer_to(&request.msg_incr).await.unwrap();
        assert_eq!((answer.req_identifier, answer.operation_id), (1001, request.operation_id));
        assert_eq!((answer.err_code, &*answer.err_msg), (code.number(), code.text()));
        assert!(answer.data.is_empty());
    }
    // Signalling of the commercial edition is answered with an error and does not end the connection.
    let answer = client.ask::<GetMaxSeqResp>(1004, &GetMaxSeqReq::default()).await;
    assert!(matches!(answer, Err(ClientError::Failed { code: 1001, .. })), "{answer:?}");
}

#[tokio::test]
async fn some_requests_must_be_complete_and_all_must_be_readable() {
    let node = Node::start().await;
    let mut client = node.connect("ann", 1).await;
    for id in [1001, 1002, 1003, 1005, 1006, 1007, 2004, 2005] {
        let mut request = client.request(id, &GetMaxSeqReq::default());
        request.data = vec![0xff, 0xff, 0xff].into();
        client.send(&request).await.unwrap();
        assert_eq!(client.answer_to(&request.msg_incr).await.unwrap().err_code, 1001, "{id}");
        request.operation_id = String::new();
        client.send(&request).await.unwrap();
        let expected = if [1002, 1005, 1006, 2004].contains(&id) { 500 } else { 1001 };
        assert_eq!(client.answer_to(&request.msg_incr).await.unwrap().err_code, expected, "{id}");
    }
    assert_eq!(node.graph.asked(), [], "nothing of it reaches the graph");
}

#[tokio::test]
async fn background_is_the_sockets_own_business_and_a_logout_takes_the_push_token_along() {
    let node = Node::start().await;
    let mut client = node.connect("ann", 1).await;
    let background = SetAppBackgroundStatusReq { user_id: "ann".into(), is_background: true };
    client.ask::<SetAppBackgroundStatusResp>(2004, &background).await.unwrap();
    assert_eq!(node.graph.asked(), []);
    // A refused logout leaves the socket open.
    node.graph.fails("Logout", ErrorCode::NoPermission);
    let refused = client.ask::<DelUserPushTokenResp>(2003, &DelUserPushTokenReq { user_id: "bob".into(), platform_id: 1 }).await;
    assert!(matches!(refused, Err(ClientError::Failed { code: 1002, .. })));
    let unknown = client.ask::<DelUserPushTokenResp>(2003, &DelUserPushTokenReq { user_id: "ann".into(), platform_id: 12 }).await;
    assert!(matches!(unknown, Err(ClientError::Failed { code: 1001, .. })));
    node.graph.answers("Logout", json!({ "removePushToken": { "removed": 1 } }));
    node.graph.asked();
    client.ask::<DelUserPushTokenResp>(2003, &DelUserPushTokenReq { user_id: "ann".into(), platform_id: 1 }).await.unwrap();
    let (rest, code, _) = end(&mut client).await;
    assert_eq!((rest.as_slice(), code), ([].as_slice(), 1000));
    let asked = node.graph.asked().remove(0);
    assert_eq!((asked.operation.as_str(), asked.caller.as_str()), ("Logout", "ann"));
    assert_eq!(asked.variables, json!({ "userID": "ann", "platform": "IOS" }));
}
