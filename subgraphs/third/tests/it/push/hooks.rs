//! What the application's own server makes of a push.

use openim_platform::webhooks::commands;
use openim_testing::{WebhookReceiver, for_each_database};
use serde_json::json;

use super::{Stage, chat, group_chat, pairs};

const OFFLINE: &str = "callbackBeforeOfflinePushCommand";
const SINGLE: &str = "callbackBeforeOnlinePushCommand";
const GROUP: &str = "callbackBeforeGroupOnlinePushCommand";

#[tokio::test]
async fn the_application_may_name_others_and_say_something_else_or_refuse() {
    for_each_database(async |world| {
        let receiver = WebhookReceiver::answering(|command, body| match (command, body["desc"].as_str()) {
            (OFFLINE, Some("secret")) => json!({"nextCode": 1, "errCode": 1, "errMsg": "no"}),
            (OFFLINE, Some("rewrite")) => json!({"userIDList": ["cid", "bad id"], "offlinePushInfo": {"title": "T", "desc": "other", "ex": "", "iOSPushSound": "", "iOSBadgeCount": false, "signalInfo": ""}}),
            _ => json!({}),
        })
        .await;
        let webhooks = receiver.webhooks(world, &[&commands::BEFORE_OFFLINE_PUSH]);
        let stage = Stage::with(world, "fcm", webhooks).await;
        stage.device(world, "bob", "IOS").await;
        stage.device(world, "cid", "WEB").await;
        assert_eq!(stage.told(world, vec![chat("ann", "bob", 1, "hello")]).await, pairs(&[("bob-IOS", "hello")]));
        let (command, body) = receiver.take().remove(0);
        assert_eq!(command, OFFLINE);
        let asked = json!({"callbackCommand": OFFLINE, "operationID": body["operationID"], "platformID": 1, "platform": "IOS", "userIDList": ["bob"],
            "title": "News", "desc": "hello", "ex": "", "iOSPushSound": "", "iOSBadgeCount": false, "signalInfo": "", "clientMsgID": "ann-1",
            "sendID": "ann", "groupID": "", "contentType": 101, "sessionType": 1, "atUserIDList": null, "content": "{\"content\":\"hello\"}"});
        assert_eq!(body, asked);
        assert!(stage.told(world, vec![chat("ann", "bob", 2, "secret")]).await.is_empty());
        assert_eq!(stage.told(world, vec![chat("ann", "bob", 3, "rewrite")]).await, pairs(&[("cid-WEB", "other")]));
        stage.online("bob", 1, "c").await;
        receiver.take();
        assert!(stage.told(world, vec![chat("ann", "bob", 4, "hello")]).await.is_empty());
        assert!(receiver.take().is_empty(), "nobody would be told");
    })
    .await;
}

#[tokio::test]
async fn the_hooks_of_a_whole_message_may_end_its_push_and_name_a_groups_receivers() {
    for_each_database(async |world| {
        let receiver = WebhookReceiver::answering(|command, body| match (command, body["content"].as_str()) {
            (SINGLE, Some(text)) if text.contains("quiet") => json!({"nextCode": 1, "errCode": 1}),
            (GROUP, Some(text)) if text.contains("some") => json!({"userIDList": ["eve", "ann", "eve"]}),
            (GROUP, Some(text)) if text.contains("quiet") => json!({"nextCode": 1, "errCode": 1}),
            _ => json!({}),
        })
        .await;
        let webhooks = receiver.webhooks(world, &[&commands::BEFORE_ONLINE_PUSH, &commands::BEFORE_GROUP_ONLINE_PUSH]);
        let stage = Stage::with(world, "fcm", webhooks).await;
        stage.groups.add("g", &["ann", "bob"]);
        for user in ["ann", "bob", "eve"] {
            stage.device(world, user, "ANDROID").await;
        }
        assert_eq!(stage.told(world, vec![chat("ann", "bob", 1, "hello")]).await, pairs(&[("bob-ANDROID", "hello")]));
        assert_eq!(receiver.take()[0].1["userIDList"], json!(["bob", "ann"]));
        assert!(stage.told(world, vec![chat("ann", "bob", 2, "quiet")]).await.is_empty());
        assert_eq!(stage.told(world, vec![group_chat("ann", "g", 1, "all")]).await, pairs(&[("bob-ANDROID", "all")]));
        let (command, body) = receiver.take().pop().unwrap();
        assert_eq!((command.as_str(), &body["seq"], body.get("userIDList")), (GROUP, &json!(1), None));
        assert_eq!(stage.told(world, vec![group_chat("ann", "g", 2, "some")]).await, pairs(&[("eve-ANDROID", "some")]));
        assert!(stage.told(world, vec![group_chat("ann", "g", 3, "quiet")]).await.is_empty());
    })
    .await;
}
