//! Devices as targets: one request each, some at a time, an outcome for every target.

use futures_util::future::BoxFuture;
use futures_util::{StreamExt, stream};

use crate::aliases::too_many;
use crate::{MAX_TARGETS, PushOutcome, Target};

/// Requests at a time.
const AT_ONCE: usize = 16;

/// Sends to each target; both sides of the result are its outcome.
pub(crate) async fn each<'a>(
    targets: &'a [Target],
    one: impl Fn(&'a Target) -> BoxFuture<'a, Result<PushOutcome, PushOutcome>> + Send,
) -> Vec<PushOutcome> {
    let sending: Vec<_> = targets.iter().take(MAX_TARGETS).map(one).collect();
    let mut outcomes: Vec<PushOutcome> =
        stream::iter(sending).buffered(AT_ONCE).map(|sent| sent.unwrap_or_else(|outcome| outcome)).collect().await;
    outcomes.resize_with(targets.len(), too_many);
    outcomes
}
