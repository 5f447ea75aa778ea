//! An operator changes settings of a running server, from the graph and by OpenIM's routes.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::harness::{Binary, Client, Process, Server, soon};

const UPDATE: &str = "mutation($changes: [SettingInput!]!) { updateSettings(input: {changes: $changes}) {
    changed configuration { setting(key: \"limits.user_per_minute\") { value source live editable restartNeeded changedBy } } } }";
const RESET: &str = "mutation { resetSettings(input: {all: true}) { changed } }";
const SETTING: &str = "query($key: String!) { admin { configuration { setting(key: $key) { value source secret editable lockedBecause live restartNeeded } } } }";
const NODES: &str = "{ admin { configuration { nodeId } } }";

async fn change(admin: &Client, key: &str, value: Value) -> Value {
    admin.data(UPDATE, json!({ "changes": [{ "key": key, "value": value }] })).await["updateSettings"].take()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_limit_bites_as_soon_as_it_is_stored_and_is_gone_when_taken_back() -> anyhow::Result<()> {
    let server = Server::start().await?;
    let (admin, ann) = (server.admin().await.graph(), server.user("ann", "Ann").await);
    for _ in 0..10 {
        ann.data("{ serverTime }", json!({})).await;
    }
    let changed = change(&admin, "limits.user_per_minute", json!(2)).await;
    assert_eq!(changed["changed"], json!(["limits.user_per_minute"]));
    let expected = json!({"value": 2, "source": "STORED", "live": true, "editable": true, "restartNeeded": false, "changedBy": "imAdmin"});
    assert_eq!(changed["configuration"]["setting"], expected);
    let refused = async || loop {
        let answer = ann.answer("{ serverTime }", json!({})).await;
        if let Some(code) = answer.pointer("/errors/0/extensions/code") {
            break code.clone();
        }
    };
    assert_eq!(soon("the limit bites", refused()).await, "TOO_MANY_REQUESTS");

    let history = "{ admin { configuration { history { totalCount edges { node { key oldValue newValue changedBy } } } } } }";
    admin.data(RESET, json!({})).await;
    let seen = admin.data(history, json!({})).await["admin"]["configuration"]["history"].take();
    assert_eq!(seen["totalCount"], 2);
    let newest = json!({"key": "limits.user_per_minute", "oldValue": 2, "newValue": null, "changedBy": "imAdmin"});
    assert_eq!(seen["edges"][0]["node"], newest);
    let served = async || while ann.answer("{ serverTime }", json!({})).await.get("errors").is_some() {};
    soon("the limit is gone", served()).await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn settings_of_messages_and_groups_count_at_once() -> anyhow::Result<()> {
    let server = Server::start().await?;
    let admin = server.admin().await;
    let tokens = admin.users(&[("ann", "Ann"), ("bob", "Bob")]).await;
    let ann = server.client().with_token(&tokens[0]);
    let send = "mutation($id: ID!) { sendMessage(input: {recipient: {userId: \"bob\"}, clientMessageId: $id, content: {text: {text: \"hello\"}}}) { duplicate } }";
    ann.data(send, json!({ "id": "one" })).await;
    change(&admin.graph(), "messages.friend_verify", json!(true)).await;
    let refused = async || {
        for number in 0.. {
            let answer = ann.answer(send, json!({ "id": format!("again {number}") })).await;
            if let Some(code) = answer.pointer("/errors/0/extensions/errCode") {
                return code.clone();
            }
        }
        Value::Null
    };
    assert_eq!(soon("strangers may not write", refused()).await, 1303);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn openims_routes_show_and_change_the_same_settings() -> anyhow::Result<()> {
    let server = Server::start().await?;
    let admin = server.admin().await;
    let list = admin.call("/config/get_config_list", json!({})).await;
    assert_eq!((list["configNames"].as_array().map(Vec::len), &list["version"]), (Some(22), &json!(env!("CARGO_PKG_VERSION"))));
    let read = async |name: &str| -> Value {
        let data = admin.call("/config/get_config", json!({ "configName": name })).await;
        serde_json::from_str(data.as_str().expect("a text")).expect("JSON")
    };
    for name in list["configNames"].as_array().expect("a list") {
        let name = name.as_str().expect("a name");
        let content = read(name).await;
        let body = json!({ "configName": name, "data": content.to_string() });
        assert_eq!(admin.answer("/config/set_config", body.to_string()).await["errCode"], 0, "{name} is taken back as it was told");
    }
    assert_eq!(read("share.yml").await["Secret"], "(hidden)");
    assert_eq!(read("openim-rpc-auth.yml").await["TokenPolicy"]["Expire"], 90);

    let mut messages = read("openim-rpc-msg.yml").await;
    messages["FriendVerify"] = json!(true);
    admin.call("/config/set_config", json!({ "configName": "openim-rpc-msg.yml", "data": messages.to_string() })).await;
    assert_eq!(read("openim-rpc-msg.yml").await["FriendVerify"], true);
    let setting = admin.graph().data(SETTING, json!({ "key": "messages.friend_verify" })).await;
    assert_eq!(setting["admin"]["configuration"]["setting"]["source"], "STORED");

    for (name, path, value) in [
        ("openim-rpc-msg.yml", "/RPC/ListenIP", json!("127.0.0.1")),
        ("share.yml", "/Secret", json!("another secret")),
        ("openim-api.yml", "/Api/Ports", json!([1])),
        ("openim-rpc-auth.yml", "/TokenPolicy/Expire", json!("ninety")),
        ("webhooks.yml", "/BeforeAddFriend/Enable", json!(true)),
    ] {
        let mut content = read(name).await;
        *content.pointer_mut(path).expect("a field") = value;
        let answer = admin.answer("/config/set_config", json!({ "configName": name, "data": content.to_string() }).to_string()).await;
        assert_eq!(answer["errCode"], 1001, "{name} {path}: {answer}");
    }
    for body in [
        json!({ "configName": "nonsense.yml", "data": "{}" }),
        json!({ "configName": "log.yml", "data": "{" }),
        json!({ "configName": "log.yml", "data": "{\"Nonsense\": 1}" }),
    ] {
        assert_eq!(admin.answer("/config/set_config", body.to_string()).await["errCode"], 1001, "{body}");
    }
    assert_eq!(admin.answer("/config/get_config", json!({ "configName": "nonsense.yml" }).to_string()).await["errCode"], 1001);

    admin.call("/config/set_enable_config_manager", json!({ "enable": false })).await;
    assert_eq!(admin.call("/config/get_enable_config_manager", json!({})).await["enable"], false);
    assert_eq!(read("openim-rpc-msg.yml").await["FriendVerify"], false, "what is stored is put aside");
    admin.call("/config/set_enable_config_manager", json!({ "enable": true })).await;
    assert_eq!(read("openim-rpc-msg.yml").await["FriendVerify"], true);
    admin.call("/config/reset_config", json!({})).await;
    assert_eq!(read("openim-rpc-msg.yml").await["FriendVerify"], false);

    let ann = server.user("ann", "Ann").await.rest();
    let strangers = server.client().rest();
    for route in ["get_config_list", "get_config", "set_config", "reset_config", "set_enable_config_manager", "get_enable_config_manager"] {
        let path = format!("/config/{route}");
        assert_eq!(
            ann.answer(&path, json!({ "configName": "share.yml", "data": "{}", "enable": false }).to_string()).await["errCode"],
            1002,
            "{path}"
        );
        assert_ne!(strangers.answer(&path, "{}").await["errCode"], 0, "{path}");
    }
    assert_eq!(ann.answer("/restart", "{}").await["errCode"], 1002);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_configured_secret_is_exchanged_where_it_is_configured() -> anyhow::Result<()> {
    let server = Server::start().await?;
    let admin = server.admin().await.graph();
    let answer = admin.answer("mutation { rotateSecret(input: {}) { secret } }", json!({})).await;
    let message = answer.pointer("/errors/0/message").and_then(Value::as_str).unwrap_or_default();
    assert!(message.contains("auth.secret is set by flag --set"), "{answer}");
    let listed = admin
        .data("{ admin { administrators { userId configured user { nickname } } access { secretKept secretRotatable } } }", json!({}))
        .await;
    assert_eq!(listed["admin"]["administrators"][0]["userId"], "imAdmin");
    assert_eq!(listed["admin"]["access"], json!({"secretKept": false, "secretRotatable": false}));
    Ok(())
}

async fn administrator(process: &Process, secret: &str) -> Option<Client> {
    let client = Client::new(process.address);
    let log_in = "mutation($secret: String!) { createAdminToken(input: {secret: $secret, userId: \"imAdmin\"}) { token } }";
    let answer = client.answer(log_in, json!({ "secret": secret })).await;
    Some(client.with_token(answer.pointer("/data/createAdminToken/token")?.as_str()?))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_binary_starts_itself_anew_with_what_was_stored_and_a_new_secret() -> anyhow::Result<()> {
    let binary = Arc::new(Binary::new());
    // A port of its own: after a restart it must be the same.
    let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let listen = format!("127.0.0.1:{port}");
    let mut process = binary.serve_with(&["--listen", &listen], &[]).await;
    let secret = std::fs::read_to_string(binary.folder().join("data/secret"))?;
    let admin = administrator(&process, secret.trim()).await.expect("the generated secret");

    change(&admin, "graphql.max_aliases", json!(7)).await;
    let aliases = async |admin: &Client| {
        admin.data(SETTING, json!({ "key": "graphql.max_aliases" })).await["admin"]["configuration"]["setting"].take()
    };
    let waiting = aliases(&admin).await;
    assert_eq!((&waiting["value"], &waiting["live"], &waiting["restartNeeded"]), (&json!(7), &json!(false), &json!(true)));

    let rotated =
        admin.data("mutation { rotateSecret(input: {}) { secret keptIn endedSessions } }", json!({})).await["rotateSecret"].take();
    let new = rotated["secret"].as_str().expect("a secret").to_owned();
    assert_eq!(std::fs::read_to_string(binary.folder().join("data/secret"))?.trim(), new);
    assert!(administrator(&process, secret.trim()).await.is_none(), "the old secret opens nothing");
    assert!(administrator(&process, &new).await.is_some());

    let before = admin.data(NODES, json!({})).await["admin"]["configuration"]["nodeId"].take();
    admin.data("mutation($id: ID!) { restartNodes(input: {nodeIds: [$id]}) { nodeIds } }", json!({ "id": before })).await;
    let address = soon("it says its address again", process.next_address()).await;
    assert_eq!(address.port(), port);
    assert_eq!(Client::new(address).get("/readyz").await.status(), 200);
    let after = admin.data(NODES, json!({})).await["admin"]["configuration"]["nodeId"].take();
    assert_ne!(before, after, "the token of the old secret is good, and another process answers");
    let counts = aliases(&admin).await;
    assert_eq!((&counts["value"], &counts["restartNeeded"]), (&json!(7), &json!(false)));

    let ended = admin.data("mutation { rotateSecret(input: {endSessions: true}) { endedSessions } }", json!({})).await;
    assert!(ended["rotateSecret"]["endedSessions"].as_i64().is_some_and(|ended| ended > 0), "{ended}");
    assert_ne!(admin.code(NODES, json!({})).await, "");

    process.signal("TERM").await;
    assert_eq!(process.ended().await, Some(0));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_supervisor_may_do_the_restart() -> anyhow::Result<()> {
    let binary = Binary::new();
    let mut process = binary.serve(&["--set", "server.restart_in_place=false", "--set", "auth.secret=a secret of tests"]).await;
    let admin = administrator(&process, "a secret of tests").await.expect("the secret");
    assert_eq!(admin.rest().answer("/restart", "{}").await["errCode"], 0);
    assert_eq!(process.ended().await, Some(75));
    Ok(())
}
