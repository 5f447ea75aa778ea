//! Every query of this domain. Functions take any connection, so that a use case can run them in its transaction; they
//! return model types and decide nothing.

pub(crate) mod audit;
pub(crate) mod client_logs;
pub(crate) mod files;
pub(crate) mod push;
pub(crate) mod thumbnails;
pub(crate) mod uploads;

use openim_core::{Error, Result, UserId};
use openim_objects::Key;
use openim_platform::store::db_error;
use sea_orm::{ConnectionTrait, DbBackend, Statement};

use crate::error;

/// Sets the locks of users here apart from others of PostgreSQL; any constant will do.
const USERS: i32 = 0x7468_6972;

/// Makes this transaction the only one that adds to what is a user's. SQLite has one writer anyway; on PostgreSQL users of
/// one hash wait for each other, too.
pub(crate) async fn lock_user(db: &impl ConnectionTrait, user: &UserId) -> Result<()> {
    if db.get_database_backend() == DbBackend::Postgres {
        let (sql, values) = ("SELECT pg_advisory_xact_lock($1, hashtext($2))", [USERS.into(), user.as_str().into()]);
        db.execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values)).await.map_err(db_error)?;
    }
    Ok(())
}

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
