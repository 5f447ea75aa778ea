//! Rows of a group's members: entering, leaving, coming back, being named.

use std::time::Duration;

use openim_contracts::{
    Audience, GroupMembersJoined, GroupMembersLeft, GroupRole, GroupUpdated, GroupWasDismissed, MembersMentioned, Signal, SignalKind,
};
use openim_core::{ConversationId, GroupId};
use openim_entities::conversations::user_conv;
use openim_testing::for_each_database;
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::{Value, json};

use crate::support::{House, user};

const ROW: &str = "query($id: ID!) { conversation(id: $id) { ownerId groupId minSeqLimit maxSeqLimit unreadCount groupAtType } }";
const SECOND: Duration = Duration::from_secs(1);

async fn row(house: &House<'_>, name: &str, id: &ConversationId) -> Value {
    house.data(house.world.user(name), ROW, json!({"id": id.as_str()})).await["conversation"].clone()
}

async fn mark(house: &House<'_>, name: &str, id: &ConversationId) -> String {
    row(house, name, id).await["groupAtType"].as_str().unwrap().to_owned()
}

async fn changes(house: &House<'_>, name: &str, since: &Value) -> Value {
    let document = "query($since: VersionInput) { viewer { conversationChanges(since: $since) {
        version { id number } inserted { id } updated { id } deletedIds } } }";
    house.data(house.world.user(name), document, json!({"since": since})).await["viewer"]["conversationChanges"].clone()
}

async fn mentioned(house: &House<'_>, seq: i64, sender: &str, users: &[&str], everybody: bool) {
    house.world.advance(SECOND);
    let user_ids = users.iter().map(|name| user(name)).collect();
    let (group_id, at) = (GroupId::parse("g").unwrap(), house.world.now());
    house.event(&MembersMentioned { group_id, seq, sender: user(sender), user_ids, everybody, at }).await;
}

fn changed(users: &[&str], id: &ConversationId) -> Signal {
    let kind = SignalKind::ConversationChanged { conversation_id: id.clone() };
    Signal { audience: Audience::Users(users.iter().map(|name| user(name)).collect()), kind }
}

#[tokio::test]
async fn who_enters_gets_a_row_a_signal_and_a_notification_and_who_leaves_keeps_it_frozen() {
    for_each_database(async |world| {
        let house = House::new(world);
        let id = house.joined("g", &["ann", "bob"], 0).await;
        house.log(&id, 9, "ann", &[]);
        assert_eq!(world.take_signals(), [changed(&["ann", "bob"], &id)]);
        let tips = json!({"userID": "", "conversationIDList": ["sg_g"]});
        assert_eq!(house.asked.take(), [(1300, vec!["ann".to_owned(), "bob".to_owned()], tips.clone())]);
        let open = json!({"ownerId": "bob", "groupId": "g", "minSeqLimit": 0, "maxSeqLimit": 0, "unreadCount": 9, "groupAtType": "NONE"});
        assert_eq!(row(&house, "bob", &id).await, open);

        world.advance(SECOND);
        house.left("g", &["bob"], 4).await;
        assert_eq!(world.take_signals(), [changed(&["bob"], &id)]);
        assert_eq!(house.asked.take(), [(1300, vec!["bob".to_owned()], tips)]);
        let frozen = row(&house, "bob", &id).await;
        assert_eq!((&frozen["maxSeqLimit"], &frozen["unreadCount"]), (&json!(4), &json!(4)));
        assert_eq!(row(&house, "ann", &id).await["maxSeqLimit"], json!(0));
        let heads = house.data(world.user("bob"), "{ viewer { heads { conversationId maxSeq live } } }", json!({})).await;
        assert_eq!(heads["viewer"]["heads"], json!([{"conversationId": "sg_g", "maxSeq": 4, "live": false}]));
        assert_eq!(row(&house, "eve", &id).await, json!(null));
    })
    .await;
}

#[tokio::test]
async fn who_comes_back_sees_everything_again_or_what_follows_as_the_group_wants() {
    for_each_database(async |world| {
        let house = House::new(world);
        let id = house.joined("g", &["ann", "bob", "cid"], 0).await;
        house.log(&id, 9, "ann", &[]);
        house.left("g", &["bob", "cid"], 4).await;
        world.advance(SECOND);
        house.joined("g", &["bob"], 0).await;
        house.joined("g", &["cid", "dan"], 10).await;
        let limits = async |name| {
            let row = row(&house, name, &id).await;
            (row["minSeqLimit"].as_i64().unwrap(), row["maxSeqLimit"].as_i64().unwrap(), row["unreadCount"].as_i64().unwrap())
        };
        assert_eq!(limits("bob").await, (0, 0, 9));
        assert_eq!(limits("cid").await, (10, 0, 0));
        assert_eq!(limits("dan").await, (10, 0, 0));
    })
    .await;
}

#[tokio::test]
async fn late_news_of_a_membership_that_has_changed_since_are_ignored_and_told_to_nobody() {
    for_each_database(async |world| {
        let house = House::new(world);
        let (group_id, user_ids) = (GroupId::parse("g").unwrap(), vec![user("bob")]);
        let id = house.joined("g", &["bob"], 0).await;
        world.advance(SECOND);
        let early = world.now();
        world.advance(SECOND);
        house.joined("g", &["bob"], 0).await;
        house.log(&id, 9, "ann", &[]);
        let since = async || changes(&house, "bob", &Value::Null).await["version"].clone();
        let unheard = async |what: &str, since: &Value| {
            let news = changes(&house, "bob", since).await;
            assert_eq!(json!([news["inserted"], news["updated"], news["deletedIds"]]), json!([[], [], []]), "{what}");
            assert_eq!((world.take_signals(), house.asked.take()), (vec![], vec![]), "{what}");
        };
        world.take_signals();
        house.asked.take();
        let before = since().await;
        for visible_until in [0, 3] {
            let (group_id, user_ids) = (group_id.clone(), user_ids.clone());
            house.event(&GroupMembersLeft { group_id, user_ids, visible_until, at: early }).await;
            assert_eq!(row(&house, "bob", &id).await["maxSeqLimit"], json!(0));
            unheard("a leave", &before).await;
        }
        world.advance(SECOND);
        house.left("g", &["bob"], 5).await;
        world.take_signals();
        house.asked.take();
        let before = since().await;
        house.event(&GroupMembersJoined { group_id, user_ids, visible_from: 0, at: early }).await;
        assert_eq!(row(&house, "bob", &id).await["maxSeqLimit"], json!(5));
        unheard("an entering", &before).await;
    })
    .await;
}

#[tokio::test]
async fn leaving_before_the_first_message_leaves_no_row() {
    for_each_database(async |world| {
        let house = House::new(world);
        let id = house.joined("g", &["ann", "bob"], 0).await;
        house.left("g", &["bob", "nobody"], 0).await;
        assert_eq!(row(&house, "bob", &id).await, json!(null));
        assert_eq!(user_conv::Entity::find().count(world.store().read()).await.unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn members_of_a_dismissed_group_keep_all_of_it() {
    for_each_database(async |world| {
        let house = House::new(world);
        let id = house.joined("g", &["ann", "bob"], 0).await;
        house.log(&id, 5, "ann", &[]);
        house.left("g", &["bob"], 3).await;
        world.advance(SECOND);
        house.event(&GroupWasDismissed { group_id: GroupId::parse("g").unwrap(), at: world.now() }).await;
        house.left("g", &["ann"], 5).await;
        house.log(&id, 6, "ann", &[]);
        assert_eq!(row(&house, "ann", &id).await["maxSeqLimit"], json!(0));
        assert_eq!(row(&house, "bob", &id).await["maxSeqLimit"], json!(3));
    })
    .await;
}

#[tokio::test]
async fn naming_everybody_writes_one_row_whatever_the_size_of_the_group() {
    for_each_database(async |world| {
        let house = House::new(world);
        let names: Vec<String> = (0..300).map(|number| format!("u{number}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let id = house.joined("g", &names, 0).await;
        world.take_signals();
        house.asked.take();
        let before = user_conv::Entity::find().all(world.store().read()).await.unwrap();

        mentioned(&house, 1, "u0", &[], true).await;
        assert_eq!(user_conv::Entity::find().all(world.store().read()).await.unwrap(), before);
        assert_eq!((world.take_signals(), house.asked.take()), (vec![], vec![]));
        assert_eq!(mark(&house, "u299", &id).await, "ALL");
        assert_eq!(mark(&house, "u0", &id).await, "NONE", "who named everybody");

        world.advance(SECOND);
        house.joined("g", &["late"], 0).await;
        assert_eq!(mark(&house, "late", &id).await, "NONE");
        world.advance(SECOND);
        let update = GroupUpdated { group_id: GroupId::parse("g").unwrap(), user_ids: vec![], announcement_changed: true };
        house.event(&update).await;
        assert_eq!((mark(&house, "u7", &id).await, mark(&house, "late", &id).await), ("ANNOUNCEMENT".into(), "ANNOUNCEMENT".into()));
    })
    .await;
}

#[tokio::test]
async fn who_is_named_gets_a_mark_and_others_do_not() {
    for_each_database(async |world| {
        let house = House::new(world);
        let id = house.joined("g", &["ann", "bob", "cid", "gone"], 0).await;
        house.log(&id, 5, "ann", &[]);
        house.left("g", &["gone"], 1).await;
        world.take_signals();
        house.asked.take();

        mentioned(&house, 1, "ann", &["bob", "ann", "gone", "stranger"], false).await;
        assert_eq!(world.take_signals(), [changed(&["bob"], &id)]);
        assert_eq!(house.asked.take().into_iter().map(|(_, users, _)| users).collect::<Vec<_>>(), [vec!["bob".to_owned()]]);
        for (name, expected) in [("ann", "NONE"), ("bob", "ME"), ("cid", "NONE"), ("gone", "NONE")] {
            assert_eq!(mark(&house, name, &id).await, expected, "{name}");
        }
        assert_eq!(row(&house, "stranger", &id).await, json!(null));
        mentioned(&house, 2, "ann", &["cid"], true).await;
        for (name, expected) in [("ann", "NONE"), ("bob", "ALL"), ("cid", "ALL_AND_ME"), ("gone", "NONE")] {
            assert_eq!(mark(&house, name, &id).await, expected, "{name}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_member_has_a_view_as_soon_as_the_log_has_a_message() {
    for_each_database(async |world| {
        let house = House::new(world);
        let group = ConversationId::group(&GroupId::parse("g").unwrap());
        let chat = ConversationId::single(&user("ann"), &user("bob"));
        let system = ConversationId::system(&user("ann"), &user("news"));
        house.groups.add("g", &["ann"]);
        house.groups.enter("g", "bob", GroupRole::Member, world.now());
        house.log(&group, 1, "ann", &[]);
        house.log(&chat, 1, "ann", &["ann", "bob"]);
        house.log(&system, 1, "news", &["ann", "news"]);
        let document = "query($all: [_Any!]!) { _entities(representations: $all) { ... on Conversation { id ownerId groupId peerId unreadCount } } }";
        let entities = async |name: &str| {
            let ids = [&group, &chat, &system];
            let all: Vec<_> = ids.iter().map(|id| json!({"__typename": "Conversation", "ownerId": name, "id": id.as_str()})).collect();
            house.data(world.user(name), document, json!({"all": all})).await["_entities"].clone()
        };
        let view = |id: &str, owner: &str, group: Value, peer: Value, unread: i64| {
            json!({"id": id, "ownerId": owner, "groupId": group, "peerId": peer, "unreadCount": unread})
        };
        let (group, ann) = (view("sg_g", "bob", json!("g"), json!(null), 1), json!("ann"));
        assert_eq!(entities("bob").await, json!([group, view("si_ann_bob", "bob", json!(null), ann, 1), null]));
        assert_eq!(entities("eve").await, json!([null, null, null]));
        assert_eq!(entities("news").await, json!([null, null, null]));
        assert_eq!(entities("ann").await[2], view("sn_ann_news", "ann", json!(null), json!("news"), 1));
        // Marking makes the row of a member, and of nobody else.
        assert_eq!(house.mark("bob", &ConversationId::parse("sg_g").unwrap(), 1).await, (1, 0));
        let input = json!({"input": {"conversationId": "sg_g", "readSeq": 1}});
        assert_eq!(house.code(world.user("eve"), crate::support::MARK, input).await, "RECORD_NOT_FOUND");
    })
    .await;
}
