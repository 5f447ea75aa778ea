//! Input that cannot be right: each piece has its code, and nothing is half done.

use openim_core::ErrorCode::{self, Args, GraphqlInvalid, NoPermission, NotFound, UserNotFound};
use serde_json::{Value, json};

use crate::house::{House, in_each_house};

fn many(prefix: &str, count: usize) -> Vec<String> {
    (0..count).map(|number| format!("{prefix}{number}")).collect()
}

#[tokio::test]
async fn groups_that_cannot_be_are_refused() {
    in_each_house(async |house: &House<'_>| {
        let bad: Vec<(Value, ErrorCode)> = vec![
            (json!({"name": "n".repeat(256)}), Args),
            (json!({"name": "a\u{0}b"}), Args),
            (json!({"name": "n", "id": "a_b"}), Args),
            (json!({"name": "n", "id": "a:b"}), Args),
            (json!({"name": "n", "id": "a b"}), Args),
            (json!({"name": "n", "id": "x".repeat(65)}), Args),
            (json!({"name": "n", "notification": "x".repeat(16 * 1024 + 1)}), Args),
            (json!({"name": "n", "ex": "x".repeat(64 * 1024 + 1)}), Args),
            (json!({"name": "n", "faceUrl": "x".repeat(2 * 1024 + 1)}), Args),
            (json!({"name": "n", "memberIds": ["a:b"]}), Args),
            (json!({"name": "n", "memberIds": many("u", 1_001)}), Args),
            (json!({"name": "n", "adminIds": many("u", 10_000)}), Args),
            (json!({"name": "n", "memberIds": ["nobody"]}), UserNotFound),
            (json!({"name": "n", "ownerId": "bob"}), NoPermission),
            (json!({"name": "n", "verification": "SOMETIMES"}), GraphqlInvalid),
            (json!({"name": "n", "status": "MUTED"}), GraphqlInvalid),
            (json!({}), GraphqlInvalid),
        ];
        for (input, code) in bad {
            house.refused("ann", "createGroup", input, code).await;
        }
        assert!(house.world.take_events().await.is_empty());
        // The contract knows groups without a name.
        house.does("ann", "createGroup", json!({"id": "张三1", "name": "", "memberIds": many("u", 1_000), "adminIds": ["bob"]})).await;
        assert_eq!(house.read("ann", "张三1", "memberCount").await["memberCount"], 1_002);
    })
    .await;
}

#[tokio::test]
async fn ids_that_name_nobody_or_come_too_often_are_refused() {
    in_each_house(async |house: &House<'_>| {
        house.group("g1", "ann", &[], &["bob"]).await;
        let users = |ids: Value| json!({"groupId": "g1", "userIds": ids});
        for (input, code) in [
            (users(json!([])), Args),
            (users(json!(["cid", "cid"])), Args),
            (users(json!(["c:d"])), Args),
            (users(json!(many("u", 10_000))), Args),
            (users(json!(["cid", "nobody"])), NotFound),
            (json!({"groupId": "g9", "userIds": ["cid"]}), NotFound),
            (json!({"groupId": "g:9", "userIds": ["cid"]}), Args),
            (json!({"groupId": "", "userIds": ["cid"]}), Args),
            (json!({"groupId": "g1", "userIds": ["cid"], "reason": "x".repeat(5_000)}), Args),
        ] {
            house.refused("bob", "inviteToGroup", input, code).await;
        }
        for (input, code) in [
            (json!({"groupId": "g1", "source": "UNKNOWN"}), Args),
            (json!({"groupId": "g1", "source": 3}), GraphqlInvalid),
            (json!({"groupId": "g9", "source": "SEARCH"}), NotFound),
            (json!({"groupId": "g1", "source": "SEARCH", "message": "x".repeat(5_000)}), Args),
        ] {
            house.refused("cid", "joinGroup", input, code).await;
        }
        house.refused("ann", "updateGroup", json!({"groupId": "g1", "name": "   "}), Args).await;
        house.refused("ann", "updateGroup", json!({"groupId": "g1", "name": "n".repeat(256)}), Args).await;
        assert_eq!(house.member_ids("g1").await, ["ann", "bob"]);
        assert!(house.world.take_events().await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn pages_that_cannot_be_are_refused() {
    in_each_house(async |house: &House<'_>| {
        house.group("g1", "ann", &[], &["bob"]).await;
        for page in ["first: 0", "first: 101", "first: -1", "offset: -1", "after: \"x\"", "after: \"x\", offset: 1"] {
            for document in [
                format!("{{ group(id: \"g1\") {{ members({page}) {{ totalCount }} }} }}"),
                format!("{{ group(id: \"g1\") {{ requests({page}) {{ totalCount }} }} }}"),
                format!("{{ viewer {{ groups({page}) {{ totalCount }} }} }}"),
                format!("{{ viewer {{ groupRequestsReceived({page}) {{ totalCount }} }} }}"),
                format!("{{ searchGroups({page}) {{ totalCount }} }}"),
            ] {
                house.fails(house.world.user("ann"), &document, json!({}), Args).await;
            }
        }
        for since in ["{id: \"zz\", number: 1}", "{id: \"\", number: 0}", "{id: \"0123456789abcdef01234567\", number: -5}"] {
            let document = format!("{{ group(id: \"g1\") {{ memberChanges(since: {since}) {{ full }} }} }}");
            let data = house.ok(house.world.user("ann"), &document, json!({})).await;
            assert_eq!(data["group"]["memberChanges"]["full"], true, "{since}");
        }
    })
    .await;
}
