//! Changed profiles reach the groups that show them.

use openim_contracts::UserUpdated;
use openim_core::UserId;
use openim_platform::store::DatabaseKind;
use openim_testing::eventually;
use sea_orm::ConnectionTrait;
use serde_json::json;

use crate::house::{House, in_each_house, receiver, user};

async fn updated(house: &House<'_>, who: &str, appearance_changed: bool) {
    let tx = house.world.store().begin().await.unwrap();
    let user_id: UserId = user(who);
    tx.append(&house.world.system(), &UserUpdated { user_id, appearance_changed }).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_changed_profile_is_told_where_it_shows() {
    in_each_house(async |house: &House<'_>| {
        for group in ["g1", "g2", "g3"] {
            house.group(group, "ann", &[], &["bob"]).await;
        }
        let own = json!({"members": [{"groupId": "g2", "userId": "bob", "nickname": "B"},
            {"groupId": "g3", "userId": "bob", "nickname": "B", "faceUrl": "f"}]});
        house.does("bob", "updateGroupMembers", own).await;
        house.world.take_events().await;
        house.users.rename("bob", "Robert", "new face");
        updated(house, "bob", false).await;
        let told = house.drained().await;
        assert!(told.is_empty(), "nothing that shows has changed");
        updated(house, "bob", true).await;
        let told = house.drained().await;
        let mut groups: Vec<_> = told.iter().map(|one| (one.content_type, receiver(one))).collect();
        groups.sort();
        assert_eq!(groups, [(1516, "group g1".to_owned()), (1516, "group g2".to_owned())]);
        let first = told.iter().find(|one| receiver(one) == "group g1").unwrap();
        let changed = &first.detail["changedUser"];
        assert_eq!((&changed["nickname"], &changed["faceURL"]), (&json!("Robert"), &json!("new face")));
        assert_eq!((&first.detail["opUser"]["userID"], &first.detail["groupMemberVersion"]), (&json!("bob"), &json!(2)));
        let found = house.read("ann", "g1", "members(search: \"robert\") { edges { node { userId nickname } } }").await;
        assert_eq!(found["members"]["edges"], json!([{"node": {"userId": "bob", "nickname": "Robert"}}]));
    })
    .await;
}

#[tokio::test]
async fn a_profile_in_many_groups_is_spread_in_steps() {
    in_each_house(async |house: &House<'_>| {
        for number in 0..130 {
            house.does("ann", "createGroup", json!({"id": format!("g{number}"), "name": "n"})).await;
        }
        house.world.take_events().await;
        house.users.rename("ann", "Ann", "");
        updated(house, "ann", true).await;
        assert_eq!(house.drained().await.len(), 130);
    })
    .await;
}

#[tokio::test]
async fn a_profile_is_spread_while_somebody_changes_the_member() {
    in_each_house(async |house: &House<'_>| {
        // SQLite has one writer: nobody can hold a lock that another waits for with a lock of its own.
        if house.world.kind() == DatabaseKind::Sqlite {
            return;
        }
        house.group("g1", "ann", &[], &["bob"]).await;
        house.world.take_events().await;
        house.users.rename("bob", "Robert", "");
        updated(house, "bob", true).await;
        let tx = house.world.store().begin().await.unwrap();
        tx.connection().execute_unprepared("SELECT 1 FROM group_info WHERE group_id = 'g1' FOR UPDATE").await.unwrap();
        let changing = async {
            // Not in the transaction: it would see the same picture of who waits for ever.
            let waiting = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
            eventually("the spreading waits for the group", async || {
                let found = house.world.store().read().execute_unprepared(waiting).await.unwrap();
                (found.rows_affected() > 0).then_some(())
            })
            .await;
            let change = "UPDATE group_member SET ex = 'changed' WHERE group_id = 'g1' AND user_id = 'bob'";
            tx.connection().execute_unprepared(change).await.unwrap();
            tx.commit().await.unwrap();
        };
        let ((), told) = tokio::join!(changing, house.drained());
        assert_eq!(told.len(), 1);
        let found = house.read("ann", "g1", "members(search: \"robert\") { edges { node { ex } } }").await;
        assert_eq!(found["members"]["edges"], json!([{"node": {"ex": "changed"}}]));
    })
    .await;
}
