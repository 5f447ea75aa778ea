//! Rows that are there before the news that their owner has entered the group.

use std::time::Duration;

use openim_contracts::{GroupMembersJoined, GroupMembersLeft, GroupRole, ReaderState};
use openim_conversations::Settings;
use openim_core::{ConversationId, GroupId};
use openim_platform::webhooks::commands;
use openim_testing::{WebhookReceiver, for_each_database};
use serde_json::{Value, json};

use crate::support::{House, user};

const SECOND: Duration = Duration::from_secs(1);

/// Makes members of a group whose entering is not handled yet, and five messages in it.
fn enter(house: &House<'_>, names: &[&str]) -> ConversationId {
    house.groups.add("g", &["ann"]);
    for name in names {
        house.groups.enter("g", name, GroupRole::Member, house.world.now());
    }
    let id = ConversationId::group(&GroupId::parse("g").unwrap());
    house.log(&id, 5, "ann", &[]);
    id
}

async fn state(house: &House<'_>, name: &str, id: &ConversationId) -> Option<ReaderState> {
    let reader = openim_conversations::reader(house.world.store().clone());
    reader.reader_states(&user(name), std::slice::from_ref(id)).await.unwrap()[0]
}

#[tokio::test]
async fn a_row_that_the_entering_has_not_reached_is_provisional() {
    for_each_database(async |world| {
        let house = House::new(world);
        let id = enter(&house, &["bob", "cid", "dan"]);
        house.mark("bob", &id, 5).await;
        let document = "mutation($input: UpdateConversationInput!) { updateConversation(input: $input) { changed } }";
        house.data(world.user("cid"), document, json!({"input": {"conversationId": id.as_str(), "pinned": true}})).await;
        house.read_advanced(&[("dan", &id, 4)]).await;
        for name in ["bob", "cid", "dan"] {
            assert!(state(&house, name, &id).await.unwrap().provisional, "{name}");
        }
        let chat = house.chat("ann", "bob", 1).await;
        assert!(!state(&house, "bob", &chat).await.unwrap().provisional, "who takes part in a chat sees all of it");

        house.joined("g", &["bob", "cid", "dan"], 6).await;
        for (name, read_seq) in [("bob", 5), ("cid", 0), ("dan", 4)] {
            let state = state(&house, name, &id).await.unwrap();
            assert_eq!((state.read_seq, state.min_seq, state.max_seq, state.provisional), (read_seq, 6, 0, false), "{name}");
        }
        house.left("g", &["bob"], 5).await;
        assert!(!state(&house, "bob", &id).await.unwrap().provisional, "nor after leaving");
    })
    .await;
}

#[tokio::test]
async fn who_leaves_is_not_shown_more_than_the_entering_allows_whichever_comes_first() {
    for_each_database(async |world| {
        let house = House::new(world);
        let id = enter(&house, &["bob", "cid"]);
        house.mark("bob", &id, 5).await;
        let (group_id, user_ids) = (GroupId::parse("g").unwrap(), vec![user("bob"), user("cid")]);
        let at = world.now();
        world.advance(SECOND);
        let left = GroupMembersLeft { group_id: group_id.clone(), user_ids: user_ids.clone(), visible_until: 8, at: world.now() };
        house.append(&left).await;
        assert_eq!(world.try_drain_events().await.failed.len(), 1, "it waits for the entering");
        assert!(state(&house, "bob", &id).await.unwrap().provisional);
        assert_eq!(state(&house, "cid", &id).await, None);

        house.event(&GroupMembersJoined { group_id, user_ids, visible_from: 6, at }).await;
        world.advance(60 * SECOND);
        world.drain_events().await;
        for name in ["bob", "cid"] {
            let state = state(&house, name, &id).await.unwrap();
            assert_eq!((state.min_seq, state.max_seq, state.provisional), (6, 8, false), "{name}");
        }
    })
    .await;
}

#[tokio::test]
async fn leaving_shows_nothing_of_what_was_written_between_two_memberships() {
    for_each_database(async |world| {
        let house = House::new(world);
        let id = enter(&house, &[]);
        house.joined("g", &["bob"], 3).await;
        house.left("g", &["bob"], 5).await;
        house.log(&id, 9, "ann", &[]);
        world.advance(SECOND);
        let at = world.now();
        world.advance(SECOND);
        house.left("g", &["bob"], 9).await;
        let limits = async || state(&house, "bob", &id).await.map(|state| (state.min_seq, state.max_seq));
        assert_eq!(limits().await, Some((3, 5)), "nobody knows yet from where on the second one could read");
        let (group_id, user_ids) = (GroupId::parse("g").unwrap(), vec![user("bob")]);
        house.event(&GroupMembersJoined { group_id, user_ids, visible_from: 9, at }).await;
        assert_eq!(limits().await, Some((3, 5)));
    })
    .await;
}

#[tokio::test]
async fn the_webhook_is_asked_although_the_member_has_a_row_already() {
    for_each_database(async |world| {
        let receiver = WebhookReceiver::answering(|command, _| match command {
            "callbackBeforeCreateGroupChatConversationsCommand" => json!({"actionCode": 0, "nextCode": 1, "errCode": 4001, "errMsg": "no"}),
            _ => json!({}),
        })
        .await;
        let webhooks = receiver.webhooks(world, &[&commands::BEFORE_CREATE_GROUP_CHAT_CONVERSATIONS]);
        let house = House::hooked(world, Settings::default(), webhooks);
        let id = enter(&house, &["bob"]);
        house.mark("bob", &id, 1).await;
        let list = async || {
            let document = "{ viewer { allConversations { id } conversationChanges { version { id number } } } }";
            house.data(world.user("bob"), document, json!({})).await["viewer"].clone()
        };
        let before = list().await;
        assert_eq!(before["allConversations"], json!([{"id": "sg_g"}]));
        house.asked.take();

        house.joined("g", &["bob"], 0).await;
        assert_eq!(receiver.take().len(), 1);
        assert_eq!(list().await["allConversations"], json!([]));
        let document = "query($since: VersionInput) { viewer { conversationChanges(since: $since) { deletedIds } } }";
        let news = house.data(world.user("bob"), document, json!({"since": before["conversationChanges"]["version"]})).await;
        assert_eq!(news["viewer"]["conversationChanges"]["deletedIds"], json!(["sg_g"]));
        let told: Vec<_> = house.asked.take().into_iter().map(|(kind, users, _)| (kind, users)).collect();
        assert_eq!(told, [(1300, vec!["bob".to_owned()])]);

        house.log(&id, 9, "ann", &[]);
        assert_eq!(list().await["allConversations"], Value::Array(vec![]), "no message brings it back");
        house.joined("g", &["bob"], 0).await;
        assert_eq!(receiver.take(), [], "nobody is asked twice");
    })
    .await;
}
