//! The processes as operators and Prometheus see them: on the list, live, and by their metrics.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use openim_platform::telemetry::catalogue;
use openim_testing::eventually;
use serde_json::{Value, json};

use crate::harness::{Binary, Client, SECRET, Server, soon};

const NODES: &str = "{ admin { nodes { id roles address metricsAddress healthy stopping
    figures { messagesStored sockets { graphql sdk } onlineUsers outboxLag { waiting } queueDepth webhookBacklog memoryBytes } } } }";
const REPORTS: &str =
    "subscription { nodeReports { ended node { id healthy stopping figures { messagesStored sockets { graphql } onlineUsers } } } }";

/// Returns the processes once there are some.
pub(crate) async fn nodes(admin: &Client) -> Vec<Value> {
    eventually("a process is on the list", async || {
        let nodes = admin.data(NODES, json!({})).await["admin"]["nodes"].clone();
        nodes.as_array().filter(|nodes| !nodes.is_empty()).cloned()
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_is_listed_with_what_it_counts_and_told_live() -> anyhow::Result<()> {
    let mut server = Server::start().await?;
    let admin = server.admin().await.graph();
    let listed = nodes(&admin).await;
    let [node] = listed.as_slice() else { panic!("{listed:?}") };
    assert_eq!((&node["healthy"], &node["stopping"], node["roles"].as_array().map(Vec::len)), (&json!(true), &json!(false), Some(8)));
    assert_eq!(node["address"], server.address().to_string());
    assert!(node["figures"]["outboxLag"]["waiting"].is_i64() && node["figures"]["queueDepth"].is_i64(), "{node}");
    assert!(node["figures"]["webhookBacklog"].is_i64(), "{node}");

    let (ann, bob) = (server.user("ann", "Ann").await, server.user("bob", "Bob").await);
    let mut watching = admin.socket().await;
    watching.subscribe("1", REPORTS, json!({})).await;
    let first = watching.next().await["nodeReports"].clone();
    assert_eq!((&first["node"]["id"], &first["ended"]), (&node["id"], &json!(false)));

    let mut listening = bob.socket().await;
    listening.subscribe("1", "subscription { events { __typename } }", json!({})).await;
    listening.event("Ready").await;
    let send = "mutation($input: SendMessageInput!) { sendMessage(input: $input) { duplicate } }";
    let input =
        json!({ "input": { "recipient": { "userId": "bob" }, "clientMessageId": "m1", "content": { "text": { "text": "hello" } } } });
    ann.data(send, input).await;
    listening.event("MessageAdded").await;
    let counted = async {
        loop {
            let figures = watching.next().await["nodeReports"]["node"]["figures"].clone();
            let all = json!({ "messagesStored": 1, "sockets": { "graphql": 2 }, "onlineUsers": 1 });
            if figures == all {
                break;
            }
        }
    };
    soon("what happened is counted", counted).await;

    assert_eq!(bob.code(NODES, json!({})).await, "NO_PERMISSION");
    let mut nosy = bob.socket().await;
    nosy.subscribe("1", REPORTS, json!({})).await;
    let refused = nosy.message().await.expect("an answer");
    assert!(refused.to_string().contains("NO_PERMISSION"), "{refused}");

    server.stop();
    assert!(server.finished().await);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reports_end_with_the_administrators_login() -> anyhow::Result<()> {
    let server = Server::start().await?;
    let admin = server.admin().await.graph();
    let mut watching = admin.socket().await;
    watching.subscribe("reports", REPORTS, json!({})).await;
    watching.next().await;
    let revoke = "mutation { revokeSessions(input: {userId: \"imAdmin\", platform: ADMIN}) { revoked } }";
    assert_eq!(admin.data(revoke, json!({})).await["revokeSessions"]["revoked"], 1);
    let mut closed = async || loop {
        if let Err(closed) = watching.message().await {
            break closed.code;
        }
    };
    assert_eq!(soon("the stream ends", closed()).await, 4403);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn prometheus_finds_addresses_that_answer() -> anyhow::Result<()> {
    let server = Server::start().await?;
    nodes(&server.admin().await.graph()).await;
    for service in ["api", "user", "group", "msg", "friend", "conversation", "third", "auth", "push", "msg_gateway", "msg_transfer"] {
        let answer = server.client().get(&format!("/prometheus_discovery/{service}")).await;
        assert_eq!(answer.status(), 200, "{service}");
        let list: Value = answer.json().await?;
        assert_eq!(list, json!([{ "targets": [server.address().to_string()], "labels": { "namespace": "default" } }]), "{service}");
    }
    let passed_on = server.client().get_with("/prometheus_discovery/api", "x-forwarded-for", "127.0.0.1").await;
    assert_eq!(passed_on.status(), 403, "nobody knows for whom a proxy asks that is not configured");
    assert_eq!(server.client().get("/third/prometheus").await.status(), 404, "there are no dashboards");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn metrics_have_openims_names_from_the_start() -> anyhow::Result<()> {
    let binary = Binary::new();
    let mut process = binary.serve_with(&["--listen", "127.0.0.1:0"], &[("OPENIM__AUTH__SECRET", SECRET)]).await;
    let client = Client::new(process.address);
    let tokens = client.admin().await.users(&[("ann", "Ann"), ("bob", "Bob")]).await;
    let send = "mutation($input: SendMessageInput!) { sendMessage(input: $input) { duplicate } }";
    let input =
        json!({ "input": { "recipient": { "userId": "bob" }, "clientMessageId": "m1", "content": { "text": { "text": "hello" } } } });
    client.with_token(&tokens[0]).data(send, input).await;
    let text = client.get("/metrics").await.text().await?;
    for metric in catalogue::OPENIM.iter().filter(|metric| metric.labels.is_empty()) {
        assert!(text.contains(&format!("\n{} ", metric.name)), "{} is missing in\n{text}", metric.name);
        assert!(text.contains(&format!("# TYPE {} {}", metric.name, metric.kind.word())), "{}", metric.name);
    }
    for line in [
        "user_login_total 1",
        "user_register_total 2",
        "single_chat_msg_process_success_total 1",
        "msg_insert_mongo_failed_total 0",
        "openim_messages_stored_total 1",
        "api_count{path=\"/user/user_register\",method=\"POST\",code=\"0\"} 1",
        "http_count{path=\"/auth/get_admin_token\",method=\"POST\",status=\"200\"} 1",
        "rpc_count{name=\"messages\",path=\"sendMessage\",code=\"0\"} 1",
    ] {
        assert!(text.lines().any(|found| found == line), "{line} is missing in\n{text}");
    }
    assert!(text.contains("process_resident_memory_bytes ") && text.contains("process_start_time_seconds "), "{text}");
    let doctor = binary.run(&["doctor"], &[("OPENIM__SERVER__LISTEN", "127.0.0.1:0"), ("OPENIM__SDK__LISTEN", "127.0.0.1:0")]).await;
    let listed = String::from_utf8_lossy(&doctor.stdout).into_owned();
    assert!(listed.contains("processes") && listed.contains("1 live: all at 127.0.0.1:"), "{listed}");
    process.signal("TERM").await;
    process.ended().await;
    Ok(())
}

#[test]
fn every_metric_that_is_recorded_is_in_the_table_and_the_other_way_round() {
    let mut recorded: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for folder in ["kernel", "gateway", "subgraphs", "server", "importer"] {
        for file in sources(&root.join(folder)) {
            let text = fs::read_to_string(&file).expect("a source");
            for call in ["counter!(", "gauge!(", "histogram!("] {
                for (at, _) in text.match_indices(call) {
                    if text.get(..at).is_some_and(|before| before.ends_with("describe_")) {
                        continue;
                    }
                    let arguments = arguments(text.get(at + call.len()..).unwrap_or_default());
                    let mut words = arguments.split('"').skip(1).step_by(2);
                    let Some(name) = words.next().filter(|_| arguments.trim_start().starts_with('"')) else { continue };
                    let labels = labels(arguments).into_iter().map(str::to_owned).collect();
                    recorded.entry(name.to_owned()).or_insert(labels);
                }
            }
        }
    }
    let described: BTreeMap<String, BTreeSet<String>> = catalogue::all()
        .filter(|metric| !metric.name.starts_with("msg_insert_redis_"))
        .map(|metric| (metric.name.to_owned(), metric.labels.iter().map(|label| (*label).to_owned()).collect()))
        .collect();
    assert_eq!(recorded, described, "kernel/platform/src/telemetry/catalogue.rs and what the code records differ");
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        match path.file_name().and_then(|name| name.to_str()) {
            Some("tests" | "tests.rs" | "target" | "benches") => {}
            _ if path.is_dir() => found.extend(sources(&path)),
            Some(name) if name.ends_with(".rs") => found.push(path),
            _ => {}
        }
    }
    found
}

/// Returns what stands between the brackets of a call.
fn arguments(text: &str) -> &str {
    let mut open = 1;
    for (at, letter) in text.char_indices() {
        match letter {
            '(' => open += 1,
            ')' => open -= 1,
            _ => {}
        }
        if open == 0 {
            return text.get(..at).unwrap_or_default();
        }
    }
    text
}

/// Returns the texts that stand before an arrow.
fn labels(arguments: &str) -> Vec<&str> {
    let parts = arguments.match_indices("=>").filter_map(|(at, _)| arguments.get(..at)?.trim_end().strip_suffix('"')?.rsplit('"').next());
    parts.collect()
}
