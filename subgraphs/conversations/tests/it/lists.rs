//! Lists: order, pages, counts, ends and positions.

use std::time::Duration;

use openim_conversations::Settings;
use openim_core::ConversationId;
use openim_testing::for_each_database;
use serde_json::{Value, json};

use crate::support::{House, text, user};

const LIST: &str = "query($first: Int, $after: String, $offset: Int) { viewer { id conversations(first: $first, after: $after, offset: $offset) {
    totalCount totalUnread edges { cursor node { peerId unreadCount } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }";

fn peers(connection: &Value) -> Vec<&str> {
    connection["edges"].as_array().unwrap().iter().map(|edge| edge["node"]["peerId"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn the_newest_activity_comes_first_and_pages_meet_without_gap() {
    for_each_database(async |world| {
        let house = House::new(world);
        for (place, peer) in ["p1", "p2", "p3", "p4", "p5"].iter().enumerate() {
            house.chat(peer, "me", i64::try_from(place).unwrap() + 1).await;
            world.advance(Duration::from_secs(1));
        }
        let revived = ConversationId::single(&user("me"), &user("p2"));
        house.log(&revived, 3, "p2", &["me", "p2"]);

        let page = house.data(world.user("me"), LIST, json!({"first": 2})).await;
        let first = &page["viewer"]["conversations"];
        assert_eq!(peers(first), ["p2", "p5"]);
        assert_eq!((&first["totalCount"], &first["totalUnread"]), (&json!(5), &json!(1 + 3 + 3 + 4 + 5)));
        assert_eq!((&first["pageInfo"]["hasNextPage"], &first["pageInfo"]["hasPreviousPage"]), (&json!(true), &json!(false)));

        // What moves to the front between two pages does not shift the next one.
        world.advance(Duration::from_secs(1));
        house.log(&ConversationId::single(&user("me"), &user("p5")), 6, "p5", &["me", "p5"]);
        let page = house.data(world.user("me"), LIST, json!({"first": 2, "after": first["pageInfo"]["endCursor"]})).await;
        let second = &page["viewer"]["conversations"];
        assert_eq!(peers(second), ["p4", "p3"]);
        let page = house.data(world.user("me"), LIST, json!({"first": 2, "after": second["pageInfo"]["endCursor"]})).await;
        let third = &page["viewer"]["conversations"];
        assert_eq!(peers(third), ["p1"]);
        assert_eq!(third["pageInfo"]["hasNextPage"], json!(false));

        let page = house.data(world.user("me"), LIST, json!({"first": 2, "offset": 3})).await;
        assert_eq!(peers(&page["viewer"]["conversations"]), ["p3", "p1"]);
    })
    .await;
}

#[tokio::test]
async fn who_has_left_a_group_does_not_learn_that_others_go_on_talking() {
    for_each_database(async |world| {
        let house = House::new(world);
        let id = house.joined("g", &["ann", "me"], 0).await;
        house.log(&id, 3, "ann", &[]);
        world.advance(Duration::from_secs(1));
        house.left("g", &["me"], 3).await;
        let left = world.now();
        world.advance(Duration::from_secs(1));
        house.chat("p1", "me", 1).await;
        let document = "query($since: DateTime!) { viewer {
            conversations(first: 10) { edges { cursor node { id } } } readPositions { conversationId maxSeq maxSeqAt }
            changesSince(since: $since) { conversations { conversationId } } } }";
        world.advance(Duration::from_secs(1));
        let since = text(world.now());
        let told = async || house.data(world.user("me"), document, json!({"since": since})).await["viewer"].clone();
        let before = told().await;
        let ids: Vec<_> = before["conversations"]["edges"].as_array().unwrap().iter().map(|edge| &edge["node"]["id"]).collect();
        assert_eq!(ids, [&json!("si_me_p1"), &json!("sg_g")]);
        let positions = before["readPositions"].as_array().unwrap();
        assert!(positions.contains(&json!({"conversationId": "sg_g", "maxSeq": 3, "maxSeqAt": text(left)})), "{positions:?}");
        assert_eq!(before["changesSince"]["conversations"], json!([]));
        world.advance(Duration::from_secs(60));
        house.log(&id, 9, "ann", &[]);
        assert_eq!(told().await, before);
    })
    .await;
}

#[tokio::test]
async fn by_age_the_oldest_row_comes_first_and_pages_meet_without_gap() {
    for_each_database(async |world| {
        let house = House::new(world);
        for peer in ["p3", "p1", "p2", "p0"] {
            house.chat(peer, "me", 2).await;
            // Two of the same moment are told apart by their ids.
            if peer != "p2" {
                world.advance(Duration::from_secs(1));
            }
        }
        let revived = ConversationId::single(&user("me"), &user("p3"));
        house.log(&revived, 5, "p3", &["me", "p3"]);

        let document = LIST.replace("offset: $offset)", "offset: $offset, order: AGE)").replace("totalUnread", "totalUnread startedCount");
        let page = async |page: Value| house.data(world.user("me"), &document, page).await["viewer"]["conversations"].clone();
        let first = page(json!({"first": 2})).await;
        assert_eq!(peers(&first), ["p3", "p1"]);
        let counts = [&first["totalCount"], &first["totalUnread"], &first["startedCount"], &first["edges"][0]["node"]["unreadCount"]];
        assert_eq!(counts, [&json!(4), &json!(5 + 2 + 2 + 2), &json!(4), &json!(5)]);
        assert_eq!((&first["pageInfo"]["hasNextPage"], &first["pageInfo"]["hasPreviousPage"]), (&json!(true), &json!(false)));
        let second = page(json!({"first": 2, "after": first["pageInfo"]["endCursor"]})).await;
        assert_eq!(peers(&second), ["p0", "p2"]);
        assert_eq!((&second["pageInfo"]["hasNextPage"], &second["pageInfo"]["hasPreviousPage"]), (&json!(false), &json!(true)));
        let between = page(json!({"first": 1, "after": second["pageInfo"]["startCursor"]})).await;
        assert_eq!(peers(&between), ["p2"]);
        assert_eq!(peers(&page(json!({"first": 2, "offset": 1})).await), ["p1", "p0"]);
        assert_eq!(peers(&page(json!({"first": 2, "offset": 4})).await), [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn bad_pages_are_refused() {
    for_each_database(async |world| {
        let house = House::new(world);
        house.chat("ann", "bob", 1).await;
        for page in [json!({"first": 0}), json!({"first": 101}), json!({"after": "%%%"}), json!({"after": "eA"}), json!({"offset": -1})] {
            assert_eq!(house.code(world.user("ann"), LIST, page).await, "ARGS_ERROR");
        }
    })
    .await;
}

#[tokio::test]
async fn lists_stop_at_the_bound() {
    for_each_database(async |world| {
        let house = House::with(world, Settings { max_conversations: 2, max_changes: 1, ..Settings::default() });
        for peer in ["p1", "p2", "p3"] {
            house.chat(peer, "me", 1).await;
            world.advance(Duration::from_secs(1));
        }
        let all = house.data(world.user("me"), "{ viewer { allConversations { peerId } } }", json!({})).await;
        assert_eq!(all["viewer"]["allConversations"], json!([{"peerId": "p3"}, {"peerId": "p2"}]));
    })
    .await;
}

#[tokio::test]
async fn named_conversations_come_once_in_the_order_asked_and_missing_ones_are_left_out() {
    for_each_database(async |world| {
        let house = House::new(world);
        let (ann, eve) = (house.chat("ann", "me", 1).await, house.chat("eve", "me", 1).await);
        let document = "query($ids: [ID!]!) { viewer { conversationsById(ids: $ids) { peerId unreadCount } } }";
        let ids = json!({"ids": [eve.as_str(), "si_x_y", ann.as_str(), "no id!", eve.as_str()]});
        let data = house.data(world.user("me"), document, ids).await;
        let expected = json!([{"peerId": "eve", "unreadCount": 1}, {"peerId": "ann", "unreadCount": 1}]);
        assert_eq!(data["viewer"]["conversationsById"], expected);
        assert_eq!(house.code(world.user("me"), document, json!({"ids": vec!["si_a_b"; 1_001]})).await, "ARGS_ERROR");
    })
    .await;
}

#[tokio::test]
async fn a_named_conversation_is_there_as_soon_as_its_first_message() {
    for_each_database(async |world| {
        let house = House::new(world);
        let id = ConversationId::single(&user("ann"), &user("bob"));
        house.log(&id, 1, "ann", &["ann", "bob"]);
        let document = "query($ids: [ID!]!) { viewer { conversationsById(ids: $ids) { id } activeConversations(ids: $ids) { startedCount } \
            readPositions(ids: $ids) { conversationId maxSeq } conversation(id: \"si_ann_bob\") { unreadCount } } }";
        let ids = json!({"ids": [id.as_str()]});
        let data = house.data(world.user("bob"), document, ids.clone()).await;
        let there = json!({
            "conversationsById": [{"id": id.as_str()}], "activeConversations": {"startedCount": 1},
            "readPositions": [{"conversationId": id.as_str(), "maxSeq": 1}], "conversation": {"unreadCount": 1}
        });
        assert_eq!(data["viewer"], there);
        let data = house.data(world.user("eve"), document, ids).await;
        assert_eq!(
            data["viewer"],
            json!({"conversationsById": [], "activeConversations": {"startedCount": 0}, "readPositions": [], "conversation": null})
        );
    })
    .await;
}

#[tokio::test]
async fn ends_cover_notification_streams_and_leave_out_empty_logs() {
    for_each_database(async |world| {
        let house = House::new(world);
        let id = house.chat("ann", "bob", 4).await;
        house.log(&id.notification_twin(), 2, "ann", &["ann", "bob"]);
        house.log(&ConversationId::own_notifications(&user("bob")), 7, "bob", &["bob"]);
        let data = house.data(world.user("bob"), "{ viewer { heads { conversationId maxSeq live } } }", json!({})).await;
        let end = |id: &str, seq: i64| json!({"conversationId": id, "maxSeq": seq, "live": true});
        assert_eq!(data["viewer"]["heads"], json!([end("n_ann_bob", 2), end("n_bob_bob", 7), end("si_ann_bob", 4)]));
        let data =
            house.data(world.user("ann"), "{ viewer { heads(includeEmpty: true) { conversationId maxSeq live } } }", json!({})).await;
        assert_eq!(data["viewer"]["heads"], json!([end("n_ann_ann", 0), end("n_ann_bob", 2), end("si_ann_bob", 4)]));
        let document = "{ viewer { heads(ids: [\"si_ann_bob\", \"si_bob_eve\"]) { conversationId maxSeq live } } }";
        let data = house.data(world.user("ann"), document, json!({})).await;
        assert_eq!(data["viewer"]["heads"], json!([end("n_ann_bob", 2), end("si_ann_bob", 4)]));
    })
    .await;
}

#[tokio::test]
async fn positions_tell_read_and_newest_of_own_rows_only() {
    for_each_database(async |world| {
        let house = House::new(world);
        let id = house.chat("ann", "bob", 4).await;
        let foreign = house.chat("ann", "eve", 9).await;
        house.mark("bob", &id, 3).await;
        let document = "query($ids: [ID!]) { viewer { readPositions(ids: $ids) { conversationId readSeq maxSeq maxSeqAt pinned } } }";
        let own = json!([{"conversationId": id.as_str(), "readSeq": 3, "maxSeq": 4, "maxSeqAt": text(world.now()), "pinned": false}]);
        for ids in [json!(null), json!([]), json!([foreign.as_str(), id.as_str()])] {
            let data = house.data(world.user("bob"), document, json!({"ids": ids})).await;
            assert_eq!(data["viewer"]["readPositions"], own);
        }
    })
    .await;
}
