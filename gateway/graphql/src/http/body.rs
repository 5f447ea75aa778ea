//! Bodies, never longer than allowed.

use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, StatusCode, header};
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use openim_core::ErrorCode;

use crate::problem::Problem;

/// How much of a refused body is read and thrown away, so that its sender gets to read our answer.
const DISCARDED_BYTES: usize = 16 * 1024 * 1024;
const DISCARD_TIME: Duration = Duration::from_secs(2);

/// Reads a body of at most `limit` bytes.
pub(super) async fn read(body: Body, headers: &HeaderMap, limit: usize) -> Result<Bytes, Problem> {
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > limit) {
        discard(body).await;
        return Err(too_large(limit));
    }
    let mut bytes = BytesMut::with_capacity(announced.unwrap_or(1024));
    let mut chunks = body.into_data_stream();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| Problem::bad_request("the body broke off"))?;
        if bytes.len() + chunk.len() > limit {
            discard(Body::from_stream(chunks)).await;
            return Err(too_large(limit));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes.freeze())
}

/// Reads on for a while without keeping anything: a connection that is closed with unread data may lose our answer.
pub(super) async fn discard(body: Body) {
    let mut chunks = body.into_data_stream();
    let reading = async {
        let mut seen = 0_usize;
        while let Some(Ok(chunk)) = chunks.next().await {
            seen += chunk.len();
            if seen > DISCARDED_BYTES {
                return;
            }
        }
    };
    // Running out of time is no failure: the answer is sent either way.
    let _late = tokio::time::timeout(DISCARD_TIME, reading).await;
}

/// Refuses a body for its length.
fn too_large(limit: usize) -> Problem {
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, ErrorCode::LimitExceeded, format!("the body may have at most {limit} bytes"))
}
