//! What sockets mean for pushes to devices that are away.

use openim_protocol::push::{DelUserPushTokenReq, DelUserPushTokenResp};
use openim_protocol::sdkws::{SetAppBackgroundStatusReq, SetAppBackgroundStatusResp};
use openim_testing::eventually;
use serde_json::{Value, json};

use super::{end, native};
use crate::harness::Server;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_logout_takes_the_devices_token_along() -> anyhow::Result<()> {
    let server = Server::start().await?;
    let ann = server.user("ann", "Ann").await;
    for platform in [1, 5] {
        let token = json!({ "platformID": platform, "fcmToken": format!("token-{platform}"), "account": "ann", "expireTime": 60 });
        ann.rest().call("/third/fcm_update_token", token).await;
    }
    let mut phone = native(&server, &server.admin().await, "ann", 1).await;
    phone.ask::<DelUserPushTokenResp>(2003, &DelUserPushTokenReq { user_id: "ann".into(), platform_id: 1 }).await?;
    assert_eq!(end(&mut phone).await.1.map(|(code, _)| code), Some(1000));
    let left = ann.data("{ viewer { pushTokens { platform provider } } }", json!({})).await;
    assert_eq!(left["viewer"]["pushTokens"], json!([{ "platform": "WEB", "provider": "FCM" }]));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_phone_that_shows_messages_is_not_pushed_to_and_one_in_the_background_is() -> anyhow::Result<()> {
    let server = Server::start_with(&[("push.enable", "log")]).await?;
    let ann = server.user("ann", "Ann").await;
    server.user("bob", "Bob").await;
    server.user("cid", "Cid").await;
    let admin = server.admin().await;
    let send = "mutation($key: ID!, $text: String!, $to: ID!) { sendMessage(input: {recipient: {userId: $to}, clientMessageId: $key, content: {text: {text: $text}}, offlinePush: {title: $text}}) { message { seq } } }";
    let say = async |to: &str, key: &str| ann.data(send, json!({ "key": key, "text": key, "to": to })).await;
    let titles = async |user: &str| {
        let list = "query($user: ID!) { admin { pushDeliveries(userId: $user) { edges { node { title outcome } } } } }";
        let edges = admin.graph().data(list, json!({ "user": user })).await["admin"]["pushDeliveries"]["edges"].take();
        let nodes = edges.as_array().into_iter().flatten().rev();
        nodes.map(|edge| edge["node"]["title"].as_str().unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    let mut phone = native(&server, &admin, "bob", 1).await;
    let presence = "{ user(id: \"bob\") { presence { platforms } } }";
    eventually("the phone is online", async || {
        let seen: Value = ann.data(presence, json!({})).await["user"]["presence"]["platforms"].take();
        (seen == json!(["IOS"])).then_some(())
    })
    .await;
    say("bob", "seen").await;
    // It is decided about one after the other: once the second is, the first was.
    say("cid", "also sent").await;
    eventually("who is away is pushed to", async || titles("cid").await.pop()).await;
    assert_eq!(titles("bob").await, [""; 0]);
    phone.ask::<SetAppBackgroundStatusResp>(2004, &SetAppBackgroundStatusReq { user_id: "bob".into(), is_background: true }).await?;
    // The change of presence is told a moment later: until then the phone counts as looked at.
    let mut number = 0;
    let pushed = eventually("a phone in the background is pushed to", async || {
        number += 1;
        say("bob", &format!("away {number}")).await;
        Some(titles("bob").await).filter(|titles| !titles.is_empty())
    })
    .await;
    assert!(pushed[0].starts_with("away"), "{pushed:?}");
    let seen: Value = ann.data(presence, json!({})).await["user"]["presence"]["platforms"].take();
    assert_eq!(seen, json!(["IOS"]), "nobody who watches sees a difference");
    Ok(())
}
