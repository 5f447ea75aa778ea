//! `/conversation` and `/jssdk`: the list of conversations, and what their owners set.

use serde_json::{Value, json};

use super::messages::{CHAT, OTHER_CHAT};
use super::story::{Story, page, since, texts};

const FOLLOWED: &str = "/conversation/get_incremental_conversations";

/// Returns what a client of ann's has that keeps the list: the version.
pub(super) async fn before(story: &mut Story) -> Value {
    story.follow("ann", FOLLOWED, "userID", "ann").await
}

pub(super) async fn tell(story: &mut Story, version: Value) {
    appear(story).await;
    set(story).await;
    show(story).await;
    follow(story, version).await;
}

fn has(told: &Value, ids: &[&str]) -> bool {
    let there = texts(&told["conversations"], "/conversationID");
    ids.iter().all(|id| there.contains(id))
}

async fn appear(story: &mut Story) {
    let own = json!({ "ownerUserID": "bob" });
    story.until("bob", "/conversation/get_all_conversations", own, |told| has(told, &[CHAT, "sg_team"])).await;
    let one = json!({ "ownerUserID": "bob", "conversationID": CHAT });
    let row = story.call("bob", "/conversation/get_conversation", one).await["conversation"].take();
    let expected = json!({"ownerUserID": "bob", "conversationID": CHAT, "recvMsgOpt": 0, "conversationType": 1, "userID": "ann", "groupID": "",
        "isPinned": false, "attachedInfo": "", "isPrivateChat": false, "groupAtType": 0, "ex": "", "burnDuration": 0, "minSeq": 0, "maxSeq": 0,
        "msgDestructTime": row["msgDestructTime"], "latestMsgDestructTime": row["latestMsgDestructTime"], "isMsgDestruct": false});
    assert_eq!(row, expected);
    assert_eq!(
        story.refused("bob", "/conversation/get_conversation", json!({ "ownerUserID": "bob", "conversationID": "si_a_b" })).await,
        1004
    );
}

async fn set(story: &mut Story) {
    let change = json!({"conversationID": CHAT, "conversationType": 1, "userID": "ann", "recvMsgOpt": 2, "isPinned": true, "ex": "mine",
        "attachedInfo": "{}", "burnDuration": 60});
    story.call("bob", "/conversation/set_conversations", json!({ "userIDs": ["bob"], "conversation": change })).await;
    let some = json!({ "ownerUserID": "bob", "conversationIDs": [CHAT, "si_a_b"] });
    let rows = story.call("bob", "/conversation/get_conversations", some).await["conversations"].take();
    assert_eq!(texts(&rows, "/conversationID"), [CHAT]);
    for field in ["recvMsgOpt", "isPinned", "ex", "attachedInfo", "burnDuration"] {
        assert_eq!(rows[0][field], change[field], "{field}");
    }
    for path in ["/conversation/get_pinned_conversation_ids", "/conversation/get_not_notify_conversation_ids"] {
        assert_eq!(story.call("bob", path, json!({ "userID": "bob" })).await["conversationIDs"], json!([CHAT]), "{path}");
    }
}

async fn show(story: &mut Story) {
    let asked = json!({ "userID": "bob", "conversationIDs": [CHAT, "sg_team"], "pagination": page() });
    let sorted = story.call("bob", "/conversation/get_sorted_conversation_list", asked).await;
    assert_eq!(texts(&sorted["conversationElems"], "/conversationID"), [CHAT, "sg_team"], "pinned ones first");
    let first = &sorted["conversationElems"][0];
    assert_eq!((&first["IsPinned"], &first["recvMsgOpt"], first["unreadCount"].as_i64() >= Some(3)), (&json!(true), &json!(2), true));
    assert_eq!((&first["msgInfo"]["content"], &first["msgInfo"]["sendID"]), (&json!("{\"content\":\"once more\"}"), &json!("ann")));
    assert_eq!(sorted["conversationElems"][1]["msgInfo"]["groupName"], "The team");
    let paged = story.call("bob", "/conversation/get_owner_conversation", json!({ "userID": "bob", "pagination": page() })).await;
    assert!(has(&paged, &[CHAT, "sg_team"]) && paged["total"] == texts(&paged["conversations"], "").len(), "{paged}");

    let active = story.call("bob", "/jssdk/get_active_conversations", json!({ "ownerUserID": "bob", "count": 10 })).await;
    let some = json!({ "ownerUserID": "bob", "conversationIDs": [CHAT, "sg_team"] });
    let named = story.call("bob", "/jssdk/get_conversations", some).await;
    for told in [active, named] {
        let entry = |id: &str| {
            let all = told["conversations"].as_array().into_iter().flatten();
            all.into_iter().find(|one| one["conversation"]["conversationID"] == id).unwrap_or_else(|| panic!("{id}: {told}"))
        };
        let (single, group) = (entry(CHAT), entry("sg_team"));
        assert_eq!(
            (&single["user"]["userID"], &single["friend"]["friendUserID"], &single["group"]),
            (&json!("ann"), &json!("ann"), &Value::Null)
        );
        assert_eq!((&group["user"], &group["friend"], &group["group"]["groupID"]), (&Value::Null, &Value::Null, &json!("team")));
        assert_eq!((&single["lastMsg"]["seq"], &single["readSeq"]), (&single["maxSeq"], &json!(0)));
        assert!(told["unreadCount"].as_i64() >= first["unreadCount"].as_i64(), "{told}");
    }
}

async fn follow(story: &mut Story, version: Value) {
    let there = |told: &Value| texts(&told["insert"], "/conversationID").contains(&OTHER_CHAT);
    let version = story.until("ann", FOLLOWED, since("userID", "ann", &version), there).await;
    let pinned = json!({ "conversationType": 1, "userID": "dan", "isPinned": true });
    story.call("ann", "/conversation/set_conversations", json!({ "userIDs": ["ann"], "conversation": pinned })).await;
    let version = story.call("ann", FOLLOWED, since("userID", "ann", &version)).await;
    assert!(version["full"] == false && texts(&version["update"], "/conversationID").contains(&OTHER_CHAT), "{version}");
    let whole = story.call("ann", "/conversation/get_full_conversation_ids", json!({ "userID": "ann", "idHash": 0 })).await;
    assert!(whole["equal"] == false && texts(&whole["conversationIDs"], "").contains(&OTHER_CHAT), "{whole}");

    story.call("ann", "/conversation/update_conversations_by_user", json!({ "userID": "ann", "ex": "moved" })).await;
    let row = json!({ "ownerUserID": "bob", "conversationID": CHAT });
    story.until("bob", "/conversation/get_conversation", row, |told| told["conversation"]["ex"] == "moved").await;

    story.call("ann", "/conversation/delete_conversations", json!({ "ownerUserID": "ann", "conversationIDs": [OTHER_CHAT] })).await;
    let next = story.call("ann", FOLLOWED, since("userID", "ann", &version)).await;
    assert!(texts(&next["delete"], "").contains(&OTHER_CHAT), "{next}");
    assert_eq!(
        story.refused("ann", "/conversation/get_conversation", json!({ "ownerUserID": "ann", "conversationID": OTHER_CHAT })).await,
        1004
    );
}
