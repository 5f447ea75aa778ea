//! What other domains learn of groups and members.

use openim_contracts::GroupRole;
use openim_testing::eventually;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::house::{House, group_id, in_each_house, user};

#[tokio::test]
async fn a_change_counts_at_once_in_the_process_that_made_it() {
    in_each_house(async |house: &House<'_>| {
        house.group("g1", "ann", &["bob"], &["cid"]).await;
        let (id, cid) = (group_id("g1"), user("cid"));
        let group = house.reader.group(&id).await.unwrap().unwrap();
        assert_eq!((group.member_count, group.muted, group.dismissed), (3, false, false));
        let member = house.reader.member(&id, &cid).await.unwrap().unwrap();
        assert_eq!((member.role, member.muted_until.0), (GroupRole::Member, 0));
        house.does("ann", "muteGroup", json!({"groupId": "g1"})).await;
        house.does("ann", "muteGroupMember", json!({"groupId": "g1", "userId": "cid", "seconds": 9})).await;
        assert!(house.reader.group(&id).await.unwrap().unwrap().muted);
        assert!(house.reader.member(&id, &cid).await.unwrap().unwrap().muted_until > house.world.now());
        house.does("ann", "removeGroupMembers", json!({"groupId": "g1", "userIds": ["cid"]})).await;
        assert_eq!(house.reader.member(&id, &cid).await.unwrap(), None);
        house.does("ann", "inviteToGroup", json!({"groupId": "g1", "userIds": ["cid"]})).await;
        assert!(house.reader.member(&id, &cid).await.unwrap().is_some());
        house.does("ann", "dismissGroup", json!({"groupId": "g1"})).await;
        assert!(house.reader.group(&id).await.unwrap().unwrap().dismissed);
        assert_eq!(house.reader.member(&id, &user("ann")).await.unwrap(), None);
        assert_eq!(house.reader.group(&group_id("g9")).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn a_change_of_another_process_is_heard_by_its_signal() {
    in_each_house(async |house: &House<'_>| {
        house.group("g1", "ann", &[], &["bob"]).await;
        let other = House::open(house.world);
        let (id, bob, stop) = (group_id("g1"), user("bob"), CancellationToken::new());
        let following: Vec<_> = other.groups.workers(&stop).into_iter().map(tokio::spawn).collect();
        assert!(other.reader.member(&id, &bob).await.unwrap().is_some());
        // The listener may only now be subscribing, so what it may have missed is done again.
        eventually("the other process forgets", async || {
            house.does("admin", "removeGroupMembers", json!({"groupId": "g1", "userIds": ["bob"]})).await;
            let gone = other.reader.member(&id, &bob).await.unwrap().is_none();
            if !gone {
                house.does("ann", "inviteToGroup", json!({"groupId": "g1", "userIds": ["bob"]})).await;
            }
            gone.then_some(())
        })
        .await;
        stop.cancel();
        for one in following {
            one.await.unwrap();
        }
    })
    .await;
}

#[tokio::test]
async fn others_walk_through_members_and_managers_in_steps() {
    in_each_house(async |house: &House<'_>| {
        house.group("g1", "dan", &["cid"], &["ann", "bob"]).await;
        house.group("g2", "ann", &[], &[]).await;
        let id = group_id("g1");
        let first = house.reader.member_page(&id, None, 3).await.unwrap();
        assert_eq!(first, [user("ann"), user("bob"), user("cid")]);
        assert_eq!(house.reader.member_page(&id, first.last(), 3).await.unwrap(), [user("dan")]);
        assert!(house.reader.member_page(&id, Some(&user("dan")), 3).await.unwrap().is_empty());
        assert_eq!(house.reader.managers(&id).await.unwrap(), [user("dan"), user("cid")]);
        assert_eq!(house.reader.joined(&user("ann"), 10).await.unwrap(), [group_id("g1"), group_id("g2")]);
        house.does("dan", "dismissGroup", json!({"groupId": "g1"})).await;
        assert_eq!(house.reader.joined(&user("ann"), 10).await.unwrap(), [group_id("g2")]);
        let groups = house.reader.groups(&[group_id("g2"), group_id("g9"), group_id("g1"), group_id("g2")]).await.unwrap();
        assert_eq!(groups.iter().map(|group| group.group_id.as_str()).collect::<Vec<_>>(), ["g2", "g1"]);
    })
    .await;
}
