//! Leaving and removing.

use openim_contracts::{DomainEvent, GroupMembersLeft};
use openim_core::ErrorCode::{Args, NoPermission, NotFound, UserNotFound};
use serde_json::json;

use crate::house::{House, in_each_house, receiver, user};

#[tokio::test]
async fn who_leaves_sees_the_log_up_to_then() {
    in_each_house(async |house: &House<'_>| {
        house.group("g1", "ann", &["bob"], &["cid"]).await;
        house.logs.set("g1", 9);
        let left = house.does("cid", "leaveGroup", json!({"groupId": "g1"})).await;
        assert_eq!(left["group"]["memberCount"], 2);
        let (notifications, others) = house.told().await;
        assert_eq!((notifications.len(), notifications[0].content_type), (1, 1504));
        assert_eq!(receiver(&notifications[0]), "group g1");
        let detail = &notifications[0].detail;
        assert_eq!((&detail["quitUser"]["userID"], &detail["operationTime"]), (&json!("cid"), &json!(0)));
        assert_eq!((&detail["groupMemberVersion"], &detail["group"]["memberCount"]), (&json!(2), &json!(2)));
        assert_eq!(others.len(), 1);
        assert_eq!(others[0].topic, GroupMembersLeft::TOPIC);
        let event: GroupMembersLeft = others[0].decode().unwrap();
        assert_eq!((event.user_ids, event.visible_until), (vec![user("cid")], 9));
        house.refused("cid", "leaveGroup", json!({"groupId": "g1"}), NotFound).await;
        house.fails(house.world.user("cid"), "{ group(id: \"g1\") { memberIds { ids } } }", json!({}), NoPermission).await;
    })
    .await;
}

#[tokio::test]
async fn the_owner_stays_and_nobody_leaves_for_another() {
    in_each_house(async |house: &House<'_>| {
        house.group("g1", "ann", &["bob"], &["cid"]).await;
        house.refused("ann", "leaveGroup", json!({"groupId": "g1"}), NoPermission).await;
        house.refused("bob", "leaveGroup", json!({"groupId": "g1", "userId": "cid"}), NoPermission).await;
        house.refused("eve", "leaveGroup", json!({"groupId": "g1"}), NotFound).await;
        house.does("admin", "leaveGroup", json!({"groupId": "g1", "userId": "cid"})).await;
        assert_eq!(house.member_ids("g1").await, ["ann", "bob"]);
    })
    .await;
}

#[tokio::test]
async fn removing_follows_roles_and_happens_for_all_or_none() {
    in_each_house(async |house: &House<'_>| {
        house.group("g1", "ann", &["bob", "ben"], &["cid", "dan"]).await;
        let of = |users: &[&str]| json!({"groupId": "g1", "userIds": users});
        for (who, users, code) in [
            ("ann", &[][..], Args),
            ("ann", &["cid", "cid"], Args),
            ("bob", &["bob"], Args),
            ("admin", &["ann"], Args),
            ("ann", &["cid", "eve"], UserNotFound),
            ("eve", &["cid"], NoPermission),
            ("cid", &["dan"], NoPermission),
            ("bob", &["ben"], NoPermission),
            ("bob", &["cid", "ben"], NoPermission),
        ] {
            house.refused(who, "removeGroupMembers", of(users), code).await;
        }
        house.refused("ann", "removeGroupMembers", json!({"groupId": "g2", "userIds": ["cid"]}), NotFound).await;
        assert_eq!(house.read("ann", "g1", "memberCount").await["memberCount"], 5);
        house.does("bob", "removeGroupMembers", of(&["cid"])).await;
        house.does("ann", "removeGroupMembers", of(&["ben"])).await;
        house.does("admin", "removeGroupMembers", of(&["bob"])).await;
        assert_eq!(house.member_ids("g1").await, ["ann", "dan"]);
    })
    .await;
}

#[tokio::test]
async fn removed_members_are_named_and_see_the_log_up_to_then() {
    in_each_house(async |house: &House<'_>| {
        house.group("g1", "ann", &[], &["bob", "cid"]).await;
        house.logs.set("g1", 4);
        house.does("ann", "removeGroupMembers", json!({"groupId": "g1", "userIds": ["cid", "bob"], "asMessage": false})).await;
        let (notifications, others) = house.told().await;
        assert_eq!((notifications.len(), notifications[0].content_type, notifications[0].as_message), (1, 1508, Some(false)));
        let detail = &notifications[0].detail;
        assert_eq!(detail["kickedUserList"].as_array().unwrap().len(), 2);
        assert_eq!(detail["operationTime"], house.world.now().0);
        let left: GroupMembersLeft = others[0].decode().unwrap();
        assert_eq!((left.user_ids, left.visible_until), (vec![user("cid"), user("bob")], 4));
    })
    .await;
}
