//! Ending groups.

use openim_contracts::{DomainEvent, GroupWasDismissed};
use openim_core::ErrorCode::{GroupDismissed, NoPermission, NotFound};
use serde_json::json;

use crate::house::{House, in_each_house, receiver};

#[tokio::test]
async fn a_dismissed_group_is_told_and_has_no_members() {
    in_each_house(async |house: &House<'_>| {
        house.group("g1", "ann", &["bob"], &["cid"]).await;
        for who in ["bob", "cid", "eve"] {
            house.refused(who, "dismissGroup", json!({"groupId": "g1"}), NoPermission).await;
        }
        house.refused("ann", "dismissGroup", json!({"groupId": "g2"}), NotFound).await;
        let ended = house.does("ann", "dismissGroup", json!({"groupId": "g1"})).await;
        assert_eq!(ended["group"]["status"], "DISMISSED");
        let (notifications, others) = house.told().await;
        assert_eq!((notifications.len(), notifications[0].content_type, receiver(&notifications[0])), (1, 1511, "group g1".to_owned()));
        let detail = &notifications[0].detail;
        assert_eq!((&detail["group"]["status"], &detail["opUser"]["userID"]), (&json!(2), &json!("ann")));
        assert_eq!((&detail["group"]["memberCount"], &detail["operationTime"]), (&json!(3), &json!(0)));
        assert_eq!(others.iter().map(|event| event.topic.as_str()).collect::<Vec<_>>(), [GroupWasDismissed::TOPIC]);
        assert!(house.member_ids("g1").await.is_empty());
        let read = house.read("eve", "g1", "status memberCount ownerId").await;
        assert_eq!(read, json!({"status": "DISMISSED", "memberCount": 0, "ownerId": "ann"}));
        for who in ["ann", "bob", "cid"] {
            let read = house.ok(house.world.user(who), "{ viewer { groups { totalCount } joinedGroupIds { ids } } }", json!({})).await;
            assert_eq!(read["viewer"], json!({"groups": {"totalCount": 0}, "joinedGroupIds": {"ids": []}}));
        }
    })
    .await;
}

#[tokio::test]
async fn nothing_revives_a_dismissed_group() {
    in_each_house(async |house: &House<'_>| {
        house.group("g1", "ann", &["bob"], &["cid"]).await;
        house.does("ann", "dismissGroup", json!({"groupId": "g1"})).await;
        for (mutation, input) in [
            ("inviteToGroup", json!({"groupId": "g1", "userIds": ["dan"]})),
            ("joinGroup", json!({"groupId": "g1", "source": "SEARCH"})),
            ("respondToGroupRequest", json!({"groupId": "g1", "userId": "dan", "status": "ACCEPTED"})),
            ("updateGroup", json!({"groupId": "g1", "name": "new"})),
            ("transferGroup", json!({"groupId": "g1", "fromId": "ann", "toId": "bob"})),
            ("muteGroup", json!({"groupId": "g1"})),
            ("unmuteGroup", json!({"groupId": "g1"})),
            ("muteGroupMember", json!({"groupId": "g1", "userId": "cid", "seconds": 5})),
            ("unmuteGroupMember", json!({"groupId": "g1", "userId": "cid"})),
            ("dismissGroup", json!({"groupId": "g1"})),
        ] {
            for who in ["ann", "admin"] {
                house.refused(who, mutation, input.clone(), GroupDismissed).await;
            }
        }
        house.fails(house.world.user("ann"), "{ group(id: \"g1\") { memberChanges { full } } }", json!({}), GroupDismissed).await;
        house.world.take_events().await;
        // Silently it can be repeated, and nobody hears of it.
        house.does("ann", "dismissGroup", json!({"groupId": "g1", "clearMembers": true})).await;
        assert!(house.world.take_events().await.is_empty());
        assert_eq!(house.read("ann", "g1", "status").await["status"], "DISMISSED");
    })
    .await;
}

#[tokio::test]
async fn a_large_group_is_cleared_in_steps_and_every_list_says_so() {
    in_each_house(async |house: &House<'_>| {
        let ids: Vec<String> = (0..1_000).map(|number| format!("a{number}")).collect();
        let more: Vec<String> = (0..700).map(|number| format!("b{number}")).collect();
        house.does("ann", "createGroup", json!({"id": "g1", "name": "g1", "memberIds": ids})).await;
        house.does("ann", "inviteToGroup", json!({"groupId": "g1", "userIds": more})).await;
        let known = "query($as: ID!, $since: VersionInput) { viewer(as: $as) { joinedGroupChanges(since: $since) {
            version { id number } full deletedIds } } }";
        let version = house.ok(house.world.admin(), known, json!({"as": "b699"})).await["viewer"]["joinedGroupChanges"]["version"].clone();
        house.world.take_events().await;
        house.does("ann", "dismissGroup", json!({"groupId": "g1"})).await;
        assert_eq!(house.read("admin", "g1", "memberCount").await["memberCount"], 701, "the first thousand went with it");
        house.world.drain_events().await;
        assert_eq!(house.read("admin", "g1", "memberCount").await["memberCount"], 0);
        let changes = house.ok(house.world.admin(), known, json!({"as": "b699", "since": version})).await;
        let changes = &changes["viewer"]["joinedGroupChanges"];
        assert_eq!((&changes["full"], &changes["deletedIds"]), (&json!(false), &json!(["g1"])));
    })
    .await;
}
