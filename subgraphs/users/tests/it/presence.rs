//! Who is online, in the graph.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use async_trait::async_trait;
use openim_core::ErrorCode::{Args, NoPermission, Unavailable};
use openim_core::{Error, Platform, Result, UserId};
use openim_platform::presence::{Connection, MemoryPresence, Presence, PresenceChange};
use openim_testing::for_each_database;
use openim_users::UsersPorts;
use serde_json::json;

use crate::house::{House, ports, settings};

/// A presence that counts its questions and can fail.
#[derive(Default)]
struct Counted {
    inner: MemoryPresence,
    asked: AtomicUsize,
    away: AtomicBool,
}

#[async_trait]
impl Presence for Counted {
    async fn connect(&self, user: &UserId, platform: Platform, connection: &str) -> Result<Option<PresenceChange>> {
        self.inner.connect(user, platform, connection).await
    }

    async fn disconnect(&self, user: &UserId, connection: &str) -> Result<()> {
        self.inner.disconnect(user, connection).await
    }

    async fn settle(&self, users: &[UserId]) -> Result<Vec<PresenceChange>> {
        self.inner.settle(users).await
    }

    async fn everybody(&self, most: usize) -> Result<Vec<UserId>> {
        if self.away.load(Ordering::SeqCst) { Err(Error::unavailable("away")) } else { self.inner.everybody(most).await }
    }

    async fn connections(&self, users: &[UserId]) -> Result<Vec<Vec<Connection>>> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        if self.away.load(Ordering::SeqCst) { Err(Error::unavailable("away")) } else { self.inner.connections(users).await }
    }
}

/// A house in which ann is connected three times.
async fn in_each_peopled_house(test: impl AsyncFn(&House<'_>, &Counted)) {
    for_each_database(async |world| {
        let presence = Arc::new(Counted::default());
        let ann = UserId::parse("ann").unwrap();
        for (platform, connection) in [(5, "c1"), (1, "c2"), (5, "c3")] {
            presence.connect(&ann, Platform::parse(platform).unwrap(), connection).await.unwrap();
        }
        let house = House::with(world, settings(), UsersPorts { presence: presence.clone(), ..ports(world) });
        house.register(&["ann", "bob", "carol"]).await;
        world.take_events().await;
        test(&house, &presence).await;
    })
    .await;
}

#[tokio::test]
async fn users_show_where_they_are_online_and_the_port_is_asked_once() {
    in_each_peopled_house(async |house, presence| {
        let list = "{ users(ids: [\"bob\", \"ann\", \"carol\"]) { id presence { userId online platforms } } }";
        let data = house.ok(house.world.user("bob"), list, json!({})).await;
        assert_eq!(data["users"][0]["presence"], json!({"userId": "bob", "online": false, "platforms": []}));
        assert_eq!(data["users"][1]["presence"], json!({"userId": "ann", "online": true, "platforms": ["IOS", "WEB"]}));
        assert_eq!(presence.asked.load(Ordering::SeqCst), 1);
    })
    .await;
}

#[tokio::test]
async fn presence_is_told_by_id_also_of_ids_nobody_has() {
    in_each_peopled_house(async |house, _| {
        let list = "query($ids: [ID!]!) { presences(userIds: $ids) { userId online } }";
        let ids = ["nobody", "ann", "no:id", "", "ann", "bob"];
        let data = house.ok(house.world.user("bob"), list, json!({"ids": ids})).await;
        let online: Vec<_> = data["presences"].as_array().unwrap().iter().map(|one| one["online"].as_bool().unwrap()).collect();
        assert_eq!(online, [false, true, false, false, true, false]);
        let named: Vec<_> = data["presences"].as_array().unwrap().iter().map(|one| one["userId"].as_str().unwrap()).collect();
        assert_eq!(named, ids);
        let many: Vec<String> = (0..1_001).map(|n| format!("u{n}")).collect();
        house.fails(house.world.user("bob"), list, json!({"ids": many}), Args).await;
        assert_eq!(house.ok(house.world.user("bob"), list, json!({"ids": []})).await, json!({"presences": []}));
    })
    .await;
}

#[tokio::test]
async fn connections_are_for_administrators() {
    in_each_peopled_house(async |house, _| {
        let list = "{ presences(userIds: [\"ann\"]) { connections { id platform } connectionCounts { platform count } } }";
        let data = house.ok(house.world.admin(), list, json!({})).await;
        let open = |id: &str, platform: &str| json!({"id": id, "platform": platform});
        let counts = json!([{"platform": "IOS", "count": 1}, {"platform": "WEB", "count": 2}]);
        let connections = json!([open("c2", "IOS"), open("c1", "WEB"), open("c3", "WEB")]);
        assert_eq!(data["presences"][0], json!({"connections": connections, "connectionCounts": counts}));
        for field in ["connections { id }", "connectionCounts { count }"] {
            let document = format!("{{ presences(userIds: [\"ann\"]) {{ {field} }} }}");
            house.fails(house.world.user("ann"), &document, json!({}), NoPermission).await;
        }
    })
    .await;
}

#[tokio::test]
async fn who_is_online_is_listed_in_pages_for_administrators() {
    in_each_peopled_house(async |house, presence| {
        let platform = Platform::parse(1).unwrap();
        for id in ["carol", "bob", "stranger"] {
            presence.connect(&UserId::parse(id).unwrap(), platform, "c9").await.unwrap();
        }
        let list = "query($first: Int, $after: String, $offset: Int) { admin { onlineUsers(first: $first, after: $after, offset: $offset) {
            totalCount pageInfo { hasNextPage hasPreviousPage endCursor } edges { node { id presence { platforms } } } } } }";
        let ask = async |variables| house.ok(house.world.admin(), list, variables).await["admin"]["onlineUsers"].clone();
        let ids = |page: &serde_json::Value| {
            let edges = page["edges"].as_array().unwrap();
            edges.iter().map(|edge| edge["node"]["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        let start = ask(json!({"first": 2})).await;
        assert_eq!(
            (ids(&start), &start["totalCount"], &start["pageInfo"]["hasNextPage"]),
            (vec!["ann".into(), "bob".into()], &json!(4), &json!(true))
        );
        assert_eq!(start["edges"][0]["node"]["presence"]["platforms"], json!(["IOS", "WEB"]));
        // Whoever is connected without an account is not shown.
        let rest = ask(json!({"first": 2, "after": start["pageInfo"]["endCursor"]})).await;
        assert_eq!(
            (ids(&rest), &rest["pageInfo"]["hasNextPage"], &rest["pageInfo"]["hasPreviousPage"]),
            (vec!["carol".into()], &json!(false), &json!(true))
        );
        assert_eq!(ids(&ask(json!({"first": 2, "offset": 1})).await), ["bob", "carol"]);
        presence.disconnect(&UserId::parse("bob").unwrap(), "c9").await.unwrap();
        assert_eq!(ids(&ask(json!({})).await), ["ann", "carol"]);
        house.fails(house.world.admin(), list, json!({"after": "nonsense"}), Args).await;
        house.fails(house.world.user("ann"), list, json!({}), NoPermission).await;
        presence.away.store(true, Ordering::SeqCst);
        house.fails(house.world.admin(), list, json!({}), Unavailable).await;
    })
    .await;
}

#[tokio::test]
async fn without_the_presence_data_profiles_are_still_told() {
    in_each_peopled_house(async |house, presence| {
        presence.away.store(true, Ordering::SeqCst);
        let document = "{ user(id: \"ann\") { id presence { online } } }";
        let answer = house.run(house.world.user("bob"), document, json!({})).await;
        assert_eq!(answer.code(), Some(Unavailable.word()));
        let user = &answer.0["data"]["user"];
        assert_eq!((&user["id"], &user["presence"]), (&json!("ann"), &json!(null)));
    })
    .await;
}
