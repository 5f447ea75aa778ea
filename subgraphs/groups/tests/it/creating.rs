//! Making groups, and what is told of it.

use openim_contracts::{Audience, DomainEvent, GroupMembersJoined, Signal, SignalKind};
use openim_core::ConversationId;
use openim_core::ErrorCode::{Args, GroupExists, NoPermission, Unauthenticated, UserNotFound};
use serde_json::{Value, json};

use crate::house::{House, group_id, in_each_house, receiver, user};

#[tokio::test]
async fn a_group_has_what_was_given_its_members_and_the_time() {
    in_each_house(async |house: &House<'_>| {
        let input = json!({"id": "g1", "name": "One", "introduction": "i", "faceUrl": "f", "ex": "e", "verification": "NOBODY",
            "lookMemberInfo": "FORBIDDEN", "adminIds": ["bob"], "memberIds": ["cid", "dan"]});
        let made = house.does("ann", "createGroup", input).await;
        assert_eq!(
            made["group"],
            json!({"id": "g1", "name": "One", "notification": "", "introduction": "i", "faceUrl": "f", "ex": "e", "status": "NORMAL",
                "type": "WORKING", "verification": "NOBODY", "lookMemberInfo": "FORBIDDEN", "applyMemberFriend": "ALLOWED",
                "createdAt": "2026-01-01T00:00:00.000Z", "creatorId": "ann", "ownerId": "ann", "memberCount": 4,
                "announcementUpdatedAt": null, "announcementById": null})
        );
        let read = house.read(
            "bob",
            "g1",
            "memberCount members { totalCount edges { node {
            userId role nickname faceUrl ownNickname joinSource inviterId operatorId mutedUntil user { id } } } }",
        );
        let read = read.await;
        let nodes: Vec<_> = read["members"]["edges"].as_array().unwrap().iter().map(|edge| edge["node"].clone()).collect();
        assert_eq!(read["members"]["totalCount"], 4);
        let ids: Vec<_> = nodes.iter().map(|node| (node["userId"].as_str().unwrap(), node["role"].as_str().unwrap())).collect();
        assert_eq!(ids, [("ann", "OWNER"), ("bob", "ADMIN"), ("cid", "MEMBER"), ("dan", "MEMBER")]);
        assert_eq!(
            nodes[2],
            json!({"userId": "cid", "role": "MEMBER", "nickname": "cid", "faceUrl": "face of cid", "ownNickname": "",
                "joinSource": "INVITATION", "inviterId": "ann", "operatorId": "ann", "mutedUntil": null, "user": {"id": "cid"}})
        );
    })
    .await;
}

#[tokio::test]
async fn making_a_group_tells_its_members_and_the_other_domains() {
    in_each_house(async |house: &House<'_>| {
        let input = json!({"id": "g1", "name": "One", "notification": "hear", "memberIds": ["bob"], "asMessage": false});
        house.does("ann", "createGroup", input).await;
        let (notifications, others) = house.told().await;
        let kinds: Vec<_> = notifications.iter().map(|one| (one.content_type, receiver(one), one.as_message)).collect();
        assert_eq!(kinds, [(1501, "group g1".to_owned(), Some(false)), (1519, "group g1".to_owned(), Some(true))]);
        let version = house.read("ann", "g1", "memberChanges { version { id number } }").await["memberChanges"]["version"].clone();
        let now = house.world.now().0;
        let group = json!({"groupID": "g1", "groupName": "One", "notification": "hear", "introduction": "", "faceURL": "",
            "ownerUserID": "ann", "createTime": now, "memberCount": 2, "ex": "", "status": 0, "creatorUserID": "ann", "groupType": 2,
            "needVerification": 0, "lookMemberInfo": 0, "applyMemberFriend": 0, "notificationUpdateTime": now, "notificationUserID": "ann"});
        let member = |id: &str, role: i32| {
            json!({"groupID": "g1", "userID": id, "roleLevel": role, "joinTime": now, "nickname": id, "faceURL": format!("face of {id}"),
                "appMangerLevel": 0, "joinSource": 2, "operatorUserID": "ann", "ex": "", "muteEndTime": 0, "inviterUserID": "ann"})
        };
        assert_eq!(
            notifications[0].detail,
            json!({"group": group, "opUser": member("ann", 100), "memberList": [member("ann", 100), member("bob", 20)],
                "operationTime": now, "groupOwnerUser": member("ann", 100), "groupMemberVersion": version["number"],
                "groupMemberVersionID": version["id"]})
        );
        let keys: Vec<_> = notifications[1].detail.as_object().unwrap().keys().cloned().collect();
        assert_eq!(keys, ["opUser", "group", "groupMemberVersion", "groupMemberVersionID"]);
        assert_eq!(notifications[0].sender, user("ann"));

        assert_eq!(others.len(), 1);
        assert_eq!(others[0].topic, GroupMembersJoined::TOPIC);
        let joined: GroupMembersJoined = others[0].decode().unwrap();
        assert_eq!((joined.user_ids, joined.visible_from), (vec![user("ann"), user("bob")], 0));
        let signals = house.world.take_signals();
        let members = SignalKind::GroupMembersChanged { group_id: group_id("g1"), user_ids: vec![user("ann"), user("bob")] };
        assert_eq!(signals[0], Signal { audience: Audience::Conversation(ConversationId::group(&group_id("g1"))), kind: members });
        let joined = SignalKind::JoinedGroupsChanged { owner: user("bob"), group_id: group_id("g1") };
        assert_eq!(signals[2], Signal { audience: Audience::Users(vec![user("bob")]), kind: joined });
    })
    .await;
}

#[tokio::test]
async fn administrators_make_groups_for_others_and_are_not_in_them() {
    in_each_house(async |house: &House<'_>| {
        let input = json!({"id": "g1", "name": "One", "ownerId": "ann", "creatorId": "ann"});
        let made = house.does("admin", "createGroup", input).await;
        assert_eq!((&made["group"]["memberCount"], &made["group"]["creatorId"]), (&json!(1), &json!("ann")));
        assert_eq!(house.member_ids("g1").await, ["ann"]);
        let (notifications, _) = house.told().await;
        let operator = &notifications[0].detail["opUser"];
        assert_eq!((&operator["userID"], &operator["roleLevel"], &operator["appMangerLevel"]), (&json!("imAdmin"), &json!(60), &json!(2)));
        let other = json!({"id": "g2", "name": "Two", "creatorId": "bob"});
        assert_eq!(house.does("ann", "createGroup", other).await["group"]["creatorId"], "ann", "one does not name others as makers");
    })
    .await;
}

#[tokio::test]
async fn refusals_come_in_the_contracts_order_and_leave_nothing() {
    in_each_house(async |house: &House<'_>| {
        house.group("taken", "ann", &[], &[]).await;
        let refused = async |who: &str, input: Value, code| house.refused(who, "createGroup", input, code).await;
        refused("anonymous", json!({"name": "n"}), Unauthenticated).await;
        refused("ann", json!({"name": "n", "type": "NORMAL", "ownerId": "bob"}), Args).await;
        refused("ann", json!({"name": "n", "ownerId": "bob", "memberIds": ["x", "x"]}), NoPermission).await;
        refused("ann", json!({"name": "n", "memberIds": ["bob", "bob"]}), Args).await;
        refused("ann", json!({"name": "n", "adminIds": ["bob"], "memberIds": ["bob", "nobody"]}), Args).await;
        refused("ann", json!({"name": "n", "memberIds": ["ann"]}), Args).await;
        refused("ann", json!({"id": "taken", "name": "n", "memberIds": ["nobody"]}), UserNotFound).await;
        refused("ann", json!({"id": "taken", "name": "n"}), GroupExists).await;
        let read = house.ok(house.world.user("ann"), "{ viewer { groups { totalCount } } }", json!({})).await;
        assert_eq!(read["viewer"]["groups"]["totalCount"], 1);
    })
    .await;
}

#[tokio::test]
async fn a_group_without_an_id_gets_a_number() {
    in_each_house(async |house: &House<'_>| {
        let made = house.does("ann", "createGroup", json!({"name": "n"})).await;
        let id = made["group"]["id"].as_str().unwrap().to_owned();
        assert!(id.parse::<u32>().is_ok(), "{id}");
        let other = house.does("ann", "createGroup", json!({"name": "n"})).await;
        assert_ne!(other["group"]["id"], json!(id));
    })
    .await;
}
