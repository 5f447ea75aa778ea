//! Logging in, being logged out, and the status that others see.

use openim_protocol::client::{ClientError, Options, SdkClient};
use openim_protocol::msg::{GetConversationsHasReadAndMaxSeqReq, GetConversationsHasReadAndMaxSeqResp};
use openim_protocol::prost::Message as _;
use openim_protocol::push::{DelUserPushTokenReq, DelUserPushTokenResp};
use openim_protocol::sdkws::{GetMaxSeqReq, GetMaxSeqResp, SubUserOnlineStatus, SubUserOnlineStatusTips};
use serde_json::json;

use super::{address, end, native, token};
use crate::harness::Server;

/// Connects and returns the code of the refusal.
async fn refused(options: &Options) -> i32 {
    match SdkClient::connect(options).await {
        Err(ClientError::Refused(refusal)) => refusal.err_code,
        Err(other) => panic!("not refused: {other}"),
        Ok(_) => 0,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tokens_are_checked_as_the_house_checks_them_and_told_in_both_forms() -> anyhow::Result<()> {
    let server = Server::start().await?;
    let admin = server.admin().await;
    admin.users(&[("ann", "Ann"), ("bob", "Bob")]).await;
    let good = token(&admin, "ann", 7).await;
    let other = token(&admin, "bob", 7).await;
    let (head, signature) = (good.rsplit_once('.').expect("a JWT").0, other.rsplit_once('.').expect("a JWT").1);
    let forged = format!("{head}.{signature}");
    for (user, presented, platform, code) in
        [("ann", "nonsense", 7, 1503), ("ann", forged.as_str(), 7, 1505), ("bob", good.as_str(), 7, 1502), ("ann", good.as_str(), 1, 1502)]
    {
        let native = Options::native(address(&server), user, presented, platform);
        assert_eq!(refused(&native).await, code, "{user} {platform} over HTTP");
        assert_eq!(refused(&Options { respond: true, ..native }).await, code, "{user} {platform} in a frame");
    }
    let mut ann = SdkClient::connect(&Options::native(address(&server), "ann", good, 7)).await?;
    let seqs: GetMaxSeqResp = ann.ask(1001, &GetMaxSeqReq { user_id: "ann".into() }).await?;
    assert_eq!(seqs, GetMaxSeqResp::default());
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_login_kicks_the_first_and_a_forced_logout_the_second() -> anyhow::Result<()> {
    let server = Server::start().await?;
    let admin = server.admin().await;
    admin.users(&[("ann", "Ann")]).await;
    let first_token = token(&admin, "ann", 1).await;
    let options = Options::native(address(&server), "ann", &first_token, 1);
    let mut first = SdkClient::connect(&options).await?;
    // The same token is no other login.
    let mut again = SdkClient::connect(&options).await?;
    let mut desk = native(&server, &admin, "ann", 7).await;
    let mut second = native(&server, &admin, "ann", 1).await;
    for kicked in [&mut first, &mut again] {
        let (before, reason) = end(kicked).await;
        assert_eq!(before.last().map(|frame| frame.req_identifier), Some(2002), "{reason:?}");
        assert_eq!(reason.map(|(code, _)| code), Some(4403));
    }
    assert_eq!(refused(&options).await, 1506);
    second.ask::<GetMaxSeqResp>(1001, &GetMaxSeqReq { user_id: "ann".into() }).await?;

    admin.call("/auth/force_logout", json!({ "userID": "ann", "platformID": 1 })).await;
    let (before, _) = end(&mut second).await;
    assert_eq!(before.last().map(|frame| frame.req_identifier), Some(2002));
    desk.ask::<GetMaxSeqResp>(1001, &GetMaxSeqReq { user_id: "ann".into() }).await?;
    // A client that logs out itself is answered and let go; its token stays good.
    let gone: DelUserPushTokenResp = desk.ask(2003, &DelUserPushTokenReq { user_id: "ann".into(), platform_id: 7 }).await?;
    assert_eq!(gone, DelUserPushTokenResp::default());
    assert_eq!(end(&mut desk).await.1.map(|(code, _)| code), Some(1000));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_follows_a_user_sees_devices_come_and_go() -> anyhow::Result<()> {
    let server = Server::start_with(&[("presence.grace_milliseconds", "50")]).await?;
    let admin = server.admin().await;
    admin.users(&[("ann", "Ann"), ("bob", "Bob")]).await;
    let mut ann = native(&server, &admin, "ann", 7).await;
    let follow = SubUserOnlineStatus { subscribe_user_id: vec!["bob".into()], unsubscribe_user_id: Vec::new() };
    let now: SubUserOnlineStatusTips = ann.ask(2005, &follow).await?;
    assert_eq!(now.subscribers.len(), 1);
    assert!(now.subscribers[0].online_platform_ids.is_empty());
    let phone = native(&server, &admin, "bob", 1).await;
    let pad = native(&server, &admin, "bob", 9).await;
    let mut seen = Vec::new();
    for step in 0..4 {
        if step == 2 {
            phone.close().await?;
            break;
        }
        let push = ann.next_push().await?;
        assert_eq!((push.req_identifier, push.msg_incr.as_str()), (2005, ""));
        let tips = SubUserOnlineStatusTips::decode(push.data)?;
        seen.push(tips.subscribers[0].online_platform_ids.clone());
    }
    assert_eq!(seen.last(), Some(&vec![1, 9]), "{seen:?}");
    let told = SubUserOnlineStatusTips::decode(ann.next_push().await?.data)?;
    assert_eq!(told.subscribers[0].online_platform_ids, [9]);
    drop(pad);
    let told = SubUserOnlineStatusTips::decode(ann.next_push().await?.data)?;
    assert!(told.subscribers[0].online_platform_ids.is_empty(), "{told:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_sees_only_what_is_ones_own() -> anyhow::Result<()> {
    let server = Server::start().await?;
    let admin = server.admin().await;
    admin.users(&[("ann", "Ann"), ("bob", "Bob")]).await;
    let mut ann = native(&server, &admin, "ann", 7).await;
    let foreign = ann.ask::<GetMaxSeqResp>(1001, &GetMaxSeqReq { user_id: "bob".into() }).await;
    assert!(matches!(foreign, Err(ClientError::Failed { code: 1002, .. })), "{foreign:?}");
    let positions = GetConversationsHasReadAndMaxSeqReq { user_id: "bob".into(), ..Default::default() };
    let foreign = ann.ask::<GetConversationsHasReadAndMaxSeqResp>(1006, &positions).await;
    assert!(matches!(foreign, Err(ClientError::Failed { code: 1002, .. })), "{foreign:?}");
    Ok(())
}
