//! `/friend`: asked, befriended, renamed, blocked, and let go.

use serde_json::{Value, json};

use super::story::{Story, page, since, texts};

const FOLLOWED: &str = "/friend/get_incremental_friends";

pub(super) async fn tell(story: &mut Story) {
    ask(story).await;
    let version = befriend(story).await;
    block(story).await;
    let_go(story, &version).await;
}

fn of(user: &str) -> Value {
    json!({ "userID": user, "pagination": page() })
}

async fn ask(story: &mut Story) {
    let wish = json!({ "fromUserID": "bob", "toUserID": "ann", "reqMsg": "it is me", "ex": "from school" });
    story.call("bob", "/friend/add_friend", wish).await;
    let received = story.call("ann", "/friend/get_friend_apply_list", of("ann")).await;
    let request = &received["FriendRequests"][0];
    let expected = json!({"fromUserID": "bob", "fromNickname": "Bob", "fromFaceURL": "https://pictures.example.com/bob.png", "toUserID": "ann",
        "toNickname": "Ann", "toFaceURL": "https://pictures.example.com/ann.png", "handleResult": 0, "reqMsg": "it is me",
        "createTime": request["createTime"], "handlerUserID": "", "handleMsg": "", "handleTime": 0, "ex": "from school"});
    assert_eq!((&received["total"], request), (&json!(1), &expected));
    let sent = story.call("bob", "/friend/get_self_friend_apply_list", of("bob")).await;
    assert_eq!(sent, json!({ "friendRequests": [expected], "total": 1 }));
    let waiting = json!({ "userID": "ann", "time": 0 });
    assert_eq!(story.call("ann", "/friend/get_self_unhandled_apply_count", waiting.clone()).await["count"], 1);

    let answer = json!({ "fromUserID": "bob", "toUserID": "ann", "handleResult": 1, "handleMsg": "of course" });
    story.call("ann", "/friend/add_friend_response", answer).await;
    assert_eq!(story.call("ann", "/friend/get_self_unhandled_apply_count", waiting).await["count"], 0);
    let between = json!({ "fromUserID": "bob", "toUserID": "ann" });
    let answered = story.call("bob", "/friend/get_designated_friend_apply", between).await["friendRequests"][0].take();
    assert_eq!(
        (&answered["handleResult"], &answered["handlerUserID"], &answered["handleMsg"]),
        (&json!(1), &json!("ann"), &json!("of course"))
    );
}

/// Returns what a client of ann's has that keeps the list: the version.
async fn befriend(story: &mut Story) -> Value {
    let pair = json!({ "userID1": "ann", "userID2": "bob" });
    assert_eq!(story.call("ann", "/friend/is_friend", pair).await, json!({ "inUser1Friends": true, "inUser2Friends": true }));
    let version = story.follow("ann", FOLLOWED, "userID", "ann").await;
    story.call("imAdmin", "/friend/import_friend", json!({ "ownerUserID": "ann", "friendUserIDs": ["cid"] })).await;
    let ids = story.call("ann", "/friend/get_friend_id", json!({ "userID": "ann" })).await;
    assert_eq!(ids["friendIDs"], json!(["bob", "cid"]));
    let version = changes(story, &version).await;
    assert_eq!(
        (texts(&version["insert"], "/friendUser/userID"), &version["update"], &version["delete"]),
        (vec!["cid"], &Value::Null, &Value::Null)
    );
    let whole = story.call("ann", "/friend/get_full_friend_user_ids", json!({ "userID": "ann", "idHash": 0 })).await;
    assert_eq!((&whole["equal"], &whole["userIDs"], &whole["versionID"]), (&json!(false), &json!(["bob", "cid"]), &version["versionID"]));

    let remark = json!({ "ownerUserID": "ann", "friendUserID": "bob", "remark": "Bobby" });
    story.call("ann", "/friend/set_friend_remark", remark).await;
    let pinned = json!({ "ownerUserID": "ann", "friendUserIDs": ["bob"], "isPinned": true, "ex": "best" });
    story.call("ann", "/friend/update_friends", pinned).await;
    let some = json!({ "ownerUserID": "ann", "friendUserIDs": ["bob", "dan"] });
    let friends = story.call("ann", "/friend/get_designated_friends", some).await["friendsInfo"].take();
    let expected = json!([{"ownerUserID": "ann", "remark": "Bobby", "createTime": friends[0]["createTime"],
        "friendUser": {"userID": "bob", "nickname": "Bob", "faceURL": "https://pictures.example.com/bob.png", "ex": "about bob",
            "createTime": 0, "appMangerLevel": 0, "globalRecvMsgOpt": 0},
        "addSource": 2, "operatorUserID": "bob", "ex": "best", "isPinned": true}]);
    assert_eq!(friends, expected);
    assert!(friends[0]["createTime"].as_i64() < Some(100_000_000_000), "in seconds: {friends}");
    let next = changes(story, &version).await;
    assert_eq!((&next["update"], &next["insert"], &next["delete"]), (&expected, &Value::Null, &Value::Null));
    let listed = story.call("ann", "/friend/get_friend_list", of("ann")).await;
    assert_eq!((&listed["total"], texts(&listed["friendsInfo"], "/friendUser/userID")), (&json!(2), vec!["bob", "cid"]));
    assert_eq!((&listed["friendsInfo"][0], &listed["friendsInfo"][1]["addSource"]), (&expected[0], &json!(1)));
    next
}

async fn changes(story: &mut Story, version: &Value) -> Value {
    let told = story.call("ann", FOLLOWED, since("userID", "ann", version)).await;
    assert_eq!(told["full"], false);
    told
}

async fn block(story: &mut Story) {
    let path = "/friend/get_incremental_blacks";
    let first = story.follow("ann", path, "userID", "ann").await;
    story.call("ann", "/friend/add_black", json!({ "ownerUserID": "ann", "blackUserID": "dan", "ex": "loud" })).await;
    let first = story.call("ann", path, since("userID", "ann", &first)).await;
    assert_eq!((&first["full"], texts(&first["insert"], "/blackUserInfo/userID")), (&json!(false), vec!["dan"]));
    let listed = story.call("ann", "/friend/get_black_list", of("ann")).await;
    let entry = &listed["blacks"][0];
    let expected = json!({"ownerUserID": "ann", "createTime": entry["createTime"], "blackUserInfo": {"userID": "dan", "nickname": "Dan",
        "faceURL": "https://pictures.example.com/dan.png", "ex": "about dan"}, "addSource": 0, "operatorUserID": "ann", "ex": "loud"});
    assert_eq!((&listed["total"], entry), (&json!(1), &expected));
    let some = json!({ "ownerUserID": "ann", "userIDList": ["dan", "bob"] });
    let found = story.call("ann", "/friend/get_specified_blacks", some.clone()).await;
    assert_eq!((&found["total"], texts(&found["blacks"], "/blackUserInfo/userID")), (&json!(1), vec!["dan"]));
    let milliseconds = found["blacks"][0]["createTime"].as_i64().expect("a time");
    assert_eq!(entry["createTime"], milliseconds / 1_000, "seconds in one route, milliseconds in the other");

    let known = story.call("ann", "/friend/get_specified_friends_info", some).await["infos"].take();
    assert_eq!(texts(&known, "/userInfo/userID"), ["dan", "bob"]);
    assert_eq!((&known[0]["friendInfo"], &known[1]["blackInfo"]), (&Value::Null, &Value::Null));
    assert_eq!((&known[0]["blackInfo"]["createTime"], &known[1]["friendInfo"]["remark"]), (&json!(milliseconds), &json!("Bobby")));

    story.call("ann", "/friend/remove_black", json!({ "ownerUserID": "ann", "blackUserID": "dan" })).await;
    let next = story.call("ann", path, since("userID", "ann", &first)).await;
    assert_eq!((&next["full"], &next["delete"]), (&json!(false), &json!(["dan"])));
}

async fn let_go(story: &mut Story, version: &Value) {
    story.call("ann", "/friend/delete_friend", json!({ "ownerUserID": "ann", "friendUserID": "cid" })).await;
    let pair = json!({ "userID1": "ann", "userID2": "cid" });
    assert_eq!(story.call("cid", "/friend/is_friend", pair).await, json!({ "inUser1Friends": false, "inUser2Friends": true }));
    let next = changes(story, version).await;
    assert_eq!((&next["delete"], &next["update"]), (&json!(["cid"]), &Value::Null));
}
