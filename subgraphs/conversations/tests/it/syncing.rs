//! Incremental sync of the list of conversations.

use openim_core::ConversationId;
use openim_testing::{START, for_each_database};
use serde_json::{Value, json};

use crate::support::{House, text, user};

const CHANGES: &str = "query($since: VersionInput) { viewer { conversationChanges(since: $since) {
    version { id number } full inserted { id } updated { id } deletedIds } } }";
const IDS: &str = "query($hash: ULong) { viewer { conversationIds(knownHash: $hash) { version { id number } hash equal ids } } }";

async fn changes(house: &House<'_>, name: &str, since: &Value) -> Value {
    house.data(house.world.user(name), CHANGES, json!({"since": since})).await["viewer"]["conversationChanges"].clone()
}

fn told(changes: &Value) -> Value {
    json!([changes["full"], changes["inserted"], changes["updated"], changes["deletedIds"]])
}

#[tokio::test]
async fn a_client_is_told_what_was_made_changed_and_removed_since_its_version() {
    for_each_database(async |world| {
        let house = House::new(world);
        house.chat("ann", "me", 1).await;
        let first = changes(&house, "me", &Value::Null).await;
        assert_eq!(told(&first), json!([true, [], [], []]));
        let since = first["version"].clone();
        assert_eq!(told(&changes(&house, "me", &since).await), json!([false, [], [], []]));

        house.chat("bob", "me", 1).await;
        house.joined("g1", &["me", "ann"], 0).await;
        house.joined("g2", &["me"], 0).await;
        house.left("g1", &["me"], 4).await;
        house.left("g2", &["me"], 0).await;
        // A position is no change of the list, and a repeated event is none either.
        house.chat("ann", "me", 2).await;
        house.mark("me", &ConversationId::single(&user("ann"), &user("me")), 2).await;
        let next = changes(&house, "me", &since).await;
        assert_eq!(told(&next), json!([false, [{"id": "si_bob_me"}], [{"id": "sg_g1"}], ["sg_g2"]]));
        assert_eq!(told(&changes(&house, "me", &next["version"]).await), json!([false, [], [], []]));

        for foreign in
            [json!({"id": "0123456789abcdef01234567", "number": 1}), json!({"id": "x", "number": 1}), json!({"id": "", "number": 0})]
        {
            assert_eq!(told(&changes(&house, "me", &foreign).await), json!([true, [], [], []]), "{foreign}");
        }
        let ahead = json!({"id": next["version"]["id"], "number": next["version"]["number"].as_i64().unwrap() + 1});
        assert_eq!(told(&changes(&house, "me", &ahead).await), json!([true, [], [], []]));
        // Another user's version is nobody's here.
        assert_eq!(told(&changes(&house, "bob", &next["version"]).await)[0], json!(true));
    })
    .await;
}

#[tokio::test]
async fn all_ids_come_with_their_hash_unless_the_client_has_them() {
    for_each_database(async |world| {
        let house = House::new(world);
        let ids = async |name: &str, hash: &Value| {
            house.data(world.user(name), IDS, json!({"hash": hash})).await["viewer"]["conversationIds"].clone()
        };
        assert_eq!(ids("me", &Value::Null).await["hash"], json!(0));
        house.chat("zoe", "me", 1).await;
        world.advance(std::time::Duration::from_secs(1));
        house.chat("ann", "me", 1).await;
        let all = ids("me", &Value::Null).await;
        assert_eq!((&all["equal"], &all["ids"]), (&json!(false), &json!(["si_me_zoe", "si_ann_me"])));
        let again = ids("me", &all["hash"]).await;
        assert_eq!((&again["equal"], &again["ids"], &again["version"]), (&json!(true), &json!([]), &all["version"]));
        assert_eq!(ids("me", &json!(1)).await["equal"], json!(false));
    })
    .await;
}

#[tokio::test]
async fn notification_streams_are_among_the_changes_since_a_moment() {
    for_each_database(async |world| {
        let house = House::new(world);
        let id = house.chat("ann", "me", 1).await;
        let group = house.joined("g", &["me", "gone"], 0).await;
        house.left("g", &["gone"], 1).await;
        world.advance(std::time::Duration::from_secs(60));
        let since = world.now();
        house.log(&id.notification_twin(), 3, "ann", &["ann", "me"]);
        house.log(&group.notification_twin(), 4, "ann", &[]);
        house.log(&ConversationId::own_notifications(&user("me")), 5, "me", &["me"]);
        let document =
            "query($since: DateTime!) { viewer { changesSince(since: $since) { conversations { conversationId maxSeq rowChanged } } } }";
        let told = async |name: &str| {
            house.data(world.user(name), document, json!({"since": text(since)})).await["viewer"]["changesSince"]["conversations"].clone()
        };
        let change = |id: &str, seq: i64| json!({"conversationId": id, "maxSeq": seq, "rowChanged": false});
        assert_eq!(told("me").await, json!([change("n_ann_me", 3), change("n_g", 4), change("n_me_me", 5)]));
        assert_eq!(told("gone").await, json!([]), "who has left hears nothing more");
        assert!(since > START);
    })
    .await;
}
