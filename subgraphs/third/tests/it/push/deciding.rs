//! Who is told.

use std::sync::Arc;

use openim_contracts::PushWanted;
use openim_core::UserId;
use openim_platform::presence::background_id;
use openim_platform::webhooks::Webhooks;
use openim_testing::{TestWorld, for_each_database};
use serde_json::json;

use super::{Stage, chat, group_chat, pairs, with_push};

#[tokio::test]
async fn a_message_goes_to_all_devices_of_who_has_no_phone_online() {
    for_each_database(async |world| {
        let stage = Stage::new(world).await;
        for user in ["bob", "cid", "dan", "eve", "fay"] {
            stage.device(world, user, "IOS").await;
        }
        stage.device(world, "bob", "WEB").await;
        stage.online("cid", 1, "c").await;
        stage.online("dan", 2, "c").await;
        stage.online("eve", 5, "c").await;
        stage.online("fay", 1, &background_id("c")).await;
        let to = |user: &str| chat("ann", user, 1, "hello");
        let told = stage.told(world, vec![to("bob"), to("cid"), to("dan"), to("eve"), to("fay"), to("nobody")]).await;
        assert_eq!(told, pairs(&[("bob-IOS", "hello"), ("bob-WEB", "hello"), ("eve-IOS", "hello"), ("fay-IOS", "hello")]));
        assert!(stage.told(world, Vec::new()).await.is_empty(), "once");
    })
    .await;
}

#[tokio::test]
async fn of_a_group_those_are_told_who_want_to_hear_of_it() {
    for_each_database(async |world| {
        let stage = Stage::new(world).await;
        stage.groups.add("g", &["ann", "bob", "cid", "dan", "eve"]);
        for user in ["ann", "bob", "cid", "dan", "eve"] {
            stage.device(world, user, "ANDROID").await;
        }
        stage.options.0.lock().extend([(UserId::parse("cid").unwrap(), 1), (UserId::parse("dan").unwrap(), 2)]);
        let told = stage.told(world, vec![group_chat("ann", "g", 1, "tea?")]).await;
        assert_eq!(told, pairs(&[("bob-ANDROID", "tea?"), ("eve-ANDROID", "tea?")]));
        stage.online("bob", 1, "c").await;
        let told = stage.told(world, vec![group_chat("ann", "g", 2, "now?")]).await;
        assert_eq!(told, pairs(&[("eve-ANDROID", "now?")]));
        let log = stage.log(world, json!({"user": "eve"})).await;
        assert_eq!(log[0]["messageRef"], json!({"conversationId": "sg_g", "seq": 2, "clientMessageId": "ann-2"}));
    })
    .await;
}

#[tokio::test]
async fn a_large_group_is_looked_through_in_steps_and_everybody_is_told_once() {
    let world = &TestWorld::sqlite().await;
    let stage = Stage::with(world, "getui", Webhooks::disabled()).await;
    let names: Vec<String> = (0..2_500).map(|number| format!("user{number:05}")).collect();
    stage.groups.add("g", &names.iter().map(String::as_str).collect::<Vec<_>>());
    stage.happened(world, vec![group_chat("user00000", "g", 1, "all of you")]).await;
    let drained = world.drain_events().await;
    assert_eq!((drained.handled, stage.groups.pages()), (4, 3), "the event, and three pages of members");
    assert_eq!(stage.third.send_pushes().await.unwrap(), 2_499);
    let told = stage.requests();
    assert_eq!(told.len(), 2_499);
    assert!(told.iter().zip(&names[1..]).all(|((told, _), name)| told == name));
}

#[tokio::test]
async fn what_was_revoked_meanwhile_is_not_pushed_and_what_is_not_stored_is() {
    for_each_database(async |world| {
        let stage = Stage::new(world).await;
        stage.device(world, "bob", "IOS").await;
        stage.happened(world, vec![chat("ann", "bob", 1, "oops")]).await;
        stage.logs.0.lock().clear();
        world.drain_events().await;
        assert_eq!(stage.third.send_pushes().await.unwrap(), 0);

        let tx = world.store().begin().await.unwrap();
        let passing = vec![Arc::new(chat("ann", "bob", 0, "a call"))];
        tx.append(&world.system(), &PushWanted { stored: Vec::new(), passing }).await.unwrap();
        tx.commit().await.unwrap();
        world.drain_events().await;
        stage.third.send_pushes().await.unwrap();
        assert_eq!(stage.requests(), pairs(&[("bob-IOS", "a call")]));
    })
    .await;
}

#[tokio::test]
async fn the_number_on_the_icon_counts_on_from_what_the_app_said() {
    for_each_database(async |world| {
        let stage = Stage::new(world).await;
        stage.device(world, "bob", "IOS").await;
        stage.device(world, "bob", "WEB").await;
        let counted = |seq| with_push(chat("ann", "bob", seq, "m"), |push| push.ios_badge_count = true);
        let badges = async |message| {
            stage.happened(world, vec![message]).await;
            world.drain_events().await;
            stage.third.send_pushes().await.unwrap();
            let requests = stage.provider.take();
            requests.iter().flat_map(|request| &request.targets).map(|target| target.badge).collect::<Vec<_>>()
        };
        assert_eq!(badges(chat("ann", "bob", 1, "m")).await, [Some(1); 2], "1 where nothing is counted");
        let set = "mutation($n: Int!) { setAppBadge(input: {unreadCount: $n}) { appBadge } }";
        assert_eq!(stage.ask(world.user("bob"), set, json!({"n": 7})).await.data()["setAppBadge"]["appBadge"], 7);
        assert_eq!(badges(chat("ann", "bob", 2, "m")).await, [Some(7); 2]);
        assert_eq!(badges(counted(3)).await, [Some(8); 2], "once a message, on all devices");
        stage.happened(world, vec![counted(4), counted(5)]).await;
        world.drain_events().await;
        stage.third.send_pushes().await.unwrap();
        let mut both: Vec<_> =
            stage.provider.take().iter().flat_map(|request| &request.targets).filter_map(|target| target.badge).collect();
        both.sort_unstable();
        assert_eq!(both, [9, 9, 10, 10]);
        let own = stage.ask(world.user("bob"), "{ viewer { appBadge } }", json!({})).await.data();
        assert_eq!(own["viewer"]["appBadge"], 10);
    })
    .await;
}
