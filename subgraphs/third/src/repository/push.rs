//! Queries of offline push.

pub(crate) mod badges;
pub(crate) mod deliveries;
pub(crate) mod queue;
pub(crate) mod tokens;

use openim_core::{Error, Result};
use serde_json::Value;

use crate::error::bad_row;
use crate::model::{Notice, Provider};

/// How many rows one statement names.
const CHUNK: usize = 500;

/// Reads a stored provider.
fn provider(name: &str) -> Result<Provider> {
    Provider::of(name).ok_or_else(|| bad_row(Error::internal("a provider of offline push is unknown")))
}

/// Reads what is shown.
fn notice(text: &str) -> Result<Notice> {
    serde_json::from_str(text).map_err(|cause| bad_row(Error::internal(cause)))
}

/// Writes what is shown; equal notices give equal texts.
fn written(notice: &Notice) -> Result<String> {
    serde_json::to_value(notice).map(|value: Value| value.to_string()).map_err(Error::internal)
}
