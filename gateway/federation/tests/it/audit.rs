//! The public federation audit, when its server runs: `OPENIM_FEDERATION_AUDIT_URL=http://127.0.0.1:4200`.
//!
//! Every suite has a supergraph, subgraphs behind HTTP and operations with expected answers. Nothing of the audit is
//! kept here; without the address the test says that it did not run.

use std::time::Duration;

use async_graphql::{Executor, Request};
use openim_core::{Actor, Ctx, OperationId, Runtime};
use openim_federation::{Gateway, Http, HttpOptions, Limits};
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[expect(clippy::disallowed_methods, reason = "the address of the audit's server is a matter of who runs the test")]
async fn agrees_with_the_public_audit() {
    let Ok(server) = std::env::var("OPENIM_FEDERATION_AUDIT_URL") else {
        eprintln!("the audit was not run: OPENIM_FEDERATION_AUDIT_URL is not set");
        return;
    };
    let client = reqwest_client();
    let suites: Vec<String> = get(&client, &format!("{server}/ids")).await.as_array().expect("suites").iter().map(text).collect();
    let (mut passed, mut failures) = (0, Vec::new());
    for suite in suites {
        let supergraph = client.get(format!("{server}/{suite}/supergraph")).send().await.expect("a supergraph");
        let supergraph = supergraph.text().await.expect("a supergraph");
        let mut builder = Gateway::builder().supergraph(supergraph).limits(Limits::unbounded());
        for subgraph in get(&client, &format!("{server}/{suite}/subgraphs")).await.as_array().expect("subgraphs") {
            let transport = Http::new(&text(&subgraph["url"]), HttpOptions::default()).expect("a transport");
            builder = builder.transport(text(&subgraph["name"]), transport);
        }
        let gateway = match builder.build() {
            Ok(gateway) => gateway,
            Err(problem) => {
                failures.push(format!("{suite}: {problem}"));
                continue;
            }
        };
        let tests = get(&client, &format!("{server}/{suite}/tests")).await;
        for (index, test) in tests.as_array().expect("tests").iter().enumerate() {
            let response = gateway.execute(Request::new(text(&test["query"])).data(ctx())).await;
            let data = serde_json::to_value(&response.data).expect("JSON");
            let expected = test["expected"].get("data").cloned().unwrap_or(Value::Null);
            let errors_fit = match test["expected"].get("errors") {
                Some(Value::Bool(expected)) => *expected != response.errors.is_empty(),
                _ => true,
            };
            if data == expected && errors_fit {
                passed += 1;
            } else {
                let got = json!({ "data": data, "errors": response.errors });
                let query = text(&test["query"]);
                let plan = gateway.explain(&query, None, Default::default()).await.map(|plan| plan["parts"][0]["text"].clone());
                failures.push(format!("{suite} #{index}\n{query}\nexpected {}\ngot {got}\nplan {plan:?}", test["expected"]));
            }
        }
    }
    eprintln!("audit: {passed} passed, {} failed", failures.len());
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

fn ctx() -> Ctx {
    let runtime = Runtime::system();
    let deadline = runtime.clock.now().plus(Duration::from_secs(20));
    Ctx::new(runtime, Actor::Anonymous, OperationId::parse("audit").expect("an id"), deadline)
}

fn reqwest_client() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().build().expect("a client")
}

async fn get(client: &reqwest::Client, url: &str) -> Value {
    client.get(url).header("accept", "application/json").send().await.expect("an answer").json().await.expect("JSON")
}

fn text(value: &Value) -> String {
    value.as_str().expect("text").to_owned()
}
