//! What an application's server is asked and told about users.

use openim_core::ErrorCode::{AlreadyRegistered, Args, Data, NoPermission};
use openim_core::{Platform, UserId};
use openim_platform::presence::PresenceChange;
use openim_platform::webhooks::commands::{
    AFTER_UPDATE_USER_INFO, AFTER_UPDATE_USER_INFO_EX, AFTER_USER_KICK_OFF, AFTER_USER_OFFLINE, AFTER_USER_ONLINE, AFTER_USER_REGISTER,
    BEFORE_UPDATE_USER_INFO, BEFORE_UPDATE_USER_INFO_EX, BEFORE_USER_REGISTER,
};
use openim_platform::webhooks::{Command, Webhooks};
use openim_testing::{START, TestWorld, WebhookReceiver, for_each_database};
use openim_users::UsersPorts;
use serde_json::{Value, json};

use crate::house::{House, REGISTER, UPDATE, ports, settings};

const ALL: &[&Command] = &[
    &BEFORE_USER_REGISTER,
    &AFTER_USER_REGISTER,
    &BEFORE_UPDATE_USER_INFO,
    &AFTER_UPDATE_USER_INFO,
    &BEFORE_UPDATE_USER_INFO_EX,
    &AFTER_UPDATE_USER_INFO_EX,
    &AFTER_USER_ONLINE,
    &AFTER_USER_OFFLINE,
    &AFTER_USER_KICK_OFF,
];

struct Asked<'w> {
    house: House<'w>,
    receiver: WebhookReceiver,
    webhooks: Webhooks,
}

impl Asked<'_> {
    /// Returns what the receiver got, after-hooks included.
    async fn heard(&self) -> Vec<(String, Value)> {
        self.webhooks.deliver_due().await.unwrap();
        self.receiver.take()
    }
}

/// Runs a test in a house whose receiver answers so.
async fn in_each_asked_house(answering: impl Fn(&str, &Value) -> Value + Clone + Send + Sync + 'static, test: impl AsyncFn(&Asked<'_>)) {
    for_each_database(async |world: &TestWorld| {
        let receiver = WebhookReceiver::answering(answering.clone()).await;
        let webhooks = receiver.webhooks(world, ALL);
        let house = House::with(world, settings(), UsersPorts { webhooks: webhooks.clone(), ..ports(world) });
        test(&Asked { house, receiver, webhooks }).await;
        world.take_events().await;
    })
    .await;
}

fn hooked(id: &str, nickname: &str) -> Value {
    json!({"userID": id, "nickname": nickname, "faceURL": "", "ex": "", "createTime": START.0, "appMangerLevel": 0, "globalRecvMsgOpt": 0})
}

fn refusing(command: &'static str) -> impl Fn(&str, &Value) -> Value + Clone + Send + Sync + 'static {
    move |asked, _| if asked == command { json!({"actionCode": 0, "nextCode": 1, "errCode": 5001, "errMsg": "no"}) } else { json!({}) }
}

#[tokio::test]
async fn registrations_are_asked_for_and_told() {
    in_each_asked_house(
        |_, _| json!({}),
        async |asked| {
            asked.house.register(&["bob", "ann"]).await;
            let users = json!([hooked("bob", "bob"), hooked("ann", "ann")]);
            let body = |command: &Command| (command.text.to_owned(), json!({"callbackCommand": command.text, "users": users}));
            assert_eq!(asked.heard().await, [body(&BEFORE_USER_REGISTER), body(&AFTER_USER_REGISTER)]);
        },
    )
    .await;
}

#[tokio::test]
async fn nobody_is_asked_about_what_is_refused_anyway() {
    in_each_asked_house(
        |_, _| json!({}),
        async |asked| {
            let house = &asked.house;
            house.register(&["bob"]).await;
            asked.heard().await;
            let users = |id: &str| json!({"input": {"users": [{"id": id, "nickname": "n"}]}});
            house.fails(house.world.user("bob"), REGISTER, users("x"), NoPermission).await;
            house.fails(house.world.admin(), REGISTER, users("a:b"), Args).await;
            house.fails(house.world.admin(), REGISTER, users("bob"), AlreadyRegistered).await;
            house.fails(house.world.user("eve"), UPDATE, json!({"input": {"id": "bob", "nickname": "x"}}), NoPermission).await;
            house.ok(house.world.user("bob"), UPDATE, json!({"input": {"id": "bob", "globalReceiveOption": "SILENT"}})).await;
            assert_eq!(asked.heard().await, []);
        },
    )
    .await;
}

#[tokio::test]
async fn a_receiver_may_replace_the_registered_users_within_the_rules() {
    let instead = |users: Value| {
        move |command: &str, _: &Value| if command == BEFORE_USER_REGISTER.text { json!({"users": users}) } else { json!({}) }
    };
    let changed = json!([{"userID": "Ann", "nickname": "A", "appMangerLevel": 1}]);
    in_each_asked_house(instead(changed), async |asked| {
        let input = json!({"input": {"users": [{"id": "bob", "nickname": "bob"}, {"id": "eve", "nickname": "eve"}]}});
        let registered = asked.house.ok(asked.house.world.admin(), REGISTER, input).await["registerUsers"]["users"].clone();
        assert_eq!((registered[0]["id"].as_str(), registered[0]["level"].as_str()), (Some("Ann"), Some("APP_ORDINARY")));
        assert_eq!(asked.house.all_ids().await, ["Ann"]);
    })
    .await;
    let refused = [
        (json!([{"userID": "a:b", "nickname": "A"}]), Args),
        (json!([{"userID": "a"}]), Args),
        (json!([{"userID": "a", "nickname": "A"}, {"userID": "a", "nickname": "A"}]), Args),
        (json!([{"userID": "a", "nickname": "A", "appMangerLevel": 9}]), Data),
        (json!([{"userID": "a", "nickname": "A", "globalRecvMsgOpt": 3}]), Data),
    ];
    for (users, code) in refused {
        in_each_asked_house(instead(users), async |asked| {
            let input = json!({"input": {"users": [{"id": "bob", "nickname": "bob"}]}});
            asked.house.fails(asked.house.world.admin(), REGISTER, input, code).await;
            assert_eq!(asked.house.all_ids().await, [] as [&str; 0]);
        })
        .await;
    }
}

#[tokio::test]
async fn both_forms_of_an_update_have_their_own_hooks() {
    in_each_asked_house(
        |_, _| json!({}),
        async |asked| {
            let house = &asked.house;
            house.register(&["bob"]).await;
            asked.heard().await;
            house.ok(house.world.user("bob"), UPDATE, json!({"input": {"id": "bob", "nickname": "B", "ex": ""}})).await;
            let change = json!({"userID": "bob", "nickName": "B", "faceURL": null, "ex": ""});
            let body = |command: &Command, change: &Value| {
                let mut body = json!({"callbackCommand": command.text});
                body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
                (command.text.to_owned(), body)
            };
            assert_eq!(asked.heard().await, [body(&BEFORE_UPDATE_USER_INFO_EX, &change), body(&AFTER_UPDATE_USER_INFO_EX, &change)]);
            house.ok(house.world.user("bob"), UPDATE, json!({"input": {"id": "bob", "faceUrl": "f", "emptyKeeps": true}})).await;
            let change = json!({"userID": "bob", "nickName": "", "faceURL": "f", "ex": ""});
            assert_eq!(asked.heard().await, [body(&BEFORE_UPDATE_USER_INFO, &change), body(&AFTER_UPDATE_USER_INFO, &change)]);
        },
    )
    .await;
}

#[tokio::test]
async fn a_receiver_may_change_a_profile_and_add_what_the_client_left_out() {
    in_each_asked_house(
        |command, _| if command.contains("Before") { json!({"NICKNAME": "clean", "ex": "checked"}) } else { json!({}) },
        async |asked| {
            let house = &asked.house;
            house.register(&["bob"]).await;
            for input in [json!({"id": "bob", "nickname": "rude"}), json!({"id": "bob", "nickname": "rude", "emptyKeeps": true})] {
                let user = house.ok(house.world.user("bob"), UPDATE, json!({"input": input})).await["updateUser"]["user"].clone();
                assert_eq!((&user["nickname"], &user["ex"], &user["faceUrl"]), (&json!("clean"), &json!("checked"), &json!("")));
            }
        },
    )
    .await;
    in_each_asked_house(
        |command, _| if command.contains("BeforeUpdate") { json!({"nickName": "n".repeat(256)}) } else { json!({}) },
        async |asked| {
            asked.house.register(&["bob"]).await;
            asked.house.fails(asked.house.world.user("bob"), UPDATE, json!({"input": {"id": "bob", "ex": "x"}}), Args).await;
        },
    )
    .await;
}

#[tokio::test]
async fn what_a_receiver_refuses_does_not_happen() {
    in_each_asked_house(refusing(BEFORE_USER_REGISTER.text), async |asked| {
        let input = json!({"input": {"users": [{"id": "bob", "nickname": "bob"}]}});
        let answer = asked.house.run(asked.house.world.admin(), REGISTER, input).await;
        assert_eq!(answer.0["errors"][0]["extensions"]["errCode"], 5001);
        assert_eq!(asked.house.all_ids().await, [] as [&str; 0]);
        assert_eq!(asked.heard().await.len(), 1, "nothing is told");
    })
    .await;
    in_each_asked_house(refusing(BEFORE_UPDATE_USER_INFO_EX.text), async |asked| {
        let house = &asked.house;
        house.register(&["bob"]).await;
        asked.heard().await;
        let answer = house.run(house.world.user("bob"), UPDATE, json!({"input": {"id": "bob", "nickname": "x"}})).await;
        assert_eq!(answer.0["errors"][0]["extensions"]["errCode"], 5001);
        let kept = house.ok(house.world.user("bob"), "{ user(id: \"bob\") { nickname } }", json!({})).await;
        assert_eq!(kept, json!({"user": {"nickname": "bob"}}));
        assert_eq!(asked.heard().await.len(), 1, "nothing is told");
    })
    .await;
}

#[tokio::test]
async fn devices_that_come_go_or_are_logged_out_are_told() {
    in_each_asked_house(
        |_, _| json!({}),
        async |asked| {
            let house = &asked.house;
            house.register(&["bob"]).await;
            asked.heard().await;
            let platforms = |numbers: &[i32]| numbers.iter().map(|number| Platform::parse(*number).unwrap()).collect::<Vec<_>>();
            let change = |before: &[i32], now: &[i32]| PresenceChange {
                user_id: UserId::parse("bob").unwrap(),
                before: platforms(before),
                platforms: platforms(now),
                version: 1,
            };
            let (ctx, listener) = (house.world.admin(), house.users.presence_listener());
            listener.changed(&ctx, &[change(&[], &[1, 5]), change(&[1, 5], &[5, 8]), change(&[5], &[5])]).await.unwrap();
            let device = |command: &Command, number: i32, name: &str| {
                let operation = ctx.operation_id().as_str();
                json!({"callbackCommand": command.text, "operationID": operation, "platformID": number, "platform": name, "userID": "bob",
                    "seq": START.0})
            };
            let online = |number, name: &str| {
                let mut body = device(&AFTER_USER_ONLINE, number, name);
                body["isAppBackground"] = json!(false);
                body["connID"] = json!("");
                body
            };
            let mut offline = device(&AFTER_USER_OFFLINE, 1, "IOS");
            offline["connID"] = json!("");
            let mut heard: Vec<Value> = asked.heard().await.into_iter().map(|(_, body)| body).collect();
            heard.sort_by_key(|body| (body["platformID"].as_i64(), body["callbackCommand"].to_string()));
            assert_eq!(heard, [offline, online(1, "IOS"), online(5, "Web"), online(8, "APad")]);

            house.log_in("bob", "WEB").await;
            house.log_in("bob", "WEB").await;
            let kicked: Vec<Value> = asked.heard().await.into_iter().map(|(_, body)| body).collect();
            assert_eq!(kicked.len(), 1, "{kicked:?}");
            let body = &kicked[0];
            let told = (body["callbackCommand"].as_str().unwrap(), &body["platform"], &body["userID"]);
            assert_eq!(told, (AFTER_USER_KICK_OFF.text, &json!("Web"), &json!("bob")));
        },
    )
    .await;
}
