//! Devices and numbers on icons: whose they are.

use std::time::Duration;

use openim_testing::for_each_database;
use serde_json::json;

use super::{REGISTER, Stage, chat, pairs};

const OWN: &str = "query($as: ID) { viewer(as: $as) { appBadge pushTokens { platform provider expiresAt } } }";
const REMOVE: &str = "mutation($platform: Platform!, $user: ID, $provider: PushProviderName) { removePushToken(input: {platform: $platform, userId: $user, provider: $provider}) { removed } }";

#[tokio::test]
async fn a_user_has_one_token_a_device_class_and_provider_until_its_time_is_over() {
    for_each_database(async |world| {
        let stage = Stage::new(world).await;
        for token in ["old", "new"] {
            let variables = json!({"platform": "IOS", "token": token, "life": 60});
            stage.ask(world.user("bob"), REGISTER, variables).await.data();
        }
        stage.ask(world.user("bob"), REGISTER, json!({"platform": "IOS", "token": "apple", "provider": "APNS"})).await.data();
        let own = stage.ask(world.user("bob"), OWN, json!({})).await.data()["viewer"].clone();
        let tokens = json!([{"platform": "IOS", "provider": "APNS", "expiresAt": null}, {"platform": "IOS", "provider": "FCM", "expiresAt": "2026-01-01T00:01:00.000Z"}]);
        assert_eq!((&own["appBadge"], &own["pushTokens"]), (&json!(0), &tokens));
        assert_eq!(stage.told(world, vec![chat("ann", "bob", 1, "m")]).await, pairs(&[("new", "m")]));

        world.advance(Duration::from_secs(61));
        assert!(stage.told(world, vec![chat("ann", "bob", 2, "m")]).await.is_empty());
        stage.third.forget_pushes().await.unwrap();
        let own = stage.ask(world.user("bob"), OWN, json!({})).await.data()["viewer"].clone();
        assert_eq!(own["pushTokens"].as_array().map(Vec::len), Some(1));
    })
    .await;
}

#[tokio::test]
async fn a_device_belongs_to_who_registered_it_last() {
    for_each_database(async |world| {
        let stage = Stage::new(world).await;
        for user in ["bob", "cid"] {
            stage.ask(world.user(user), REGISTER, json!({"platform": "IOS", "token": "the device"})).await.refused();
            stage.ask(world.user(user), REGISTER, json!({"platform": "IOS", "token": "the-device"})).await.data();
        }
        let told = stage.told(world, vec![chat("ann", "bob", 1, "for bob"), chat("ann", "cid", 1, "for cid")]).await;
        assert_eq!(told, pairs(&[("the-device", "for cid")]));
    })
    .await;
}

#[tokio::test]
async fn strangers_touch_no_device_and_no_number() {
    for_each_database(async |world| {
        let stage = Stage::new(world).await;
        stage.device(world, "bob", "IOS").await;
        let badge = "mutation($user: ID, $n: Int!) { setAppBadge(input: {userId: $user, unreadCount: $n}) { appBadge } }";
        let test = "mutation { sendTestPush(input: {userId: \"bob\", title: \"t\", body: \"b\"}) { deliveries { id } } }";
        let retry = "mutation { retryPushDelivery(input: {id: \"none\"}) { delivery { id } } }";
        let (register, remove) = (json!({"platform": "IOS", "token": "mine", "user": "bob"}), json!({"platform": "IOS", "user": "bob"}));
        for (document, variables) in [
            (REGISTER, register.clone()),
            (REMOVE, remove.clone()),
            (badge, json!({"user": "bob", "n": 1})),
            (test, json!({})),
            (retry, json!({})),
            (OWN, json!({"as": "bob"})),
            ("{ admin { pushProviders { name } } }", json!({})),
            ("{ admin { pushDeliveries { totalCount } } }", json!({})),
        ] {
            assert_eq!(stage.ask(world.user("mallory"), document, variables.clone()).await.code(), Some("NO_PERMISSION"), "{document}");
            assert_eq!(stage.ask(world.anonymous(), document, variables).await.code(), Some("UNAUTHENTICATED"), "{document}");
        }
        assert_eq!(stage.ask(world.user("bob"), badge, json!({"n": -1})).await.code(), Some("ARGS_ERROR"));
        let alias = json!({"platform": "IOS", "token": "t", "provider": "GETUI"});
        assert_eq!(stage.ask(world.user("bob"), REGISTER, alias).await.code(), Some("ARGS_ERROR"));
        // Administrators act for anybody.
        assert_eq!(stage.ask(world.admin(), badge, json!({"user": "bob", "n": 3})).await.data()["setAppBadge"]["appBadge"], 3);
        assert_eq!(stage.ask(world.admin(), REMOVE, remove).await.data()["removePushToken"]["removed"], 1);
        assert_eq!(stage.ask(world.user("bob"), REMOVE, json!({"platform": "IOS"})).await.data()["removePushToken"]["removed"], 0);
        stage.ask(world.admin(), REGISTER, register).await.data();
        assert_eq!(stage.told(world, vec![chat("ann", "bob", 1, "m")]).await, pairs(&[("mine", "m")]));
    })
    .await;
}
