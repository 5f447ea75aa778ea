//! Every query of this domain. Functions take any connection, so that a use case can run them in its transaction; they
//! return model types and decide nothing.

pub(crate) mod audit;
pub(crate) mod client_logs;
pub(crate) mod files;
pub(crate) mod push;
pub(crate) mod thumbnails;
pub(crate) mod uploads;

use openim_core::{Error, Result};
use openim_objects::Key;

use crate::error;

/// Reads a stored key.
fn key(text: String) -> Result<Key> {
    Key::parse(text).map_err(error::bad_row)
}

/// Reads a stored size.
fn size(stored: i64) -> Result<u64> {
    u64::try_from(stored).map_err(|cause| error::bad_row(Error::internal(cause)))
}

/// Makes a size to be stored.
fn stored(size: u64) -> Result<i64> {
    i64::try_from(size).map_err(Error::internal)
}
