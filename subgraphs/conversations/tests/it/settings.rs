//! What owners set in their views.

use openim_contracts::{Audience, Signal, SignalKind};
use openim_core::{ConversationId, GroupId};
use openim_testing::{TestWorld, for_each_database};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use crate::support::{House, user};

const ONE: &str = "mutation($input: UpdateConversationInput!) { updateConversation(input: $input) { changed conversation {
    ownerId pinned receiveOption privateChat burnDuration groupAtType attachedInfo ex isDestructing destructAfter } } }";
const MANY: &str = "mutation($input: UpdateConversationsInput!) { updateConversations(input: $input) {
    changedOwnerIds conversations { ownerId id pinned ex } } }";
const ABOUT: &str = "mutation($input: UpdateConversationsAboutUserInput!) { updateConversationsAboutUser(input: $input) { accepted } }";
const LISTS: &str = "query($since: VersionInput) { viewer { pinnedConversationIds silentConversationIds
    conversationChanges(since: $since) { version { id number } full inserted { id } updated { id } deletedIds } } }";

async fn one(house: &House<'_>, name: &str, mut set: Value, id: &str) -> Value {
    set["conversationId"] = json!(id);
    house.data(house.world.user(name), ONE, json!({"input": set})).await["updateConversation"].clone()
}

fn changed(users: &[&str], id: &str) -> Signal {
    let kind = SignalKind::ConversationChanged { conversation_id: ConversationId::parse(id).unwrap() };
    Signal { audience: Audience::Users(users.iter().map(|name| user(name)).collect()), kind }
}

#[tokio::test]
async fn an_owner_sets_and_only_what_changes_is_told() {
    for_each_database(async |world| {
        let house = House::new(world);
        let id = house.chat("ann", "bob", 3).await;
        let lists = house.data(world.user("bob"), LISTS, json!({})).await["viewer"].clone();
        let since = lists["conversationChanges"]["version"].clone();
        let set = json!({"pinned": true, "receiveOption": "SILENT", "burnDuration": 30, "attachedInfo": "a", "ex": "e",
            "isDestructing": true, "destructAfter": 60, "groupAtType": "ME"});
        let first = one(&house, "bob", set.clone(), "si_ann_bob").await;
        let row = json!({"ownerId": "bob", "pinned": true, "receiveOption": "SILENT", "privateChat": false, "burnDuration": 30,
            "groupAtType": "NONE", "attachedInfo": "a", "ex": "e", "isDestructing": true, "destructAfter": 60});
        assert_eq!(first, json!({"changed": true, "conversation": row}));
        assert_eq!(world.take_signals(), [changed(&["bob"], "si_ann_bob")]);
        let tips = json!({"userID": "", "conversationIDList": ["si_ann_bob"]});
        assert_eq!(house.asked.take(), [(1300, vec!["bob".to_owned()], tips)]);

        assert_eq!(one(&house, "bob", set, "si_ann_bob").await["changed"], json!(false));
        assert_eq!((world.take_signals(), house.asked.take()), (vec![], vec![]));
        let cleared = one(&house, "bob", json!({"ex": "", "pinned": null}), "si_ann_bob").await;
        assert_eq!((&cleared["conversation"]["ex"], &cleared["conversation"]["pinned"]), (&json!(""), &json!(true)));

        let lists = house.data(world.user("bob"), LISTS, json!({"since": since})).await["viewer"].clone();
        assert_eq!((&lists["pinnedConversationIds"], &lists["silentConversationIds"]), (&json!([id.as_str()]), &json!([id.as_str()])));
        assert_eq!(lists["conversationChanges"]["updated"], json!([{"id": "si_ann_bob"}]));
        // The other one's view is independent.
        let other = house.data(world.user("ann"), LISTS, json!({})).await["viewer"].clone();
        assert_eq!(other["pinnedConversationIds"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn a_conversation_that_could_exist_enters_the_list_by_being_set() {
    for_each_database(async |world| {
        let house = House::new(world);
        house.groups.add("g", &["ann", "bob"]);
        let known = house.data(world.user("bob"), LISTS, json!({})).await["viewer"]["conversationChanges"]["version"].clone();
        for id in ["si_ann_bob", "sn_bob_news", "sg_g"] {
            let set = one(&house, "bob", json!({"pinned": true}), id).await;
            assert_eq!((&set["changed"], &set["conversation"]["pinned"]), (&json!(true), &json!(true)), "{id}");
        }
        let news = house.data(world.user("bob"), LISTS, json!({"since": known})).await["viewer"]["conversationChanges"].clone();
        assert_eq!(news["inserted"].as_array().unwrap().len(), 3, "{news}");
        let refused =
            async |name: &str, id: &str| house.code(world.user(name), ONE, json!({"input": {"conversationId": id, "pinned": true}})).await;
        assert_eq!(refused("bob", "si_bob_nobody").await, "USER_ID_NOT_FOUND");
        assert_eq!(refused("eve", "sg_g").await, "NOT_IN_GROUP");
        assert_eq!(refused("eve", "sg_none").await, "GROUP_ID_NOT_FOUND");
        assert_eq!(refused("eve", "si_ann_bob").await, "RECORD_NOT_FOUND");
        assert_eq!(refused("bob", "n_ann_bob").await, "RECORD_NOT_FOUND");
    })
    .await;
}

#[tokio::test]
async fn an_administrator_sets_for_many_and_only_changed_owners_are_told() {
    for_each_database(async |world| {
        let house = House::new(world);
        house.groups.add("g", &["ann", "bob", "cid"]);
        house.joined("g", &["ann", "bob"], 0).await;
        house.asked.take();
        one(&house, "bob", json!({"ex": "x"}), "sg_g").await;
        house.asked.take();
        let input = json!({"ownerIds": ["cid", "bob", "ann"], "kind": "GROUP", "groupId": "g", "conversationId": "sg_g", "ex": "x"});
        let set = house.data(world.admin(), MANY, json!({"input": input})).await["updateConversations"].clone();
        assert_eq!(set["changedOwnerIds"], json!(["ann", "cid"]));
        let owners: Vec<_> = set["conversations"].as_array().unwrap().iter().map(|row| row["ownerId"].as_str().unwrap()).collect();
        assert_eq!(owners, ["cid", "bob", "ann"]);
        assert_eq!(house.asked.take().into_iter().map(|(_, users, _)| users).collect::<Vec<_>>(), [["ann", "cid"]]);
    })
    .await;
}

#[tokio::test]
async fn foreign_owners_wrong_conversations_and_impossible_values_are_refused() {
    for_each_database(async |world| {
        let house = House::new(world);
        house.chat("ann", "bob", 3).await;
        house.groups.add("g", &["ann"]);
        let single = |more: Value| {
            let mut input = json!({"ownerIds": ["ann"], "kind": "SINGLE", "peerId": "bob"});
            input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            json!({"input": input})
        };
        for (input, code) in [
            (single(json!({"ownerIds": ["ann", "bob"]})), "NO_PERMISSION"),
            (single(json!({"ownerIds": []})), "ARGS_ERROR"),
            (single(json!({"ownerIds": ["ann", "ann"]})), "ARGS_ERROR"),
            (single(json!({"ownerIds": vec!["ann"; 1_001]})), "ARGS_ERROR"),
            (single(json!({"conversationId": "si_ann_eve"})), "ARGS_ERROR"),
            (single(json!({"peerId": null})), "ARGS_ERROR"),
            (single(json!({"peerId": "nobody"})), "USER_ID_NOT_FOUND"),
            (single(json!({"kind": "NOTIFICATION"})), "ARGS_ERROR"),
            (single(json!({"kind": "GROUP", "groupId": "h"})), "GROUP_ID_NOT_FOUND"),
            (single(json!({"burnDuration": -1})), "ARGS_ERROR"),
            (single(json!({"destructAfter": -1})), "ARGS_ERROR"),
            (single(json!({"ex": "x".repeat(65_537)})), "ARGS_ERROR"),
            (single(json!({"attachedInfo": "\u{0}"})), "ARGS_ERROR"),
        ] {
            assert_eq!(house.code(world.user("ann"), MANY, input.clone()).await, code, "{input}");
        }
        assert_eq!(house.code(world.anonymous(), MANY, single(json!({}))).await, "UNAUTHENTICATED");
        assert_eq!(house.code(world.user("eve"), MANY, single(json!({}))).await, "NO_PERMISSION");
        let group = json!({"input": {"ownerIds": ["eve"], "kind": "GROUP", "groupId": "g", "pinned": true}});
        assert_eq!(house.code(world.user("eve"), MANY, group).await, "NOT_IN_GROUP");
    })
    .await;
}

#[tokio::test]
async fn a_chat_becomes_private_for_both_and_the_other_one_is_told_once() {
    for_each_database(async |world| {
        let house = House::new(world);
        house.chat("ann", "bob", 3).await;
        let private = async |name: &str| {
            let document = "{ conversation(id: \"si_ann_bob\") { privateChat burnDuration } }";
            house.data(world.user(name), document, json!({})).await["conversation"].clone()
        };
        one(&house, "bob", json!({"privateChat": true, "burnDuration": 30}), "si_ann_bob").await;
        assert_eq!(private("bob").await, json!({"privateChat": true, "burnDuration": 30}));
        assert_eq!(private("ann").await, json!({"privateChat": true, "burnDuration": 0}));
        assert_eq!(world.take_signals(), [changed(&["ann", "bob"], "si_ann_bob")]);
        let tips = |on: bool| json!({"recvID": "ann", "sendID": "bob", "isPrivate": on, "conversationID": "si_ann_bob"});
        let asked = house.asked.take();
        assert_eq!(asked[0].1, ["bob"], "1300 for what bob alone has set");
        assert_eq!(asked[1..], [(1701, vec!["bob>ann".to_owned()], tips(true))]);
        one(&house, "bob", json!({"privateChat": true}), "si_ann_bob").await;
        assert_eq!(house.asked.take(), []);
        one(&house, "bob", json!({"privateChat": false}), "si_ann_bob").await;
        assert_eq!(house.asked.take(), [(1701, vec!["bob>ann".to_owned()], tips(false))]);

        // Who is blocked changes nothing for the other one.
        house.relations.set("ann", "bob", openim_contracts::Standing { blocked: true, friend: false });
        let input = json!({"input": {"conversationId": "si_ann_bob", "privateChat": true}});
        assert_eq!(house.code(world.user("bob"), ONE, input).await, "BLOCKED_BY_PEER");
        house.joined("g", &["bob"], 0).await;
        assert_eq!(one(&house, "bob", json!({"privateChat": true}), "sg_g").await["changed"], json!(false), "groups have none");
    })
    .await;
}

#[tokio::test]
async fn a_mark_is_taken_away_until_the_next_one() {
    for_each_database(async |world| {
        let house = House::new(world);
        let id = house.joined("g", &["ann", "bob"], 0).await;
        house.log(&id, 3, "ann", &[]);
        world.advance(std::time::Duration::from_secs(1));
        let group_id = GroupId::parse("g").unwrap();
        let everybody = openim_contracts::MembersMentioned {
            group_id,
            seq: 1,
            sender: user("ann"),
            user_ids: vec![],
            everybody: true,
            at: world.now(),
        };
        house.event(&everybody).await;
        let set = async |mark: &str| one(&house, "bob", json!({"groupAtType": mark}), "sg_g").await;
        assert_eq!(set("ALL").await["changed"], json!(false), "it has this mark already");
        world.advance(std::time::Duration::from_secs(1));
        let taken = set("NONE").await;
        assert_eq!((&taken["changed"], &taken["conversation"]["groupAtType"]), (&json!(true), &json!("NONE")));
        world.advance(std::time::Duration::from_secs(1));
        house.event(&openim_contracts::MembersMentioned { at: world.now(), ..everybody }).await;
        let row = house.data(world.user("bob"), "{ conversation(id: \"sg_g\") { groupAtType } }", json!({})).await;
        assert_eq!(row["conversation"]["groupAtType"], json!("ALL"));
    })
    .await;
}

#[tokio::test]
async fn what_others_keep_about_a_user_is_written_in_bounded_steps() {
    for_each_database(async |world| {
        let house = House::new(world);
        let names: Vec<String> = (0..1_100).map(|number| format!("u{number:04}")).collect();
        let ids: Vec<_> = names.iter().map(|name| ConversationId::single(&user("hub"), &user(name))).collect();
        let positions: Vec<_> = names.iter().zip(&ids).map(|(name, id)| (name.as_str(), id, 1)).collect();
        house.read_advanced(&positions).await;
        let input = json!({"input": {"userId": "hub", "ex": "vip"}});
        assert_eq!(house.code(world.user("u0001"), ABOUT, input.clone()).await, "NO_PERMISSION");
        let data = house.data(world.user("hub"), ABOUT, input).await;
        assert_eq!(data["updateConversationsAboutUser"]["accepted"], json!(true));
        for name in ["u0000", "u0499", "u0500", "u1099"] {
            let row = house.data(world.user(name), "{ viewer { allConversations { ex } } }", json!({})).await;
            assert_eq!(row["viewer"]["allConversations"], json!([{"ex": "vip"}]), "{name}");
        }
        assert_eq!(house.asked.take(), [], "nobody is told by a notification");
        let nothing = house.data(world.user("hub"), ABOUT, json!({"input": {}})).await;
        assert_eq!(nothing["updateConversationsAboutUser"]["accepted"], json!(false));
    })
    .await;
}

async fn write(world: &TestWorld, sql: &str) {
    let tx = world.store().begin().await.unwrap();
    tx.connection().execute_unprepared(sql).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn what_is_written_about_a_user_is_the_newest_text_whichever_step_comes_last() {
    for_each_database(async |world| {
        let house = House::new(world);
        house.chat("ann", "hub", 1).await;
        let about = |ex: &str| json!({"input": {"userId": "hub", "ex": ex}});
        house.chat("zoe", "hub", 1).await;
        // A row that cannot be read makes the first step fail: it comes again when the second text is there already.
        write(world, "UPDATE user_conv SET conversation_id = 'of no kind' WHERE owner_id = 'zoe'").await;
        house.answer(world.user("hub"), ABOUT, about("old")).await;
        assert_eq!(world.try_drain_events().await.failed.len(), 1);
        write(world, "DELETE FROM user_conv WHERE owner_id = 'zoe'").await;
        house.data(world.user("hub"), ABOUT, about("new")).await;
        world.advance(std::time::Duration::from_secs(60));
        world.drain_events().await;
        let row = house.data(world.user("ann"), "{ viewer { allConversations { ex } } }", json!({})).await;
        assert_eq!(row["viewer"]["allConversations"], json!([{"ex": "new"}]));
    })
    .await;
}
