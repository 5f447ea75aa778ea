//! The audit log through the doors: whoever administers leaves a trace, by GraphQL and by REST, with its reason and without
//! its secrets.

use openim_testing::eventually;
use serde_json::{Value, json};

use crate::harness::{Client, SECRET, Server};

const LOG: &str = "query($operation: String) { admin { auditLog(operation: $operation) { totalCount edges { node {
    actorId address operation subgraph target arguments reason outcome code operationId } } } } }";

async fn noted(admin: &Client, operation: &str, least: usize) -> Vec<Value> {
    eventually("the act is in the log", async || {
        let data = admin.data(LOG, json!({"operation": operation})).await;
        let edges = data["admin"]["auditLog"]["edges"].as_array().cloned().unwrap_or_default();
        (edges.len() >= least).then(|| edges.into_iter().map(|edge| edge["node"].clone()).collect())
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn acts_by_graphql_and_rest_are_noted_once_each() -> anyhow::Result<()> {
    let server = Server::start().await?;
    let admin = server.client().admin().await;
    let tokens = admin.users(&[("ann", "Ann"), ("bob", "Bob")]).await;
    let graph = admin.graph();

    // By REST; what servers of applications do all day is left out.
    let acts = noted(&graph, "registerUsers", 1).await;
    assert_eq!((acts.len(), &acts[0]["target"], &acts[0]["outcome"]), (1, &json!("ann"), &json!("DONE")));
    assert_eq!(
        (&acts[0]["actorId"], &acts[0]["operationId"], &acts[0]["address"]),
        (&json!("imAdmin"), &json!("test"), &json!("127.0.0.1"))
    );
    assert_eq!(acts[0]["arguments"]["input"]["users"][1]["id"], "bob");

    // By GraphQL, in a batch with aliases, with a reason, one of them refused.
    let body = json!([
        {"query": "mutation { one: updateUser(input: {id: \"ann\", nickname: \"Anna\"}) { user { id } } two: updateUser(input: {id: \"nobody\", nickname: \"x\"}) { user { id } } }"},
        {"query": "mutation($u: ID!) { ...Act } fragment Act on Mutation { revokeSessions(input: {userId: $u, platform: WEB}) { revoked } }", "variables": {"u": "bob"}},
    ]);
    let response = graph.post_with("/graphql", "audit-reason", "spam%20%E5%BC%A0%E4%B8%89", body.to_string()).await;
    assert_eq!(response.status(), 200);
    let acts = noted(&graph, "updateUser", 2).await;
    let mut outcomes: Vec<_> =
        acts.iter().map(|act| (act["target"].as_str().unwrap_or_default(), act["outcome"].as_str().unwrap_or_default())).collect();
    outcomes.sort_unstable();
    assert_eq!(outcomes, [("ann", "DONE"), ("nobody", "REFUSED")]);
    assert!(acts.iter().all(|act| act["reason"] == "spam 张三" && act["subgraph"] == "users"));
    assert_eq!(noted(&graph, "revokeSessions", 1).await.len(), 1);

    // Ordinary users leave none, and read none.
    let ann = server.client().with_token(&tokens[0]);
    ann.data("mutation { updateUser(input: {id: \"ann\", nickname: \"Me\"}) { user { id } } }", json!({})).await;
    assert_eq!(noted(&graph, "updateUser", 2).await.len(), 2);
    assert_eq!(noted(&graph, "createUserToken", 0).await.len(), 0);
    assert_eq!(ann.code(LOG, json!({})).await, "NO_PERMISSION");
    let whole = graph.data(LOG, json!({})).await.to_string();
    assert!(!whole.contains(SECRET) && !whole.contains(&tokens[0]), "{whole}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_destructive_act_needs_a_reason_where_that_is_configured() -> anyhow::Result<()> {
    let server = Server::start_with(&[("audit.require_reason", "true")]).await?;
    let admin = server.client().admin().await;
    admin.users(&[("ann", "Ann")]).await;
    let graph = admin.graph();
    let revoke = "mutation { revokeSessions(input: {userId: \"ann\", platform: WEB}) { revoked } }";
    assert_eq!(graph.code(revoke, json!({})).await, "REASON_REQUIRED");
    let answer = admin.answer("/auth/force_logout", json!({"userID": "ann", "platformID": 5}).to_string()).await;
    assert_eq!(answer["errCode"], 1001, "{answer}");
    for (value, code) in [("%zz", "ARGS_ERROR"), ("a%0ab", "ARGS_ERROR"), (&*"x".repeat(301), "ARGS_ERROR"), ("%20", "REASON_REQUIRED")] {
        let response = graph.post_with("/graphql", "audit-reason", value, json!({"query": revoke}).to_string()).await;
        let answer: Value = response.json().await?;
        assert_eq!(answer["errors"][0]["extensions"]["code"], code, "{value:.10}: {answer}");
    }
    let response = graph.post_with("/graphql", "audit-reason", "lost%20phone", json!({"query": revoke}).to_string()).await;
    let answer: Value = response.json().await?;
    assert_eq!(answer["data"]["revokeSessions"]["revoked"], 1, "{answer}");
    let acts = noted(&graph, "revokeSessions", 4).await;
    assert_eq!((&acts[0]["reason"], &acts[0]["outcome"]), (&json!("lost phone"), &json!("DONE")));
    assert!(acts[1..].iter().all(|act| act["outcome"] == "REFUSED" && act["code"] == "REASON_REQUIRED"));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_administrator_on_a_socket_can_say_why() -> anyhow::Result<()> {
    let server = Server::start_with(&[("audit.require_reason", "true")]).await?;
    let admin = server.client().admin().await;
    admin.users(&[("ann", "Ann")]).await;
    let graph = admin.graph();
    let mut socket = graph.socket().await;
    let revoke = "mutation { revokeSessions(input: {userId: \"ann\", platform: WEB}) { revoked } }";
    let message = json!({ "id": "1", "type": "subscribe", "payload": { "query": revoke, "extensions": { "auditReason": "lost 张三" } } });
    socket.send(message).await?;
    assert_eq!(socket.next().await["revokeSessions"]["revoked"], 1);
    let acts = noted(&graph, "revokeSessions", 1).await;
    assert_eq!((&acts[0]["reason"], &acts[0]["outcome"]), (&json!("lost 张三"), &json!("DONE")));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn logs_of_apps_come_by_rest_in_openims_shapes() -> anyhow::Result<()> {
    let server = Server::start().await?;
    let admin = server.client().admin().await;
    let tokens = admin.users(&[("ann", "Ann")]).await;
    let ann = admin.with_token(&tokens[0]);
    let upload = json!({"platform": 1, "appFramework": "Flutter", "version": "3.8.1", "ex": "{}",
        "fileURLs": [{"filename": "a.log", "URL": "https://files.example.com/a.log"}, {"filename": "b.log", "URL": "https://files.example.com/b.log"}]});
    let told = ann.answer("/third/logs/upload", upload.to_string()).await;
    assert_eq!((&told["errCode"], told.get("data")), (&json!(0), None), "{told}");
    let page = json!({"keyword": "ann", "startTime": 0, "endTime": 0, "pagination": {"pageNumber": 1, "showNumber": 1}});
    let found = admin.call("/third/logs/search", page.clone()).await;
    let log = &found["logsInfos"][0];
    assert_eq!((&found["total"], found["logsInfos"].as_array().map(Vec::len)), (&json!(2), Some(1)));
    let id = log["logID"].as_str().expect("an id").to_owned();
    let expected = json!({"userID": "ann", "platform": "IOS", "url": log["url"], "createTime": log["createTime"], "nickname": "Ann", "logID": id,
        "filename": log["filename"], "systemType": "", "ex": "{}", "version": "3.8.1"});
    assert_eq!(*log, expected);
    let none = admin.call("/third/logs/search", json!({"keyword": "nobody", "pagination": {"pageNumber": 1, "showNumber": 10}})).await;
    assert_eq!(none, json!({"logsInfos": null, "total": 0}));
    for (caller, path, body, code) in [
        (&admin, "/third/logs/search", json!({"startTime": 2, "endTime": 1, "pagination": {"pageNumber": 1, "showNumber": 1}}), 1001),
        (&ann, "/third/logs/search", page, 1002),
        (&ann, "/third/logs/delete", json!({"logIDs": [id]}), 1002),
        (&admin, "/third/logs/delete", json!({"logIDs": [id, "1000000000"]}), 1004),
        (&admin, "/third/logs/delete", json!({"logIDs": [id]}), 0),
        (&admin, "/third/logs/delete", json!({"logIDs": [id]}), 1004),
    ] {
        let answer = caller.answer(path, body.to_string()).await;
        assert_eq!(answer["errCode"], code, "{path}: {answer}");
    }
    Ok(())
}
