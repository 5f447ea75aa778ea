//! Registering and changing users.

use futures_util::future::join_all;
use openim_contracts::{Audience, DomainEvent, NotificationRequested, Signal, SignalKind, UserRegistered, UserUpdated};
use openim_core::ErrorCode::{AlreadyRegistered, Args, NoPermission, NotFound, Unauthenticated};
use openim_core::UserId;
use openim_testing::Answer;
use serde_json::{Value, json};

use crate::house::{House, REGISTER, UPDATE, in_each_house, settings};

fn one(user: Value) -> Value {
    json!({"input": {"users": [user]}})
}

#[tokio::test]
async fn registered_users_have_what_was_given_and_the_time() {
    in_each_house(settings(), async |house: &House<'_>| {
        let full = json!({"id": "张三_1", "nickname": "Zhang", "faceUrl": "http://x/y.png", "ex": "{}", "level": "ROBOT", "globalReceiveOption": "SILENT"});
        let input = json!({"input": {"users": [full, {"id": "bob", "nickname": "Bob"}]}});
        let data = house.ok(house.world.admin(), REGISTER, input).await;
        let users = &data["registerUsers"]["users"];
        assert_eq!(
            users[0],
            json!({"id": "张三_1", "nickname": "Zhang", "faceUrl": "http://x/y.png", "ex": "{}", "createdAt": "2026-01-01T00:00:00.000Z",
                "level": "ROBOT", "globalReceiveOption": "SILENT"})
        );
        assert_eq!((&users[1]["level"], &users[1]["globalReceiveOption"]), (&json!("ORDINARY"), &json!("RECEIVE")));

        let events = house.world.take_events().await;
        let registered: UserRegistered = events[0].decode().unwrap();
        assert_eq!(registered.user_ids, [UserId::parse("张三_1").unwrap(), UserId::parse("bob").unwrap()]);
        assert_eq!(events.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn only_administrators_register() {
    in_each_house(settings(), async |house: &House<'_>| {
        let input = one(json!({"id": "bob", "nickname": "Bob"}));
        house.fails(house.world.anonymous(), REGISTER, input.clone(), Unauthenticated).await;
        house.fails(house.world.user("bob"), REGISTER, input, NoPermission).await;
        assert_eq!(house.all_ids().await, ["imAdmin"]);
    })
    .await;
}

#[tokio::test]
async fn a_list_with_one_bad_user_stores_nothing() {
    in_each_house(settings(), async |house: &House<'_>| {
        let good = json!({"id": "good", "nickname": "Good"});
        let many: Vec<Value> = (0..1_001).map(|n| json!({"id": format!("u{n}"), "nickname": "n"})).collect();
        house.fails(house.world.admin(), REGISTER, json!({"input": {"users": []}}), Args).await;
        house.fails(house.world.admin(), REGISTER, json!({"input": {"users": many}}), Args).await;
        let bad = [
            json!({"id": "good", "nickname": "Again"}),
            json!({"id": "", "nickname": "n"}),
            json!({"id": "a:b", "nickname": "n"}),
            json!({"id": "a b", "nickname": "n"}),
            json!({"id": "x".repeat(65), "nickname": "n"}),
            json!({"id": "bob", "nickname": ""}),
            json!({"id": "bob", "nickname": "n".repeat(256)}),
            json!({"id": "bob", "nickname": "a\u{0}b"}),
            json!({"id": "bob", "nickname": "n", "faceUrl": "f".repeat(2_049)}),
            json!({"id": "bob", "nickname": "n", "ex": "e".repeat(65_537)}),
        ];
        for user in bad {
            house.fails(house.world.admin(), REGISTER, json!({"input": {"users": [good, user]}}), Args).await;
        }
        assert_eq!(house.all_ids().await, ["imAdmin"]);
        let longest = json!({"id": "x".repeat(64), "nickname": "n".repeat(255), "faceUrl": "f".repeat(2_048), "ex": "e".repeat(65_536)});
        house.ok(house.world.admin(), REGISTER, one(longest)).await;
    })
    .await;
}

#[tokio::test]
async fn a_taken_id_refuses_the_whole_list() {
    in_each_house(settings(), async |house: &House<'_>| {
        house.register(&["bob"]).await;
        let input = json!({"input": {"users": [{"id": "alice", "nickname": "A"}, {"id": "bob", "nickname": "B"}]}});
        house.fails(house.world.admin(), REGISTER, input, AlreadyRegistered).await;
        assert_eq!(house.all_ids().await, ["bob", "imAdmin"], "all of one moment are in id order");
    })
    .await;
}

#[tokio::test]
async fn a_thousand_users_are_registered_at_once() {
    in_each_house(settings(), async |house: &House<'_>| {
        let ids: Vec<String> = (0..1_000).map(|n| format!("u{n}")).collect();
        house.register(&ids.iter().map(String::as_str).collect::<Vec<_>>()).await;
        let data = house.ok(house.world.admin(), "{ userIds { totalCount } }", json!({})).await;
        assert_eq!(data["userIds"]["totalCount"], 1_001);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_fifty_parallel_registrations_of_one_id_exactly_one_wins() {
    in_each_house(settings(), async |house: &House<'_>| {
        let tries = (0..50).map(|n| house.run(house.world.admin(), REGISTER, one(json!({"id": "bob", "nickname": format!("n{n}")}))));
        let answers = join_all(tries).await;
        let codes: Vec<_> = answers.iter().map(Answer::code).collect();
        assert_eq!(codes.iter().filter(|code| code.is_none()).count(), 1);
        assert_eq!(codes.iter().filter(|code| **code == Some(AlreadyRegistered.word())).count(), 49, "{codes:?}");
        assert_eq!(house.world.take_events().await.len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn overlapping_lists_in_opposite_order_do_not_block_each_other() {
    in_each_house(settings(), async |house: &House<'_>| {
        let forward: Vec<Value> = (0..200).map(|n| json!({"id": format!("u{n}"), "nickname": "n"})).collect();
        let backward: Vec<Value> = forward.iter().rev().cloned().collect();
        let tries = (0..8).map(|n| {
            let users = if n % 2 == 0 { forward.clone() } else { backward.clone() };
            house.run(house.world.admin(), REGISTER, json!({"input": {"users": users}}))
        });
        let answers = join_all(tries).await;
        let codes: Vec<_> = answers.iter().map(Answer::code).collect();
        assert_eq!(codes.iter().filter(|code| code.is_none()).count(), 1, "{codes:?}");
        assert_eq!(codes.iter().filter(|code| **code == Some(AlreadyRegistered.word())).count(), 7, "{codes:?}");
    })
    .await;
}

#[tokio::test]
async fn absent_and_null_keep_and_empty_clears() {
    in_each_house(settings(), async |house: &House<'_>| {
        let full = json!({"id": "bob", "nickname": "Bob", "faceUrl": "f", "ex": "e", "globalReceiveOption": "REFUSE"});
        house.ok(house.world.admin(), REGISTER, one(full.clone())).await;
        let update = async |change: Value| {
            let mut input = json!({"id": "bob"});
            input.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
            house.ok(house.world.user("bob"), UPDATE, json!({"input": input})).await["updateUser"]["user"].clone()
        };
        assert_eq!(update(json!({})).await, full);
        assert_eq!(update(json!({"nickname": null, "ex": null})).await, full);
        let changed = json!({"id": "bob", "nickname": "Robert", "faceUrl": "f", "ex": "", "globalReceiveOption": "RECEIVE"});
        assert_eq!(update(json!({"nickname": "Robert", "ex": "", "globalReceiveOption": "RECEIVE"})).await, changed);
        let cleared = json!({"id": "bob", "nickname": "", "faceUrl": "", "ex": "", "globalReceiveOption": "RECEIVE"});
        assert_eq!(update(json!({"nickname": "", "faceUrl": ""})).await, cleared);
    })
    .await;
}

#[tokio::test]
async fn a_profile_is_changed_by_its_user_or_an_administrator() {
    in_each_house(settings(), async |house: &House<'_>| {
        house.register(&["bob", "eve"]).await;
        let input = json!({"input": {"id": "bob", "nickname": "Changed"}});
        house.fails(house.world.anonymous(), UPDATE, input.clone(), Unauthenticated).await;
        house.fails(house.world.user("eve"), UPDATE, input.clone(), NoPermission).await;
        house.ok(house.world.user("bob"), UPDATE, input.clone()).await;
        house.ok(house.world.admin(), UPDATE, input).await;
        house.fails(house.world.admin(), UPDATE, json!({"input": {"id": "nobody", "nickname": "x"}}), NotFound).await;
        house.fails(house.world.user("eve"), UPDATE, json!({"input": {"id": "nobody", "nickname": "x"}}), NoPermission).await;
        for bad in [
            json!({"id": "b:b"}),
            json!({"id": "bob", "nickname": "n".repeat(256)}),
            json!({"id": "bob", "faceUrl": "f".repeat(2_049)}),
            json!({"id": "bob", "ex": "e".repeat(65_537)}),
            json!({"id": "bob", "ex": "\u{0}"}),
        ] {
            house.fails(house.world.admin(), UPDATE, json!({"input": bad}), Args).await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_change_is_announced_and_a_change_of_nothing_is_not() {
    in_each_house(settings(), async |house: &House<'_>| {
        house.register(&["bob"]).await;
        house.world.take_events().await;
        let bob = UserId::parse("bob").unwrap();

        house.ok(house.world.user("bob"), UPDATE, json!({"input": {"id": "bob", "nickname": "bob"}})).await;
        assert_eq!(house.world.take_signals(), []);

        house.ok(house.world.user("bob"), UPDATE, json!({"input": {"id": "bob", "faceUrl": "f"}})).await;
        house.ok(house.world.user("bob"), UPDATE, json!({"input": {"id": "bob", "ex": "e"}})).await;
        let events = house.world.take_events().await;
        let of = |topic: &str| events.iter().filter(|event| event.topic == topic).collect::<Vec<_>>();
        let updates: Vec<UserUpdated> = of(UserUpdated::TOPIC).iter().map(|event| event.decode().unwrap()).collect();
        assert_eq!((of(NotificationRequested::TOPIC).len(), events.len()), (2, 4));
        assert_eq!(updates.iter().map(|update| update.appearance_changed).collect::<Vec<_>>(), [true, false]);
        let signal = Signal { audience: Audience::Users(vec![bob.clone()]), kind: SignalKind::UserChanged { user_id: bob } };
        assert_eq!(house.world.take_signals(), [signal.clone(), signal]);
    })
    .await;
}
