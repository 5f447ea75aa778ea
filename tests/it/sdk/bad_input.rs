//! What no SDK sends: answered or closed, nothing stored, nothing told.

use openim_protocol::client::{ClientError, Options, SdkClient};
use openim_protocol::msg::{ConversationSeqs, GetLastMessageReq, GetLastMessageResp, GetSeqMessageReq, GetSeqMessageResp, SendMsgResp};
use openim_protocol::sdkws::{GetMaxSeqReq, GetMaxSeqResp, MsgData, PullMessageBySeqsReq, PullMessageBySeqsResp, SeqRange};
use openim_protocol::{Encoding, Format, MAX_FRAME};
use tokio_tungstenite::tungstenite::Message;

use super::{address, end, native, text, token};
use crate::harness::Server;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn garbage_ends_the_connection_and_nothing_is_stored() -> anyhow::Result<()> {
    let server = Server::start().await?;
    let admin = server.admin().await;
    admin.users(&[("ann", "Ann"), ("bob", "Bob")]).await;
    let options = Options::native(address(&server), "ann", token(&admin, "ann", 7).await, 7);
    let zipped = Encoding { format: Format::Gob, gzip: true };
    let mut ann = SdkClient::connect(&options).await?;
    let request = ann.request(1003, &text("ann", "bob", "c1", "never"));
    let good = zipped.encode_request(&request)?.to_vec();
    let mut garbled = Encoding { format: Format::Gob, gzip: false }.encode_request(&request)?.to_vec();
    garbled.iter_mut().skip(3).step_by(2).for_each(|byte| *byte ^= 0x5a);
    let mut bomb = request.clone();
    bomb.data = vec![0; 4 << 20].into();
    let mut unknown = request.clone();
    unknown.req_identifier = 1008;
    let mut foreign = request.clone();
    foreign.send_id = "bob".into();
    let frames = [
        ("truncated gzip", good[..good.len() / 2].to_vec()),
        ("garbled gob", garbled),
        ("a bomb", zipped.encode_request(&bomb)?.to_vec()),
        ("an unknown identifier", zipped.encode_request(&unknown)?.to_vec()),
        ("somebody else's name", zipped.encode_request(&foreign)?.to_vec()),
        ("too long", vec![0x1f; MAX_FRAME + 1]),
    ];
    for (what, frame) in frames {
        let mut client = SdkClient::connect(&options).await?;
        client.send_frame(Message::binary(frame)).await?;
        let (before, reason) = end(&mut client).await;
        assert!(before.is_empty(), "{what} is not answered");
        assert!(reason.as_ref().is_none_or(|(code, _)| [4400, 1009].contains(code)), "{what}: {reason:?}");
    }
    let seqs: GetMaxSeqResp = ann.ask(1001, &GetMaxSeqReq { user_id: "ann".into() }).await?;
    assert_eq!(seqs, GetMaxSeqResp::default(), "nothing was stored");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_may_not_be_sent_is_refused_with_openims_codes() -> anyhow::Result<()> {
    let server = Server::start().await?;
    let admin = server.admin().await;
    admin.users(&[("ann", "Ann"), ("bob", "Bob")]).await;
    let mut ann = native(&server, &admin, "ann", 7).await;
    let good = || text("ann", "bob", "c1", "hello");
    for (what, message, code) in [
        ("protobuf without a receiver", MsgData { recv_id: String::new(), ..good() }, 1001),
        ("a receiver that is no id", MsgData { recv_id: "b:ob\u{0}".into(), ..good() }, 1001),
        ("nobody", MsgData { recv_id: "nobody".into(), ..good() }, 1004),
        ("in another name", MsgData { send_id: "bob".into(), ..good() }, 1002),
        ("without a key", MsgData { client_msg_id: String::new(), ..good() }, 1001),
        ("content that is no JSON", MsgData { content: "hello".into(), ..good() }, 1001),
        ("content that is no text", MsgData { content: vec![0xff, 0xfe].into(), ..good() }, 1001),
        ("no content", MsgData { content: "".into(), ..good() }, 1001),
        ("an old kind of group", MsgData { session_type: 2, ..good() }, 1001),
        ("a notice in a chat", MsgData { content_type: 1400, ..good() }, 1001),
        ("as the server", MsgData { msg_from: 200, ..good() }, 1002),
        ("a stranger's group", MsgData { session_type: 3, group_id: "club".into(), ..good() }, 1004),
    ] {
        let answer = ann.ask::<SendMsgResp>(1003, &message).await;
        assert!(matches!(&answer, Err(ClientError::Failed { code: other, .. }) if *other == code), "{what}: {answer:?}");
    }
    // A message to oneself is one.
    let own = MsgData { recv_id: "ann".into(), client_msg_id: "own".into(), ..good() };
    ann.ask::<SendMsgResp>(1003, &own).await?;
    let (conversation, message) = ann.next_message().await?;
    assert_eq!((conversation.as_str(), message.seq), ("si_ann_ann", 1));
    let seqs: GetMaxSeqResp = ann.ask(1001, &GetMaxSeqReq { user_id: "ann".into() }).await?;
    assert!(!seqs.max_seqs.contains_key("si_ann_bob"), "{seqs:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn foreign_logs_and_absurd_ranges_tell_nothing() -> anyhow::Result<()> {
    let server = Server::start().await?;
    let admin = server.admin().await;
    admin.users(&[("ann", "Ann"), ("bob", "Bob"), ("eve", "Eve")]).await;
    let mut ann = native(&server, &admin, "ann", 7).await;
    ann.ask::<SendMsgResp>(1003, &text("ann", "bob", "c1", "secret")).await?;
    let mut eve = native(&server, &admin, "eve", 7).await;
    for id in ["si_ann_bob", "n_ann_bob", "sg_club", "n_club", "si_", "garbage", "n_bob_bob"] {
        let range = SeqRange { conversation_id: id.into(), begin: i64::MIN, end: i64::MAX, num: i64::MAX };
        let pull = PullMessageBySeqsReq { user_id: "eve".into(), seq_ranges: vec![range], order: 7 };
        assert_eq!(eve.ask::<PullMessageBySeqsResp>(1002, &pull).await?, PullMessageBySeqsResp::default(), "{id}");
        let lists = vec![ConversationSeqs { conversation_id: id.into(), seqs: vec![1, 0, -1, i64::MAX] }];
        let picked = eve.ask::<GetSeqMessageResp>(1005, &GetSeqMessageReq { user_id: "eve".into(), conversations: lists, order: 0 }).await;
        match picked {
            Ok(picked) => assert!(picked.msgs.values().chain(picked.notification_msgs.values()).all(|log| log.msgs.is_empty()), "{id}"),
            Err(ClientError::Failed { code: 1001, .. }) => {}
            Err(other) => panic!("{id}: {other}"),
        }
        let last = GetLastMessageReq { user_id: "eve".into(), conversation_ids: vec![id.into()] };
        match eve.ask::<GetLastMessageResp>(1007, &last).await {
            Ok(last) => assert!(last.msgs.is_empty(), "{id}"),
            Err(ClientError::Failed { code: 1001, .. }) => {}
            Err(other) => panic!("{id}: {other}"),
        }
    }
    // A participant's own log is bounded as well.
    let range = SeqRange { conversation_id: "si_ann_bob".into(), begin: -5, end: i64::MAX, num: i64::MAX };
    let pull = PullMessageBySeqsReq { user_id: "ann".into(), seq_ranges: vec![range], order: 0 };
    let pulled: PullMessageBySeqsResp = ann.ask(1002, &pull).await?;
    assert_eq!(pulled.msgs["si_ann_bob"].msgs.len(), 1);
    let many = vec![SeqRange { conversation_id: "si_ann_bob".into(), begin: 1, end: 1, num: 1 }; 1_000];
    let too_many = ann.ask::<PullMessageBySeqsResp>(1002, &PullMessageBySeqsReq { seq_ranges: many, ..pull }).await;
    assert!(matches!(too_many, Err(ClientError::Failed { code: 1001, .. })), "{too_many:?}");
    Ok(())
}
