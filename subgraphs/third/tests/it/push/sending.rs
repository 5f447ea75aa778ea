//! What becomes of deliveries.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use openim_entities::third::push_delivery;
use openim_platform::webhooks::Webhooks;
use openim_push::PushOutcome;
use openim_testing::for_each_database;
use sea_orm::EntityTrait;
use sea_orm::sea_query::Expr;
use serde_json::json;

use super::{Stage, chat, name, pairs};

fn busy() -> PushOutcome {
    PushOutcome::Retry { after: None, reason: "fcm: UNAVAILABLE".into() }
}

#[tokio::test]
async fn a_push_that_fails_is_sent_again_later_each_time_until_it_is_given_up() {
    for_each_database(async |world| {
        let stage = Stage::new(world).await;
        stage.device(world, "bob", "IOS").await;
        stage.provider.answers(|_| busy());
        stage.told(world, vec![chat("ann", "bob", 1, "m")]).await;
        let waits = async || stage.log(world, json!({})).await[0].clone();
        assert_eq!(waits().await["nextAttemptAt"], "2026-01-01T00:00:02.000Z");
        assert_eq!((&waits().await["outcome"], &waits().await["error"]), (&json!("PENDING"), &json!("fcm: UNAVAILABLE")));
        assert_eq!(stage.third.send_pushes().await.unwrap(), 0, "not before its time");
        for pause in [2, 4, 8, 16] {
            world.advance(Duration::from_secs(pause));
            assert_eq!(stage.third.send_pushes().await.unwrap(), 1, "after {pause} s");
        }
        stage.provider.answers(|_| PushOutcome::Retry { after: Some(Duration::from_secs(900)), reason: "slow down".into() });
        world.advance(Duration::from_secs(32));
        assert_eq!(stage.third.send_pushes().await.unwrap(), 1);
        let given_up = waits().await;
        assert_eq!((&given_up["outcome"], &given_up["attempts"], &given_up["error"]), (&json!("FAILED"), &json!(6), &json!("slow down")));
        assert_eq!(given_up["nextAttemptAt"], json!(null));

        let retry = "mutation($id: ID!) { retryPushDelivery(input: {id: $id}) { delivery { outcome } } }";
        let id = json!({"id": given_up["id"]});
        assert_eq!(stage.ask(world.admin(), retry, id.clone()).await.data()["retryPushDelivery"]["delivery"]["outcome"], "PENDING");
        assert_eq!(stage.third.send_pushes().await.unwrap(), 1);
        assert_eq!(waits().await["nextAttemptAt"], "2026-01-01T00:16:02.000Z", "what the provider asked for");
        stage.provider.answers(|_| PushOutcome::Delivered { reference: "projects/1/messages/2".into() });
        world.advance(Duration::from_secs(900));
        assert_eq!(stage.third.send_pushes().await.unwrap(), 1);
        let done = waits().await;
        assert_eq!(
            (&done["outcome"], &done["error"], &done["reference"]),
            (&json!("DELIVERED"), &json!(null), &json!("projects/1/messages/2"))
        );
        assert_eq!(stage.ask(world.admin(), retry, id).await.code(), Some("ARGS_ERROR"));
        assert_eq!(stage.ask(world.admin(), retry, json!({"id": "none"})).await.code(), Some("RECORD_NOT_FOUND"));
    })
    .await;
}

#[tokio::test]
async fn a_token_that_the_provider_does_not_know_is_forgotten() {
    for_each_database(async |world| {
        let stage = Stage::new(world).await;
        stage.device(world, "bob", "IOS").await;
        stage.device(world, "bob", "WEB").await;
        stage.provider.answers(|address| match name(address).as_str() {
            "bob-IOS" => PushOutcome::InvalidToken,
            _ => PushOutcome::Delivered { reference: String::new() },
        });
        stage.told(world, vec![chat("ann", "bob", 1, "m")]).await;
        let failed = stage.log(world, json!({"outcome": "FAILED"})).await;
        assert_eq!((failed.len(), &failed[0]["platform"]), (1, &json!("IOS")));
        assert_eq!(stage.log(world, json!({"outcome": "DELIVERED", "provider": "FCM"})).await.len(), 1);
        let left = stage.ask(world.user("bob"), "{ viewer { pushTokens { platform } } }", json!({})).await.data();
        assert_eq!(left["viewer"]["pushTokens"], json!([{"platform": "WEB"}]));
        assert_eq!(stage.told(world, vec![chat("ann", "bob", 2, "n")]).await, pairs(&[("bob-WEB", "n")]));
    })
    .await;
}

#[tokio::test]
async fn who_logged_out_before_the_next_attempt_is_not_told() {
    for_each_database(async |world| {
        let stage = Stage::new(world).await;
        stage.device(world, "bob", "IOS").await;
        stage.happened(world, vec![chat("ann", "bob", 1, "m")]).await;
        world.drain_events().await;
        let remove = "mutation { removePushToken(input: {platform: IOS}) { removed } }";
        assert_eq!(stage.ask(world.user("bob"), remove, json!({})).await.data()["removePushToken"]["removed"], 1);
        assert_eq!(stage.third.send_pushes().await.unwrap(), 1);
        assert!(stage.requests().is_empty());
        assert_eq!(stage.log(world, json!({})).await[0]["error"], "the device has no token any more");
    })
    .await;
}

#[tokio::test]
async fn what_a_killed_worker_had_taken_is_taken_over_after_its_time() {
    for_each_database(async |world| {
        let stage = Stage::new(world).await;
        stage.device(world, "bob", "IOS").await;
        stage.happened(world, vec![chat("ann", "bob", 1, "m")]).await;
        world.drain_events().await;
        // As a worker does that dies with the provider's answer: the row is taken, and nothing follows.
        let tx = world.store().begin().await.unwrap();
        let lease = world.now().plus(Duration::from_secs(120));
        let taken = push_delivery::Entity::update_many().col_expr(push_delivery::Column::DueAt, Expr::value(lease.0));
        taken.exec(tx.connection()).await.unwrap();
        tx.commit().await.unwrap();
        world.advance(Duration::from_secs(119));
        assert_eq!(stage.third.send_pushes().await.unwrap(), 0);
        world.advance(Duration::from_secs(1));
        assert_eq!(stage.third.send_pushes().await.unwrap(), 1);
        assert_eq!(stage.requests(), pairs(&[("bob-IOS", "m")]));
    })
    .await;
}

#[tokio::test]
async fn two_workers_send_nothing_twice() {
    for_each_database(async |world| {
        let stage = Stage::with(world, "jpush", Webhooks::disabled()).await;
        let messages = (0..60).map(|number| chat("ann", &format!("user{number}"), 1, "m")).collect();
        stage.happened(world, messages).await;
        world.drain_events().await;
        let (one, other) = tokio::join!(stage.third.send_pushes(), stage.third.send_pushes());
        assert_eq!(one.unwrap() + other.unwrap(), 60);
        let mut told = stage.requests();
        told.dedup();
        assert_eq!(told.len(), 60);
    })
    .await;
}

#[tokio::test]
async fn a_test_goes_to_all_devices_and_providers_tell_how_they_do() {
    for_each_database(async |world| {
        let stage = Stage::new(world).await;
        stage.device(world, "bob", "IOS").await;
        stage.online("bob", 1, "c").await;
        let test = "mutation($user: ID!) { sendTestPush(input: {userId: $user, title: \"Hello\", body: \"A test\"}) { deliveries { title outcome messageRef { seq } } } }";
        let sent = stage.ask(world.admin(), test, json!({"user": "bob"})).await.data()["sendTestPush"]["deliveries"].clone();
        assert_eq!(sent, json!([{"title": "Hello", "outcome": "PENDING", "messageRef": null}]));
        let none = stage.ask(world.admin(), test, json!({"user": "nobody"})).await.data();
        assert_eq!(none["sendTestPush"]["deliveries"], json!([]));
        let broken = Arc::new(AtomicBool::new(true));
        let breaks = broken.clone();
        stage.provider.answers(move |_| match breaks.swap(false, Ordering::SeqCst) {
            true => PushOutcome::Refused { reason: "fcm: SENDER_ID_MISMATCH".into() },
            false => PushOutcome::Delivered { reference: String::new() },
        });
        stage.third.send_pushes().await.unwrap();
        stage.ask(world.admin(), test, json!({"user": "bob"})).await.data();
        stage.third.send_pushes().await.unwrap();
        assert_eq!(stage.requests(), pairs(&[("bob-IOS", "A test"), ("bob-IOS", "A test")]));
        let list = "{ admin { pushProviders { name enabled configured sent failed lastSuccessAt lastError lastErrorAt } } }";
        let providers = stage.ask(world.admin(), list, json!({})).await.data()["admin"]["pushProviders"].clone();
        let names: Vec<_> = providers.as_array().unwrap().iter().map(|provider| provider["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["FCM", "APNS", "GETUI", "JPUSH", "LOG"]);
        let at = "2026-01-01T00:00:00.000Z";
        assert_eq!(
            providers[0],
            json!({"name": "FCM", "enabled": true, "configured": true, "sent": 1, "failed": 1, "lastSuccessAt": at, "lastError": "fcm: SENDER_ID_MISMATCH", "lastErrorAt": at})
        );
        assert_eq!((&providers[1]["configured"], &providers[4]["configured"], &providers[4]["enabled"]), (&json!(false), &json!(true), &json!(false)));

        world.advance(Duration::from_secs(8 * 86_400));
        stage.third.forget_pushes().await.unwrap();
        assert!(stage.log(world, json!({})).await.is_empty(), "the log ends somewhere");
    })
    .await;
}
