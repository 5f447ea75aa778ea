//! `/group`: a group is made, entered, managed, given away, and another one ends.

use serde_json::{Value, json};

use super::story::{Story, page, since, texts};

const TEAM: &str = "team";
const MEMBERS: &str = "/group/get_incremental_group_members";
const JOINED: &str = "/group/get_incremental_join_groups";

/// What clients have that keep lists: bob's version of the members, dan's of his groups.
struct Versions(Value, Value);

pub(super) async fn tell(story: &mut Story) {
    make(story).await;
    let mut versions = Versions(story.follow("bob", MEMBERS, "groupID", TEAM).await, story.follow("dan", JOINED, "userID", "dan").await);
    assert_eq!(versions.0["group"]["memberCount"], 3);
    apply(story).await;
    members(story).await;
    follow(story, &mut versions).await;
    manage(story).await;
    lists(story).await;
    come_and_go(story, versions).await;
}

async fn info(story: &mut Story) -> Value {
    story.call("ann", "/group/get_groups_info", json!({ "groupIDs": [TEAM] })).await["groupInfos"][0].take()
}

async fn member(story: &mut Story, id: &str) -> Value {
    let asked = json!({ "groupID": TEAM, "userIDs": [id] });
    let told = story.call("ann", "/group/get_group_members_info", asked).await;
    told["members"][0].clone()
}

async fn make(story: &mut Story) {
    let group = json!({ "groupID": TEAM, "groupName": "Team", "introduction": "we", "faceURL": "https://pictures.example.com/team.png",
        "ex": "e", "groupType": 2, "needVerification": 0 });
    let body = json!({ "groupInfo": group, "memberUserIDs": ["bob"], "adminUserIDs": ["cid"], "ownerUserID": "ann" });
    let made = story.call("ann", "/group/create_group", body).await["groupInfo"].take();
    let mut expected = json!({"groupID": TEAM, "groupName": "Team", "notification": "", "introduction": "we",
        "faceURL": "https://pictures.example.com/team.png", "ownerUserID": "ann", "createTime": made["createTime"], "memberCount": 3, "ex": "e",
        "status": 0, "creatorUserID": "ann", "groupType": 2, "needVerification": 0, "lookMemberInfo": 0, "applyMemberFriend": 0,
        "notificationUpdateTime": 0, "notificationUserID": ""});
    assert_eq!(made, expected);
    let known = story.call("bob", "/group/get_groups_info", json!({ "groupIDs": [TEAM, "ghosts"] })).await;
    assert_eq!(known["groupInfos"], json!([expected]));

    let change = json!({ "groupInfoForSet": { "groupID": TEAM, "groupName": "The team", "introduction": "", "needVerification": 1 } });
    story.call("ann", "/group/set_group_info", change).await;
    expected["groupName"] = json!("The team");
    expected["needVerification"] = json!(1);
    assert_eq!(info(story).await, expected, "what is empty stays");
    let change = json!({ "groupID": TEAM, "notification": "meet at nine", "introduction": "", "needVerification": 0 });
    story.call("cid", "/group/set_group_info_ex", change).await;
    let changed = info(story).await;
    assert_eq!((&changed["notification"], &changed["notificationUserID"]), (&json!("meet at nine"), &json!("cid")));
    assert_eq!((&changed["introduction"], &changed["needVerification"]), (&json!(""), &json!(0)));
    assert!(changed["notificationUpdateTime"].as_i64() >= changed["createTime"].as_i64(), "{changed}");
}

async fn apply(story: &mut Story) {
    let wish = json!({ "groupID": TEAM, "reqMessage": "let me in", "joinSource": 3, "inviterUserID": "dan", "ex": "x" });
    story.call("dan", "/group/join_group", wish).await;
    let all = json!({ "fromUserID": "ann", "pagination": page(), "groupIDs": [], "handleResults": [] });
    let received = story.call("ann", "/group/get_recv_group_applicationList", all).await;
    let mut request = received["groupRequests"][0].clone();
    assert_eq!(
        (&received["total"], &request["userInfo"]["userID"], &request["groupInfo"]["groupID"]),
        (&json!(1), &json!("dan"), &json!(TEAM))
    );
    assert_eq!((&request["handleResult"], &request["reqMsg"], &request["joinSource"]), (&json!(0), &json!("let me in"), &json!(3)));
    let own = json!({ "userID": "dan", "pagination": page(), "groupIDs": [], "handleResults": [0] });
    let sent = story.call("dan", "/group/get_user_req_group_applicationList", own).await;
    assert_eq!(sent, received);
    let waiting = json!({ "userID": "ann", "time": 0 });
    assert_eq!(story.call("ann", "/group/get_group_application_unhandled_count", waiting.clone()).await["count"], 1);

    let answer = json!({ "groupID": TEAM, "fromUserID": "dan", "handledMsg": "welcome", "handleResult": 1 });
    story.call("ann", "/group/group_application_response", answer).await;
    assert_eq!(story.call("ann", "/group/get_group_application_unhandled_count", waiting).await["count"], 0);
    let some = json!({ "groupID": TEAM, "userIDs": ["dan", "bob"] });
    let answered = story.call("ann", "/group/get_group_users_req_application_list", some).await;
    let now = &answered["groupRequests"][0];
    assert_eq!((&now["handleResult"], &now["handleMsg"], &now["handleUserID"]), (&json!(1), &json!("welcome"), &json!("ann")));
    for field in ["handleResult", "handleMsg", "handleUserID", "handleTime", "groupInfo"] {
        request[field] = now[field].clone();
    }
    assert_eq!(answered, json!({ "total": 1, "groupRequests": [request] }));
    let one = json!({ "groupID": TEAM, "userID": "dan" });
    assert_eq!(story.call("dan", "/group/get_specified_user_group_request_info", one).await, answered);
}

async fn members(story: &mut Story) {
    let dan = member(story, "dan").await;
    let expected = json!({"groupID": TEAM, "userID": "dan", "roleLevel": 20, "joinTime": dan["joinTime"], "nickname": "Dan",
        "faceURL": "https://pictures.example.com/dan.png", "appMangerLevel": 0, "joinSource": 3, "operatorUserID": "ann", "ex": "",
        "muteEndTime": 0, "inviterUserID": ""});
    assert_eq!(dan, expected);
    let all = json!({ "groupID": TEAM, "pagination": page() });
    let listed = story.call("bob", "/group/get_group_member_list", all).await;
    assert_eq!((&listed["total"], texts(&listed["members"], "/userID")), (&json!(4), vec!["ann", "cid", "bob", "dan"]));
    let ids = story.call("bob", "/group/get_group_member_user_id", json!({ "groupID": TEAM })).await;
    let mut ids = texts(&ids["userIDs"], "").into_iter().collect::<Vec<_>>();
    ids.sort_unstable();
    assert_eq!(ids, ["ann", "bob", "cid", "dan"]);
    let counted = story.call("bob", "/group/get_group_abstract_info", json!({ "groupIDs": [TEAM] })).await["groupAbstractInfos"][0].take();
    assert_eq!((&counted["groupID"], &counted["groupMemberNumber"]), (&json!(TEAM), &json!(4)));
    assert_ne!(counted["groupMemberListHash"], 0);
}

async fn follow(story: &mut Story, Versions(members, groups): &mut Versions) {
    *members = story.call("bob", MEMBERS, since("groupID", TEAM, members)).await;
    assert_eq!((&members["full"], texts(&members["insert"], "/userID")), (&json!(false), vec!["dan"]));
    *groups = story.call("dan", JOINED, since("userID", "dan", groups)).await;
    assert_eq!((&groups["full"], texts(&groups["insert"], "/groupID")), (&json!(false), vec![TEAM]));
    let whole = story.call("bob", "/group/get_full_group_member_user_ids", json!({ "groupID": TEAM, "idHash": 0 })).await;
    let expected = (&json!(false), &members["versionID"], &json!(["ann", "cid", "bob", "dan"]));
    assert_eq!((&whole["equal"], &whole["versionID"], &whole["userIDs"]), expected);

    let change = json!({ "members": [{ "groupID": TEAM, "userID": "dan", "nickname": "Danny", "ex": "new" }] });
    story.call("ann", "/group/set_group_member_info", change).await;
    let next = story.call("bob", MEMBERS, since("groupID", TEAM, members)).await;
    assert_eq!((&next["full"], texts(&next["update"], "/nickname")), (&json!(false), vec!["Danny"]));
    let batch = json!({ "userID": "bob", "reqList": [since("groupID", TEAM, members)] });
    let together = story.call("bob", "/group/get_incremental_group_members_batch", batch).await;
    assert_eq!(together["respList"], json!({ TEAM: next }));
    *members = next;
}

async fn manage(story: &mut Story) {
    let who = json!({ "groupID": TEAM, "userID": "dan" });
    let muted = json!({ "groupID": TEAM, "userID": "dan", "mutedSeconds": 600 });
    story.call("cid", "/group/mute_group_member", muted).await;
    assert!(member(story, "dan").await["muteEndTime"].as_i64() > Some(1_700_000_000_000));
    story.call("cid", "/group/cancel_mute_group_member", who).await;
    assert_eq!(member(story, "dan").await["muteEndTime"], 0);
    for (path, status) in [("/group/mute_group", 3), ("/group/cancel_mute_group", 0)] {
        story.call("cid", path, json!({ "groupID": TEAM })).await;
        assert_eq!(info(story).await["status"], status);
    }
}

async fn lists(story: &mut Story) {
    let found = story.call("ann", "/group/get_groups", json!({ "groupName": "team", "pagination": page() })).await;
    let group = info(story).await;
    let expected = json!({ "total": 1, "groups": [{ "groupInfo": group, "groupOwnerUserName": "Ann", "groupOwnerUserID": "ann" }] });
    assert_eq!(found, expected);
    let joined = story.call("dan", "/group/get_joined_group_list", json!({ "fromUserID": "dan", "pagination": page() })).await;
    assert_eq!(joined, json!({ "total": 1, "groups": [group] }));
    let whole = story.call("dan", "/group/get_full_join_group_ids", json!({ "userID": "dan", "idHash": 0 })).await;
    assert_eq!((&whole["equal"], &whole["groupIDs"]), (&json!(false), &json!([TEAM])));
}

async fn come_and_go(story: &mut Story, Versions(members, groups): Versions) {
    story.call("ann", "/group/set_group_info_ex", json!({ "groupID": TEAM, "ex": "changed" })).await;
    let (asked, of_members) = (since("userID", "dan", &groups), since("groupID", TEAM, &members));
    assert_eq!(story.call("dan", JOINED, asked.clone()).await["version"], groups["version"], "a changed group is no change of the list");
    let told = story.call("bob", MEMBERS, of_members.clone()).await;
    assert_eq!((texts(&told["update"], "/userID"), &told["group"]["ex"]), (vec!["dan"], &json!("changed")), "who was muted, and the group");
    story.call("cid", "/group/kick_group", json!({ "groupID": TEAM, "kickedUserIDs": ["dan"], "reason": "quarrel" })).await;
    assert_eq!(story.call("dan", JOINED, asked).await["delete"], json!([TEAM]));
    let left = story.call("bob", MEMBERS, of_members).await;
    assert_eq!((&left["delete"], &left["group"]["memberCount"]), (&json!(["dan"]), &json!(3)));
    story.call("bob", "/group/invite_user_to_group", json!({ "groupID": TEAM, "invitedUserIDs": ["dan"], "reason": "peace" })).await;
    let back = member(story, "dan").await;
    assert_eq!((&back["joinSource"], &back["inviterUserID"]), (&json!(2), &json!("bob")));
    story.call("dan", "/group/quit_group", json!({ "groupID": TEAM, "userID": "dan" })).await;
    assert_eq!(member(story, "dan").await, Value::Null);

    story.call("ann", "/group/transfer_group", json!({ "groupID": TEAM, "oldOwnerUserID": "ann", "newOwnerUserID": "bob" })).await;
    assert_eq!((&member(story, "bob").await["roleLevel"], &member(story, "ann").await["roleLevel"]), (&json!(100), &json!(20)));
    assert_eq!(info(story).await["ownerUserID"], "bob");

    let other = json!({ "groupInfo": { "groupID": "short", "groupName": "Short", "groupType": 2 }, "memberUserIDs": ["bob"], "ownerUserID": "dan" });
    story.call("dan", "/group/create_group", other).await;
    story.call("dan", "/group/dismiss_group", json!({ "groupID": "short", "deleteMember": true })).await;
    let ended = story.call("ann", "/group/get_groups_info", json!({ "groupIDs": ["short"] })).await;
    assert_eq!(ended["groupInfos"][0]["status"], 2);
}
