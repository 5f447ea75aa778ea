//! A user who shows something new is seen by everybody who has that user as a friend.

use openim_contracts::UserUpdated;
use serde_json::json;

use crate::house::{House, REMOVE, envelopes, in_each_house, user};

async fn renamed(house: &House<'_>, id: &str, appearance_changed: bool) {
    let tx = house.world.store().begin().await.unwrap();
    let event = UserUpdated { user_id: user(id), appearance_changed };
    tx.append(&house.world.system(), &event).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn everybody_with_the_user_as_a_friend_gets_a_version_a_notification_and_a_signal() {
    in_each_house(async |house| {
        house.import("ann", &["bob", "cid"]).await;
        // Bob keeps ann, who has removed bob: bob's list shows ann all the same.
        house.ok(house.world.user("ann"), REMOVE, json!({"input": {"friendId": "bob"}})).await;
        house.forget().await;
        renamed(house, "ann", true).await;
        house.forget().await;
        for (name, number) in [("bob", 2), ("cid", 2), ("ann", 2), ("dan", 1)] {
            let version = house.viewer(name, "friendIds { version { number } }").await;
            assert_eq!(version["version"]["number"], json!(number), "{name}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_tips_name_the_user_and_other_changes_stay_quiet() {
    in_each_house(async |house| {
        house.import("ann", &["bob", "cid"]).await;
        renamed(house, "ann", false).await;
        house.world.drain_events().await;
        assert_eq!(house.signals(), [] as [String; 0]);

        let ears = std::sync::Arc::new(Ears::default());
        house.world.register(ears.clone());
        renamed(house, "ann", true).await;
        house.world.drain_events().await;
        assert_eq!(house.signals(), ["bob hear friends of bob: ann", "cid hear friends of cid: ann"]);
        let mut told = std::mem::take(&mut *ears.0.lock());
        told.sort_by(|a, b| a.2.cmp(&b.2));
        assert_eq!(envelopes(&told), [(1209, "ann", "bob"), (1209, "ann", "cid")]);
        assert_eq!(told[0].3, json!({"userID": "ann"}));
    })
    .await;
}

#[tokio::test]
async fn many_lists_are_told_in_steps() {
    in_each_house(async |house| {
        let names: Vec<String> = (0..1_000).map(|number| format!("u{number}")).collect();
        house.register(&names);
        house.import("ann", &names).await;
        house.import("bob", &["ann"]).await;
        let ears = std::sync::Arc::new(Ears::default());
        house.world.register(ears.clone());
        renamed(house, "ann", true).await;
        let drained = house.world.drain_events().await;
        assert!(drained.failed.is_empty());
        let told: std::collections::HashSet<_> = ears.0.lock().iter().map(|told| told.2.clone()).collect();
        assert_eq!((told.len(), ears.0.lock().len()), (1_001, 1_001));
        assert_eq!(house.signals().len(), 1_001);
    })
    .await;
}

/// Hears notifications that handlers ask for.
#[derive(Default)]
struct Ears(parking_lot::Mutex<Vec<crate::house::Told>>);

#[async_trait::async_trait]
impl openim_platform::events::EventHandler for Ears {
    fn name(&self) -> &'static str {
        "test.ears"
    }

    fn topics(&self) -> &'static [&'static str] {
        &["messages.notification_requested"]
    }

    async fn handle(
        &self,
        _ctx: &openim_core::Ctx,
        _tx: &openim_platform::store::Tx,
        event: &openim_platform::events::StoredEvent,
    ) -> openim_core::Result<()> {
        let event: openim_contracts::NotificationRequested = event.decode()?;
        let openim_contracts::NotificationTarget::User(receiver) = event.target else { panic!("{:?}", event.target) };
        self.0.lock().push((event.content_type, event.sender.to_string(), receiver.to_string(), event.detail));
        Ok(())
    }
}
