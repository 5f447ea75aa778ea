//! Answering friend requests.

use openim_core::ErrorCode::{Args, NotFound};
use openim_testing::START;
use serde_json::{Value, json};

use crate::house::{House, RESPOND, envelopes, in_each_house};

async fn state(house: &House<'_>, from: &str, to: &str) -> Value {
    let document = format!("{{ friendRequestsBetween(userId: \"{from}\", otherId: \"{to}\") {{ fromId state handlerId handledAt }} }}");
    let data = house.ok(house.world.user(from), &document, json!({})).await;
    let requests = data["friendRequestsBetween"].as_array().unwrap().clone();
    requests.into_iter().find(|request| request["fromId"] == from).unwrap()
}

#[tokio::test]
async fn agreeing_makes_friends_both_ways_and_tells_the_applicant() {
    in_each_house(async |house| {
        house.send("ann", "bob").await;
        house.forget().await;
        let data =
            house.ok(house.world.user("bob"), RESPOND, json!({"input": {"fromId": "ann", "answer": "ACCEPT", "reply": "sure"}})).await;
        let payload = &data["respondToFriendRequest"];
        assert_eq!(payload["status"], "ACCEPTED");
        assert_eq!((&payload["request"]["handlerId"], &payload["request"]["reply"]), (&json!("bob"), &json!("sure")));
        // The friendship is the one of who answered; it was caused by who asked.
        assert_eq!(payload["friendship"], json!({"ownerId": "bob", "friendId": "ann", "source": "REQUEST", "operatorId": "ann"}));
        assert_eq!((house.friends("ann").await, house.friends("bob").await), (vec!["bob".to_owned()], vec!["ann".to_owned()]));
        assert_eq!(house.signals(), ["ann hear friends of ann: bob", "ann+bob hear request ann>bob", "bob hear friends of bob: ann"]);
        let tips = json!({
            "fromToUserID": {"fromUserID": "ann", "toUserID": "bob"},
            "handleMsg": "sure", "friendVersion": 0, "friendVersionID": "",
            "request": {
                "fromUserID": "ann", "fromNickname": "ANN", "fromFaceURL": "http://faces/ann",
                "toUserID": "bob", "toNickname": "BOB", "toFaceURL": "http://faces/bob",
                "handleResult": 1, "reqMsg": "hi", "createTime": START.0, "handlerUserID": "bob", "handleMsg": "sure",
                "handleTime": START.0, "ex": "",
            },
        });
        assert_eq!(house.notifications().await, [(1201, "bob".to_owned(), "ann".to_owned(), tips)]);
    })
    .await;
}

#[tokio::test]
async fn refusing_records_who_refused_and_tells_the_applicant() {
    in_each_house(async |house| {
        house.send("ann", "bob").await;
        house.forget().await;
        let input = json!({"input": {"fromId": "ann", "toId": "bob", "answer": "REFUSE", "reply": "no"}});
        let data = house.ok(house.world.admin(), RESPOND, input).await;
        let payload = &data["respondToFriendRequest"];
        assert_eq!((&payload["status"], &payload["friendship"]), (&json!("REFUSED"), &json!(null)));
        assert_eq!(payload["request"]["handlerId"], "imAdmin");
        assert_eq!((house.friends("ann").await, house.signals()), (vec![], vec!["ann+bob hear request ann>bob".to_owned()]));
        let told = house.notifications().await;
        assert_eq!(envelopes(&told), [(1202, "bob", "ann")]);
        let tips = &told[0].3;
        assert_eq!(tips.as_object().unwrap().keys().collect::<Vec<_>>(), ["fromToUserID", "handleMsg", "request"]);
        assert_eq!(
            (&tips["handleMsg"], &tips["request"]["handleResult"], &tips["request"]["handlerUserID"]),
            (&json!("no"), &json!(-1), &json!("imAdmin"))
        );
    })
    .await;
}

#[tokio::test]
async fn agreeing_closes_an_open_request_of_the_other_direction() {
    in_each_house(async |house| {
        house.send("ann", "bob").await;
        house.send("bob", "ann").await;
        house.forget().await;
        assert_eq!(house.answer("bob", "ann", "ACCEPT").await, "ACCEPTED");
        assert_eq!(state(house, "bob", "ann").await["state"], "ACCEPTED");
        assert_eq!(state(house, "bob", "ann").await["handlerId"], "bob");
        assert_eq!(house.friends("ann").await, ["bob"]);
        assert_eq!(envelopes(&house.notifications().await), [(1201, "bob", "ann")]);
        assert_eq!(house.answer("ann", "bob", "REFUSE").await, "TOO_LATE_TO_REFUSE");
    })
    .await;
}

#[tokio::test]
async fn refusing_leaves_the_other_direction_open_and_agreeing_does_not_touch_a_closed_one() {
    in_each_house(async |house| {
        house.send("ann", "bob").await;
        house.send("bob", "ann").await;
        house.answer("bob", "ann", "REFUSE").await;
        assert_eq!(state(house, "bob", "ann").await["state"], "OPEN");
        assert_eq!(house.answer("ann", "bob", "ACCEPT").await, "ACCEPTED");
        assert_eq!(state(house, "ann", "bob").await["state"], "REFUSED");
    })
    .await;
}

#[tokio::test]
async fn a_request_is_answered_once() {
    in_each_house(async |house| {
        house.send("ann", "bob").await;
        house.answer("bob", "ann", "ACCEPT").await;
        house.forget().await;
        assert_eq!(house.answer("bob", "ann", "ACCEPT").await, "TOO_LATE_TO_ACCEPT");
        assert_eq!(house.answer("bob", "ann", "REFUSE").await, "TOO_LATE_TO_REFUSE");
        assert_eq!((house.notifications().await, house.signals()), (vec![], vec![]));
        assert_eq!(state(house, "ann", "bob").await["state"], "ACCEPTED");
    })
    .await;
}

#[tokio::test]
async fn answers_at_the_same_time_count_one_after_the_other() {
    in_each_house(async |house| {
        house.send("ann", "bob").await;
        house.send("bob", "ann").await;
        let mut answers = Vec::new();
        let together =
            tokio::join!(house.answer("bob", "ann", "ACCEPT"), house.answer("ann", "bob", "ACCEPT"), house.answer("bob", "ann", "REFUSE"),);
        answers.extend([together.0, together.1, together.2]);
        let done = answers.iter().filter(|answer| ["ACCEPTED", "REFUSED"].contains(&answer.as_str())).count();
        let friends = house.friends("ann").await;
        // Either one agreement closed both, or the refusal came first and the other direction was agreed to.
        assert!((done == 1 || done == 2) && friends == ["bob"] && house.friends("bob").await == ["ann"], "{answers:?} {friends:?}");
    })
    .await;
}

#[tokio::test]
async fn what_nobody_has_asked_cannot_be_answered() {
    in_each_house(async |house| {
        for answer in ["ACCEPT", "REFUSE"] {
            let input = |from: &str| json!({"input": {"fromId": from, "answer": answer}});
            house.fails(house.world.user("bob"), RESPOND, input("ann"), NotFound).await;
            house.fails(house.world.user("bob"), RESPOND, input("bob"), NotFound).await;
            house.fails(house.world.user("bob"), RESPOND, input("a:b"), Args).await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_direction_that_was_left_is_not_made_twice() {
    in_each_house(async |house| {
        house.befriend("ann", "bob").await;
        house.ok(house.world.user("ann"), crate::house::REMOVE, json!({"input": {"friendId": "bob"}})).await;
        house.send("ann", "bob").await;
        house.forget().await;
        let before = house.viewer("bob", "friendIds { version { number } }").await;
        house.answer("bob", "ann", "ACCEPT").await;
        assert_eq!(house.signals(), ["ann hear friends of ann: bob", "ann+bob hear request ann>bob"]);
        assert_eq!(house.viewer("bob", "friendIds { version { number } }").await, before);
        assert_eq!(house.friends("ann").await, ["bob"]);
    })
    .await;
}
