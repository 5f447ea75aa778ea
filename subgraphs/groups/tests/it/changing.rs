//! Changing a group's data, muting it, giving it away.

use openim_contracts::{DomainEvent, GroupUpdated};
use openim_core::ErrorCode::{Args, NoPermission, NotFound};
use serde_json::{Value, json};

use crate::house::{House, in_each_house};

fn kinds(notifications: &[openim_contracts::NotificationRequested]) -> Vec<(i32, Option<bool>)> {
    notifications.iter().map(|one| (one.content_type, one.as_message)).collect()
}

#[tokio::test]
async fn each_kind_of_change_has_its_notification() {
    in_each_house(async |house: &House<'_>| {
        house.group("g1", "ann", &["bob"], &[]).await;
        let update = async |input: Value| {
            house.does("bob", "updateGroup", input).await;
            kinds(&house.told().await.0)
        };
        assert_eq!(update(json!({"groupId": "g1", "name": "new"})).await, [(1520, None)]);
        assert_eq!(update(json!({"groupId": "g1", "notification": "  hear  "})).await, [(1519, Some(true))]);
        assert_eq!(update(json!({"groupId": "g1", "verification": "NOBODY"})).await, [(1502, None)]);
        let all = json!({"groupId": "g1", "name": "n", "notification": "", "introduction": "i", "faceUrl": "f", "ex": "e"});
        assert_eq!(update(all.clone()).await, [(1519, Some(false)), (1520, None), (1502, None)]);
        assert_eq!(update(all).await, [], "what is so already is not told");
        assert_eq!(update(json!({"groupId": "g1"})).await, []);
        let read = house.read("ann", "g1", "name notification introduction faceUrl ex verification announcementById").await;
        assert_eq!(
            read,
            json!({"name": "n", "notification": "", "introduction": "i", "faceUrl": "f", "ex": "e", "verification": "NOBODY",
                "announcementById": "bob"})
        );
    })
    .await;
}

#[tokio::test]
async fn an_update_tells_other_domains_whether_the_announcement_changed() {
    in_each_house(async |house: &House<'_>| {
        house.group("g1", "ann", &[], &[]).await;
        house.does("ann", "updateGroup", json!({"groupId": "g1", "notification": "hear"})).await;
        let (notifications, others) = house.told().await;
        let event: GroupUpdated = others[0].decode().unwrap();
        assert_eq!((others[0].topic.as_str(), event.announcement_changed, event.user_ids.len()), (GroupUpdated::TOPIC, true, 0));
        let group = &notifications[0].detail["group"];
        assert_eq!((&group["notification"], &group["notificationUserID"]), (&json!("hear"), &json!("ann")));
        assert_eq!(notifications[0].detail["groupMemberVersion"], 2);
    })
    .await;
}

#[tokio::test]
async fn the_older_update_keeps_what_comes_empty() {
    in_each_house(async |house: &House<'_>| {
        house.group("g1", "ann", &[], &[]).await;
        house.does("ann", "updateGroup", json!({"groupId": "g1", "introduction": "i"})).await;
        let old = json!({"groupId": "g1", "name": "", "introduction": "", "notification": "", "faceUrl": "f", "emptyKeeps": true});
        house.does("ann", "updateGroup", old).await;
        let read = house.read("ann", "g1", "name introduction faceUrl").await;
        assert_eq!(read, json!({"name": "g1", "introduction": "i", "faceUrl": "f"}));
        house.refused("ann", "updateGroup", json!({"groupId": "g1", "name": ""}), Args).await;
    })
    .await;
}

#[tokio::test]
async fn only_managers_change_a_group_and_strangers_find_no_row() {
    in_each_house(async |house: &House<'_>| {
        house.group("g1", "ann", &["bob"], &["cid"]).await;
        let update = json!({"groupId": "g1", "name": "new"});
        for (who, code) in [("eve", NotFound), ("cid", NoPermission)] {
            house.refused(who, "updateGroup", update.clone(), code).await;
        }
        house.refused("admin", "updateGroup", json!({"groupId": "g2", "name": "new"}), NotFound).await;
        let mute = json!({"groupId": "g1"});
        for who in ["eve", "cid"] {
            house.refused(who, "muteGroup", mute.clone(), NoPermission).await;
            house.refused(who, "unmuteGroup", mute.clone(), NoPermission).await;
        }
        for who in ["ann", "bob", "admin"] {
            house.does(who, "updateGroup", json!({"groupId": "g1", "name": who})).await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_muted_group_says_so_and_is_unmuted() {
    in_each_house(async |house: &House<'_>| {
        house.group("g1", "ann", &["bob"], &[]).await;
        let muted = house.does("bob", "muteGroup", json!({"groupId": "g1"})).await;
        assert_eq!(muted["group"]["status"], "MUTED");
        house.does("bob", "muteGroup", json!({"groupId": "g1"})).await;
        let open = house.does("ann", "unmuteGroup", json!({"groupId": "g1"})).await;
        assert_eq!(open["group"]["status"], "NORMAL");
        let (notifications, _) = house.told().await;
        assert_eq!(kinds(&notifications), [(1514, None), (1514, None), (1515, None)]);
        let keys: Vec<_> = notifications[0].detail.as_object().unwrap().keys().cloned().collect();
        assert_eq!(keys, ["group", "opUser", "operationTime", "groupMemberVersion", "groupMemberVersionID"]);
        assert_eq!(notifications[0].detail["group"]["status"], 3);
    })
    .await;
}

#[tokio::test]
async fn a_group_is_given_to_a_member_and_has_one_owner() {
    in_each_house(async |house: &House<'_>| {
        house.group("g1", "ann", &["bob"], &["cid"]).await;
        let give = |from: &str, to: &str| json!({"groupId": "g1", "fromId": from, "toId": to});
        house.refused("ann", "transferGroup", give("ann", "ann"), Args).await;
        house.refused("ann", "transferGroup", give("ann", "eve"), Args).await;
        house.refused("ann", "transferGroup", json!({"groupId": "g2", "fromId": "ann", "toId": "bob"}), NotFound).await;
        for who in ["bob", "cid", "eve"] {
            house.refused(who, "transferGroup", give("ann", "cid"), NoPermission).await;
        }
        house.refused("admin", "transferGroup", give("bob", "cid"), NoPermission).await;
        house.does("ann", "muteGroupMember", json!({"groupId": "g1", "userId": "bob", "seconds": 60})).await;
        house.world.take_events().await;
        let given = house.does("ann", "transferGroup", give("ann", "bob")).await;
        assert_eq!(given["group"]["ownerId"], "bob");
        let (notifications, others) = house.told().await;
        assert_eq!(kinds(&notifications), [(1513, None), (1507, None)]);
        let detail = &notifications[1].detail;
        assert_eq!((&detail["newGroupOwner"]["userID"], &detail["newGroupOwner"]["roleLevel"]), (&json!("bob"), &json!(100)));
        assert_eq!((&detail["oldGroupOwnerInfo"]["roleLevel"], &detail["oldGroupOwner"]), (&json!(60), &json!("")));
        assert_eq!(detail["newGroupOwner"]["muteEndTime"], 0);
        assert_eq!(others.last().unwrap().decode::<GroupUpdated>().unwrap().user_ids.len(), 2);
        assert_eq!(house.member_ids("g1").await, ["bob", "ann", "cid"]);
        house.does("admin", "transferGroup", give("bob", "cid")).await;
        let read = house.read("cid", "g1", "viewerMembership { role } members(roles: [OWNER]) { totalCount }").await;
        assert_eq!(read, json!({"viewerMembership": {"role": "OWNER"}, "members": {"totalCount": 1}}));
    })
    .await;
}
