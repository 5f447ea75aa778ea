//! A service with the S3 API as a process of its own, for tests with a browser: `openim-test-s3 FOLDER` prints its address and
//! ends when its input does. Each line of the input names an origin whose pages may ask from then on, as a bucket's CORS rules
//! do; `docs/operating.md` has the same rules for a real bucket.

#![expect(clippy::expect_used, reason = "a test that cannot be set up has failed")]

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use axum::http::{Method, header};
use openim_testing::s3_service;
use parking_lot::Mutex;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::net::TcpListener;
use tower_http::cors::{AllowHeaders, AllowOrigin, CorsLayer};

#[tokio::main]
async fn main() {
    let folder: PathBuf = std::env::args_os().nth(1).expect("openim-test-s3 FOLDER").into();
    let origins = Arc::new(Mutex::new(BTreeSet::new()));
    let known = origins.clone();
    let rules = CorsLayer::new()
        .allow_origin(AllowOrigin::predicate(move |origin, _| known.lock().contains(origin.as_bytes())))
        .allow_methods([Method::GET, Method::HEAD, Method::PUT, Method::POST])
        .allow_headers(AllowHeaders::mirror_request())
        .expose_headers([header::ETAG]);
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    writeln!(std::io::stdout(), "http://{address}").expect("somebody reads it");
    let service = s3_service(&folder).layer(rules);
    tokio::spawn(async move { axum::serve(listener, service).await });
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    while let Ok(Some(origin)) = lines.next_line().await {
        origins.lock().insert(origin.into_bytes());
    }
}
