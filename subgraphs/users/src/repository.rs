//! Every query of this domain. Functions take any connection, so that a use case can run them in its transaction; they
//! return model types and decide nothing.

pub(crate) mod client_config;
pub(crate) mod commands;
pub(crate) mod tokens;
pub(crate) mod users;

use openim_core::{Error, ErrorCode};

/// Ids of one `IN (..)` or rows of one `INSERT`: far below the bind limits of both databases.
const CHUNK: usize = 500;

/// Makes the error of a row that does not fit the model.
fn bad_row(cause: Error) -> Error {
    Error::new(ErrorCode::Data, "a stored row cannot be read").with_source(cause)
}
