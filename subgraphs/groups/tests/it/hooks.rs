//! What an application's own server is asked and told, and what it may change.

use openim_core::ErrorCode::{Args, Data, WebhookRefused};
use openim_groups::Settings;
use openim_platform::webhooks::Webhooks;
use openim_platform::webhooks::commands::{self, Command};
use openim_testing::{TestWorld, WebhookReceiver};
use serde_json::{Value, json};

use crate::house::House;

/// The hooks of this domain.
const HOOKS: [&Command; 16] = [
    &commands::BEFORE_CREATE_GROUP,
    &commands::AFTER_CREATE_GROUP,
    &commands::BEFORE_MEMBER_JOIN_GROUP,
    &commands::BEFORE_INVITE_USER_TO_GROUP,
    &commands::BEFORE_APPLY_JOIN_GROUP,
    &commands::AFTER_JOIN_GROUP,
    &commands::AFTER_QUIT_GROUP,
    &commands::AFTER_KICK_GROUP_MEMBER,
    &commands::AFTER_DISMISS_GROUP,
    &commands::AFTER_TRANSFER_GROUP_OWNER,
    &commands::BEFORE_SET_GROUP_INFO,
    &commands::AFTER_SET_GROUP_INFO,
    &commands::BEFORE_SET_GROUP_INFO_EX,
    &commands::AFTER_SET_GROUP_INFO_EX,
    &commands::BEFORE_SET_GROUP_MEMBER_INFO,
    &commands::AFTER_SET_GROUP_MEMBER_INFO,
];

struct Stage<'w> {
    house: House<'w>,
    receiver: WebhookReceiver,
    webhooks: Webhooks,
}

impl Stage<'_> {
    /// Delivers what waits and returns the bodies that came since the last call, after-hooks last.
    async fn told(&self) -> Vec<Value> {
        self.webhooks.deliver_due().await.unwrap();
        self.receiver.take().into_iter().map(|(_, body)| body).collect()
    }
}

/// Runs a test with a receiver that answers as the test says.
async fn on_stage(answering: impl Fn(&str, &Value) -> Value + Send + Sync + 'static, test: impl AsyncFn(&Stage<'_>)) {
    let world = TestWorld::sqlite().await;
    let receiver = WebhookReceiver::answering(answering).await;
    let webhooks = receiver.webhooks(&world, &HOOKS);
    let house = House::with(&world, Settings::default(), webhooks.clone());
    test(&Stage { house, receiver, webhooks }).await;
    world.take_events().await;
}

fn commands_of(bodies: &[Value]) -> Vec<&str> {
    bodies.iter().map(|body| body["callbackCommand"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn every_operation_asks_and_tells_in_openims_words() {
    on_stage(
        |_, _| json!({}),
        async |stage| {
            let house = &stage.house;
            house
                .does("ann", "createGroup", json!({"id": "g1", "name": "One", "adminIds": ["bob"], "memberIds": ["cid"], "ex": "x"}))
                .await;
            let told = stage.told().await;
            assert_eq!(
                commands_of(&told),
                ["callbackBeforeCreateGroupCommand", "callbackBeforeMembersJoinGroupCommand", "callbackAfterCreateGroupCommand"]
            );
            let ranked =
                json!([{"userID": "ann", "roleLevel": 100}, {"userID": "bob", "roleLevel": 60}, {"userID": "cid", "roleLevel": 20}]);
            assert_eq!((&told[0]["initMemberList"], &told[0]["groupName"], &told[0]["groupType"]), (&ranked, &json!("One"), &json!(2)));
            assert_eq!(
                told[1],
                json!({"callbackCommand": "callbackBeforeMembersJoinGroupCommand", "groupID": "g1",
                "memberList": [{"userID": "ann", "ex": ""}, {"userID": "bob", "ex": ""}, {"userID": "cid", "ex": ""}], "groupEx": "x"})
            );
            assert_eq!((&told[2]["groupID"], &told[2]["memberCount"]), (&json!("g1"), &json!(3)));

            house.does("ann", "inviteToGroup", json!({"groupId": "g1", "userIds": ["dan"], "reason": "r"})).await;
            let told = stage.told().await;
            assert_eq!(commands_of(&told), ["callbackBeforeInviteJoinGroupCommand", "callbackBeforeMembersJoinGroupCommand"]);
            assert_eq!((&told[0]["invitedUserIDs"], &told[0]["reason"]), (&json!(["dan"]), &json!("r")));

            house.does("ann", "updateGroup", json!({"groupId": "g1", "verification": "NOBODY"})).await;
            let told = stage.told().await;
            assert_eq!(commands_of(&told), ["callbackBeforeSetGroupInfoExCommand", "callbackAfterSetGroupInfoExCommand"]);
            assert_eq!((&told[0]["needVerification"], &told[0]["groupName"]), (&json!(2), &json!(null)));
            house.does("ann", "updateGroup", json!({"groupId": "g1", "name": "n", "emptyKeeps": true})).await;
            let told = stage.told().await;
            assert_eq!(commands_of(&told), ["callbackBeforeSetGroupInfoCommand", "callbackAfterSetGroupInfoCommand"]);
            assert_eq!((&told[0]["introduction"], &told[0]["needVerification"]), (&json!(""), &json!(0)));
            assert_eq!(told[1]["needVerification"], json!(null));

            house.does("eve", "joinGroup", json!({"groupId": "g1", "source": "SEARCH", "message": "m"})).await;
            let told = stage.told().await;
            assert_eq!(
                commands_of(&told),
                ["callbackBeforeJoinGroupCommand", "callbackBeforeMembersJoinGroupCommand", "callbackAfterJoinGroupCommand"]
            );
            assert_eq!((&told[0]["applyID"], &told[0]["groupType"]), (&json!("eve"), &json!("\u{2}")));
            assert_eq!((&told[2]["inviterUserID"], &told[2]["joinSource"]), (&json!("eve"), &json!(3)));

            house.does("eve", "updateGroupMembers", json!({"members": [{"groupId": "g1", "userId": "eve", "nickname": "E"}]})).await;
            let told = stage.told().await;
            assert_eq!(commands_of(&told), ["callbackBeforeSetGroupMemberInfoCommand", "callbackAfterSetGroupMemberInfoCommand"]);
            assert_eq!((&told[1]["nickName"], &told[1]["roleLevel"]), (&json!("E"), &json!(null)));

            house.does("eve", "leaveGroup", json!({"groupId": "g1"})).await;
            house.does("ann", "removeGroupMembers", json!({"groupId": "g1", "userIds": ["dan"], "reason": "r"})).await;
            house.does("ann", "transferGroup", json!({"groupId": "g1", "fromId": "ann", "toId": "bob"})).await;
            house.does("bob", "dismissGroup", json!({"groupId": "g1"})).await;
            let told = stage.told().await;
            let mut names = commands_of(&told);
            names.sort_unstable();
            assert_eq!(
                names,
                [
                    "callbackAfterDisMissGroupCommand",
                    "callbackAfterKickGroupCommand",
                    "callbackAfterQuitGroupCommand",
                    "callbackAfterTransferGroupOwnerCommand"
                ]
            );
            let ended = told.iter().find(|body| body["callbackCommand"] == "callbackAfterDisMissGroupCommand").unwrap();
            assert_eq!((&ended["ownerID"], &ended["membersID"]), (&json!("bob"), &json!(["ann", "bob", "cid"])));
        },
    )
    .await;
}

#[tokio::test]
async fn a_refusal_stops_the_operation_before_anything_happens() {
    let refuse = |command: &str, body: &Value| match (command, body["groupName"].as_str()) {
        ("callbackBeforeCreateGroupCommand", Some("bad")) => json!({"actionCode": 0, "nextCode": 1, "errCode": 5001, "errMsg": "no"}),
        ("callbackBeforeInviteJoinGroupCommand", _) => json!({"actionCode": 0, "nextCode": 1, "errCode": 5002, "errMsg": "no"}),
        _ => json!({}),
    };
    on_stage(refuse, async |stage| {
        let house = &stage.house;
        house.refused("ann", "createGroup", json!({"id": "g1", "name": "bad"}), WebhookRefused).await;
        house.does("ann", "createGroup", json!({"id": "g1", "name": "good"})).await;
        house.refused("ann", "inviteToGroup", json!({"groupId": "g1", "userIds": ["bob"]}), WebhookRefused).await;
        assert_eq!(house.member_ids("g1").await, ["ann"]);
    })
    .await;
}

#[tokio::test]
async fn an_answer_changes_what_happens_within_the_rules() {
    let answer = |command: &str, body: &Value| match command {
        "callbackBeforeCreateGroupCommand" => json!({"groupName": "renamed", "needVerification": 2}),
        "callbackBeforeMembersJoinGroupCommand" => json!({"memberCallbackList": [
            {"userID": "bob", "nickname": "B", "roleLevel": 60},
            {"userID": "cid", "roleLevel": 100},
            {"userID": "stranger", "nickname": "S"}]}),
        "callbackBeforeSetGroupInfoExCommand" if body["groupName"] == "blank" => json!({"groupName": " "}),
        "callbackBeforeSetGroupInfoExCommand" => json!({"ex": "theirs", "needVerification": body["needVerification"]}),
        "callbackBeforeSetGroupMemberInfoCommand" => json!({"roleLevel": 7}),
        _ => json!({}),
    };
    on_stage(answer, async |stage| {
        let house = &stage.house;
        house.does("ann", "createGroup", json!({"id": "g1", "name": "n", "memberIds": ["bob", "cid"]})).await;
        let read = house.read("ann", "g1", "name verification members { edges { node { userId nickname role } } }").await;
        assert_eq!((&read["name"], &read["verification"]), (&json!("renamed"), &json!("NOBODY")));
        let member = |id: &str, nickname: &str, role: &str| json!({"node": {"userId": id, "nickname": nickname, "role": role}});
        assert_eq!(
            read["members"]["edges"],
            json!([member("ann", "ann", "OWNER"), member("bob", "B", "ADMIN"), member("cid", "cid", "MEMBER")])
        );
        let changed = house.does("ann", "updateGroup", json!({"groupId": "g1", "name": "mine"})).await;
        assert_eq!((&changed["group"]["name"], &changed["group"]["ex"]), (&json!("mine"), &json!("theirs")));
        house.refused("ann", "updateGroup", json!({"groupId": "g1", "name": "blank"}), Args).await;
        let change = json!({"members": [{"groupId": "g1", "userId": "cid", "nickname": "C"}]});
        house.refused("ann", "updateGroupMembers", change, Data).await;
    })
    .await;
}
