//! Who has read a message.

use openim_contracts::GroupRole;
use openim_core::Timestamp;
use openim_testing::for_each_database;
use serde_json::{Value, json};

use crate::support::House;

const COUNT: &str = "query($all: [_Any!]!) { _entities(representations: $all) { ... on Message { readCount } } }";
const READERS: &str = "query($all: [_Any!]!, $first: Int, $after: String) { _entities(representations: $all) { ... on Message {
    readers(first: $first, after: $after) { totalCount edges { cursor node { id } } pageInfo { hasNextPage endCursor } } } } }";

fn message(id: &str, seq: i64, sender: &str) -> Value {
    json!({"__typename": "Message", "conversationId": id, "seq": seq, "senderId": sender})
}

async fn counts(house: &House<'_>, name: &str, id: &str, seqs: &[i64]) -> Value {
    let all: Vec<_> = seqs.iter().map(|seq| message(id, *seq, "ann")).collect();
    let data = house.data(house.world.user(name), COUNT, json!({"all": all})).await;
    data["_entities"].as_array().unwrap().iter().map(|message| message["readCount"].clone()).collect()
}

#[tokio::test]
async fn members_see_who_has_read_a_message_and_nobody_else_does() {
    for_each_database(async |world| {
        let house = House::new(world);
        let names = ["ann", "bob", "cid", "dan", "eva"];
        house.groups.add("g", &names);
        let id = house.joined("g", &names, 0).await;
        house.log(&id, 9, "ann", &[]);
        house.read_advanced(&[("ann", &id, 9)]).await;
        for (name, seq) in [("bob", 9), ("cid", 4), ("dan", 5)] {
            house.mark(name, &id, seq).await;
        }
        assert_eq!(counts(&house, "ann", "sg_g", &[1, 4, 5, 6, 9, 10]).await, json!([3, 3, 2, 1, 1, null]));
        assert_eq!(counts(&house, "eva", "sg_g", &[5]).await, json!([2]));
        assert_eq!(counts(&house, "stranger", "sg_g", &[5]).await, json!([null]));
        // Who enters later has not read what lies before.
        house.groups.enter("g", "late", GroupRole::Member, Timestamp(0));
        house.joined("g", &["late"], 8).await;
        house.mark("late", &id, 9).await;
        assert_eq!(counts(&house, "ann", "sg_g", &[7, 8]).await, json!([1, 2]));
        assert_eq!(counts(&house, "late", "sg_g", &[7, 8]).await, json!([null, 2]));

        let page = async |name: &str, after: Value| {
            let variables = json!({"all": [message("sg_g", 4, "ann")], "first": 2, "after": after});
            house.data(world.user(name), READERS, variables).await["_entities"][0]["readers"].clone()
        };
        let first = page("ann", Value::Null).await;
        let ids = |page: &Value| page["edges"].as_array().unwrap().iter().map(|edge| edge["node"]["id"].clone()).collect::<Value>();
        assert_eq!(
            (&first["totalCount"], ids(&first), &first["pageInfo"]["hasNextPage"]),
            (&json!(3), json!(["cid", "dan"]), &json!(true))
        );
        let second = page("ann", first["pageInfo"]["endCursor"].clone()).await;
        assert_eq!((ids(&second), &second["pageInfo"]["hasNextPage"]), (json!(["bob"]), &json!(false)));
        assert_eq!(page("stranger", Value::Null).await, json!(null));
        let bad = json!({"all": [message("sg_g", 4, "ann")], "first": 2, "after": "x"});
        assert_eq!(house.code(world.user("ann"), READERS, bad).await, "ARGS_ERROR");
    })
    .await;
}

#[tokio::test]
async fn both_people_of_a_chat_see_it_and_nobody_else() {
    for_each_database(async |world| {
        let house = House::new(world);
        let id = house.chat("ann", "bob", 3).await;
        house.mark("bob", &id, 2).await;
        assert_eq!(counts(&house, "ann", id.as_str(), &[2, 3]).await, json!([1, 0]));
        assert_eq!(counts(&house, "bob", id.as_str(), &[2, 3]).await, json!([1, 0]));
        assert_eq!(counts(&house, "eve", id.as_str(), &[2]).await, json!([null]));
        let all = json!({"all": [message(id.as_str(), 2, "ann"), message("n_ann_bob", 1, "ann"), message("not an id", 1, "ann")]});
        let found = house.data(world.admin(), COUNT, all.clone()).await["_entities"].clone();
        assert_eq!(found, json!([{"readCount": 1}, {"readCount": null}, null]));
        assert_eq!(house.code(world.anonymous(), COUNT, all).await, "UNAUTHENTICATED");
    })
    .await;
}

#[tokio::test]
async fn users_and_groups_lead_to_the_callers_own_conversation() {
    for_each_database(async |world| {
        let house = House::new(world);
        house.chat("ann", "bob", 3).await;
        house.groups.add("g", &["bob"]);
        house.joined("g", &["bob"], 0).await;
        let document = "query($all: [_Any!]!) { _entities(representations: $all) {
            ... on User { conversation { id ownerId } } ... on Group { conversation { id ownerId groupId } } } }";
        let all =
            json!({"all": [{"__typename": "User", "id": "ann"}, {"__typename": "User", "id": "eve"}, {"__typename": "Group", "id": "g"}]});
        let found = house.data(world.user("bob"), document, all.clone()).await["_entities"].clone();
        let (chat, group) = (json!({"id": "si_ann_bob", "ownerId": "bob"}), json!({"id": "sg_g", "ownerId": "bob", "groupId": "g"}));
        assert_eq!(found, json!([{"conversation": chat}, {"conversation": null}, {"conversation": group}]));
        let eve = house.data(world.user("eve"), document, all).await["_entities"].clone();
        assert_eq!(eve, json!([{"conversation": null}, {"conversation": null}, {"conversation": null}]));
    })
    .await;
}
