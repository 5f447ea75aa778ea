//! What a user's devices are told of the profile.

use openim_contracts::{DomainEvent, NotificationRequested, NotificationTarget};
use openim_core::UserId;
use serde_json::{Value, json};

use crate::house::{House, UPDATE, in_each_house, settings};

async fn told(house: &House<'_>) -> Vec<NotificationRequested> {
    let events = house.world.take_events().await.into_iter();
    events.filter(|event| event.topic == NotificationRequested::TOPIC).map(|event| event.decode().unwrap()).collect()
}

#[tokio::test]
async fn a_changed_profile_or_receive_option_is_told_to_the_user_in_the_name_of_who_did_it() {
    in_each_house(settings(), async |house: &House<'_>| {
        house.register(&["bob"]).await;
        house.world.take_events().await;
        let bob = UserId::parse("bob").unwrap();
        let changes = [
            (house.world.user("bob"), json!({"id": "bob", "nickname": "B"}), "bob"),
            (house.world.admin(), json!({"id": "bob", "faceUrl": "f"}), "imAdmin"),
            (house.world.user("bob"), json!({"id": "bob", "globalReceiveOption": "SILENT"}), "bob"),
        ];
        let mut keys = Vec::new();
        for (who, input, sender) in changes {
            house.ok(who, UPDATE, json!({"input": input})).await;
            let [told] = told(house).await.try_into().unwrap();
            let NotificationRequested { key, content_type, sender: by, target, detail, as_message, at } = told;
            assert_eq!((content_type, by.as_str(), detail, at), (1303, sender, json!({"userID": "bob"}), house.world.now()));
            assert_eq!((target, as_message), (NotificationTarget::User(bob.clone()), None));
            keys.push(key);
        }
        keys.dedup();
        assert!(keys.len() == 3 && keys.iter().all(|key| key.len() == 32), "{keys:?}");
    })
    .await;
}

#[tokio::test]
async fn the_older_update_keeps_what_comes_empty() {
    in_each_house(settings(), async |house: &House<'_>| {
        house.register(&["bob"]).await;
        let update =
            async |input: Value| house.ok(house.world.user("bob"), UPDATE, json!({"input": input})).await["updateUser"]["user"].clone();
        update(json!({"id": "bob", "faceUrl": "f", "ex": "e", "globalReceiveOption": "REFUSE"})).await;
        house.world.take_events().await;
        let empty = json!({"id": "bob", "nickname": "", "faceUrl": "", "ex": "", "globalReceiveOption": "RECEIVE", "emptyKeeps": true});
        let kept = json!({"id": "bob", "nickname": "bob", "faceUrl": "f", "ex": "e", "globalReceiveOption": "REFUSE"});
        assert_eq!(update(empty).await, kept);
        assert_eq!(house.world.take_events().await, []);
    })
    .await;
}
