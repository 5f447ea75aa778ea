//! Reading requests to enter.

use std::time::Duration;

use openim_core::ErrorCode::{Args, NoPermission, NotFound};
use serde_json::{Value, json};

use crate::house::{House, in_each_house};

async fn two_groups_with_requests(house: &House<'_>) {
    house.group("g1", "ann", &["bob"], &[]).await;
    house.group("g2", "ann", &[], &[]).await;
    for (user, group) in [("cid", "g1"), ("dan", "g2"), ("eve", "g1")] {
        house.world.advance(Duration::from_secs(1));
        house.does(user, "joinGroup", json!({"groupId": group, "source": "SEARCH", "message": user})).await;
    }
    house.does("ann", "respondToGroupRequest", json!({"groupId": "g1", "userId": "cid", "status": "REFUSED", "answer": "no"})).await;
    house.world.take_events().await;
}

fn pairs(connection: &Value) -> Vec<(String, String)> {
    let text = |node: &Value, field: &str| node[field].as_str().unwrap().to_owned();
    let edges = connection["edges"].as_array().unwrap();
    edges.iter().map(|edge| (text(&edge["node"], "groupId"), text(&edge["node"], "userId"))).collect()
}

fn pair(group: &str, user: &str) -> (String, String) {
    (group.to_owned(), user.to_owned())
}

const RECEIVED: &str = "query($as: ID, $groups: [ID!], $statuses: [GroupRequestStatus!], $after: String, $first: Int) { viewer(as: $as) {
    groupRequestsReceived(groupIds: $groups, statuses: $statuses, after: $after, first: $first) {
    totalCount pageInfo { endCursor hasNextPage } edges { node { groupId userId status group { name } user { id } } } } } }";

#[tokio::test]
async fn managers_see_the_requests_of_their_groups() {
    in_each_house(async |house: &House<'_>| {
        two_groups_with_requests(house).await;
        let received = async |who: &str, variables: Value| {
            let data = house.ok(house.as_(who), RECEIVED, variables).await;
            data["viewer"]["groupRequestsReceived"].clone()
        };
        let all = received("ann", json!({})).await;
        assert_eq!(pairs(&all), [pair("g1", "eve"), pair("g2", "dan"), pair("g1", "cid")]);
        assert_eq!((&all["totalCount"], &all["edges"][0]["node"]["group"]["name"]), (&json!(3), &json!("g1")));
        assert_eq!(pairs(&received("bob", json!({})).await), [pair("g1", "eve"), pair("g1", "cid")]);
        assert_eq!(received("cid", json!({})).await["totalCount"], 0);
        assert_eq!(pairs(&received("ann", json!({"groups": ["g2"]})).await), [pair("g2", "dan")]);
        assert_eq!(pairs(&received("ann", json!({"statuses": ["REFUSED"]})).await), [pair("g1", "cid")]);
        assert_eq!(pairs(&received("admin", json!({"as": "cid", "groups": ["g2"]})).await), [pair("g2", "dan")]);
        house.fails(house.world.user("bob"), RECEIVED, json!({"groups": ["g1", "g2"]}), NoPermission).await;
        house.fails(house.world.user("bob"), RECEIVED, json!({"as": "ann"}), NoPermission).await;

        let first = received("ann", json!({"first": 2})).await;
        let rest = received("ann", json!({"after": first["pageInfo"]["endCursor"]})).await;
        assert_eq!((pairs(&rest), &rest["pageInfo"]["hasNextPage"]), (vec![pair("g1", "cid")], &json!(false)));
    })
    .await;
}

#[tokio::test]
async fn applicants_see_what_they_asked_for() {
    in_each_house(async |house: &House<'_>| {
        two_groups_with_requests(house).await;
        let sent = "query($as: ID) { viewer(as: $as) { groupRequestsSent { totalCount edges { node {
            groupId userId status message answer handledById } } } } }";
        let data = house.ok(house.world.user("cid"), sent, json!({})).await;
        let node = &data["viewer"]["groupRequestsSent"]["edges"][0]["node"];
        assert_eq!((&node["status"], &node["answer"], &node["handledById"]), (&json!("REFUSED"), &json!("no"), &json!("ann")));
        house.fails(house.world.user("eve"), sent, json!({"as": "cid"}), NoPermission).await;
        house.fails(house.world.admin(), sent, json!({"as": "nobody"}), NotFound).await;
    })
    .await;
}

#[tokio::test]
async fn open_requests_of_managed_groups_are_counted() {
    in_each_house(async |house: &House<'_>| {
        two_groups_with_requests(house).await;
        let count = "query($as: ID, $since: DateTime) { viewer(as: $as) { unhandledGroupRequestCount(since: $since) } }";
        let counted = async |who: &str, since: Value| {
            let data = house.ok(house.world.user(who), count, json!({"since": since})).await;
            data["viewer"]["unhandledGroupRequestCount"].as_i64().unwrap()
        };
        assert_eq!((counted("ann", json!(null)).await, counted("bob", json!(null)).await, counted("eve", json!(null)).await), (2, 1, 0));
        assert_eq!(counted("ann", json!("2026-01-01T00:00:02Z")).await, 1);
        house.fails(house.world.user("eve"), count, json!({"as": "ann"}), NoPermission).await;
    })
    .await;
}

#[tokio::test]
async fn requests_of_some_users_are_for_managers_and_for_oneself() {
    in_each_house(async |house: &House<'_>| {
        two_groups_with_requests(house).await;
        let by_users = "query($group: ID!, $users: [ID!]!) { group(id: $group) { requestsByUsers(userIds: $users) {
            totalCount requests { userId } } } }";
        let asked = json!({"group": "g1", "users": ["cid", "dan", "eve", "no:id"]});
        let data = house.ok(house.world.user("bob"), by_users, asked.clone()).await;
        assert_eq!(data["group"]["requestsByUsers"], json!({"totalCount": 2, "requests": [{"userId": "eve"}, {"userId": "cid"}]}));
        let own = house.ok(house.world.user("cid"), by_users, json!({"group": "g1", "users": ["cid"]})).await;
        assert_eq!(own["group"]["requestsByUsers"]["totalCount"], 1);
        house.fails(house.world.user("cid"), by_users, asked, NoPermission).await;
        let many: Vec<String> = (0..1_001).map(|number| format!("u{number}")).collect();
        house.fails(house.world.user("ann"), by_users, json!({"group": "g1", "users": many}), Args).await;
        let listed = "{ group(id: \"g1\") { requests { totalCount } } }";
        assert_eq!(house.ok(house.world.user("ann"), listed, json!({})).await["group"]["requests"]["totalCount"], 2);
        house.fails(house.world.user("cid"), listed, json!({}), NoPermission).await;
    })
    .await;
}
