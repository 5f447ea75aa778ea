//! Two people talk over the socket and the other doors.

use openim_protocol::client::{ClientError, Options, SdkClient, pushed};
use openim_protocol::msg::{
    ConversationSeqs, GetConversationsHasReadAndMaxSeqReq, GetConversationsHasReadAndMaxSeqResp, GetLastMessageReq, GetLastMessageResp,
    GetSeqMessageReq, GetSeqMessageResp, SendMsgResp,
};
use openim_protocol::sdkws::{GetMaxSeqReq, GetMaxSeqResp, MsgData, PullMessageBySeqsReq, PullMessageBySeqsResp, SeqRange};
use openim_testing::eventually;
use serde_json::{Value, json};

use super::{address, native, text, token};
use crate::harness::{Client, Server};

const HISTORY: &str = "{ conversation(id: \"si_ann_bob\") { unreadCount messages(last: 10) { edges { node {
  seq id clientMessageId senderId senderNickname senderPlatform sentAt attachedInfo content { ... on TextContent { text } } } } } } }";
const SEND: &str = "mutation($to: ID!, $text: String!, $key: ID!) {
  sendMessage(input: {recipient: {userId: $to}, clientMessageId: $key, content: {text: {text: $text}}}) { message { seq } } }";

async fn send(client: &mut SdkClient, message: &MsgData) -> SendMsgResp {
    client.ask(1003, message).await.expect("it is sent")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_passes_the_socket_is_what_the_graph_shows() -> anyhow::Result<()> {
    let server = Server::start().await?;
    let admin = server.admin().await;
    admin.users(&[("ann", "Ann"), ("bob", "Bob")]).await;
    let mut ann = native(&server, &admin, "ann", 7).await;
    let mut anns_phone = native(&server, &admin, "ann", 1).await;
    // All three encodings: gob with gzip twice, and JSON.
    let bobs_token = token(&admin, "bob", 5).await;
    let mut bob = SdkClient::connect(&Options::js(address(&server), "bob", &bobs_token)).await?;
    let mut bobs_phone = native(&server, &admin, "bob", 2).await;
    let graph = Client::new(server.address()).with_token(&bobs_token);

    let sent = send(&mut ann, &text("ann", "bob", "c1", "hello")).await;
    assert_eq!((sent.client_msg_id.as_str(), sent.server_msg_id.len(), &sent.modify), ("c1", 32, &None));
    for client in [&mut ann, &mut anns_phone, &mut bob, &mut bobs_phone] {
        let push = client.next_push().await?;
        assert_eq!(push.req_identifier, 2001);
        // A client knows its own messages by the operation that sent them.
        assert!(push.operation_id.starts_with("op-ann_"), "{}", push.operation_id);
        let (conversation, message) = pushed(&push)?.expect("a message");
        assert_eq!((conversation.as_str(), message.seq, message.status), ("si_ann_bob", 1, 2));
        assert_eq!((message.server_msg_id.as_str(), message.send_time), (sent.server_msg_id.as_str(), sent.send_time));
        assert_eq!((message.attached_info.as_str(), message.sender_platform_id), ("null", 7));
        assert_eq!(&*message.content, br#"{"content":"hello"}"#);
    }

    // A retry is answered with the first result and stores nothing.
    assert_eq!(send(&mut ann, &text("ann", "bob", "c1", "hello")).await, sent);
    let other_way = send(&mut bob, &text("bob", "ann", "c2", "hi")).await;
    let data = eventually("the conversation is there", async || {
        let data = graph.data(HISTORY, json!({})).await;
        (data["conversation"]["messages"]["edges"].as_array().is_some_and(|edges| edges.len() == 2)).then_some(data)
    })
    .await;
    let node = |place: usize| data["conversation"]["messages"]["edges"][place]["node"].clone();
    assert_eq!((&node(0)["id"], &node(0)["content"]["text"]), (&json!(sent.server_msg_id), &json!("hello")), "{data}");
    assert_eq!((&node(0)["senderPlatform"], &node(0)["senderNickname"]), (&json!("LINUX"), &json!("ann")), "{data}");
    assert_eq!((&node(1)["id"], &node(1)["seq"]), (&json!(other_way.server_msg_id), &json!(2)), "{data}");

    // And what is sent by GraphQL reaches the socket.
    graph.data(SEND, json!({ "to": "ann", "text": "by GraphQL", "key": "c3" })).await;
    let seq = loop {
        let (_, message) = ann.next_message().await?;
        if message.client_msg_id == "c3" {
            break message.seq;
        }
    };
    assert_eq!(seq, 3);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_was_away_learns_what_it_missed() -> anyhow::Result<()> {
    let server = Server::start().await?;
    let admin = server.admin().await;
    admin.users(&[("ann", "Ann"), ("bob", "Bob")]).await;
    let mut ann = native(&server, &admin, "ann", 7).await;
    for number in 1..=5 {
        send(&mut ann, &text("ann", "bob", &format!("c{number}"), &format!("{number}"))).await;
    }
    let mut bob = native(&server, &admin, "bob", 1).await;
    let seqs = eventually("bob has the conversation", async || {
        let seqs: GetMaxSeqResp = bob.ask(1001, &GetMaxSeqReq { user_id: "bob".into() }).await.expect("an answer");
        (!seqs.max_seqs.is_empty()).then_some(seqs)
    })
    .await;
    assert_eq!((seqs.max_seqs, seqs.min_seqs.len()), ([("si_ann_bob".to_owned(), 5)].into(), 0));

    let range = |begin, end, num| SeqRange { conversation_id: "si_ann_bob".into(), begin, end, num };
    let pull = PullMessageBySeqsReq { user_id: "bob".into(), seq_ranges: vec![range(0, 5, 2)], order: 0 };
    let pulled: PullMessageBySeqsResp = bob.ask(1002, &pull).await?;
    let newest = &pulled.msgs["si_ann_bob"];
    assert_eq!(newest.msgs.iter().map(|message| message.seq).collect::<Vec<_>>(), [4, 5], "the newest of the range");
    assert!(newest.is_end);

    let lists = vec![
        ConversationSeqs { conversation_id: "si_ann_bob".into(), seqs: vec![3, 1, 9] },
        ConversationSeqs { conversation_id: "si_ann_eve".into(), seqs: vec![1] },
    ];
    let request = GetSeqMessageReq { user_id: "bob".into(), conversations: lists, order: 0 };
    let picked: GetSeqMessageResp = bob.ask(1005, &request).await?;
    let picked_seqs: Vec<_> = picked.msgs["si_ann_bob"].msgs.iter().map(|message| message.seq).collect();
    assert_eq!((picked_seqs, picked.msgs["si_ann_bob"].is_end, picked.msgs["si_ann_bob"].end_seq), (vec![3, 1], true, 5));
    assert!(picked.msgs["si_ann_eve"].msgs.is_empty(), "an entry for each, empty for what is foreign");

    let last = GetLastMessageReq { user_id: "bob".into(), conversation_ids: vec!["si_ann_bob".into(), "si_ann_eve".into()] };
    let last: GetLastMessageResp = bob.ask(1007, &last).await?;
    assert_eq!(last.msgs.iter().map(|(id, message)| (id.as_str(), message.seq)).collect::<Vec<_>>(), [("si_ann_bob", 5)]);

    let positions = GetConversationsHasReadAndMaxSeqReq { user_id: "bob".into(), return_pinned: true, ..Default::default() };
    let positions: GetConversationsHasReadAndMaxSeqResp = bob.ask(1006, &positions).await?;
    let seqs = &positions.seqs["si_ann_bob"];
    assert_eq!((seqs.max_seq, seqs.has_read_seq), (5, 0));
    assert!(seqs.max_seq_time > 1_700_000_000_000 && positions.pinned_conversation_ids.is_empty());
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn typing_is_passed_on_and_not_stored() -> anyhow::Result<()> {
    let server = Server::start().await?;
    let admin = server.admin().await;
    admin.users(&[("ann", "Ann"), ("bob", "Bob")]).await;
    let (mut ann, mut bob) = (native(&server, &admin, "ann", 7).await, native(&server, &admin, "bob", 1).await);
    let off = ["history", "persistent", "senderSync", "conversationUpdate", "senderConversationUpdate", "unreadCount", "offlinePush"];
    let typing = MsgData {
        content_type: 113,
        content: r#"{"msgTips":"yes"}"#.into(),
        send_time: 1_800_000_000_000,
        options: off.map(|name| (name.to_owned(), false)).into(),
        ..text("ann", "bob", "t1", "")
    };
    send(&mut ann, &typing).await;
    let (conversation, seen) = bob.next_message().await?;
    assert_eq!((conversation.as_str(), seen.seq, seen.content_type), ("si_ann_bob", 0, 113));
    send(&mut ann, &text("ann", "bob", "c1", "done")).await;
    assert_eq!(ann.next_message().await?.1.content_type, 101, "the sender does not hear of its own typing");
    assert_eq!(bob.next_message().await?.1.seq, 1, "typing took no place");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_group_is_heard_by_its_members_while_they_are() -> anyhow::Result<()> {
    let server = Server::start().await?;
    let admin = server.admin().await;
    let tokens = admin.users(&[("ann", "Ann"), ("bob", "Bob"), ("cid", "Cid")]).await;
    let (mut ann, mut bob) = (native(&server, &admin, "ann", 7).await, native(&server, &admin, "bob", 1).await);
    let group =
        json!({ "memberUserIDs": ["bob"], "ownerUserID": "ann", "groupInfo": { "groupID": "club", "groupName": "Club", "groupType": 2 } });
    let owner = Client::new(server.address()).with_token(&tokens[0]).rest();
    owner.call("/group/create_group", group).await;
    let said = MsgData { recv_id: String::new(), group_id: "club".into(), session_type: 3, ..text("ann", "", "g1", "welcome") };
    send(&mut ann, &said).await;
    let until = async |client: &mut SdkClient, wanted: &dyn Fn(&str, &MsgData) -> bool| -> anyhow::Result<MsgData> {
        loop {
            let (conversation, message) = client.next_message().await?;
            if wanted(&conversation, &message) {
                return Ok(message);
            }
        }
    };
    let welcome = |conversation: &str, message: &MsgData| conversation == "sg_club" && message.client_msg_id == "g1";
    let mut place = 0;
    for client in [&mut ann, &mut bob] {
        let heard = until(client, &welcome).await?;
        place = heard.seq;
        assert_eq!((heard.group_id.as_str(), heard.session_type, heard.recv_id.as_str()), ("club", 3, ""));
    }

    // A notification is for the group, pushed and pulled.
    owner.call("/msg/revoke_msg", json!({ "userID": "ann", "conversationID": "sg_club", "seq": place })).await;
    let revoked = |conversation: &str, message: &MsgData| conversation == "n_club" && message.content_type == 2101;
    let told = until(&mut bob, &revoked).await?;
    assert_eq!((told.group_id.as_str(), told.recv_id.as_str()), ("club", "club"));
    let range = SeqRange { conversation_id: "n_club".into(), begin: told.seq, end: told.seq, num: 1 };
    let pull = PullMessageBySeqsReq { user_id: "ann".into(), seq_ranges: vec![range], order: 0 };
    let pulled: PullMessageBySeqsResp = ann.ask(1002, &pull).await?;
    assert_eq!(pulled.notification_msgs["n_club"].msgs[0].recv_id, "club");
    let range = json!([{ "conversationID": "n_club", "begin": told.seq, "end": told.seq, "num": 1 }]);
    let pulled = owner.call("/msg/pull_msg_by_seq", json!({ "userID": "ann", "seqRanges": range, "order": 0 })).await;
    assert_eq!(pulled["notificationMsgs"]["n_club"]["Msgs"][0]["recvID"], "club");

    owner.call("/group/kick_group", json!({ "groupID": "club", "kickedUserIDs": ["bob"], "reason": "" })).await;
    let kicked = |conversation: &str, message: &MsgData| conversation == "n_club" && message.content_type == 1508;
    until(&mut bob, &kicked).await?;
    let refused = bob.ask::<SendMsgResp>(1003, &MsgData { send_id: "bob".into(), client_msg_id: "g2".into(), ..said.clone() }).await;
    assert!(matches!(refused, Err(ClientError::Failed { code: 1203, .. })), "{refused:?}");
    eventually("the view of who was removed is closed", async || {
        let heads = admin.graph().with_token(&tokens[1]).data("{ viewer { heads { conversationId live } } }", json!({})).await;
        let closed = |head: &Value| head["conversationId"] == "sg_club" && head["live"] == false;
        heads["viewer"]["heads"].as_array().is_some_and(|heads| heads.iter().any(closed)).then_some(())
    })
    .await;
    Ok(())
}
