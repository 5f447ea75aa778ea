//! Who is online, at every door: with real connections, as watchers hear of it and as the status routes show it.

use openim_protocol::client::{Options, SdkClient};
use openim_testing::eventually;
use serde_json::{Value, json};

use crate::harness::{Client, Rest, Server, Socket};

/// Everything that a watcher is told.
pub(crate) const WATCH: &str = "subscription($of: [ID!], $after: EventCursor) { events(presenceOf: $of, after: $after) {
  __typename cursor
  ... on PresenceChanged { userId online platforms user { nickname presence { platforms } } }
  ... on TransientMessageReceived { conversation { id } sender { nickname } contentType content }
} }";

/// Opens a stream, waits until it is heard of, and returns its socket.
pub(crate) async fn stream(client: &Client, of: &[&str], after: Option<&str>) -> Socket {
    let mut socket = client.socket().await;
    socket.subscribe("live", WATCH, json!({ "of": of, "after": after })).await;
    socket.event("Ready").await;
    socket
}

/// Waits for the next news of anybody's presence: who, and which platforms.
pub(crate) async fn news(socket: &mut Socket) -> (String, Value) {
    let mut event = socket.event("PresenceChanged").await;
    assert_eq!(event["online"], !event["platforms"].as_array().is_some_and(Vec::is_empty), "{event}");
    (event["userId"].as_str().unwrap_or_default().to_owned(), event["platforms"].take())
}

fn told(id: &str, platforms: Value) -> (String, Value) {
    (id.to_owned(), platforms)
}

/// Logs a user in on a platform.
pub(crate) async fn login(admin: &Rest, id: &str, platform: i32) -> Client {
    let answer = admin.call("/auth/get_user_token", json!({ "userID": id, "platformID": platform })).await;
    admin.graph().with_token(answer["token"].as_str().expect("a token"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn watchers_hear_who_comes_and_who_goes_with_all_devices() -> anyhow::Result<()> {
    let server = Server::start_with(&[("presence.grace_milliseconds", "300")]).await?;
    let (ann, bob) = (server.user("ann", "Ann").await, server.user("bob", "Bob").await);
    let phone = login(&server.admin().await, "ann", 1).await;
    let mut watcher = stream(&bob, &["nobody", "ann", "bob"], None).await;
    assert_eq!(news(&mut watcher).await, told("ann", json!([])));
    // Bob's own stream may be noted before or after the first answer.
    let own = watcher.event("PresenceChanged").await;
    assert_eq!((&own["userId"], &own["user"]["nickname"]), (&json!("bob"), &json!("Bob")), "{own}");
    while news(&mut watcher).await != told("nobody", json!([])) {}

    let web = stream(&ann, &[], None).await;
    next_of(&mut watcher, "ann", json!(["WEB"])).await;
    let mobile = stream(&phone, &[], None).await;
    next_of(&mut watcher, "ann", json!(["IOS", "WEB"])).await;
    drop(web);
    next_of(&mut watcher, "ann", json!(["IOS"])).await;
    drop(mobile);
    next_of(&mut watcher, "ann", json!([])).await;

    // Whoever comes back is told again; too many are refused.
    let mut again = stream(&bob, &["ann"], None).await;
    assert_eq!(news(&mut again).await, told("ann", json!([])));
    let many: Vec<String> = (0..2_001).map(|number| format!("u{number}")).collect();
    let mut greedy = bob.socket().await;
    greedy.subscribe("live", WATCH, json!({ "of": many })).await;
    let refused = greedy.message().await.expect("an answer");
    let code = refused.pointer("/payload/errors/0/extensions/code").or_else(|| refused.pointer("/payload/0/extensions/code"));
    assert_eq!(code, Some(&json!("ARGS_ERROR")), "{refused}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_device_that_is_back_at_once_is_never_told_to_have_gone() -> anyhow::Result<()> {
    // "At once" is sooner than this, also on a machine that stands still in between.
    let server = Server::start_with(&[("presence.grace_milliseconds", "60000")]).await?;
    let (ann, bob) = (server.user("ann", "Ann").await, server.user("bob", "Bob").await);
    let phone = login(&server.admin().await, "ann", 1).await;
    let mut watcher = stream(&bob, &["ann"], None).await;
    assert_eq!(news(&mut watcher).await, told("ann", json!([])));
    let mobile = stream(&phone, &[], None).await;
    assert_eq!(news(&mut watcher).await, told("ann", json!(["IOS"])));
    drop(mobile);
    let _mobile = stream(&phone, &[], None).await;
    let _web = stream(&ann, &[], None).await;
    loop {
        let (_, platforms) = news(&mut watcher).await;
        if platforms == json!(["IOS", "WEB"]) {
            return Ok(());
        }
        assert_eq!(platforms, json!(["IOS"]), "it flickered");
    }
}

/// Expects this to be the next news of a user.
pub(crate) async fn next_of(watcher: &mut Socket, id: &str, platforms: Value) {
    loop {
        let (user, found) = news(watcher).await;
        if user == id {
            assert_eq!(found, platforms, "{id}");
            return;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_status_routes_show_open_connections() -> anyhow::Result<()> {
    let server = Server::start().await?;
    let (ann, bob) = (server.user("ann", "Ann").await, server.user("bob", "Bob").await);
    let admin = server.admin().await;
    let phone = login(&admin, "ann", 2).await;
    // Two streams of events, and a socket of an SDK.
    let _open = (stream(&ann, &[], None).await, stream(&ann, &[], None).await);
    let token = phone.token().unwrap_or_default().to_owned();
    let _socket = SdkClient::connect(&Options::native(format!("ws://{}", server.sdk()), "ann", token, 2)).await?;
    let ids = json!({ "userIDs": ["bob", "ann", "nobody"] });
    let offline = |id: &str| json!({ "userID": id, "status": 0, "platformIDs": null });
    eventually("all three connections are known", async || {
        let status = bob.rest().call("/user/get_users_status", json!({ "userID": "bob", "userIDs": ["bob", "ann", "nobody"] })).await;
        let expected = json!([offline("bob"), { "userID": "ann", "status": 1, "platformIDs": [2, 5] }, offline("nobody")]);
        let details = admin.call("/user/get_users_online_status", ids.clone()).await;
        let count = details[1]["detailPlatformStatus"].as_array().map_or(0, Vec::len);
        (status["statusList"] == expected && count == 3).then_some(())
    })
    .await;

    let details = admin.call("/user/get_users_online_status", ids.clone()).await;
    assert_eq!(details[0], json!({ "userID": "bob", "status": 0, "detailPlatformStatus": null }), "{details}");
    assert_eq!((&details[1]["status"], details.as_array().map(Vec::len)), (&json!(1), Some(3)), "{details}");
    let open = details[1]["detailPlatformStatus"].as_array().expect("a list");
    let platforms: Vec<_> = open.iter().map(|one| one["platformID"].as_i64()).collect();
    assert_eq!(platforms, [Some(2), Some(5), Some(5)]);
    let connections: std::collections::BTreeSet<_> = open.iter().filter_map(|one| one["connID"].as_str()).collect();
    assert_eq!(connections.len(), 3, "{details}");
    for one in open {
        assert_eq!((&one["token"], &one["isBackground"]), (&json!(""), &json!(false)), "tokens are never handed out");
    }
    let counts = admin.call("/user/get_users_online_token_detail", ids.clone()).await;
    let devices = json!([{ "platformID": 2, "total": 1, "token": null }, { "platformID": 5, "total": 2, "token": null }]);
    assert_eq!(counts, json!([{ "userID": "ann", "status": 1, "singlePlatformToken": devices }]));

    // Who may ask, and what is asked wrongly.
    let code = async |rest: &Rest, path: &str, body: &Value| rest.answer(path, body.to_string()).await["errCode"].as_i64();
    for path in ["/user/get_users_online_status", "/user/get_users_online_token_detail"] {
        assert_eq!(code(&bob.rest(), path, &ids).await, Some(1002), "{path}");
        assert_eq!(code(&server.client().rest(), path, &ids).await, Some(1001), "{path} without a token");
        assert_eq!(admin.call(path, json!({ "userIDs": [] })).await, json!(null), "{path}");
    }
    assert_eq!(code(&bob.rest(), "/user/get_users_status", &json!({ "userID": "bob", "userIDs": [] })).await, Some(1001));

    // The old subscriptions do nothing, as ever.
    let nothing = json!({ "statusList": null });
    let subscribe = |genre: i32| json!({ "userID": "bob", "userIDs": ["ann"], "genre": genre });
    assert_eq!(bob.rest().call("/user/subscribe_users_status", subscribe(1)).await, nothing);
    assert_eq!(code(&bob.rest(), "/user/subscribe_users_status", &subscribe(3)).await, Some(1001));
    assert_eq!(bob.rest().call("/user/get_subscribe_users_status", json!({ "userID": "bob" })).await, nothing);
    assert_eq!(code(&bob.rest(), "/user/get_subscribe_users_status", &json!({ "userID": "" })).await, Some(1001));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn typing_reaches_the_other_ones_stream_and_no_log() -> anyhow::Result<()> {
    let server = Server::start().await?;
    let (ann, bob) = (server.user("ann", "Ann").await, server.user("bob", "Bob").await);
    let (mut live, mut own) = (stream(&bob, &[], None).await, stream(&ann, &[], None).await);
    let send = "mutation($input: SendMessageInput!) { sendMessage(input: $input) { message { seq } } }";
    let message =
        |key: &str, content: Value| json!({ "input": { "recipient": { "userId": "bob" }, "clientMessageId": key, "content": content } });
    ann.data(send, message("m1", json!({ "text": { "text": "hi" } }))).await;
    ann.data(send, message("t1", json!({ "typing": { "tips": "yes" } }))).await;
    let heard = live.event("TransientMessageReceived").await;
    assert_eq!((&heard["sender"]["nickname"], &heard["contentType"]), (&json!("Ann"), &json!(113)), "{heard}");
    assert_eq!((&heard["conversation"]["id"], &heard["content"]), (&json!("si_ann_bob"), &json!({ "msgTips": "yes" })), "{heard}");
    // Nothing of it comes back to its sender, or again.
    let mut resumed = stream(&bob, &[], heard["cursor"].as_str()).await;
    ann.data(send, message("m2", json!({ "text": { "text": "there" } }))).await;
    resumed.event("MessageAdded").await;
    let mut added = 0;
    while added < 2 {
        let event = own.next().await["events"]["__typename"].take();
        assert_ne!(event, "TransientMessageReceived");
        added += usize::from(event == "MessageAdded");
    }
    let log = bob.data("{ conversation(id: \"si_ann_bob\") { maxSeq } }", json!({})).await;
    assert_eq!(log["conversation"]["maxSeq"], 2, "{log}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_revocation_ends_the_streams_of_its_token_only() -> anyhow::Result<()> {
    let server = Server::start_with(&[("auth.login_policy", "0"), ("auth.max_per_platform", "2")]).await?;
    let first = server.user("ann", "Ann").await;
    let admin = server.admin().await;
    let second = login(&admin, "ann", 5).await;
    let (mut old, mut young) = (stream(&first, &[], None).await, stream(&second, &[], None).await);
    // A third login on the web is one too many: the oldest token ends.
    login(&admin, "ann", 5).await;
    let ended = loop {
        match old.message().await {
            Ok(message) if message["type"] == "next" && message["payload"]["errors"].is_null() => {}
            Ok(message) => break message.to_string(),
            Err(closed) => break closed.reason,
        }
    };
    assert!(ended.contains("TOKEN_KICKED") || ended.to_lowercase().contains("revoked") || ended.contains("kicked"), "{ended}");
    second.data("mutation { updateUser(input: {id: \"ann\", nickname: \"Anna\"}) { user { id } } }", json!({})).await;
    young.event("UserChanged").await;
    Ok(())
}
