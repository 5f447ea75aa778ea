//! `/statistics`, `/prometheus_discovery`, `/config`, `/restart`: what operators see and change.

use serde_json::{Value, json};

use super::accounts::PEOPLE;
use super::story::{Story, page, texts};

const DAY: i64 = 86_400_000;
const SERVICES: [&str; 11] =
    ["api", "user", "group", "msg", "friend", "conversation", "third", "auth", "push", "msg_gateway", "msg_transfer"];
const MESSAGES: &str = "openim-rpc-msg.yml";

/// Counts what the story has made so far.
pub(super) async fn count(story: &mut Story) {
    let now = story.call("ann", "/msg/get_server_time", json!({})).await["serverTime"].as_i64().expect("a time");
    let (start, end) = (now - DAY, now + DAY);
    let range = json!({ "start": start, "end": end });
    let users = story.call("imAdmin", "/statistics/user/register", range.clone()).await;
    assert!(users["total"].as_i64() > i64::try_from(PEOPLE.len()).ok() && users["before"] == 0, "{users}");
    assert_eq!(Some(sum(&users["count"])), users["total"].as_i64());
    let groups = story.call("imAdmin", "/statistics/group/create", range).await;
    assert_eq!((&groups["total"], &groups["before"], sum(&groups["count"])), (&json!(2), &json!(0), 2));

    let ranked = json!({ "start": start, "end": end, "group": true, "ase": false, "pagination": page() });
    let senders = story.call("imAdmin", "/statistics/user/active", ranked.clone()).await;
    assert_eq!(Some(sum(&senders["dateCount"])), senders["msgCount"].as_i64());
    let ids = texts(&senders["users"], "/user/userID");
    assert!(["ann", "bob", "cid", "dan"].iter().all(|id| ids.contains(id)) && senders["userCount"] == ids.len(), "{senders}");
    let counts: Vec<_> = senders["users"].as_array().into_iter().flatten().filter_map(|user| user["count"].as_i64()).collect();
    assert!(counts.is_sorted_by(|one, next| one >= next), "{senders}");
    let talking = story.call("imAdmin", "/statistics/group/active", ranked).await;
    assert!(texts(&talking["groups"], "/group/groupID").contains(&"team") && talking["msgCount"].as_i64() >= Some(1), "{talking}");
}

fn sum(days: &Value) -> i64 {
    days.as_object().into_iter().flatten().filter_map(|(_, count)| count.as_i64()).sum()
}

/// Prometheus finds processes of every service.
pub(super) async fn discover(story: &mut Story) {
    for service in SERVICES {
        let path = format!("/prometheus_discovery/{service}");
        let list = story.list(&path).await;
        let targets = texts(&list[0]["targets"], "");
        assert!(!targets.is_empty() && targets.iter().all(|target| target.starts_with("127.0.0.1:")), "{path}: {list}");
        assert_eq!(list[0]["labels"]["namespace"], "default", "{path}");
    }
}

/// Waits until the configuration of messages says whether only friends may write.
async fn friends_only(story: &mut Story, wanted: bool) -> Value {
    let content = |told: &Value| serde_json::from_str::<Value>(told.as_str().expect("a text")).expect("JSON");
    let asked = json!({ "configName": MESSAGES });
    let told = story.until("imAdmin", "/config/get_config", asked, |told| content(told)["FriendVerify"] == wanted).await;
    content(&told)
}

pub(super) async fn configure(story: &mut Story) {
    let list = story.call("imAdmin", "/config/get_config_list", json!({})).await;
    let names = texts(&list["configNames"], "");
    assert!(names.len() == 22 && names.contains(&MESSAGES) && list["version"] == env!("CARGO_PKG_VERSION"), "{list}");
    let mut content = friends_only(story, false).await;
    content["FriendVerify"] = json!(true);
    let change = json!({ "configName": MESSAGES, "data": content.to_string() });
    story.call("imAdmin", "/config/set_config", change).await;
    friends_only(story, true).await;
    for enable in [false, true] {
        story.call("imAdmin", "/config/set_enable_config_manager", json!({ "enable": enable })).await;
        story.until("imAdmin", "/config/get_enable_config_manager", json!({}), |told| told["enable"] == enable).await;
        friends_only(story, enable).await;
    }
    story.call("imAdmin", "/config/reset_config", json!({})).await;
    friends_only(story, false).await;
}

/// Lets every process start itself anew.
pub(super) async fn restart(story: &mut Story) {
    story.call("imAdmin", "/restart", json!({})).await;
}

/// What was there before is there again, for the tokens of before.
pub(super) async fn remember(story: &mut Story) {
    story.back("ann", "/group/get_groups_info", json!({ "groupIDs": ["team"] })).await;
    let group = story.call("ann", "/group/get_groups_info", json!({ "groupIDs": ["team"] })).await["groupInfos"][0].take();
    assert_eq!((&group["groupName"], &group["ownerUserID"]), (&json!("The team"), &json!("bob")));
    assert_eq!(super::accounts::profile(story, "ann").await["nickname"], "Ann");
}
