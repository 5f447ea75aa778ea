//! The webhooks of this domain, with a real receiver.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::Uri;
use openim_core::ErrorCode::{Args, NoPermission, NotFound, WebhookRefused, WebhookUnreachable};
use openim_platform::webhooks::{Hook, WebhookSettings, Webhooks, commands};
use openim_testing::for_each_database;
use parking_lot::Mutex;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::house::{BLOCK, House, IMPORT, REMARK, REMOVE, RESPOND, SEND, UNBLOCK};

/// Remembers what it was sent and answers what the test says, `{}` to everything else.
#[derive(Clone, Default)]
struct Receiver {
    answers: Arc<Mutex<HashMap<&'static str, &'static str>>>,
    received: Arc<Mutex<Vec<Value>>>,
}

impl Receiver {
    fn says(&self, command: &'static str, answer: &'static str) {
        self.answers.lock().insert(command, answer);
    }

    fn take(&self) -> Vec<Value> {
        std::mem::take(&mut *self.received.lock())
    }
}

async fn receive(State(receiver): State<Receiver>, uri: Uri, body: Bytes) -> &'static str {
    receiver.received.lock().push(serde_json::from_slice(&body).unwrap());
    let command = uri.path().trim_start_matches('/');
    receiver.answers.lock().get(command).copied().unwrap_or("{}")
}

struct Stage<'w> {
    house: House<'w>,
    receiver: Receiver,
    webhooks: Webhooks,
    server: JoinHandle<()>,
}

impl Drop for Stage<'_> {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Stage<'_> {
    /// Delivers what waits and returns everything the receiver got since the last call.
    async fn told(&self) -> Vec<Value> {
        self.webhooks.deliver_due().await.unwrap();
        self.receiver.take()
    }
}

/// Runs a test with all hooks switched on.
async fn on_each_stage(test: impl AsyncFn(&Stage<'_>)) {
    for_each_database(async |world| {
        let receiver = Receiver::default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(receive).with_state(receiver.clone());
        let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        let mut settings = WebhookSettings::new(url, "a secret of tests");
        settings.allow_private_targets = true;
        let settings = commands::ALL.iter().fold(settings, |settings, command| settings.with(Hook::new(command)));
        let webhooks = Webhooks::new(settings, world.store().clone(), world.runtime().clone()).unwrap();
        let house = House::open(world, webhooks.clone());
        test(&Stage { house, receiver, webhooks, server }).await;
        world.drain_events().await;
    })
    .await;
}

#[tokio::test]
async fn asking_and_agreeing_are_asked_before_and_told_after() {
    on_each_stage(async |stage| {
        let house = &stage.house;
        house.ok(house.world.user("ann"), SEND, json!({"input": {"toId": "bob", "message": "hi", "ex": "e"}})).await;
        let before = json!({"callbackCommand": "callbackBeforeAddFriendCommand", "fromUserID": "ann", "toUserID": "bob", "reqMsg": "hi", "ex": "e"});
        let after = json!({"callbackCommand": "callbackAfterAddFriendCommand", "fromUserID": "ann", "toUserID": "bob", "reqMsg": "hi"});
        assert_eq!(stage.told().await, [before, after]);
        house.ok(house.world.user("bob"), RESPOND, json!({"input": {"fromId": "ann", "answer": "ACCEPT", "reply": "ok"}})).await;
        let agreement = |command: &str| json!({"callbackCommand": command, "fromUserID": "ann", "blackUserID": "bob", "HandleResult": 1, "HandleMsg": "ok"});
        let expected = [agreement("callbackBeforeAddFriendAgreeCommand"), agreement("callbackAfterAddFriendAgreeCommand")];
        assert_eq!(stage.told().await, expected);
        // Nobody is asked about a refusal.
        house.send("cid", "bob").await;
        stage.told().await;
        house.answer("bob", "cid", "REFUSE").await;
        assert_eq!(stage.told().await, [] as [Value; 0]);
    })
    .await;
}

#[tokio::test]
async fn a_refusal_stops_everything_with_the_receivers_number() {
    on_each_stage(async |stage| {
        let house = &stage.house;
        house.import("ann", &["bob"]).await;
        house.send("cid", "ann").await;
        house.forget().await;
        let refusal = r#"{"actionCode": 0, "nextCode": 1, "errCode": 7001, "errMsg": "not today"}"#;
        for command in [
            "callbackBeforeAddFriendCommand",
            "callbackBeforeAddFriendAgreeCommand",
            "callbackBeforeImportFriendsCommand",
            "callbackBeforeSetFriendRemarkCommand",
            "callbackBeforeAddBlackCommand",
        ] {
            stage.receiver.says(command, refusal);
        }
        stage.told().await;
        let ann = || house.world.user("ann");
        for (ctx, document, input) in [
            (ann(), SEND, json!({"toId": "dan"})),
            (ann(), RESPOND, json!({"fromId": "cid", "answer": "ACCEPT"})),
            (house.world.admin(), IMPORT, json!({"ownerId": "ann", "friendIds": ["dan"]})),
            (ann(), REMARK, json!({"friendId": "bob", "remark": "x"})),
            (ann(), BLOCK, json!({"blockedId": "bob"})),
        ] {
            let answer = house.run(ctx, document, json!({"input": input})).await;
            assert_eq!(answer.0["errors"][0]["extensions"]["errCode"], json!(7001), "{document}");
            assert_eq!(answer.refused(), (WebhookRefused.word().to_owned(), "not today".to_owned()));
        }
        assert_eq!((house.notifications().await, house.signals()), (vec![], vec![]));
        assert_eq!(house.friends("ann").await, ["bob"]);
        assert_eq!(stage.told().await.len(), 5, "nothing is told afterwards");
    })
    .await;
}

#[tokio::test]
async fn a_receiver_may_change_who_is_imported_and_the_change_is_checked() {
    on_each_stage(async |stage| {
        let house = &stage.house;
        let input = json!({"input": {"ownerId": "ann", "friendIds": ["bob", "cid"]}});
        stage.receiver.says("callbackBeforeImportFriendsCommand", r#"{"friendUserIDs": ["dan"]}"#);
        house.ok(house.world.admin(), IMPORT, input.clone()).await;
        assert_eq!(house.friends("ann").await, ["dan"]);
        let body = |command: &str, ids: &[&str]| json!({"callbackCommand": command, "ownerUserID": "ann", "friendUserIDs": ids});
        let expected = [body("callbackBeforeImportFriendsCommand", &["bob", "cid"]), body("callbackAfterImportFriendsCommand", &["dan"])];
        assert_eq!(stage.told().await, expected);
        stage.receiver.says("callbackBeforeImportFriendsCommand", r#"{"friendUserIDs": ["nobody"]}"#);
        house.fails(house.world.admin(), IMPORT, input.clone(), NotFound).await;
        stage.receiver.says("callbackBeforeImportFriendsCommand", r#"{"friendUserIDs": ["b:b"]}"#);
        house.fails(house.world.admin(), IMPORT, input.clone(), Args).await;
        stage.receiver.says("callbackBeforeImportFriendsCommand", "no json");
        assert!(house.run(house.world.admin(), IMPORT, input).await.code().is_some());
        assert_eq!(house.friends("ann").await, ["dan"]);
    })
    .await;
}

#[tokio::test]
async fn a_receiver_may_change_a_remark_and_is_asked_only_when_the_caller_may() {
    on_each_stage(async |stage| {
        let house = &stage.house;
        house.import("ann", &["bob"]).await;
        stage.told().await;
        let input = json!({"input": {"ownerId": "ann", "friendId": "bob", "remark": "rude"}});
        house.fails(house.world.user("eve"), REMARK, input.clone(), NoPermission).await;
        assert_eq!(stage.told().await, [] as [Value; 0]);
        stage.receiver.says("callbackBeforeSetFriendRemarkCommand", r#"{"remark": "kind"}"#);
        let data = house.ok(house.world.user("ann"), REMARK, input).await;
        assert_eq!(data["setFriendRemark"]["friendship"]["remark"], "kind");
        let body = |command: &str, remark: &str| json!({"callbackCommand": command, "ownerUserID": "ann", "friendUserID": "bob", "remark": remark});
        let expected = [body("callbackBeforeSetFriendRemarkCommand", "rude"), body("callbackAfterSetFriendRemarkCommand", "kind")];
        assert_eq!(stage.told().await, expected);
    })
    .await;
}

#[tokio::test]
async fn removing_blocking_and_unblocking_have_their_bodies() {
    on_each_stage(async |stage| {
        let house = &stage.house;
        house.import("ann", &["bob"]).await;
        stage.told().await;
        for _ in 0..2 {
            house.ok(house.world.user("ann"), REMOVE, json!({"input": {"friendId": "bob"}})).await;
        }
        let body = json!({"callbackCommand": "callbackAfterDeleteFriendCommand", "ownerUserID": "ann", "friendUserID": "bob"});
        assert_eq!(stage.told().await, [body]);
        house.ok(house.world.user("ann"), BLOCK, json!({"input": {"blockedId": "bob"}})).await;
        for _ in 0..2 {
            house.ok(house.world.user("ann"), UNBLOCK, json!({"input": {"blockedId": "bob"}})).await;
        }
        let black = |command: &str| json!({"callbackCommand": command, "ownerUserID": "ann", "blackUserID": "bob"});
        assert_eq!(stage.told().await, [black("callbackBeforeAddBlackCommand"), black("callbackAfterRemoveBlackCommand")]);
    })
    .await;
}

#[tokio::test]
async fn without_the_receiver_nothing_is_asked_of_anybody() {
    on_each_stage(async |stage| {
        stage.server.abort();
        let house = &stage.house;
        house.fails(house.world.user("ann"), SEND, json!({"input": {"toId": "bob"}}), WebhookUnreachable).await;
        assert_eq!(house.notifications().await, []);
    })
    .await;
}
