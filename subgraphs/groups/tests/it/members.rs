//! Muting and changing members.

use std::time::Duration;

use openim_contracts::{DomainEvent, GroupUpdated};
use openim_core::ErrorCode::{Args, NoPermission, NotFound};
use serde_json::{Value, json};

use crate::house::{House, in_each_house};

fn one(user: &str, change: Value) -> Value {
    let mut change = change;
    change["groupId"] = json!("g1");
    change["userId"] = json!(user);
    json!({"members": [change]})
}

#[tokio::test]
async fn a_muted_member_is_muted_until_then() {
    in_each_house(async |house: &House<'_>| {
        house.group("g1", "ann", &["bob"], &["cid"]).await;
        let muted = house.does("bob", "muteGroupMember", json!({"groupId": "g1", "userId": "cid", "seconds": 90})).await;
        assert_eq!(muted["member"]["mutedUntil"], "2026-01-01T00:01:30.000Z");
        let open = house.does("bob", "unmuteGroupMember", json!({"groupId": "g1", "userId": "cid"})).await;
        assert_eq!(open["member"]["mutedUntil"], json!(null));
        let (notifications, others) = house.told().await;
        let until = house.world.now().plus(Duration::from_secs(90)).0;
        let (first, second) = (&notifications[0], &notifications[1]);
        assert_eq!((first.content_type, &first.detail["mutedSeconds"]), (1512, &json!(90)));
        assert_eq!(first.detail["mutedUser"]["muteEndTime"], until);
        assert_eq!((second.content_type, &second.detail["mutedUser"]["muteEndTime"]), (1513, &json!(0)));
        assert_eq!(others.iter().filter(|event| event.topic == GroupUpdated::TOPIC).count(), 2);
    })
    .await;
}

#[tokio::test]
async fn muting_follows_roles() {
    in_each_house(async |house: &House<'_>| {
        house.group("g1", "ann", &["bob", "ben"], &["cid"]).await;
        let mute = |user: &str, seconds: i64| json!({"groupId": "g1", "userId": user, "seconds": seconds});
        house.refused("ann", "muteGroupMember", mute("cid", 0), Args).await;
        house.refused("ann", "muteGroupMember", mute("cid", -1), Args).await;
        house.refused("ann", "muteGroupMember", mute("cid", 1 << 32), Args).await;
        house.refused("ann", "muteGroupMember", mute("eve", 1), NotFound).await;
        house.refused("eve", "muteGroupMember", mute("cid", 1), NotFound).await;
        for (who, target) in [("cid", "cid"), ("bob", "ben"), ("bob", "bob"), ("bob", "ann"), ("ann", "ann")] {
            house.refused(who, "muteGroupMember", mute(target, 1), NoPermission).await;
            house.refused(who, "unmuteGroupMember", json!({"groupId": "g1", "userId": target}), NoPermission).await;
        }
        for (who, target) in [("bob", "cid"), ("ann", "bob"), ("admin", "ann")] {
            house.does(who, "muteGroupMember", mute(target, 1)).await;
        }
    })
    .await;
}

#[tokio::test]
async fn changes_of_members_are_told_by_what_they_are() {
    in_each_house(async |house: &House<'_>| {
        house.group("g1", "ann", &["bob"], &["cid"]).await;
        let changed = house.does("cid", "updateGroupMembers", one("cid", json!({"nickname": "C", "ex": "e"}))).await;
        assert_eq!(
            changed["members"],
            json!([{"groupId": "g1", "userId": "cid", "nickname": "C", "faceUrl": "face of cid", "role": "MEMBER", "ex": "e"}])
        );
        house.does("ann", "updateGroupMembers", one("cid", json!({"role": "ADMIN", "faceUrl": "f"}))).await;
        house.does("ann", "updateGroupMembers", one("cid", json!({"role": "MEMBER", "nickname": ""}))).await;
        let (notifications, _) = house.told().await;
        let told: Vec<_> = notifications
            .iter()
            .map(|one| {
                (one.content_type, one.detail["groupMemberVersion"].as_i64().unwrap(), one.detail["groupSortVersion"].as_i64().unwrap())
            })
            .collect();
        assert_eq!(told, [(1516, 2, 0), (1517, 3, 3), (1516, 3, 3), (1518, 4, 4), (1516, 4, 4)]);
        assert_eq!(notifications[0].detail["changedUser"]["nickname"], "C");
        assert_eq!(notifications[4].detail["changedUser"]["nickname"], "cid", "the profile's name is back");
    })
    .await;
}

#[tokio::test]
async fn changing_members_follows_roles_and_happens_for_all_or_none() {
    in_each_house(async |house: &House<'_>| {
        house.group("g1", "ann", &["bob", "ben"], &["cid", "dan"]).await;
        let (rename, promote, demote) = (json!({"nickname": "n"}), json!({"role": "ADMIN"}), json!({"role": "MEMBER"}));
        for (who, target, change, code) in [
            ("eve", "cid", &rename, NoPermission),
            ("cid", "dan", &rename, NoPermission),
            ("cid", "cid", &promote, NoPermission),
            ("bob", "ben", &rename, NoPermission),
            ("bob", "ann", &rename, NoPermission),
            ("ann", "ann", &demote, Args),
            ("admin", "ann", &demote, Args),
            ("ann", "eve", &rename, Args),
            ("ann", "cid", &json!({"role": "OWNER"}), NoPermission),
            ("ann", "cid", &json!({"nickname": "n".repeat(256)}), Args),
        ] {
            house.refused(who, "updateGroupMembers", one(target, change.clone()), code).await;
        }
        let entry = |user: &str| json!({"groupId": "g1", "userId": user, "nickname": "n"});
        house.refused("ann", "updateGroupMembers", json!({"members": []}), Args).await;
        house.refused("ann", "updateGroupMembers", json!({"members": [entry("cid"), entry("cid")]}), Args).await;
        house.refused("bob", "updateGroupMembers", json!({"members": [entry("cid"), entry("ben")]}), NoPermission).await;
        let read = house.read("cid", "g1", "viewerMembership { ownNickname }").await;
        assert_eq!(read["viewerMembership"]["ownNickname"], "", "nothing is half done");
        assert!(house.world.take_events().await.is_empty());
        for (who, target, change) in
            [("cid", "cid", &rename), ("bob", "cid", &promote), ("bob", "bob", &demote), ("ann", "cid", &demote), ("admin", "ben", &demote)]
        {
            house.does(who, "updateGroupMembers", one(target, change.clone())).await;
        }
    })
    .await;
}
