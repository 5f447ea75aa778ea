//! How clients keep their copy of the list of friends.

use openim_core::ErrorCode::Args;
use serde_json::{Value, json};

use crate::house::{House, REMARK, REMOVE, UPDATE, in_each_house, text};

const CHANGES: &str = "query($since: VersionInput) { viewer { friendChanges(since: $since) {
    version { id number } full deletedIds sortVersion inserted { friendId } updated { friendId remark } } } }";

async fn changes(house: &House<'_>, since: Value) -> Value {
    house.ok(house.world.user("ann"), CHANGES, json!({"since": since})).await["viewer"]["friendChanges"].take()
}

#[tokio::test]
async fn a_client_without_a_version_of_this_log_is_told_to_load_everything() {
    in_each_house(async |house| {
        house.import("ann", &["bob"]).await;
        let first = changes(house, json!(null)).await;
        let id = text(&first["version"]["id"]);
        assert!(id.len() == 24 && id.bytes().all(|digit| digit.is_ascii_hexdigit()), "{id}");
        let bob = house.ok(house.world.user("bob"), CHANGES, json!({"since": null})).await;
        for since in [
            json!({"id": "", "number": 0}),
            json!({"id": id, "number": 0}),
            json!({"id": id, "number": -1}),
            json!({"id": id, "number": 9_000_000_000_000_000_000_i64}),
            json!({"id": "000000000000000000000000", "number": 1}),
            json!({"id": "another server's", "number": 1}),
            bob["viewer"]["friendChanges"]["version"].clone(),
        ] {
            let answer = changes(house, since.clone()).await;
            assert_eq!((&answer["full"], &answer["inserted"], &answer["version"]["id"]), (&json!(true), &json!([]), &json!(id)), "{since}");
        }
    })
    .await;
}

#[tokio::test]
async fn changes_since_a_version_name_each_friend_once_with_the_last_state() {
    in_each_house(async |house| {
        house.import("ann", &["bob", "cid", "dan"]).await;
        let known = changes(house, json!(null)).await["version"].clone();
        let same = changes(house, known.clone()).await;
        assert_eq!((&same["full"], &same["version"], &same["sortVersion"]), (&json!(false), &known, &json!(0)));

        house.ok(house.world.user("ann"), REMARK, json!({"input": {"friendId": "bob", "remark": "B"}})).await;
        house.ok(house.world.user("ann"), REMOVE, json!({"input": {"friendId": "cid"}})).await;
        house.import("ann", &["eve"]).await;
        house.ok(house.world.user("ann"), REMARK, json!({"input": {"friendId": "eve", "remark": "E"}})).await;
        let delta = changes(house, known.clone()).await;
        assert_eq!((&delta["full"], &delta["deletedIds"], &delta["inserted"]), (&json!(false), &json!(["cid"]), &json!([])));
        assert_eq!(delta["updated"], json!([{"friendId": "bob", "remark": "B"}, {"friendId": "eve", "remark": "E"}]));
        assert_eq!((&delta["version"]["number"], &delta["sortVersion"]), (&json!(5), &json!(0)));

        house.ok(house.world.user("ann"), UPDATE, json!({"input": {"friendIds": ["dan"], "pinned": true}})).await;
        let sorted = changes(house, delta["version"].clone()).await;
        assert_eq!((&sorted["sortVersion"], &sorted["updated"][0]["friendId"]), (&json!(6), &json!("dan")));
    })
    .await;
}

#[tokio::test]
async fn more_than_two_hundred_changes_are_not_told_one_by_one() {
    in_each_house(async |house| {
        let known = changes(house, json!(null)).await["version"].clone();
        let names: Vec<String> = (0..201).map(|number| format!("u{number}")).collect();
        house.register(&names);
        house.import("ann", &names[..200]).await;
        let delta = changes(house, known.clone()).await;
        assert_eq!((&delta["full"], delta["inserted"].as_array().unwrap().len()), (&json!(false), 200));
        house.import("ann", &names[200..]).await;
        assert_eq!(changes(house, known).await["full"], json!(true));
    })
    .await;
}

#[tokio::test]
async fn ids_are_sent_unless_the_client_knows_their_hash() {
    in_each_house(async |house| {
        let document = "query($hash: ULong) { viewer { friendIds(knownHash: $hash) { hash equal ids version { number } } } }";
        let list =
            async |hash: Value| house.ok(house.world.user("ann"), document, json!({"hash": hash})).await["viewer"]["friendIds"].take();
        let empty = list(json!(0)).await;
        assert_eq!((&empty["hash"], &empty["equal"], &empty["ids"]), (&json!(0), &json!(true), &json!([])));
        house.import("ann", &["bob", "cid"]).await;
        let full = list(json!(0)).await;
        // The first eight bytes of MD5 of ["bob","cid"].
        assert_eq!((&full["hash"], &full["equal"], &full["ids"]), (&json!(HASH), &json!(false), &json!(["bob", "cid"])));
        let known = list(full["hash"].clone()).await;
        assert_eq!((&known["equal"], &known["ids"]), (&json!(true), &json!([])));
        house.fails(house.world.user("ann"), document, json!({"hash": -1}), Args).await;
    })
    .await;
}

const HASH: u64 = 0x801cdee0c2028ad6;
