//! `graph`: the gateway over three in-process subgraphs against one schema that holds the same data and gives the same
//! answer, and against the same subgraphs behind HTTP. One task, no door: only the graph is measured, pair by pair in turn.

mod data;
mod split;
mod whole;

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use async_graphql::{Executor as _, Request, Response, Variables};
use axum::extract::{Path, State};
use axum::routing::post;
use axum::{Json, Router};
use openim_core::{Actor, Ctx, OperationId, Runtime};
use openim_federation::{Gateway, Http, HttpOptions, InProcess};
use openim_graphql::Subgraph;
use tokio::net::TcpListener;

use crate::report::{Goal, Report};
use crate::scenarios::rest::median;

struct Case {
    name: &'static str,
    query: &'static str,
    goal: Option<f64>,
}

const CASES: [Case; 4] = [
    Case { name: "1 fetch, 1 object", query: "query($id: Int!) { user(id: $id) { id name faceUrl createdAt } }", goal: Some(1.0) },
    Case {
        name: "1 fetch, 100 rows",
        query: "query($id: Int!) { user(id: $id) { id } users(first: 100) { id name faceUrl createdAt } }",
        goal: None,
    },
    Case { name: "2 subgraphs, 1 object", query: "query($id: Int!) { user(id: $id) { id name unread } }", goal: None },
    Case {
        name: "3 subgraphs, nested",
        query: "query($id: Int!) { group(id: $id) { name messages(last: 5) { seq text sender { name faceUrl unread } } } }",
        goal: Some(1.7),
    },
];

/// Measures every case in rounds that alternate between the forms.
pub(crate) async fn run(report: &mut Report, rounds: usize, round: Duration) -> anyhow::Result<()> {
    let whole = whole::schema();
    let subgraphs = split::subgraphs();
    let mut embedded = Gateway::builder();
    let mut remote = Gateway::builder();
    let address = host(&subgraphs).await?;
    for subgraph in &subgraphs {
        let url = format!("http://{address}/{}", subgraph.name());
        embedded = embedded.subgraph(subgraph.name(), subgraph.sdl(), InProcess(subgraph.clone()));
        remote = remote.subgraph(subgraph.name(), subgraph.sdl(), Http::new(&url, HttpOptions::default())?);
    }
    let (embedded, remote) = (embedded.build()?, remote.build()?);
    for case in CASES {
        let request = || Request::new(case.query).variables(variables());
        let direct = async || whole.execute(split::with_loader(request())).await;
        let in_process = async || embedded.execute(request().data(ctx())).await;
        let over_http = async || remote.execute(request().data(ctx())).await;
        let expected = text(&direct().await)?;
        ensure!(text(&in_process().await)? == expected, "{}: the gateway answers otherwise", case.name);
        ensure!(text(&over_http().await)? == expected, "{}: the gateway over HTTP answers otherwise", case.name);
        let (mut ratios, mut http_ratios, mut times) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..rounds {
            let base = time(&direct, round).await?;
            let gateway = time(&in_process, round).await?;
            let http = time(&over_http, round).await?;
            ratios.push(gateway / base);
            http_ratios.push(http / gateway);
            times.push(gateway);
        }
        report.figure("graph", format!("{}: in process", case.name), 1.0 / median(&mut times), "op/s");
        let name = format!("{}: gateway ÷ one schema", case.name);
        match case.goal {
            Some(goal) => report.goal("graph", name, median(&mut ratios), "x", Goal::AtMost(goal)),
            None => report.figure("graph", name, median(&mut ratios), "x"),
        }
        report.figure("graph", format!("{}: HTTP subgraphs ÷ in process", case.name), median(&mut http_ratios), "x");
    }
    Ok(())
}

/// Returns seconds for each call.
async fn time(call: &impl AsyncFn() -> Response, round: Duration) -> anyhow::Result<f64> {
    let started = Instant::now();
    let mut calls = 0.0;
    while started.elapsed() < round {
        for _ in 0..16 {
            // What leaves the server is text: its cost belongs to both.
            let answer = serde_json::to_vec(&call().await)?;
            ensure!(answer.len() > 10);
            calls += 1.0;
        }
    }
    Ok(started.elapsed().as_secs_f64() / calls)
}

fn text(response: &Response) -> anyhow::Result<String> {
    ensure!(response.errors.is_empty(), "{:?}", response.errors);
    Ok(serde_json::to_string(&response.data)?)
}

fn variables() -> Variables {
    Variables::from_json(serde_json::json!({"id": 7}))
}

fn ctx() -> Ctx {
    let runtime = Runtime::system();
    let deadline = runtime.clock.now().plus(Duration::from_secs(10));
    Ctx::new(runtime, Actor::Anonymous, operation(), deadline)
}

fn operation() -> OperationId {
    static OPERATION: std::sync::LazyLock<OperationId> = std::sync::LazyLock::new(|| {
        #[expect(clippy::expect_used, reason = "a constant that is valid")]
        OperationId::parse("bench").expect("a valid id")
    });
    OPERATION.clone()
}

type Hosted = Arc<Vec<Arc<dyn Subgraph>>>;

async fn host(subgraphs: &[Arc<dyn Subgraph>]) -> anyhow::Result<std::net::SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr().context("no address")?;
    let hosted: Hosted = Arc::new(subgraphs.to_vec());
    let router = Router::new().route("/{name}", post(answer)).with_state(hosted);
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(address)
}

async fn answer(State(hosted): State<Hosted>, Path(name): Path<String>, Json(request): Json<Request>) -> Json<Response> {
    match hosted.iter().find(|subgraph| subgraph.name() == name) {
        Some(subgraph) => Json(subgraph.execute(ctx(), request).await),
        None => Json(Response::default()),
    }
}
