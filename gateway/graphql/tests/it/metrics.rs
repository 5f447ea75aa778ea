//! What is counted. The recorder belongs to the process, so this test wants one of its own, as nextest gives it.

use metrics_exporter_prometheus::PrometheusBuilder;
use serde_json::json;

use crate::support::{Server, answer, soon};

#[tokio::test]
async fn operations_sockets_frames_and_closes_are_counted() {
    let handle = PrometheusBuilder::new().install_recorder().unwrap();
    let server = Server::with(|settings| settings.body_limit = 200).await;
    answer(server.post(&json!({ "query": "{ me }" }))).await;
    answer(server.post(&json!({ "query": "{ nothing }" }))).await;
    let mut socket = server.ready_socket(json!({})).await;
    assert!(handle.render().contains("openim_graphql_sockets{platform=\"none\"} 1"), "{}", handle.render());
    socket.say(json!({ "id": "1", "type": "dance" })).await;
    assert_eq!(socket.closed().await.0, 4400);
    drop(socket);
    server.shutdown.cancel();
    server.tasks.close();
    soon(server.tasks.wait()).await;
    let text = handle.render();
    for line in [
        "openim_graphql_requests_total{transport=\"http\",kind=\"query\",outcome=\"ok\"} 1",
        "openim_graphql_requests_total{transport=\"http\",kind=\"query\",outcome=\"refused\"} 1",
        "openim_graphql_frames_total{direction=\"in\"} 2",
        "openim_graphql_closes_total{transport=\"websocket\",reason=\"bad message\"} 1",
        "openim_graphql_sockets{platform=\"none\"} 0",
    ] {
        assert!(text.contains(line), "{line} is missing in\n{text}");
    }
}
