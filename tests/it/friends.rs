//! Friends at every door: the examples of docs/examples/relations, and OpenIM's routes over the same lists.

use openim_testing::eventually;
use serde_json::{Value, json};

use crate::harness::{Client, Rest, Server};

const ASK: &str = include_str!("../../docs/examples/relations/ask.graphql");
const WAITING: &str = include_str!("../../docs/examples/relations/waiting.graphql");
const ANSWER: &str = include_str!("../../docs/examples/relations/answer.graphql");
const FRIENDS: &str = include_str!("../../docs/examples/relations/friends.graphql");
const SYNC: &str = include_str!("../../docs/examples/relations/sync.graphql");

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_examples_take_two_people_from_strangers_to_friends() -> anyhow::Result<()> {
    let server = Server::start().await?;
    let (ann, bob) = (server.user("ann", "Ann").await, server.user("bob", "Bob").await);
    let known = ann.data(SYNC, json!({})).await["viewer"].take();
    assert_eq!((&known["friendChanges"]["full"], &known["blackChanges"]["full"]), (&json!(true), &json!(true)), "{known}");

    let asked = ann.data(ASK, json!({ "to": "bob", "message": "it is me" })).await;
    assert_eq!(asked["sendFriendRequest"]["status"], "SENT", "{asked}");
    assert_eq!(asked["sendFriendRequest"]["request"]["to"]["nickname"], "Bob", "{asked}");
    let waiting = bob.data(WAITING, json!({})).await["viewer"].take();
    assert_eq!(waiting["unhandledFriendRequestCount"], 1, "{waiting}");
    assert_eq!(waiting["friendRequests"]["edges"][0]["node"]["from"]["nickname"], "Ann", "{waiting}");
    let answered = bob.data(ANSWER, json!({ "from": "ann", "answer": "ACCEPT" })).await;
    assert_eq!(answered["respondToFriendRequest"]["friendship"]["user"]["nickname"], "Ann", "{answered}");

    let friends = ann.data(FRIENDS, json!({ "search": "bo" })).await["viewer"]["friends"].take();
    assert_eq!(friends["totalCount"], 1, "{friends}");
    assert_eq!(friends["edges"][0]["node"]["user"], json!({ "nickname": "Bob", "faceUrl": "", "blocked": false }), "{friends}");
    let since = json!({ "friends": known["friendChanges"]["version"], "blacks": known["blackChanges"]["version"] });
    let delta = ann.data(SYNC, since).await["viewer"].take();
    assert_eq!(delta["friendChanges"]["inserted"], json!([{ "friendId": "bob", "remark": "" }]), "{delta}");
    assert_eq!((&delta["friendChanges"]["full"], &delta["blackChanges"]["full"]), (&json!(false), &json!(false)), "{delta}");

    // From a profile to what lies between two users, across subgraphs.
    let profile = "{ user(id: \"bob\") { nickname friendship { remark source } friendRequests { state } friends { totalCount } } }";
    let answer = ann.answer(profile, json!({})).await;
    assert_eq!(answer["data"]["user"]["friendship"]["source"], "REQUEST", "{answer}");
    assert_eq!(answer["data"]["user"]["friendRequests"], json!([{ "state": "ACCEPTED" }]), "{answer}");
    assert_eq!((&answer["data"]["user"]["friends"], &answer["errors"][0]["extensions"]["code"]), (&json!(null), &json!("NO_PERMISSION")));
    Ok(())
}

/// Calls a route of `/friend`.
async fn call(rest: &Rest, route: &str, body: Value) -> Value {
    rest.call(&format!("/friend/{route}"), body).await
}

/// Calls a route and returns its `errCode`.
async fn code(rest: &Rest, path: &str, body: Value) -> i64 {
    rest.answer(path, body.to_string()).await["errCode"].as_i64().unwrap_or(-1)
}

fn page(user: &str) -> Value {
    json!({ "userID": user, "pagination": { "pageNumber": 1, "showNumber": 10 } })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn openims_routes_show_and_change_the_same_lists() -> anyhow::Result<()> {
    let server = Server::start().await?;
    let (ann, bob) = (server.user("ann", "Ann").await, server.user("bob", "Bob").await);
    server.user("cid", "Cid").await;
    let (ann, bob, admin): (Rest, Rest, Rest) = (ann.rest(), bob.rest(), server.admin().await);
    let pair = json!({ "fromUserID": "ann", "toUserID": "bob" });
    call(&ann, "add_friend", json!({ "fromUserID": "ann", "toUserID": "bob", "reqMsg": "hi" })).await;
    assert_eq!(call(&bob, "get_self_unhandled_apply_count", json!({ "userID": "bob" })).await, json!({ "count": 1 }));
    let received = call(&bob, "get_friend_apply_list", page("bob")).await;
    assert_eq!((&received["total"], &received["FriendRequests"][0]["fromNickname"]), (&json!(1), &json!("Ann")), "{received}");
    assert_eq!(call(&ann, "get_self_friend_apply_list", page("ann")).await["friendRequests"][0]["toNickname"], "Bob");
    call(&bob, "add_friend_response", json!({ "fromUserID": "ann", "toUserID": "bob", "handleResult": 1, "handleMsg": "ok" })).await;
    let handled = call(&bob, "get_designated_friend_apply", pair.clone()).await;
    assert_eq!((&handled["friendRequests"][0]["handleResult"], &handled["friendRequests"][0]["handleMsg"]), (&json!(1), &json!("ok")));
    for (route, body, expected) in [
        ("add_friend", pair.clone(), 1002),
        ("add_friend_response", json!({ "fromUserID": "ann", "toUserID": "bob", "handleResult": 1 }), 1001),
        ("add_friend_response", json!({ "fromUserID": "ann", "toUserID": "bob", "handleResult": -1 }), 1305),
        ("add_friend", json!({ "fromUserID": "bob", "toUserID": "bob" }), 1301),
        ("add_friend", json!({ "fromUserID": "bob", "toUserID": "nobody" }), 1004),
        ("get_friend_list", page("ann"), 1002),
        ("set_friend_remark", json!({ "ownerUserID": "bob", "friendUserID": "cid", "remark": "x" }), 1004),
        ("import_friend", json!({ "ownerUserID": "bob", "friendUserIDs": ["cid"] }), 1002),
        ("get_specified_blacks", json!({ "ownerUserID": "bob", "userIDList": [] }), 1001),
    ] {
        assert_eq!(code(&bob, &format!("/friend/{route}"), body).await, expected, "{route}");
    }
    assert_eq!(code(&ann, "/friend/add_friend", pair).await, 1304);

    call(&admin, "import_friend", json!({ "ownerUserID": "ann", "friendUserIDs": ["cid"] })).await;
    call(&ann, "set_friend_remark", json!({ "ownerUserID": "ann", "friendUserID": "bob", "remark": "Bobby" })).await;
    call(&ann, "update_friends", json!({ "ownerUserID": "ann", "friendUserIDs": ["cid"], "isPinned": true, "ex": "e" })).await;
    let list = call(&ann, "get_friend_list", page("ann")).await;
    let (cid, bobs) = (&list["friendsInfo"][0], &list["friendsInfo"][1]);
    assert_eq!((&list["total"], &cid["friendUser"]["nickname"], &cid["isPinned"]), (&json!(2), &json!("Cid"), &json!(true)), "{list}");
    assert_eq!((&bobs["remark"], &bobs["addSource"], &cid["addSource"], &cid["ex"]), (&json!("Bobby"), &json!(2), &json!(1), &json!("e")));
    assert!(cid["createTime"].as_i64().is_some_and(|seconds| seconds < 10_000_000_000), "{list}");
    assert_eq!(call(&ann, "get_friend_id", json!({ "userID": "ann" })).await, json!({ "friendIDs": ["cid", "bob"] }));
    let some = call(&ann, "get_designated_friends", json!({ "ownerUserID": "ann", "friendUserIDs": ["bob", "x"] })).await;
    assert_eq!(some["friendsInfo"].as_array().map(Vec::len), Some(1), "{some}");
    let is_friend = call(&bob, "is_friend", json!({ "userID1": "ann", "userID2": "bob" })).await;
    assert_eq!(is_friend, json!({ "inUser1Friends": true, "inUser2Friends": true }));

    let ids = call(&ann, "get_full_friend_user_ids", json!({ "userID": "ann", "idHash": 0 })).await;
    let known = json!({ "userID": "ann", "versionID": ids["versionID"], "version": ids["version"] });
    call(&ann, "delete_friend", json!({ "ownerUserID": "ann", "friendUserID": "bob" })).await;
    let delta = call(&ann, "get_incremental_friends", known).await;
    assert_eq!((&delta["full"], &delta["delete"], &delta["insert"]), (&json!(false), &json!(["bob"]), &json!(null)), "{delta}");

    let first = call(&ann, "get_incremental_blacks", json!({ "userID": "ann" })).await;
    for _ in 0..2 {
        call(&ann, "add_black", json!({ "ownerUserID": "ann", "blackUserID": "bob", "ex": "b" })).await;
    }
    let blacks = call(&ann, "get_black_list", page("ann")).await;
    assert_eq!((&blacks["total"], &blacks["blacks"][0]["blackUserInfo"]["userID"]), (&json!(1), &json!("bob")), "{blacks}");
    let chosen = call(&ann, "get_specified_blacks", json!({ "ownerUserID": "ann", "userIDList": ["cid", "bob"] })).await;
    assert_eq!(chosen["total"], 1, "{chosen}");
    assert!(chosen["blacks"][0]["createTime"].as_i64().is_some_and(|milliseconds| milliseconds > 10_000_000_000), "{chosen}");
    let known = json!({ "userID": "ann", "versionID": first["versionID"], "version": first["version"] });
    assert_eq!(call(&ann, "get_incremental_blacks", known).await["insert"][0]["blackUserInfo"]["userID"], "bob");
    let infos = call(&ann, "get_specified_friends_info", json!({ "ownerUserID": "ann", "userIDList": ["bob", "x", "cid"] })).await;
    let (bobs, cid) = (&infos["infos"][0], &infos["infos"][1]);
    assert_eq!((&bobs["friendInfo"], &bobs["blackInfo"]["ex"]), (&json!(null), &json!("b")), "{infos}");
    assert_eq!((&cid["userInfo"]["nickname"], &cid["friendInfo"]["ex"], &cid["blackInfo"]), (&json!("Cid"), &json!("e"), &json!(null)));

    // A blocked user cannot write, and who is not a friend any more still can.
    let message = json!({ "sendID": "bob", "recvID": "ann", "content": { "content": "hi" }, "contentType": 101, "sessionType": 1 });
    assert_eq!(code(&admin, "/msg/send_msg", message.clone()).await, 1302);
    call(&ann, "remove_black", json!({ "ownerUserID": "ann", "blackUserID": "bob" })).await;
    assert_eq!(code(&admin, "/msg/send_msg", message).await, 0);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_name_reaches_the_list_of_a_friend() -> anyhow::Result<()> {
    let server = Server::start().await?;
    let (ann, bob) = (server.user("ann", "Ann").await, server.user("bob", "Bob").await);
    let admin = server.admin().await;
    call(&admin, "import_friend", json!({ "ownerUserID": "ann", "friendUserIDs": ["bob"] })).await;
    let known = version(&bob).await;
    let rename = "mutation { updateUser(input: {id: \"ann\", nickname: \"Anna\"}) { user { nickname } } }";
    ann.data(rename, json!({})).await;
    let since = json!({ "friends": known });
    eventually("the new name spreads", async || {
        let delta = bob.data(SYNC, since.clone()).await["viewer"]["friendChanges"].take();
        (delta["updated"] == json!([{ "friendId": "ann", "remark": "" }])).then_some(())
    })
    .await;
    let friends = bob.data(FRIENDS, json!({})).await;
    assert_eq!(friends["viewer"]["friends"]["edges"][0]["node"]["user"]["nickname"], "Anna", "{friends}");
    Ok(())
}

async fn version(client: &Client) -> Value {
    client.data(SYNC, json!({})).await["viewer"]["friendChanges"]["version"].take()
}
