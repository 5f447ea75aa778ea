//! Reading a body up to a limit.

use axum::body::{Body, HttpBody};
use bytes::{Bytes, BytesMut};
use std::future::poll_fn;
use std::pin::Pin;

/// Reads at most `limit` bytes. What follows is thrown away for as much again, so that the client gets its answer instead of
/// a broken connection; a cut body is no JSON and is refused by the parser.
///
/// # Errors
/// The client went away or broke the transfer.
pub(super) async fn read(mut body: Body, limit: usize) -> Result<Bytes, axum::Error> {
    let mut first: Option<Bytes> = None;
    let mut all = BytesMut::new();
    let mut seen = 0_usize;
    while let Some(frame) = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
        let Ok(mut data) = frame?.into_data() else { continue };
        let room = limit.saturating_sub(seen);
        seen = seen.saturating_add(data.len());
        if seen > limit.saturating_mul(2) {
            break;
        }
        data.truncate(room);
        match first.take() {
            None if all.is_empty() => first = Some(data),
            before => {
                if let Some(before) = before {
                    all.extend_from_slice(&before);
                }
                all.extend_from_slice(&data);
            }
        }
    }
    Ok(first.unwrap_or_else(|| all.freeze()))
}
