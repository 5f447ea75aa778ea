//! Importing friends, for administrators.

use openim_core::ErrorCode::{Args, CannotAddYourself, NotFound};
use serde_json::{Value, json};

use crate::house::{IMPORT, envelopes, in_each_house};

fn input(owner: &str, friends: &[&str]) -> Value {
    json!({"input": {"ownerId": owner, "friendIds": friends}})
}

#[tokio::test]
async fn imported_friends_have_each_other_and_each_writes_to_the_owner() {
    in_each_house(async |house| {
        house.befriend("cid", "ann").await;
        house.world.advance(std::time::Duration::from_secs(1));
        let data = house.ok(house.world.admin(), IMPORT, input("ann", &["dan", "cid", "bob"])).await;
        let entry =
            |id: &str, source: &str, operator: &str| json!({"friendId": id, "source": source, "operatorId": operator, "remark": ""});
        let expected = json!([entry("dan", "IMPORT", "imAdmin"), entry("cid", "REQUEST", "cid"), entry("bob", "IMPORT", "imAdmin")]);
        assert_eq!(data["importFriends"]["friendships"], expected);
        assert_eq!(house.friends("ann").await, ["cid", "bob", "dan"]);
        assert_eq!((house.friends("bob").await, house.friends("dan").await), (vec!["ann".to_owned()], vec!["ann".to_owned()]));
        assert_eq!(house.signals(), ["ann hear friends of ann: bob+dan", "bob hear friends of bob: ann", "dan hear friends of dan: ann"]);
        let told = house.notifications().await;
        assert_eq!(envelopes(&told), [(1201, "dan", "ann"), (1201, "cid", "ann"), (1201, "bob", "ann")]);
        let from_to = json!({"fromUserID": "ann", "toUserID": "dan"});
        let tips = json!({"fromToUserID": from_to, "handleMsg": "", "friendVersion": 0, "friendVersionID": "", "request": null});
        assert_eq!(told[0].3, tips);
    })
    .await;
}

#[tokio::test]
async fn an_import_counts_as_one_version_of_each_list() {
    in_each_house(async |house| {
        let version = "friendIds { version { number } }";
        house.import("cid", &["ann", "bob", "dan", "eve"]).await;
        for name in ["ann", "bob", "cid", "dan"] {
            assert_eq!(house.viewer(name, version).await["version"]["number"], json!(1), "{name}");
        }
        house.import("cid", &["ann", "bob"]).await;
        assert_eq!(house.viewer("cid", version).await["version"]["number"], json!(1), "nothing changed");
    })
    .await;
}

#[tokio::test]
async fn an_import_happens_as_a_whole_or_not_at_all() {
    in_each_house(async |house| {
        for (friends, code) in [
            (vec!["bob", "nobody"], NotFound),
            (vec!["bob", "ann"], CannotAddYourself),
            (vec!["ann", "ann", "nobody"], NotFound),
            (vec!["bob", "cid", "bob"], Args),
            (vec!["bob", ""], Args),
            (vec!["bob", "c:d"], Args),
        ] {
            house.fails(house.world.admin(), IMPORT, input("ann", &friends), code).await;
        }
        house.fails(house.world.admin(), IMPORT, input("nobody", &["bob"]), NotFound).await;
        assert_eq!((house.friends("ann").await, house.friends("bob").await, house.notifications().await), (vec![], vec![], vec![]));
    })
    .await;
}

#[tokio::test]
async fn a_thousand_are_imported_at_once_and_no_more() {
    in_each_house(async |house| {
        let names: Vec<String> = (0..=1_000).map(|number| format!("u{number}")).collect();
        house.register(&names);
        let many: Vec<&str> = names.iter().map(String::as_str).collect();
        house.fails(house.world.admin(), IMPORT, input("ann", &many), Args).await;
        house.ok(house.world.admin(), IMPORT, input("ann", &many[1..])).await;
        assert_eq!(house.notifications().await.len(), 1_000);
        let list = house.viewer("ann", "friends(first: 1) { totalCount }").await;
        assert_eq!(list["totalCount"], json!(1_000));
        house.ok(house.world.admin(), IMPORT, input("ann", &[])).await;
    })
    .await;
}
