//! `/auth` and `/user`: people come, are known, and are here or away.

use serde_json::{Value, json};

use super::story::{Story, page, texts};
use crate::harness::SECRET;

/// Ninety days.
const LIFETIME: i64 = 90 * 86_400;
pub(super) const PEOPLE: [&str; 4] = ["ann", "bob", "cid", "dan"];

pub(super) async fn tell(story: &mut Story) {
    come(story).await;
    log_in_and_out(story).await;
    profiles(story).await;
    lists(story).await;
    commands(story).await;
    notifications(story).await;
    configured(story).await;
    presence(story).await;
}

/// Returns what everybody may know of a user.
pub(super) async fn profile(story: &mut Story, id: &str) -> Value {
    story.call("ann", "/user/get_users_info", json!({ "userIDs": [id] })).await["usersInfo"][0].take()
}

async fn come(story: &mut Story) {
    let made = story.call("nobody", "/auth/get_admin_token", json!({ "secret": SECRET, "userID": "imAdmin" })).await;
    assert_eq!(made["expireTimeSeconds"], LIFETIME, "how long it lives");
    story.knows("imAdmin", made["token"].as_str().expect("a token"));
    let told = story.call("nobody", "/auth/parse_token", json!({ "token": made["token"] })).await;
    assert_eq!((&told["userID"], &told["platformID"]), (&json!("imAdmin"), &json!(10)));
    assert!(told["expireTimeSeconds"].as_i64() > Some(1_700_000_000 + LIFETIME), "when it ends: {told}");

    let users: Vec<Value> = PEOPLE
        .iter()
        .map(|id| {
            let nickname = format!("{}{}", id[..1].to_uppercase(), &id[1..]);
            json!({ "userID": id, "nickname": nickname, "faceURL": format!("https://pictures.example.com/{id}.png"), "ex": format!("about {id}") })
        })
        .collect();
    story.call("imAdmin", "/user/user_register", json!({ "users": users })).await;
    assert_eq!(story.refused("imAdmin", "/user/user_register", json!({ "users": users })).await, 1102);
    let checked = story.call("imAdmin", "/user/account_check", json!({ "checkUserIDs": ["ann", "nobody"] })).await;
    assert_eq!(checked["results"], json!([{"userID": "ann", "accountStatus": 1}, {"userID": "nobody", "accountStatus": 0}]));
}

async fn log_in(story: &mut Story, id: &str) {
    let made = story.call("imAdmin", "/auth/get_user_token", json!({ "userID": id, "platformID": 5 })).await;
    assert_eq!(made["expireTimeSeconds"], LIFETIME);
    story.knows(id, made["token"].as_str().expect("a token"));
}

async fn log_in_and_out(story: &mut Story) {
    for id in PEOPLE {
        log_in(story, id).await;
    }
    let about = json!({ "userIDs": ["dan"] });
    story.call("dan", "/user/get_users_info", about.clone()).await;
    story.call("imAdmin", "/auth/force_logout", json!({ "userID": "dan", "platformID": 5 })).await;
    assert_eq!(story.refused("dan", "/user/get_users_info", about.clone()).await, 1506);
    let ended = json!({ "token": story.token("dan") });
    assert_eq!(story.refused("nobody", "/auth/parse_token", ended).await, 1506);
    log_in(story, "dan").await;
    story.call("dan", "/user/get_users_info", about).await;
}

async fn profiles(story: &mut Story) {
    let told = story.call("ann", "/user/get_users_info", json!({ "userIDs": ["ann", "ghost"] })).await;
    let first = told["usersInfo"][0].clone();
    assert!(first["createTime"].as_i64() > Some(1_700_000_000_000), "in milliseconds: {first}");
    let expected = json!([{"userID": "ann", "nickname": "Ann", "faceURL": "https://pictures.example.com/ann.png", "ex": "about ann",
        "createTime": first["createTime"], "appMangerLevel": 0, "globalRecvMsgOpt": 0}]);
    assert_eq!(told["usersInfo"], expected);

    story.call("ann", "/user/update_user_info", json!({ "userInfo": { "userID": "ann", "nickname": "Anna", "ex": "" } })).await;
    let changed = profile(story, "ann").await;
    assert_eq!((&changed["nickname"], &changed["ex"]), (&json!("Anna"), &json!("about ann")), "what is empty stays");
    story.call("ann", "/user/update_user_info_ex", json!({ "userInfo": { "userID": "ann", "nickname": "Ann", "ex": "" } })).await;
    let changed = profile(story, "ann").await;
    assert_eq!((&changed["nickname"], &changed["ex"]), (&json!("Ann"), &json!("")), "what is empty is cleared");
    for option in [2, 0] {
        story.call("bob", "/user/set_global_msg_recv_opt", json!({ "userID": "bob", "globalRecvMsgOpt": option })).await;
        assert_eq!(profile(story, "bob").await["globalRecvMsgOpt"], option);
    }
}

async fn lists(story: &mut Story) {
    let told = story.call("ann", "/user/get_all_users_uid", json!({ "pagination": page() })).await;
    let ids = texts(&told["userIDs"], "");
    assert_eq!(told["total"], ids.len());
    assert!(PEOPLE.iter().chain(&["eve"]).all(|id| ids.contains(id)), "{told}");
    let found = story.call("ann", "/user/get_users", json!({ "nickName": "bo", "pagination": page() })).await;
    assert_eq!((&found["total"], texts(&found["users"], "/userID")), (&json!(1), vec!["bob"]));
}

async fn commands(story: &mut Story) {
    let entry = json!({ "userID": "ann", "type": 1, "uuid": "one" });
    let with = |more: Value| {
        let mut body = entry.clone();
        body.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        body
    };
    story.call("ann", "/user/process_user_command_add", with(json!({ "value": "first", "ex": "more" }))).await;
    let told = story.call("ann", "/user/process_user_command_get", json!({ "userID": "ann", "type": 1 })).await["CommandResp"][0].take();
    assert_eq!((&told["uuid"], &told["value"], &told["ex"]), (&json!("one"), &json!("first"), &json!("more")));
    story.call("ann", "/user/process_user_command_update", with(json!({ "value": "second" }))).await;
    let all = json!({ "userID": "ann" });
    let told = story.call("ann", "/user/process_user_command_get_all", all.clone()).await["CommandResp"][0].take();
    assert_eq!((&told["value"], &told["ex"]), (&json!("second"), &json!("more")));
    story.call("ann", "/user/process_user_command_delete", entry).await;
    assert_eq!(story.call("ann", "/user/process_user_command_get_all", all).await["CommandResp"], Value::Null);
}

async fn notifications(story: &mut Story) {
    let account = json!({ "userID": "", "nickName": "News", "faceURL": "https://pictures.example.com/news.png", "appMangerLevel": 3 });
    let made = story.call("imAdmin", "/user/add_notification_account", account).await;
    let id = made["userID"].as_str().expect("an id").to_owned();
    assert!(id.len() == 10 && !id.starts_with('0') && id.bytes().all(|byte| byte.is_ascii_digit()), "{id}");
    story.call("imAdmin", "/user/update_notification_account", json!({ "userID": id, "nickName": "Daily news" })).await;
    let found = story.call("imAdmin", "/user/search_notification_account", json!({ "keyword": id, "pagination": page() })).await;
    let mut expected = made;
    expected["nickName"] = json!("Daily news");
    assert_eq!(found, json!({ "total": 1, "notificationAccounts": [expected] }));
}

async fn configured(story: &mut Story) {
    let theme = json!({ "userID": "ann", "configs": { "theme": "dark" } });
    story.call("imAdmin", "/user/set_user_client_config", theme).await;
    let own = json!({ "userID": "ann" });
    assert_eq!(story.call("ann", "/user/get_user_client_config", own.clone()).await, json!({ "configs": { "theme": "dark" } }));
    let listed = story.call("imAdmin", "/user/page_user_client_config", json!({ "userID": "ann", "pagination": page() })).await;
    assert_eq!(listed, json!({ "total": 1, "configs": [{ "key": "theme", "userID": "ann", "value": "dark" }] }));
    story.call("imAdmin", "/user/del_user_client_config", json!({ "userID": "ann", "keys": ["theme"] })).await;
    assert_eq!(story.call("ann", "/user/get_user_client_config", own).await, json!({}));
}

async fn presence(story: &mut Story) {
    let here = crate::presence::stream(&story.doors.client().with_token(story.token("bob")), &[], None).await;
    let asked = json!({ "userIDs": ["bob", "ann"] });
    let path = "/user/get_users_online_status";
    let told = story.until("imAdmin", path, asked.clone(), |told| told[0]["status"] == 1).await;
    let connection = &told[0]["detailPlatformStatus"][0];
    assert_eq!((&connection["platformID"], &connection["token"]), (&json!(5), &json!("")));
    assert_eq!(told[1], json!({ "userID": "ann", "status": 0, "detailPlatformStatus": null }));
    let path = "/user/get_users_online_token_detail";
    let told = story.until("imAdmin", path, asked.clone(), |told| !told.is_null()).await;
    let expected = json!([{ "userID": "bob", "status": 1, "singlePlatformToken": [{ "platformID": 5, "total": 1, "token": null }] }]);
    assert_eq!(told, expected);
    let told = story.until("ann", "/user/get_users_status", asked, |told| told["statusList"][0]["status"] == 1).await;
    let expected = json!([{ "userID": "bob", "status": 1, "platformIDs": [5] }, { "userID": "ann", "status": 0, "platformIDs": null }]);
    assert_eq!(told["statusList"], expected);
    let wish = json!({ "userID": "ann", "userIDs": ["bob"], "genre": 1 });
    story.call("ann", "/user/subscribe_users_status", wish).await;
    story.call("ann", "/user/get_subscribe_users_status", json!({ "userID": "ann" })).await;
    drop(here);
}
