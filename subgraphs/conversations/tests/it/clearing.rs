//! Clearing conversations for oneself and for everybody.

use openim_contracts::{DomainEvent, GroupRole, LogCleared};
use openim_core::Timestamp;
use openim_testing::for_each_database;
use serde_json::{Value, json};

use crate::support::{House, user};

const CLEAR: &str = "mutation($input: ClearConversationsInput!) { clearConversations(input: $input) { clearedIds } }";

async fn clear(house: &House<'_>, name: &str, input: Value) -> Value {
    house.data(house.world.user(name), CLEAR, json!({"input": input})).await["clearConversations"]["clearedIds"].clone()
}

async fn row(house: &House<'_>, name: &str, id: &str) -> Value {
    let document = "query($id: ID!) { conversation(id: $id) { unreadCount readSeq minSeqLimit } }";
    house.data(house.world.user(name), document, json!({"id": id})).await["conversation"].clone()
}

#[tokio::test]
async fn an_owner_clears_for_oneself_and_the_own_devices_are_told_as_wanted() {
    for_each_database(async |world| {
        let house = House::new(world);
        house.chat("ann", "me", 3).await;
        house.chat("bob", "me", 5).await;
        house.joined("g", &["me"], 0).await;
        house.asked.take();
        assert_eq!(clear(&house, "me", json!({"conversationIds": ["si_ann_me", "si_eve_me"]})).await, json!(["si_ann_me"]));
        let changed = |ids: Value| (1300, vec!["me".to_owned()], json!({"userID": "", "conversationIDList": ids}));
        assert_eq!(house.asked.take(), [changed(json!(["si_ann_me"]))]);
        assert_eq!(row(&house, "me", "si_ann_me").await, json!({"unreadCount": 0, "readSeq": 3, "minSeqLimit": 4}));
        assert_eq!(row(&house, "ann", "si_ann_me").await["minSeqLimit"], json!(0));
        // The other one does not learn by it that anything was read.
        let reader = openim_conversations::reader(world.store().clone());
        let id = openim_core::ConversationId::parse("si_ann_me").unwrap();
        assert_eq!(reader.reader_states(&user("me"), &[id]).await.unwrap()[0].unwrap().read_seq, 0);

        let all = clear(&house, "me", json!({"all": true, "tellOwnDevices": true})).await;
        assert_eq!(all.as_array().unwrap().len(), 2, "an empty one has nothing to clear: {all}");
        let asked = house.asked.take();
        assert_eq!(asked[0], changed(json!(["si_bob_me"])), "what was cleared before does not change");
        assert_eq!((asked[1].0, &asked[1].1[0]), (1703, &"me>me".to_owned()));
        assert_eq!((&asked[1].2["userID"], asked[1].2["conversationIDs"].as_array().unwrap().len()), (&json!("me"), 2));
        house.log(&openim_core::ConversationId::parse("si_bob_me").unwrap(), 6, "bob", &["bob", "me"]);
        assert_eq!(row(&house, "me", "si_bob_me").await["unreadCount"], json!(1));
    })
    .await;
}

#[tokio::test]
async fn what_is_seen_before_its_row_is_cleared() {
    for_each_database(async |world| {
        let house = House::new(world);
        let id = openim_core::ConversationId::parse("si_ann_me").unwrap();
        house.log(&id, 2, "ann", &["ann", "me"]);
        assert_eq!(row(&house, "me", id.as_str()).await["unreadCount"], json!(2), "a view");
        let twice = json!({"conversationIds": [id.as_str(), "si_ann_eve", id.as_str()]});
        assert_eq!(clear(&house, "me", twice.clone()).await, json!([id.as_str()]));
        assert_eq!(row(&house, "me", id.as_str()).await, json!({"unreadCount": 0, "readSeq": 2, "minSeqLimit": 3}));
        assert_eq!(clear(&house, "ben", twice).await, json!([]), "a stranger has no view");
        assert_eq!(row(&house, "ben", id.as_str()).await, Value::Null);
    })
    .await;
}

#[tokio::test]
async fn whoever_may_clears_for_everybody_and_the_log_begins_later() {
    for_each_database(async |world| {
        let house = House::new(world);
        let cleared = std::sync::Arc::new(Cleared::default());
        world.register(cleared.clone());
        let chat = house.chat("ann", "me", 3).await;
        house.groups.add("g", &["boss", "me"]);
        let group = house.joined("g", &["boss", "me"], 0).await;
        house.log(&group, 7, "boss", &[]);
        house.asked.take();
        clear(&house, "me", json!({"conversationIds": [chat.as_str()], "forEverybody": true})).await;
        let told = LogCleared { conversation_id: chat.clone(), until: 3, at: world.now() };
        assert_eq!(cleared.take(), [told]);
        let asked = house.asked.take();
        let tips = json!({"userID": "me", "conversationIDs": [chat.as_str()]});
        assert_eq!(asked[1..], [(1703, vec!["me>ann".to_owned()], tips)]);

        let input = json!({"conversationIds": ["sg_g"], "forEverybody": true});
        assert_eq!(house.code(world.user("me"), CLEAR, json!({"input": input})).await, "NO_PERMISSION");
        assert_eq!(row(&house, "me", "sg_g").await["minSeqLimit"], json!(0), "nothing happened");
        // Among all conversations those of others are cleared for the owner alone.
        clear(&house, "me", json!({"all": true, "forEverybody": true})).await;
        assert!(cleared.take().iter().all(|log| log.conversation_id == chat));
        assert_eq!(row(&house, "me", "sg_g").await["minSeqLimit"], json!(8));
        house.asked.take();
        house.groups.enter("g", "me", GroupRole::Admin, Timestamp(0));
        clear(&house, "me", input.clone()).await;
        assert_eq!(cleared.take(), [LogCleared { conversation_id: group, until: 7, at: world.now() }]);
        assert_eq!(house.asked.take()[0].1, ["me>g"]);
    })
    .await;
}

#[tokio::test]
async fn strangers_and_unclear_wishes_are_refused() {
    for_each_database(async |world| {
        let house = House::new(world);
        house.chat("ann", "me", 3).await;
        for input in [json!({}), json!({"all": true, "conversationIds": []}), json!({"conversationIds": vec!["si_a_b"; 1_001]})] {
            assert_eq!(house.code(world.user("me"), CLEAR, json!({"input": input})).await, "ARGS_ERROR");
        }
        let foreign = json!({"input": {"ownerId": "me", "all": true, "forEverybody": true}});
        assert_eq!(house.code(world.user("eve"), CLEAR, foreign.clone()).await, "NO_PERMISSION");
        assert_eq!(house.code(world.anonymous(), CLEAR, foreign.clone()).await, "UNAUTHENTICATED");
        assert_eq!(clear(&house, "eve", json!({"conversationIds": ["si_ann_me"], "forEverybody": true})).await, json!([]));
        let data = house.data(world.admin(), CLEAR, foreign).await;
        assert_eq!(data["clearConversations"]["clearedIds"], json!(["si_ann_me"]));
    })
    .await;
}

/// Logs that are to begin later.
#[derive(Default)]
struct Cleared(parking_lot::Mutex<Vec<LogCleared>>);

impl Cleared {
    fn take(&self) -> Vec<LogCleared> {
        std::mem::take(&mut *self.0.lock())
    }
}

#[async_trait::async_trait]
impl openim_platform::events::EventHandler for Cleared {
    fn name(&self) -> &'static str {
        "test.cleared"
    }

    fn topics(&self) -> &'static [&'static str] {
        &[LogCleared::TOPIC]
    }

    async fn handle(
        &self,
        _: &openim_core::Ctx,
        _: &openim_platform::store::Tx,
        event: &openim_platform::events::StoredEvent,
    ) -> openim_core::Result<()> {
        self.0.lock().push(event.decode()?);
        Ok(())
    }
}
