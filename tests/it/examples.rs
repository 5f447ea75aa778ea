//! The ready operations of docs/examples about users and groups do what they say.

use openim_testing::eventually;
use serde_json::{Value, json};

use crate::harness::{Client, Server};

/// Runs `docs/examples/<name>.graphql`.
async fn run(client: &Client, name: &str, variables: Value) -> Value {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/examples").join(format!("{name}.graphql"));
    client.data(&std::fs::read_to_string(&file).expect("an example"), variables).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_examples_of_users_show_and_keep_things() -> anyhow::Result<()> {
    let server = Server::start().await?;
    let ann = server.user("ann", "Ann").await;
    let renamed = run(&ann, "users/profile", json!({ "me": "ann", "nickname": "Anna" })).await;
    assert_eq!(renamed["updateUser"]["user"]["nickname"], "Anna", "{renamed}");

    let mut live = ann.socket().await;
    live.subscribe("live", "subscription { events { __typename } }", json!({})).await;
    live.event("Ready").await;
    eventually("who has a stream open is online", async || {
        let found = run(&ann, "users/find", json!({ "text": "nna" })).await["searchUsers"].take();
        assert_eq!((&found["totalCount"], &found["edges"][0]["node"]["id"]), (&json!(1), &json!("ann")), "{found}");
        (found["edges"][0]["node"]["presence"] == json!({ "online": true, "platforms": ["WEB"] })).then_some(())
    })
    .await;

    for value in ["a message", "another"] {
        let kept = run(&ann, "users/keep", json!({ "uuid": "one", "value": value })).await;
        assert_eq!(kept["addUserCommand"]["command"]["value"], value, "{kept}");
    }
    let kept = run(&ann, "users/kept", json!({})).await;
    assert_eq!(kept["viewer"], json!({ "commands": [{ "uuid": "one", "value": "another" }], "clientConfig": [] }));

    let period = json!({ "from": "2020-01-01T00:00:00Z", "to": "2100-01-01T00:00:00Z" });
    let numbers = run(&server.admin().await.graph(), "users/numbers", period).await["admin"]["registrationStatistics"].take();
    assert_eq!((&numbers["total"], &numbers["before"], &numbers["days"][0]["count"]), (&json!(2), &json!(0), &json!(2)), "{numbers}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_examples_of_groups_make_one_and_let_somebody_in() -> anyhow::Result<()> {
    let server = Server::start().await?;
    let (ann, bob, cid) = (server.user("ann", "Ann").await, server.user("bob", "Bob").await, server.user("cid", "Cid").await);
    let group = run(&ann, "groups/create", json!({ "name": "Club", "members": ["bob"] })).await["createGroup"]["group"].take();
    assert_eq!((&group["name"], &group["memberCount"]), (&json!("Club"), &json!(2)), "{group}");
    let id = &group["id"];
    let known = run(&bob, "groups/sync", json!({ "group": id })).await["group"]["memberChanges"].take();
    assert_eq!(known["full"], true, "{known}");

    let asked = run(&cid, "groups/join", json!({ "group": id, "message": "Let me in" })).await;
    assert_eq!(asked["joinGroup"]["status"], "REQUESTED", "{asked}");
    let waiting = run(&ann, "groups/requests", json!({})).await["viewer"].take();
    assert_eq!(waiting["unhandledGroupRequestCount"], 1, "{waiting}");
    let request = &waiting["groupRequestsReceived"]["edges"][0]["node"];
    assert_eq!((&request["message"], &request["user"]["nickname"]), (&json!("Let me in"), &json!("Cid")), "{waiting}");
    let answered = run(&ann, "groups/answer", json!({ "group": id, "user": "cid", "status": "ACCEPTED" })).await;
    assert_eq!(answered["respondToGroupRequest"], json!({ "request": { "status": "ACCEPTED" }, "member": { "role": "MEMBER" } }));

    let members = run(&cid, "groups/members", json!({ "group": id })).await["group"].take();
    let edges = members["members"]["edges"].as_array().expect("a list");
    let names: Vec<Option<&str>> = edges.iter().map(|edge| edge["node"]["nickname"].as_str()).collect();
    assert_eq!(names, [Some("Ann"), Some("Bob"), Some("Cid")]);
    assert_eq!(members["viewerMembership"]["role"], "MEMBER", "{members}");
    let delta = run(&bob, "groups/sync", json!({ "group": id, "since": known["version"] })).await["group"]["memberChanges"].take();
    assert_eq!((&delta["full"], &delta["inserted"]), (&json!(false), &json!([{ "userId": "cid" }])), "{delta}");
    Ok(())
}
