//! Page numbers over a graph that pages in bounded steps.

use serde_json::{Value, json};

use crate::support::{Door, Graph};

/// A graph with this many users, at most 1,000 ids a fetch.
fn users(total: i64) -> Graph {
    Graph::new(move |_, variables| {
        let (first, offset) = (variables["first"].as_i64().expect("first"), variables["offset"].as_i64().expect("offset"));
        assert!((1..=1000).contains(&first), "{first}");
        let ids: Vec<_> = (offset..(offset + first).min(total)).map(|n| format!("u{n}")).collect();
        Ok(json!({"userIds": {"total": total, "userIDs": ids}}))
    })
}

async fn page(graph: &Graph, page: i64, show: i64) -> Value {
    let body = json!({"pagination": {"pageNumber": page, "showNumber": show}}).to_string();
    Door::over(graph).post("/user/get_all_users_uid", body).await.data()
}

#[tokio::test]
async fn a_page_is_one_fetch_with_offset() {
    let graph = users(25);
    let data = page(&graph, 3, 10).await;
    assert_eq!(data, json!({"total": 25, "userIDs": ["u20", "u21", "u22", "u23", "u24"]}));
    assert_eq!(graph.calls().len(), 1);
    assert_eq!(graph.calls()[0].variables, json!({"first": 10, "offset": 20}));
}

#[tokio::test]
async fn an_empty_page_has_the_total_and_null() {
    for (number, show) in [(1, 0), (1, -5), (9, 10), (i64::from(i32::MAX), 10_000)] {
        let graph = users(25);
        assert_eq!(page(&graph, number, show).await, json!({"total": 25, "userIDs": null}), "{number} {show}");
        assert_eq!(graph.calls().len(), 1);
    }
}

#[tokio::test]
async fn a_page_bigger_than_one_fetch_is_put_together() {
    for (total, number, show, expected, fetches) in
        [(5000, 1, 2500, 2500, 3), (1200, 1, 2500, 1200, 2), (5000, 2, 1000, 1000, 1), (1000, 1, 1500, 1000, 2), (2000, 1, 2000, 2000, 2)]
    {
        let graph = users(total);
        let data = page(&graph, number, show).await;
        let ids = data["userIDs"].as_array().expect("ids");
        assert_eq!((ids.len(), graph.calls().len()), (expected, fetches), "{total} {number} {show}");
        assert_eq!(ids[0], format!("u{}", (number - 1) * show));
        assert_eq!(ids[expected - 1], format!("u{}", (number - 1) * show + i64::try_from(expected).expect("small") - 1));
    }
}

#[tokio::test]
async fn pagination_is_needed_starts_at_one_and_is_bounded() {
    let graph = users(5);
    let door = Door::over(&graph);
    for body in [
        "{}",
        r#"{"pagination":null}"#,
        r#"{"pagination":{}}"#,
        r#"{"pagination":{"pageNumber":0,"showNumber":1}}"#,
        r#"{"pagination":{"pageNumber":1,"showNumber":10001}}"#,
        r#"{"pagination":{"pageNumber":1,"showNumber":2147483648}}"#,
    ] {
        assert_eq!(door.post("/user/get_all_users_uid", body).await.code(), 1001, "{body}");
    }
    assert!(graph.calls().is_empty());
}
